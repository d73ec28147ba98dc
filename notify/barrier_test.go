package notify

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"headstart"
)

// A message waits until a replica has the decision that owes it, five seconds at most;
// what leaves without that is counted. Fenced, nothing leaves at all.
func TestSenderWaitsForReplicas(t *testing.T) {
	for name, c := range map[string]struct {
		confirms time.Duration // after which a replica confirms; zero: at once
		err      error         // until then
		takes    time.Duration // how long each question takes until then
		first    time.Duration // when the message may leave at the earliest
		last     time.Duration // and at the latest; zero: it must not leave within a minute
		ahead    float64
	}{
		"a replica confirms":            {err: headstart.ErrUnconfirmed, last: time.Second},
		"it needs three seconds":        {confirms: 3 * time.Second, err: headstart.ErrUnconfirmed, first: 3 * time.Second, last: 5 * time.Second},
		"no replica for a minute":       {confirms: time.Minute, err: headstart.ErrUnconfirmed, first: barrierPatience, last: 8 * time.Second, ahead: 1},
		"the store is away for as long": {confirms: time.Minute, err: headstart.ErrDown, first: barrierPatience, last: 8 * time.Second, ahead: 1},
		"the store is slow to fail":     {confirms: time.Minute, err: headstart.ErrDown, takes: 4900 * time.Millisecond, first: barrierPatience, last: 7 * time.Second, ahead: 1},
		"the store hangs":               {confirms: time.Minute, err: headstart.ErrDown, takes: time.Hour, first: barrierPatience, last: 6 * time.Second, ahead: 1},
		"another engine leads":          {confirms: time.Hour, err: headstart.ErrFenced},
		"the store went back":           {confirms: time.Hour, err: headstart.ErrGap},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e, chat, start := newEngine(), &fake{name: "chat"}, time.Now()
				e.owe(msg("chat", "a", 1))
				s := sender(t, e, prometheus.NewPedanticRegistry(), chat)
				asked := atomic.Int64{}
				s.o.Barrier = func(ctx context.Context) error {
					asked.Add(1)
					if time.Since(start) >= c.confirms {
						return nil
					}
					select {
					case <-ctx.Done():
					case <-time.After(c.takes):
					}
					return c.err
				}
				runFor(t, s, time.Minute)
				if c.last == 0 {
					if n := len(chat.heard()); n != 0 {
						t.Errorf("%d messages left", n)
					}
					return
				}
				wantHeard(t, chat, "post a/1/chat")
				if at := chat.at[0].Sub(start); at < c.first || at > c.last {
					t.Errorf("it left after %s, want %s to %s", at, c.first, c.last)
				}
				if got := testutil.ToFloat64(s.metrics.ahead); got != c.ahead {
					t.Errorf("%v messages are counted as sent ahead of the replicas, want %v", got, c.ahead)
				}
				if c.confirms == 0 && asked.Load() != 1 {
					t.Errorf("the replicas were asked %d times for one message", asked.Load())
				}
			})
		})
	}
}

// A failover between two messages holds up the second alone; once replicas confirm again
// nothing counts as sent ahead of them any more.
func TestSenderAheadEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, chat, start := newEngine(), &fake{name: "chat"}, time.Now()
		s := sender(t, e, prometheus.NewPedanticRegistry(), chat)
		s.o.Barrier = func(context.Context) error {
			if at := time.Since(start); at > 10*time.Second && at < 30*time.Second {
				return headstart.ErrUnconfirmed
			}
			return nil
		}
		e.owe(msg("chat", "a", 1))
		time.AfterFunc(11*time.Second, func() { e.owe(msg("chat", "b", 1)) })
		time.AfterFunc(40*time.Second, func() { e.owe(msg("chat", "c", 1)) })
		runFor(t, s, time.Minute)
		if want := []string{"post a/1/chat", "post b/1/chat", "post c/1/chat"}; !slices.Equal(chat.heard(), want) {
			t.Errorf("heard %q, want %q", chat.heard(), want)
		}
		if got := testutil.ToFloat64(s.metrics.ahead); got != 1 {
			t.Errorf("%v messages are counted as sent ahead of the replicas, want 1", got)
		}
	})
}

// A sender that leads again waits as long as any: what no replica confirmed when it led
// before says nothing of now.
func TestSenderWaitsAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, chat, start := newEngine(), &fake{name: "chat"}, time.Now()
		s := sender(t, e, prometheus.NewPedanticRegistry(), chat)
		s.o.Leading = func() bool {
			at := time.Since(start)
			return at < 3*time.Second || at > 30*time.Second
		}
		s.o.Barrier = func(context.Context) error {
			if time.Since(start) < 33*time.Second {
				return headstart.ErrUnconfirmed
			}
			return nil
		}
		e.owe(msg("chat", "a", 1))
		runFor(t, s, time.Minute)
		wantHeard(t, chat, "post a/1/chat")
		if at := chat.at[0].Sub(start); at < 33*time.Second {
			t.Errorf("it left after %s, before a replica confirmed", at)
		}
	})
}
