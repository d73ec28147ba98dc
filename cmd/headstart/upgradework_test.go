package main

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"headstart"
)

// deskwork is what people do while a program is replaced by another, so that rows of every
// kind pass from one version to the other: tickets, silences, planned work, notes.
type deskwork struct {
	t     *testing.T
	done  map[string]map[string]bool // by table: ids of what was accepted
	notes int
}

func newDeskwork(t *testing.T) *deskwork {
	return &deskwork{t: t, done: map[string]map[string]bool{headstart.TableTickets: {}, headstart.TableSilences: {}, headstart.TableMaintenance: {}}}
}

// at does one of each at p, and waits until it is decided: an engine that leads answers a
// note with its outcome.
func (d *deskwork) at(p *process) {
	d.t.Helper()
	n, now := len(d.done[headstart.TableTickets]), time.Now().UTC()
	ticket := fmt.Sprintf("T-%d", n)
	d.ask(p, "/hooks/tickets/portal", fmt.Sprintf(
		`{"ticket":{"id":%q,"title":"Printer doet het niet","body":"Ik kan niet afdrukken in Gebouw %d.","requester":{"id":"iemand-%d"},"channel":"mail","created_at":%q}}`,
		ticket, n, n, now.Format(time.RFC3339)))
	d.done[headstart.TableTickets]["portal/"+ticket] = true

	answer := d.ask(p, "/api/v2/silences", fmt.Sprintf(
		`{"matchers":[{"name":"device","value":"ander-%d","isRegex":false}],"createdBy":"marie","comment":"drill","startsAt":%q,"endsAt":%q}`,
		n, now.Format(time.RFC3339Nano), now.Add(24*time.Hour).Format(time.RFC3339Nano)))
	_, id, _ := strings.Cut(answer, `"silenceID":"`)
	id, _, _ = strings.Cut(id, `"`)
	d.done[headstart.TableSilences][id] = true

	work := fmt.Sprintf("work-%d", n)
	d.ask(p, "/api/v1/maintenance", fmt.Sprintf(
		`{"id":%q,"assets":["sw-%d"],"starts_at":%q,"ends_at":%q,"summary":{"nl":"Switch wordt vervangen"}}`,
		work, n, now.AddDate(0, 0, 5).Format(time.RFC3339), now.AddDate(0, 0, 5).Add(time.Hour).Format(time.RFC3339)))
	d.done[headstart.TableMaintenance][work] = true

	waitFor(d.t, 120*time.Second, "the engine to decide", func() bool {
		status := p.note("HS-1")
		if status/100 == 2 {
			d.notes++
		}
		return status == http.StatusOK
	})
}

// ask posts as the administrator and fails when that is refused.
func (d *deskwork) ask(p *process, path, body string) string {
	d.t.Helper()
	req, err := http.NewRequest(http.MethodPost, p.base+path, strings.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+p.token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode/100 != 2 {
		d.t.Fatalf("POST %s: %d %s %v", path, res.StatusCode, answer, err)
	}
	return string(answer)
}

// kept fails unless the store of a stopped service holds all of it, once, and no more.
func (d *deskwork) kept(config string, all []headstart.Incident) {
	d.t.Helper()
	st := opened(d.t, config)
	defer func() { _ = st.Close() }()
	for table, want := range d.done {
		got := map[string]bool{}
		if err := st.Scan(d.t.Context(), table, func(r headstart.Row) error { got[r.Key] = true; return nil }); err != nil {
			d.t.Fatal(err)
		}
		if !maps.Equal(got, want) {
			d.t.Errorf("%s holds %v, want %v", table, slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
		}
	}
	notes := 0
	for _, i := range all {
		for _, e := range i.Timeline {
			if strings.Contains(e.Text, "caught up") {
				notes++
			}
		}
	}
	if notes != d.notes {
		d.t.Errorf("%d notes stand in timelines, %d were accepted", notes, d.notes)
	}
}

// stream posts without pause, each batch to the services in turn until one takes it.
type stream struct {
	load
	t *testing.T

	mu    sync.Mutex
	bases []string

	quit, done chan struct{}
}

func startStream(t *testing.T) *stream { return startStreamOf(t, 0, 0, 10*time.Millisecond) }

// startStreamOf tells of so many buildings, from one on, a batch every so often.
func startStreamOf(t *testing.T, from, of int, every time.Duration) *stream {
	s := &stream{t: t, load: *newLoad(), quit: make(chan struct{}), done: make(chan struct{})}
	s.from, s.of = from, of
	go s.run(every)
	t.Cleanup(s.stop)
	return s
}

// to says who takes alerts from now on.
func (s *stream) to(bases ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bases = bases
}

// widen has it tell of so many buildings from now on.
func (s *stream) widen(of int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.next/4%of != s.of { // the first of those it did not tell of
		s.next++
	}
	s.of = of
}

func (s *stream) run(every time.Duration) {
	defer close(s.done)
	pace := time.NewTicker(every)
	defer pace.Stop()
	for n := 0; ; n++ {
		select {
		case <-s.quit:
			return
		case <-pace.C:
		}
		s.mu.Lock()
		bases := slices.Clone(s.bases)
		if len(bases) == 0 {
			s.mu.Unlock()
			continue
		}
		names, body := s.batch(s.t)
		s.mu.Unlock()
		first := n % len(bases)
		if !slices.ContainsFunc(append(bases[first:], bases[:first]...), func(base string) bool { return s.post(base, body) }) {
			s.refused++
			continue
		}
		for _, n := range names {
			s.acked[n] = true
		}
	}
}

// stop ends the sending; what is counted may be read afterwards.
func (s *stream) stop() {
	select {
	case <-s.done:
	default:
		close(s.quit)
		<-s.done
	}
}

// report prints the figures, and fails if more was sent twice than changes of the leader
// explain: one in flight for each of the sender's workers.
func (s *stream) report(t *testing.T, after aftermath, changes int) {
	t.Helper()
	if after.duplicates > changes*4 {
		t.Errorf("%d duplicate notifications for %d changes of the leader", after.duplicates, changes)
	}
	t.Logf("%d alerts acknowledged, %d batches refused, %d incidents, %d decisions, %d notifications, %d duplicates",
		len(s.acked), s.refused, len(after.incidents), after.decisions, after.implied, after.duplicates)
}
