package agents

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"headstart"
)

// bubble is an upstream and an agent at work in virtual time.
type bubble struct {
	hub  *Hub
	line *wire
	log  *memlog
	c    *Courier
	asks chan headstart.Ask
	stop func()
}

func newBubble(t *testing.T, results ...headstart.CheckResult) *bubble {
	b := &bubble{log: &memlog{life: "1"}, asks: make(chan headstart.Ask, 16)}
	b.hub = newHub(b.log)
	b.line = newWire(b.hub)
	b.c = newCourier(t, newSpool(t, "s"), b.line, func(a headstart.Ask) { b.asks <- a })
	b.c.o.Results = func() []headstart.CheckResult { return results }
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{}, 2)
	go func() { _ = b.hub.Run(ctx); done <- struct{}{} }()
	go func() { _ = b.c.Run(ctx); done <- struct{}{} }()
	b.stop = func() { cancel(); <-done; <-done }
	return b
}

// asked is the next ask that reaches the agent.
func (b *bubble) asked(t *testing.T) headstart.Ask {
	t.Helper()
	select {
	case a := <-b.asks:
		return a
	case <-time.After(time.Minute): // timers go on for ever: without this a lost ask hangs the test
		t.Fatal("no ask within a minute")
		return headstart.Ask{}
	}
}

func (q *asks) count() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.wait)
}

// set replaces what happens to requests.
func (b *bubble) set(fate func(*http.Request, func() *http.Response) (*http.Response, error)) {
	b.line.mu.Lock()
	defer b.line.mu.Unlock()
	b.line.fate = fate
}

func nothing(*http.Request, func() *http.Response) (*http.Response, error) {
	return nil, errors.New("no route to host")
}

// The agent is cut off for five minutes. It is said to be silent once, after a minute
// and a half, and to be back once; every change it saw meanwhile arrives, in order, once,
// within its first posts; and it hears what it is asked again.
func TestFiveMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBubble(t)
		defer b.stop()
		var want []string
		see := func(probe string, v headstart.Verdict) {
			if _, err := Record(t.Context(), b.c.o.Spool, found(probe, v, false)); err != nil {
				t.Fatal(err)
			}
			want = append(want, probe+" "+string(v))
		}
		see("a", headstart.OK)
		time.Sleep(10 * time.Minute) // nothing changes: signs of life only
		synctest.Wait()
		if checks, signs := b.log.checks(t); len(checks) != 1 || len(signs) != 1 {
			t.Fatalf("a quiet site cost %d checks and %d signs in the log, want one each", len(checks), len(signs))
		}
		if s := b.hub.States()[0]; s.State != "live" || time.Since(s.HeardAt) > heartbeat {
			t.Errorf("a quiet agent is %s, heard %s ago", s.State, time.Since(s.HeardAt))
		}

		b.set(nothing)
		began := time.Now()
		for n := range 300 {
			time.Sleep(time.Second)
			see([]string{"a", "b"}[n%2], []headstart.Verdict{headstart.Down, headstart.OK}[n/2%2])
		}
		synctest.Wait()
		_, signs := b.log.checks(t)
		if len(signs) != 2 || signs[1].Verdict != headstart.Down || signs[1].Asset != "srv-noord" {
			t.Fatalf("cut off for five minutes: %+v; want one more sign, that it is silent", signs)
		}
		if late := signs[1].ObservedAt.Sub(began).Abs(); late > heartbeat {
			t.Errorf("it is said to be silent since %s, %s from the cut", signs[1].ObservedAt, late)
		}
		if s := b.hub.States()[0]; s.State != "silent" || !s.Since.Equal(signs[1].ObservedAt) {
			t.Errorf("the upstream shows it as %s since %s", s.State, s.Since)
		}
		if x := b.c.Contact(); x.Fault == "" || x.Spooled != 300 {
			t.Errorf("the agent says of itself %+v; want a fault, and 300 waiting", x)
		}

		b.set(nil)
		b.hub.Ask(headstart.Ask{Asset: "prn-a", Why: "test"})
		time.Sleep(mostRetry + time.Second)
		synctest.Wait()
		checks, signs := b.log.checks(t)
		var got []string
		for i := range checks {
			got = append(got, told(&checks[i]))
			if i > 0 && checks[i].Seq != checks[i-1].Seq+1 {
				t.Errorf("number %d follows %d", checks[i].Seq, checks[i-1].Seq)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("the log says %d changes, the site saw %d; want the same in the same order", len(got), len(want))
		}
		if len(signs) != 3 || signs[2].Verdict != headstart.OK {
			t.Errorf("back again: %+v; want one more sign, that it lives", signs)
		}
		for i, e := range b.log.entries[:len(b.log.entries)-1] {
			rec, err := headstart.DecodeRecord(e.Data)
			if err != nil {
				t.Fatal(err)
			}
			if c := rec.Lines[0].Check; c.Kind != headstart.KindAgent || c.Verdict != headstart.Down {
				continue
			}
			if rec, err = headstart.DecodeRecord(b.log.entries[i+1].Data); err != nil || rec.Lines[0].Check.Kind != headstart.KindAgent || len(rec.Lines) < 2 {
				t.Errorf("what it tells does not follow that it is back: %v, %+v", err, rec.Lines)
			}
		}
	})
}

// An ask reaches the agent at once, though nothing else happens; one that nobody fetched
// in time is forgotten.
func TestAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBubble(t)
		defer b.stop()
		time.Sleep(time.Hour + 7*time.Second) // polls come and go meanwhile
		b.hub.Ask(headstart.Ask{Asset: "prn-1", Why: "x"})
		b.hub.Ask(headstart.Ask{Asset: "prn-1", Why: "again"})
		asked := time.Now()
		if a := b.asked(t); a.Asset != "prn-1" || time.Since(asked) > 0 {
			t.Errorf("asked for %+v after %s, want prn-1 at once", a, time.Since(asked))
		}
		b.set(nothing)
		time.Sleep(2 * time.Minute)
		for len(b.asks) > 0 {
			<-b.asks
		}
		for n := range 2 * mostAsks {
			b.hub.Ask(headstart.Ask{Asset: fmt.Sprint("old-", n)})
		}
		if n := b.hub.order[0].asks.count(); n != mostAsks {
			t.Errorf("%d asks wait, want at most %d", n, mostAsks)
		}
		time.Sleep(askLife)
		b.set(nil)
		time.Sleep(2 * mostRetry) // it fetches again, and what waits is too old
		b.hub.Ask(headstart.Ask{Asset: "prn-2"})
		if a := b.asked(t); a.Asset != "prn-2" {
			t.Errorf("asked for %s, want what is not too old only", a.Asset)
		}
	})
}

// Who was never heard is not missed; nor does a process that does not lead say who is.
func TestNotMissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &memlog{life: "1"}
		var leading atomic.Bool
		h := newHub(log)
		h.o.Leading = leading.Load
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() { _ = h.Run(ctx) }()
		leading.Store(true)
		time.Sleep(time.Hour)
		synctest.Wait()
		if _, signs := log.checks(t); len(signs) != 0 {
			t.Fatalf("an agent that was never there: %+v", signs)
		}
		leading.Store(false)
		log.mu.Lock()
		log.row, log.life = encodeRow(headstart.Agent{V: 1, Asset: "srv-noord", Spool: "aaaaaaaaaaaaaaaa", Seq: 4}), "2"
		log.mu.Unlock()
		time.Sleep(time.Hour)
		synctest.Wait()
		if _, signs := log.checks(t); len(signs) != 0 {
			t.Fatalf("said without leading: %+v", signs)
		}
		log.mu.Lock()
		log.refuse = headstart.ErrDown
		log.mu.Unlock()
		leading.Store(true)
		time.Sleep(defaultQuiet + 2*lookEvery)
		synctest.Wait()
		if _, signs := log.checks(t); len(signs) != 1 || signs[0].Verdict != headstart.Down {
			t.Errorf("leading for long enough, and the store failed once: %+v; want it said once", signs)
		}
	})
}

// An agent that was silent when it was taken out of the configuration, or moved to
// another device, is silent no more: nobody else would ever say so.
func TestNoLongerExpected(t *testing.T) {
	for name, sites := range map[string]Sites{"taken out": {}, "moved": {{Name: "noord", Asset: "srv-new", TokenFile: "t"}}} {
		synctest.Test(t, func(t *testing.T) {
			log := &memlog{life: "1", row: encodeRow(headstart.Agent{V: 1, Asset: "srv-noord", Silent: true, Since: time.Now().UTC()})}
			h := NewHub(HubOptions{Sites: sites, Log: log, Append: log.Append, Incarnation: log.incarnation, Leading: func() bool { return true }})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			log.refuse = headstart.ErrDown
			go func() { _ = h.Run(ctx) }()
			time.Sleep(time.Minute)
			synctest.Wait()
			if _, signs := log.checks(t); len(signs) != 1 || signs[0].Asset != "srv-noord" || signs[0].Verdict != headstart.OK || signs[0].Agent != "noord" {
				t.Errorf("%s: %+v; want one sign that nothing is missed on srv-noord", name, signs)
			}
		})
	}
}
