package correlate

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"headstart"
)

// matchingLoad is a state with so many open incidents, all of which every ticket can
// be about, in an organisation of 64 services, 40 places and 500 devices; and tickets
// that name one to four things each.
func matchingLoad(tb testing.TB, incidents, tickets int) (*State, []*headstart.Ticket, time.Time) {
	tb.Helper()
	rng := rand.New(rand.NewPCG(7, 7))
	c := &headstart.Catalog{}
	for i := range 40 {
		c.Locations = append(c.Locations, headstart.Location{ID: fmt.Sprintf("loc-%d", i)})
		c.Departments = append(c.Departments, headstart.Department{ID: fmt.Sprintf("dep-%d", i), Locations: []string{fmt.Sprintf("loc-%d", i)}, Uses: []string{fmt.Sprintf("svc-%d", i), fmt.Sprintf("svc-%d", i+1)}})
	}
	for i := range 64 {
		s := headstart.Service{ID: fmt.Sprintf("svc-%d", i)}
		if i >= 8 {
			s.DependsOn = headstart.Dependencies{{fmt.Sprintf("svc-%d", i%8)}}
		}
		c.Services = append(c.Services, s)
	}
	floor := 3
	for i := range incidents {
		c.Devices = append(c.Devices, headstart.Device{
			ID: fmt.Sprintf("dev-%d", i), Kind: []string{"printer", "switch", "server"}[i%3], Location: fmt.Sprintf("loc-%d", i%40), Floor: &floor, Services: []string{fmt.Sprintf("svc-%d", i%64)},
		})
	}
	s := NewState()
	at := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	s.Apply(configEvent(at, c, ""))
	for i := range incidents {
		ev := headstart.Event{At: at, Received: at, Line: headstart.Line{Command: &headstart.Command{ID: fmt.Sprint(i), Do: "open", Asset: fmt.Sprintf("dev-%d", i)}}}
		if _, err := s.Do(ev, 0, 0); err != nil {
			tb.Fatal(err)
		}
	}
	for due, ok := s.NextDeadline(); ok && !due.After(at); due, ok = s.NextDeadline() {
		s.Fire()
	}
	s.Take()
	list := make([]*headstart.Ticket, tickets)
	for i := range list {
		e := &headstart.Evidence{Version: 2, Cues: map[string]int{"malfunction": 1 + i%2, "several": i % 3}, Floors: []int{i % 4}}
		for range 1 + rng.IntN(4) {
			id := fmt.Sprintf("svc-%d", rng.IntN(64))
			if rng.IntN(4) == 0 {
				id = fmt.Sprintf("dev-%d", rng.IntN(incidents))
			}
			e.Assets = append(e.Assets, headstart.Mention{ID: id, Strength: 1.1, Word: id})
		}
		for n := range 12 {
			e.Stems = append(e.Stems, fmt.Sprintf("%012x", n*31+i%50))
		}
		list[i] = &headstart.Ticket{
			Source: "rt", ID: fmt.Sprint(i), Evidence: e, CreatedAt: at.Add(time.Duration(i) * 20 * time.Second), UpdatedAt: at,
			Requester: headstart.Requester{ID: fmt.Sprint("u-", i), Location: fmt.Sprintf("loc-%d", rng.IntN(40)), Department: fmt.Sprintf("dep-%d", rng.IntN(40))},
		}
	}
	return s, list, at.Add(time.Duration(tickets) * 20 * time.Second)
}

// BenchmarkMatchTicket is what one arriving ticket costs beside 500 open incidents,
// its row included: below 0.2 ms of processor time.
func BenchmarkMatchTicket(b *testing.B) {
	s, tickets, _ := matchingLoad(b, 500, 4320) // a day's
	b.ReportAllocs()
	n := 0
	began := cpuTime()
	for b.Loop() {
		for range tickets {
			t := *tickets[n%len(tickets)]
			t.CreatedAt = t.CreatedAt.Add(time.Duration(n/len(tickets)) * 24 * time.Hour)
			t.ID = fmt.Sprint(n)
			s.Apply(headstart.Event{At: t.CreatedAt, Received: t.CreatedAt, Line: headstart.Line{Ticket: &t}})
			s.Take()
			n++
		}
	}
	b.ReportMetric(float64((cpuTime()-began).Microseconds())/float64(n), "cpu-us/ticket")
}

// BenchmarkRematch is what matching 10,000 open tickets anew with 500 open incidents
// costs, in parts of at most 500, rows included: below 2 s of processor time.
func BenchmarkRematch(b *testing.B) {
	s, tickets, at := matchingLoad(b, 500, 10_000)
	for _, t := range tickets {
		s.Apply(headstart.Event{At: t.CreatedAt, Received: t.CreatedAt, Line: headstart.Line{Ticket: t}})
		s.Take()
	}
	b.ReportAllocs()
	round := 0
	began := cpuTime()
	for b.Loop() {
		round++
		s.model.weights[several] = 1 + float64(round%2) // other scores, so that rows change
		s.begin(instantOf(at), instantOf(at))
		s.after(0, matchTimer, subjectOf(1))
		parts := 0
		for due, ok := s.NextDeadline(); ok && !due.After(at); due, ok = s.NextDeadline() {
			s.Fire()
			s.Take()
			parts++
		}
		if parts < 20 {
			b.Fatalf("%d parts; want at least 20 of at most %d tickets", parts, rematchPart)
		}
	}
	b.ReportMetric((cpuTime()-began).Seconds()/float64(round), "cpu-s/rematch")
}
