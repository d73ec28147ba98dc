package probes

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"headstart"
)

// script is a fake network: it notes each run, takes a while, and finds what
// verdict says.
type script struct {
	takes   time.Duration
	silent  bool
	verdict func(id string, n int) headstart.Verdict // n counts the runs of id, from 1; nil: ok

	mu   sync.Mutex
	runs map[string][]time.Duration // by id: when each began, since start
	base time.Time
}

func (s *script) probe(ctx context.Context, p *spec, _ bool) finding {
	s.mu.Lock()
	if s.runs == nil {
		s.runs, s.base = map[string][]time.Duration{}, time.Now()
	}
	s.runs[p.id] = append(s.runs[p.id], time.Since(s.base))
	n := len(s.runs[p.id])
	s.mu.Unlock()
	select {
	case <-time.After(s.takes):
	case <-ctx.Done():
	}
	v := headstart.OK
	if s.verdict != nil {
		v = s.verdict(p.id, n)
	}
	return finding{verdict: v, reason: fmt.Sprintf("run %d", n), silent: s.silent && v == headstart.Down}
}

func (s *script) count(id string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.runs[id])
}

// gaps returns the times between the first n runs of id.
func (s *script) gaps(id string, n int) []time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	var gaps []time.Duration
	for i, at := range s.runs[id][:min(n, len(s.runs[id]))] {
		if i > 0 {
			gaps = append(gaps, (at - s.runs[id][i-1]).Round(time.Millisecond))
		}
	}
	return gaps
}

// start runs a fleet in the current bubble until stop.
func start(t *testing.T, text string, s *script, log *logbook) (f *Fleet, stop func()) {
	t.Helper()
	f = newFleet(t, Options{Config: config(t, text), Catalog: catalog(), Append: log.Append})
	f.probe = s.probe
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	return f, func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

const oneProbe = `probes: [{name: a, kind: icmp, asset: sw-1, interval: 60s, timeout: 5s}]`

// words renders checks as "probe verdict [asked]".
func words(checks []headstart.Check) []string {
	var lines []string
	for _, c := range checks {
		s := c.Probe + " " + string(c.Verdict)
		if c.Asked {
			s += " asked"
		}
		lines = append(lines, s)
	}
	return lines
}

// One lost run is no outage, three in a row are; then two successes end it, and
// the first failure is checked again after 10 s (ruling 21).
func TestHysteresisAndFastRecheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pattern := ".x.xxxx..." // x is down
		s := &script{verdict: func(_ string, n int) headstart.Verdict {
			if n <= len(pattern) && pattern[n-1] == 'x' {
				return headstart.Down
			}
			return headstart.OK
		}}
		log := newLogbook()
		_, stop := start(t, oneProbe, s, log)
		time.Sleep(12 * time.Minute)
		stop()
		if diff := cmp.Diff([]string{"a ok", "a down", "a ok"}, words(log.all())); diff != "" {
			t.Errorf("appended (-want +got):\n%s", diff)
		}
		if reason := log.all()[1].Reason; reason != "run 6" {
			t.Errorf("down confirmed by %q, want the third failure in a row", reason)
		}
		sec := time.Second
		want := []time.Duration{60 * sec, 10 * sec, 50 * sec, 10 * sec, 10 * sec, 40 * sec, 60 * sec, 60 * sec}
		if diff := cmp.Diff(want, s.gaps("a", len(want)+1)); diff != "" {
			t.Errorf("gaps between runs (-want +got):\n%s", diff)
		}
	})
}

// What cannot be checked is told as such after three runs, and never as down.
func TestUnknownIsNotDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{verdict: func(_ string, n int) headstart.Verdict {
			switch {
			case n == 2, n == 4: // between two failures: neither adds nor breaks
				return headstart.Unknown
			case n <= 5:
				return headstart.Down
			default:
				return headstart.Unknown
			}
		}}
		log := newLogbook()
		_, stop := start(t, oneProbe, s, log)
		time.Sleep(20 * time.Minute)
		stop()
		if diff := cmp.Diff([]string{"a down", "a unknown"}, words(log.all())); diff != "" {
			t.Errorf("appended (-want +got):\n%s", diff)
		}
	})
}

// A target that stays down is asked half as often, and at full pace again after
// its first success.
func TestLongDownBacksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{verdict: func(_ string, n int) headstart.Verdict {
			if n <= 13 {
				return headstart.Down
			}
			return headstart.OK
		}}
		_, stop := start(t, oneProbe, s, newLogbook())
		time.Sleep(time.Hour)
		stop()
		gaps := s.gaps("a", 16)
		for i, want := range map[int]time.Duration{8: time.Minute, 9: 2 * time.Minute, 12: 2 * time.Minute, 13: time.Minute} {
			if gaps[i] != want {
				t.Errorf("gap %d is %v, want %v (all: %v)", i, gaps[i], want, gaps)
			}
		}
	})
}

// A run longer than its interval never overlaps the next; what it misses is
// skipped and counted.
func TestMissedSlotsAreSkippedAndCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reg := prometheus.NewRegistry()
		f := newFleet(t, Options{Config: config(t, oneProbe), Catalog: catalog(), Append: newLogbook().Append, Registerer: reg})
		s := &script{}
		f.probe = func(_ context.Context, p *spec, b bool) finding {
			fd := s.probe(context.Background(), p, b)
			time.Sleep(3*time.Minute + 30*time.Second) // deaf to its context
			return fd
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- f.Run(ctx) }()
		time.Sleep(20 * time.Minute)
		// Abandoned after 6 s, it still hangs; only when it has ended may it run again.
		if n := s.count("a"); n < 4 || n > 6 {
			t.Errorf("%d runs began in 20 minutes, each takes 3.5", n)
		}
		if last := f.Results()[0]; last.Verdict != headstart.Unknown {
			t.Errorf("a probe that hangs is %s (%s), want unknown", last.Verdict, last.Reason)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		time.Sleep(5 * time.Minute) // let the one abandoned end
	})

	j := &job{spec: spec{asking: &asking{interval: time.Minute}}}
	t0 := time.Now()
	j.slot = t0
	if missed := j.reschedule(t0, t0.Add(150*time.Second)); missed != 2 || !j.due.Equal(t0.Add(3*time.Minute)) {
		t.Errorf("missed %d, next %v; want 2, and its third slot", missed, j.due.Sub(t0))
	}
}

// Four at a time per host, over all kinds; everybody gets a turn.
func TestHostIsSpared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var text strings.Builder
		text.WriteString("probes:\n")
		for i := range 20 {
			fmt.Fprintf(&text, "  - {name: p%d, kind: %s, asset: sw-1, port: 0, interval: 60s}\n", i, []string{"icmp", "http"}[i%2])
		}
		s := &script{takes: time.Second}
		f := newFleet(t, Options{Config: config(t, text.String()), Catalog: catalog()})
		var mu sync.Mutex
		busy, most := 0, 0
		f.probe = func(ctx context.Context, p *spec, brief bool) finding {
			mu.Lock()
			busy++
			most = max(most, busy)
			mu.Unlock()
			defer func() { mu.Lock(); busy--; mu.Unlock() }()
			return s.probe(ctx, p, brief)
		}
		began := time.Now()
		results := f.CheckNow(t.Context(), Filter{}, nil)
		if len(results) != 20 || slices.ContainsFunc(results, func(r headstart.CheckResult) bool { return r.Verdict != headstart.OK }) {
			t.Errorf("%d results, want 20 that are ok: %+v", len(results), results)
		}
		if most != perHost || time.Since(began) != 5*time.Second {
			t.Errorf("%d at once, %v; want %d and 5s", most, time.Since(began), perHost)
		}
	})
}

// A run that shutdown cuts off found nothing.
func TestShutdownIsUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLogbook()
		s := &script{takes: 4 * time.Second, verdict: func(string, int) headstart.Verdict { return headstart.Down }}
		f := newFleet(t, Options{Config: config(t, `probes: [{name: a, kind: icmp, asset: sw-1, fails: 1}]`), Catalog: catalog(), Append: log.Append})
		f.probe = s.probe
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- f.Run(ctx) }()
		for s.count("a") == 0 {
			time.Sleep(time.Second)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if got := words(log.all()); len(got) != 0 {
			t.Errorf("appended %v", got)
		}

		ctx, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if r := f.CheckNow(ctx, Filter{}, nil); r[0].Verdict != headstart.Unknown {
			t.Errorf("cut off: %+v", r[0])
		}
	})
}

// Nor does a finding that arrives after the end confirm anything: it would pass
// on to the next fleet through the journal.
func TestFindingAfterTheEndIsDropped(t *testing.T) {
	f := newFleet(t, Options{Config: config(t, `probes: [{name: a, kind: icmp, asset: sw-1, fails: 1}]`), Catalog: catalog()})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, m := range []mode{scheduled, asked} {
		newLoop(f).finish(ctx, &run{job: f.jobs[0], mode: m, found: finding{verdict: headstart.Unknown}})
	}
	if _, checks := f.journal.peek(); len(checks) != 0 {
		t.Errorf("the journal holds %v", words(checks))
	}
}

// A probe deaf to its context is left behind, not waited for.
func TestShutdownDoesNotWaitForTheDeaf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLogbook()
		f := newFleet(t, Options{Config: config(t, oneProbe), Catalog: catalog(), Append: log.Append})
		f.probe = func(context.Context, *spec, bool) finding {
			time.Sleep(time.Hour)
			return finding{verdict: headstart.OK}
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- f.Run(ctx) }()
		time.Sleep(61 * time.Second)
		cancel()
		stopping := time.Now()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if d := time.Since(stopping); d > killAfter {
			t.Errorf("the end took %v", d)
		}
		time.Sleep(time.Hour)
		if n := len(log.all()); n != 0 {
			t.Errorf("%d lines appended after the end", n)
		}
	})
}

// A crash in one probe is its own affair.
func TestCrashIsUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, Options{Config: config(t, oneProbe), Catalog: catalog()})
		f.probe = func(context.Context, *spec, bool) finding { panic("boom") }
		r := f.CheckNow(t.Context(), Filter{}, nil)
		if r[0].Verdict != headstart.Unknown || !strings.Contains(r[0].Reason, "boom") {
			t.Errorf("got %+v", r[0])
		}
	})
}

// `check` on a running service neither waits for the schedule nor disturbs it.
func TestCheckNowWhileRunning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLogbook()
		s := &script{takes: time.Second, verdict: func(string, int) headstart.Verdict { return headstart.Down }}
		f, stop := start(t, `probes: [{name: a, kind: icmp, asset: sw-1, interval: 24h, fails: 1}]`, s, log)
		synctest.Wait()
		began := time.Now()
		r := f.CheckNow(t.Context(), Filter{}, nil)
		if r[0].Verdict != headstart.Down || time.Since(began) != time.Second {
			t.Errorf("got %+v after %v", r[0], time.Since(began))
		}
		if diff := cmp.Diff(r, f.Results()); diff != "" {
			t.Errorf("Results differ from what was just found:\n%s", diff)
		}
		stop()
		if n := len(log.all()); n != 0 {
			t.Errorf("%d lines appended; a check for a person confirms nothing", n)
		}
	})
}
