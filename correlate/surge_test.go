package correlate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"headstart"
)

// The tail of the negative binomial, computed with sixty decimal digits from its
// definition (1 - sum of Gamma(r+k) / (k! Gamma(r)) p^r q^k) by Python's decimal.
func TestTailOfNegativeBinomial(t *testing.T) {
	for _, x := range []struct {
		n          int
		mean, size float64
		log10      float64
	}{
		{3, 0.05, 0.5, -3.6139},
		{3, 0.02, 8, -5.7359},
		{5, 0.3, 2.5, -3.8418},
		{8, 1.2, 8, -3.6409},
		{12, 6, 8, -1.2179},
		{2, 3, 1.5, -0.2111},
		{1, 0.4, 0.5, -0.5941},
		{40, 9, 7.5, -5.2758},
		{5, 0.001, 0.5, -14.1077},
	} {
		if got := tail(x.n, x.mean, x.size); math.Abs(got-x.log10) > 1.5e-4 {
			t.Errorf("P(X >= %d; mean %v, size %v): 10^%.4f, want 10^%.4f", x.n, x.mean, x.size, got, x.log10)
		}
	}
	if got := tail(0, 1, 8); got != 0 {
		t.Errorf("at least none is certain; got 10^%v", got)
	}
	for n := range 400 { // it falls with n, and never leaves the logarithm's range
		if a, b := tail(n, 2, 7.5), tail(n+1, 2, 7.5); b > a || math.IsNaN(b) {
			t.Fatalf("tail rises from %v at %d to %v", a, n, b)
		}
	}
}

// desk is an organisation with services and places of Zipf's sizes, as in the
// simulation of the reference.
type desk struct {
	rng       *rand.Rand
	services  []float64
	locations []float64
	n         int
}

func newDesk(seed uint64) *desk {
	return &desk{rand.New(rand.NewPCG(seed, 7)), zipf(15), zipf(7), 0}
}

func zipf(n int) []float64 {
	w := make([]float64, n)
	sum := 0.0
	for i := range w {
		w[i] = 1 / float64(i+1)
		sum += w[i]
	}
	for i := range w {
		w[i] /= sum
	}
	return w
}

func (d *desk) pick(w []float64) int {
	u := d.rng.Float64()
	for i, x := range w {
		if u -= x; u < 0 {
			return i
		}
	}
	return len(w) - 1
}

func (d *desk) catalog() *headstart.Catalog {
	c := &headstart.Catalog{}
	for i := range d.services {
		c.Services = append(c.Services, headstart.Service{ID: fmt.Sprintf("svc-%d", i)})
	}
	for i := range d.locations {
		c.Locations = append(c.Locations, headstart.Location{ID: fmt.Sprintf("loc-%d", i)})
	}
	return c
}

// ticket is somebody's report; location -1: none.
func (d *desk) ticket(at time.Time, service, location int) headstart.Event {
	d.n++
	t := &headstart.Ticket{
		Source: "rt", ID: fmt.Sprint(d.n), CreatedAt: at, UpdatedAt: at, Requester: headstart.Requester{ID: fmt.Sprintf("u-%d", d.n)},
		Evidence: &headstart.Evidence{Version: 1, Cues: map[string]int{"malfunction": 1}, Assets: []headstart.Mention{{ID: fmt.Sprintf("svc-%d", service), Strength: 1}}},
	}
	if location >= 0 {
		t.Requester.Location = fmt.Sprintf("loc-%d", location)
	}
	return headstart.Event{At: at, Received: at, Line: headstart.Line{Ticket: t}}
}

var byHour = map[int]float64{7: .5, 8: 1.6, 9: 1.5, 10: 1.2, 11: 1, 12: .6, 13: 1.1, 14: 1, 15: .9, 16: .7, 17: .3}

// day returns the tickets of one day: Mondays busier, days unlike each other.
func (d *desk) day(midnight time.Time, perDay float64) []headstart.Event {
	weekday := map[time.Weekday]float64{time.Monday: 1.4, time.Tuesday: 1.05, time.Wednesday: 1, time.Thursday: .95, time.Friday: .8}[midnight.Weekday()]
	factor := 0.0
	for range 16 { // gamma with shape 16 and mean 1: a coefficient of variation of .25
		factor += d.rng.ExpFloat64() / 16
	}
	var events []headstart.Event
	for minute := range 24 * 60 {
		mean := perDay * weekday * factor * byHour[minute/60] / 10.4 / 60
		for range d.poisson(mean) {
			events = append(events, d.ticket(midnight.Add(time.Duration(minute)*time.Minute), d.pick(d.services), d.anywhere(-1)))
		}
	}
	return events
}

// anywhere is a location, or none for a quarter of all tickets.
func (d *desk) anywhere(location int) int {
	switch {
	case d.rng.Float64() < .25:
		return -1
	case location >= 0:
		return location
	}
	return d.pick(d.locations)
}

func (d *desk) poisson(mean float64) int {
	n, p := 0, math.Exp(-mean)
	for u := d.rng.Float64(); u > p; n++ {
		u *= d.rng.Float64()
		if n > 100 {
			break
		}
	}
	return n
}

// TestSurgeFindsOutages simulates what the reference did: eight weeks to learn,
// then quiet weeks with false alarms counted, and weeks with a surge of twelve
// reports each working day. Alarms stay below two a month, and at least four of
// five surges are found with at most seven reports at the median (matching.md,
// section 9, the rows of NB 1e-5).
func TestSurgeFindsOutages(t *testing.T) {
	for _, perDay := range []float64{40, 120} {
		d := newDesk(uint64(perDay))
		s := NewState()
		start := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC) // a Monday
		s.Apply(configEvent(start, d.catalog(), ""))
		x := &surging{s: s, t: t}
		const learn, quiet, surges = 9, 16, 12
		for n := range (learn + quiet + surges) * 7 {
			midnight := start.AddDate(0, 0, n)
			week := n / 7
			if week == learn {
				x.false, x.counting = 0, true
			}
			events := d.day(midnight, perDay)
			if week < learn+quiet || midnight.Weekday() == time.Saturday || midnight.Weekday() == time.Sunday {
				x.play(events)
				continue
			}
			x.counting = false
			x.play(d.withSurge(x, events, midnight))
		}
		month := float64(x.false) / (quiet / 4.345)
		found := float64(len(x.needed)) / float64(x.surges)
		t.Logf("%.0f tickets a day: %.1f false alarms a month, %.2f of %d surges found, with %d reports at the median", perDay, month, found, x.surges, x.median())
		if month > 2 || found < .8 || x.median() > 7 {
			t.Errorf("%.0f tickets a day: %.1f false alarms a month, %.2f found, %d reports at the median; want at most 2, at least .8, at most 7", perDay, month, found, x.median())
		}
	}
}

// surging plays a desk's days and counts alarms.
type surging struct {
	s        *State
	t        *testing.T
	counting bool
	false    int

	surges, reports   int
	service, location string // of the surge under way
	inSurge           map[string]bool
	needed            []int
}

func (x *surging) play(events []headstart.Event) {
	for _, ev := range events {
		for due, ok := x.s.NextDeadline(); ok && !due.After(ev.At); due, ok = x.s.NextDeadline() {
			x.s.Fire()
		}
		if x.inSurge[ev.Ticket.ID] {
			x.reports++
		}
		for _, c := range x.s.Apply(ev) {
			if c.Rule != "K-11" || c.Kind != headstart.GroupOpened {
				continue
			}
			x.opened(ev, c)
		}
		x.s.Take()
	}
}

// opened counts an alarm, and ends its incident as a person would.
func (x *surging) opened(ev headstart.Event, c headstart.Change) {
	g := x.s.Group(c.Group)
	if x.counting {
		x.false++
	}
	p := x.s.Problem(c.Problem)
	if x.reports > 0 && (p.Service == x.service || p.Service == "" && p.Location == x.location) {
		x.needed = append(x.needed, x.reports)
		x.reports = -1000
	}
	end := headstart.Event{At: ev.At, Received: ev.At, Line: headstart.Line{Command: &headstart.Command{ID: "c", By: "samira", Do: "resolve"}}}
	if _, err := x.s.Do(end, g.ID, 0); err != nil {
		x.t.Fatal(err)
	}
}

func (x *surging) median() int {
	if len(x.needed) == 0 {
		return 0
	}
	slices.Sort(x.needed)
	return x.needed[len(x.needed)/2]
}

// withSurge adds twelve reports, one each two and a half minutes on average, a
// fifth of them under another service, to a day.
func (d *desk) withSurge(x *surging, events []headstart.Event, midnight time.Time) []headstart.Event {
	hours := []int{8, 9, 10, 11, 13, 14, 15}
	at := midnight.Add(time.Duration(hours[d.rng.IntN(len(hours))])*time.Hour + time.Duration(d.rng.IntN(60))*time.Minute)
	service, location := d.rng.IntN(15), d.rng.IntN(7)
	x.surges++
	x.reports, x.inSurge = 0, map[string]bool{}
	x.service, x.location = fmt.Sprintf("svc-%d", service), fmt.Sprintf("loc-%d", location)
	for range 12 {
		at = at.Add(time.Duration(d.rng.ExpFloat64() * 150 * float64(time.Second))).Truncate(time.Second)
		named := service
		if d.rng.Float64() < .2 {
			named = d.rng.IntN(15)
		}
		ev := d.ticket(at, named, d.anywhere(location))
		x.inSurge[ev.Ticket.ID] = true
		events = append(events, ev)
	}
	sortEvents(events)
	return events
}

func sortEvents(events []headstart.Event) {
	slices.SortStableFunc(events, func(a, b headstart.Event) int { return a.At.Compare(b.At) })
}
