package probes

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

// While the store is down nothing blocks, and afterwards the log learns the
// newest state of each probe once, in order.
func TestAppendsSurviveAStoreOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLogbook()
		log.down = errors.New("no store")
		s := &script{verdict: func(id string, n int) headstart.Verdict {
			if id == "b" && n > 3 {
				return headstart.Down
			}
			return headstart.OK
		}}
		f, stop := start(t, `probes: [{name: a, kind: icmp, asset: sw-1, interval: 60s}, {name: b, kind: icmp, asset: sw-2, interval: 60s}]`, s, log)
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if log.tries < 30 || log.tries > 100 {
			t.Errorf("%d tries in ten minutes, want a back-off up to 10 s", log.tries)
		}
		if n := len(f.journal.waits); n != 2 {
			t.Errorf("%d entries wait, want the newest of each probe", n)
		}
		log.mu.Lock()
		log.down = nil
		log.mu.Unlock()
		time.Sleep(time.Minute)
		stop()
		if diff := cmp.Diff([]string{"a ok", "b down"}, words(log.all())); diff != "" {
			t.Errorf("appended (-want +got):\n%s", diff)
		}
		if len(f.journal.waits) != 0 || len(f.journal.newest) != 0 {
			t.Error("the journal keeps what it has appended")
		}
	})
}

// A reload keeps what is known: no second "ok" for all, no lost outage, no
// schedule begun anew.
func TestReloadGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLogbook()
		s := &script{verdict: func(id string, _ int) headstart.Verdict {
			if id == "b" {
				return headstart.Down
			}
			return headstart.OK
		}}
		two := `probes: [{name: a, kind: icmp, asset: sw-1, interval: 60s}, {name: b, kind: icmp, asset: sw-2, interval: 60s}]`
		old, stop := start(t, two, s, log)
		time.Sleep(5*time.Minute + 17*time.Second)
		stop()
		runs := s.count("a")

		f := newFleet(t, Options{Config: config(t, two), Catalog: catalog(), Append: log.Append, Previous: old})
		f.probe = s.probe
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- f.Run(ctx) }()
		time.Sleep(5 * time.Minute)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff([]string{"a ok", "b down"}, slices.Sorted(slices.Values(words(log.all())))); diff != "" {
			t.Errorf("appended (-want +got):\n%s", diff)
		}
		for _, g := range s.gaps("a", 2*runs) {
			if g != time.Minute {
				t.Errorf("a gap of %v over the reload, want every slot kept", g)
			}
		}
	})
}

// What is found after a reload goes to the log by way of the new generation, and so does
// what the old one had not appended: its own way there has ended.
func TestReloadAppendsAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended, log := newLogbook(), newLogbook()
		s := &script{verdict: func(id string, n int) headstart.Verdict {
			if id == "b" || n > 8 {
				return headstart.Down
			}
			return headstart.OK
		}}
		two := `probes: [{name: a, kind: icmp, asset: sw-1, interval: 60s}, {name: b, kind: icmp, asset: sw-2, interval: 60s}]`
		ended.down = errors.New("the service is stopping")
		old, stop := start(t, two, s, ended)
		time.Sleep(5 * time.Minute)
		stop()

		f := newFleet(t, Options{Config: config(t, two), Catalog: catalog(), Append: log.Append, Previous: old})
		f.probe = s.probe
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- f.Run(ctx) }()
		time.Sleep(10 * time.Minute)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff([]string{"a down", "a ok", "b down"}, slices.Sorted(slices.Values(words(log.all())))); diff != "" {
			t.Errorf("appended by the new generation (-want +got):\n%s", diff)
		}
	})
}
