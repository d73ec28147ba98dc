package probes

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"headstart"
)

// Phases are stable, inside the interval and even, also for names that differ in
// their last letter only.
func TestPhaseSpreads(t *testing.T) {
	const n, parts = 10_000, 20
	var hits [parts]int
	for i := range n {
		p := phase(fmt.Sprintf("printers/prn-%05d", i), time.Minute)
		if p < 0 || p >= time.Minute || p != phase(fmt.Sprintf("printers/prn-%05d", i), time.Minute) {
			t.Fatalf("phase %v", p)
		}
		hits[p/(time.Minute/parts)]++
	}
	for i, h := range hits {
		if h < n/parts*8/10 || h > n/parts*12/10 {
			t.Errorf("part %d of the minute holds %d of %d probes", i, h, n)
		}
	}
}

// 50,000 probes a minute, by a scheduler alone in virtual time: none late, none
// skipped.
func TestFiftyThousandAMinuteAreOnTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, done := crowd(t, 50_000, "")
		time.Sleep(90 * time.Second)
		done()
		if n := testutil.ToFloat64(f.metrics.skipped); n != 0 {
			t.Errorf("%v slots skipped", n)
		}
		if runs := testutil.ToFloat64(f.metrics.runs.WithLabelValues("tcp", "ok")); runs < 70_000 || runs > 80_000 {
			t.Errorf("%v runs in 90 s, want 75,000", runs)
		}
	})
}

// crowd runs n probes that do nothing, one a minute each, with confirmed as
// their verdict so far.
func crowd(t testing.TB, n int, confirmed headstart.Verdict) (f *Fleet, stop func()) {
	t.Helper()
	c := Config{}
	for i := range n {
		c.Probes = append(c.Probes, Probe{Name: fmt.Sprintf("p%d", i), Kind: "tcp", Target: fmt.Sprintf("10.%d.%d.%d:80", i>>16, i>>8&255, i&255)})
	}
	f = newFleet(t, Options{Config: c, Append: func(context.Context, headstart.Append) (headstart.Offset, error) { return headstart.Offset{}, nil }})
	f.probe = func(context.Context, *spec, bool) finding { return finding{verdict: headstart.OK} }
	for _, j := range f.jobs {
		j.judge.confirmed = confirmed
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- f.Run(ctx) }()
	return f, func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
