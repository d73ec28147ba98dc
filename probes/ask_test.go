package probes

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

// An ask runs every probe of the asset at once, is appended each time and never
// counts toward an outage (ruling 21).
func TestAskIsEvidenceOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{takes: time.Millisecond, verdict: func(string, int) headstart.Verdict { return headstart.Down }}
		log := newLogbook()
		f, stop := start(t, `probes: [{name: a, kind: icmp, asset: sw-1, interval: 1h}, {name: b, kind: tcp, port: 22, asset: sw-1, interval: 1h},
			{name: c, kind: icmp, asset: sw-2, interval: 1h}, {name: d, kind: http, target: "http://127.0.0.9", service: intranet, interval: 1h}]`, s, log)
		synctest.Wait()
		for range 5 {
			f.Ask(headstart.Ask{Asset: "sw-1", Why: "three of its children are silent"})
			time.Sleep(3 * time.Second)
		}
		f.Ask(headstart.Ask{Asset: "intranet"}) // a service is an asset too
		f.Ask(headstart.Ask{Asset: "nobody"})
		time.Sleep(3 * time.Second)
		stop()
		got := words(log.all())
		counts := map[string]int{}
		for _, w := range got {
			counts[w]++
		}
		want := map[string]int{"a down asked": 5, "b down asked": 5, "d down asked": 1}
		if diff := cmp.Diff(want, counts); diff != "" {
			t.Errorf("appended (-want +got):\n%s", diff)
		}
	})
}

// Silence is asked twice, a second apart; a refusal is an answer. The same asset
// asked twice within 2 s runs once, and the schedule is not moved (ruling 21).
func TestAskRepeatsSilenceOnly(t *testing.T) {
	for name, tc := range map[string]struct {
		silent bool
		want   int
	}{"no reply": {true, 2}, "refused": {false, 1}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{silent: tc.silent, verdict: func(string, int) headstart.Verdict { return headstart.Down }}
				log := newLogbook()
				f, stop := start(t, `probes: [{name: a, kind: icmp, asset: sw-1, interval: 24h}]`, s, log)
				synctest.Wait()
				due := f.jobs[0].due
				f.Ask(headstart.Ask{Asset: "sw-1"})
				time.Sleep(500 * time.Millisecond)
				f.Ask(headstart.Ask{Asset: "sw-1"})
				time.Sleep(5 * time.Second)
				synctest.Wait()
				if n := s.count("a"); n != tc.want || len(log.all()) != 1 {
					t.Errorf("%d attempts, %d answers; want %d and 1", n, len(log.all()), tc.want)
				}
				if !f.jobs[0].due.Equal(due) {
					t.Error("the ask moved the schedule")
				}
				stop()
			})
		})
	}
}

// An ask that comes while the probe runs waits for it: a probe never overlaps
// itself.
func TestAskWaitsForTheRunInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLogbook()
		f := newFleet(t, Options{Config: config(t, oneProbe), Catalog: catalog(), Append: log.Append})
		busy, most := 0, 0
		f.probe = func(context.Context, *spec, bool) finding { // runs one at a time, or the race detector objects
			busy++
			most = max(most, busy)
			time.Sleep(1500 * time.Millisecond)
			busy--
			return finding{verdict: headstart.OK}
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- f.Run(ctx) }()
		time.Sleep(phase("a", time.Minute) + 500*time.Millisecond) // into the first run
		for range 3 {
			f.Ask(headstart.Ask{Asset: "sw-1"})
			time.Sleep(2 * time.Second)
		}
		time.Sleep(10 * time.Second)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if most != 1 {
			t.Errorf("%d runs of one probe at once", most)
		}
		if diff := cmp.Diff([]string{"a ok", "a ok asked", "a ok asked", "a ok asked"}, words(log.all())); diff != "" {
			t.Errorf("appended (-want +got):\n%s", diff)
		}
	})
}
