package notify

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"headstart"
)

// Messages of one incident keep their order at one place, also when the first
// has to wait; other incidents go on.
func TestSenderKeepsOrderPerIncident(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEngine()
		back := time.Now().Add(12 * time.Second)
		c := &fake{name: "mail", answer: func(key string) error {
			if key == "a/1/mail" && time.Now().Before(back) {
				return errors.New("450 greylisted")
			}
			return nil
		}}
		e.owe(msg("mail", "a", 1), msg("mail", "a", 2), msg("mail", "b", 3))
		runFor(t, sender(t, e, prometheus.NewPedanticRegistry(), c), time.Minute)
		wantHeard(t, c, "post a/1/mail", "post b/3/mail", "post a/1/mail", "post a/1/mail", "post a/2/mail")
	})
}

// Order survives a restart: the message put off stands in the outbox.
func TestSenderKeepsOrderOverRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEngine()
		refuse := true
		c := &fake{name: "mail", answer: func(string) error {
			if refuse {
				return errors.New("450 greylisted")
			}
			return nil
		}}
		e.owe(msg("mail", "a", 1))
		runFor(t, sender(t, e, prometheus.NewPedanticRegistry(), c), 2500*time.Millisecond)
		refuse = false
		e.owe(msg("mail", "a", 2))
		runFor(t, sender(t, e, prometheus.NewPedanticRegistry(), c), time.Minute)
		wantHeard(t, c, "post a/1/mail", "post a/1/mail", "post a/2/mail")
	})
}

// Silent updates that something newer follows are not sent; loud ones always are.
func TestSenderCoalescesSilentUpdates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, c := newEngine(), &fake{name: "chat", caps: Caps{Update: true, Reply: true}}
		first, loud, last := msg("chat", "a", 1), msg("chat", "a", 4), msg("chat", "a", 6)
		notices := []headstart.Notice{first, loud, last}
		for _, n := range []int{2, 3, 5} {
			m := msg("chat", "a", n)
			m.Silent = true
			notices = append(notices, m)
		}
		e.owe(notices...)
		reg := prometheus.NewPedanticRegistry()
		runFor(t, sender(t, e, reg, c), time.Minute)
		wantHeard(t, c, "post a/1/chat", "update a/4/chat", "reply a/4/chat", "update a/6/chat", "reply a/6/chat")
		if len(e.owed) != 0 {
			t.Errorf("%d still owed", len(e.owed))
		}
		if n := testutil.CollectAndCount(reg, "headstart_notifications_total"); n != 2 {
			t.Errorf("%d outcomes counted, want sent and superseded", n)
		}
	})
}

// How a message goes out follows from what the channel can do; silent ones
// disturb nobody (ruling 26).
func TestTell(t *testing.T) {
	all := Caps{Update: true, Reply: true}
	for name, tc := range map[string]struct {
		caps   Caps
		silent bool
		first  bool // nothing was posted yet
		gone   bool // what was posted is deleted
		want   []string
	}{
		"first":                    {caps: all, first: true, want: []string{"post k"}},
		"loud, can all":            {caps: all, want: []string{"update k", "reply k"}},
		"loud, can edit":           {caps: Caps{Update: true}, want: []string{"update k"}},
		"loud, can answer":         {caps: Caps{Reply: true}, want: []string{"reply k"}},
		"loud, can only post":      {want: []string{"post k"}},
		"silent, can all":          {caps: all, silent: true, want: []string{"update k"}},
		"silent, cannot edit":      {caps: Caps{Reply: true}, silent: true},
		"silent and first":         {caps: all, silent: true, first: true},
		"silent, first, a program": {caps: Caps{Update: true, Silent: true}, silent: true, first: true, want: []string{"post k"}},
		"message deleted":          {caps: all, gone: true, want: []string{"update k", "post k"}},
		"thread deleted":           {caps: Caps{Reply: true}, gone: true, want: []string{"reply k", "post k"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := &fake{name: "c", caps: tc.caps}
			if tc.gone {
				f.answer = func(string) error {
					if last := f.heard()[len(f.heard())-1]; strings.HasPrefix(last, "post") {
						return nil
					}
					return ErrGone
				}
			}
			old := Handle(`{"first":"old"}`)
			if tc.first {
				old = nil
			}
			h, err := tell(t.Context(), f, &headstart.Notice{Key: "k", Silent: tc.silent}, old)
			if err != nil {
				t.Fatal(err)
			}
			wantHeard(t, f, tc.want...)
			if tc.gone && string(h) != `{"first":"k"}` {
				t.Errorf("handle %s, want that of the new post", h)
			}
		})
	}
}

// A place that asks to be left alone is, as a whole and as long as it asked.
func TestSenderHonoursRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEngine()
		calls := 0
		c := &fake{name: "hook", answer: func(string) error {
			if calls++; calls == 1 {
				return &RateLimited{After: 3 * time.Minute, Err: errors.New("answered 429")}
			}
			return nil
		}}
		e.owe(msg("hook", "a", 1), msg("hook", "b", 2))
		runFor(t, sender(t, e, prometheus.NewPedanticRegistry(), c), 10*time.Minute)
		if len(c.at) != 3 || c.at[1].Sub(c.at[0]) < 3*time.Minute || c.at[1].Sub(c.at[0]) > 3*time.Minute+2*time.Second {
			t.Errorf("calls at %v, want the second three minutes after the first", c.at)
		}
	})
}

// Being asked to wait is never a permanent failure, however often.
func TestSenderRateLimitIsNoFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, calls := newEngine(), 0
		c := &fake{name: "hook", answer: func(string) error {
			if calls++; calls < 3*maxAttempts {
				return &RateLimited{After: time.Minute, Err: errors.New("answered 429")}
			}
			return nil
		}}
		e.owe(msg("hook", "a", 1))
		runFor(t, sender(t, e, prometheus.NewPedanticRegistry(), c), 3*time.Hour)
		if got := e.outcomes(); len(got) != 3*maxAttempts || got[len(got)-1] != "a/1/hook sent" {
			t.Errorf("%d outcomes, the last %q; want it sent in the end", len(got), got[len(got)-1])
		}
	})
}

// A refusal for good, too many attempts and old age make a dead letter; a place
// that is gone from the configuration does too.
func TestSenderDeadLetters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEngine()
		no := &fake{name: "no", answer: func(string) error { return permanentf("answered 404") }}
		never := &fake{name: "never", answer: func(string) error { return errors.New("answered 500") }}
		old := msg("never", "b", 1)
		old.At = old.At.Add(-maxAge - time.Second)
		unreadable := headstart.Owed{ID: "x", Due: time.Now(), Data: []byte("{")}
		e.owe(msg("no", "a", 1), msg("never", "a", 2), msg("removed", "a", 3), old)
		e.owed["x"] = unreadable
		reg := prometheus.NewPedanticRegistry()
		runFor(t, sender(t, e, reg, no, never), 30*time.Hour)
		dead := map[string]bool{}
		for _, d := range e.deliveries {
			if d.Outcome == outcomeDead {
				dead[d.Key] = true
				if d.Err == "" {
					t.Errorf("%s was given up without a word", d.Key)
				}
			}
		}
		for _, key := range []string{"a/1/no", "a/2/never", "a/3/removed", "b/1/never", "x"} {
			if !dead[key] {
				t.Errorf("%s was not given up; outcomes %q", key, e.outcomes())
			}
		}
		if n := len(never.heard()); n != maxAttempts+1 {
			t.Errorf("%d attempts, want %d for one and 1 for the old one: %q %q", n, maxAttempts, never.heard(), e.outcomes())
		}
		if err := testutil.GatherAndCompare(reg, strings.NewReader(`
# HELP headstart_outbox_dead Messages given up that nobody sent again or dismissed.
# TYPE headstart_outbox_dead gauge
headstart_outbox_dead 5
`), "headstart_outbox_dead"); err != nil {
			t.Error(err)
		}
		if problems, err := testutil.GatherAndLint(reg); err != nil || len(problems) > 0 {
			t.Errorf("metrics: %v %v", problems, err)
		}
	})
}

// A message that was given up goes out again when a person says so, under the name it
// had, and with a word to its channel that it may have arrived before.
func TestSenderSendsTheDeadAgain(t *testing.T) {
	for name, lag := range map[string]time.Duration{"at once": 0, "before the outbox showed that it was given up": 30 * time.Second} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEngine()
				e.lag = lag
				c := &fake{name: "mail", answer: func(string) error { return nil }}
				s := sender(t, e, prometheus.NewPedanticRegistry(), c)
				attempts := make(chan int, 10) // told to the channel
				s.places[channelKey("mail")].send = func(_ context.Context, n *headstart.Notice, _ Handle) (Handle, error) {
					attempts <- n.Attempt
					if n.Again == 0 {
						return nil, permanentf("answered 550")
					}
					return nil, nil
				}
				n := msg("mail", "a", 1)
				e.owe(n)
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				go func() { _ = s.Run(ctx) }() // ends with ctx
				time.Sleep(10 * time.Second)
				n.Again = 1
				e.owe(n)
				time.Sleep(2 * time.Hour)
				if got := e.outcomes(); !slices.Equal(got, []string{"a/1/mail dead", "a/1/mail sent"}) {
					t.Errorf("outcomes %q, want it given up and then sent once", got)
				}
				if len(attempts) != 2 || <-attempts != 0 || <-attempts != 1 {
					t.Errorf("%d attempts, want two, the second told that it is not the first", len(attempts))
				}
			})
		})
	}
}

// Who does not lead sends nothing.
func TestSenderOnlyLeads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, c := newEngine(), &fake{name: "mail"}
		e.leads = false
		e.owe(msg("mail", "a", 1))
		runFor(t, sender(t, e, prometheus.NewPedanticRegistry(), c), time.Minute)
		wantHeard(t, c)
	})
}

// The pause doubles and stays bounded.
func TestBackoff(t *testing.T) {
	for n, want := range map[int]time.Duration{0: 5 * time.Second, 1: 5 * time.Second, 2: 10 * time.Second, 7: 320 * time.Second, 8: 10 * time.Minute, 1000: 10 * time.Minute} {
		if got := backoff(n); got != want {
			t.Errorf("after attempt %d: %s, want %s", n, got, want)
		}
	}
}
