package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"headstart"
)

// engine plays the store and the engine: it owes messages and folds deliveries,
// as slowly as lag says.
type engine struct {
	mu         sync.Mutex
	owed       map[string]headstart.Owed
	deliveries []headstart.Delivery
	lag        time.Duration
	down       bool
	lossy      bool // acknowledges appends and loses them
	leads      bool
}

func newEngine() *engine { return &engine{owed: map[string]headstart.Owed{}, leads: true} }

var errDown = errors.New("store away")

func (e *engine) Due(_ context.Context, now time.Time, limit int) ([]headstart.Owed, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.down {
		return nil, errDown
	}
	var out []headstart.Owed
	for _, o := range e.owed {
		if !o.Due.After(now) {
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(a, b headstart.Owed) int { return a.Due.Compare(b.Due) })
	return out[:min(len(out), limit)], nil
}

func (e *engine) Append(_ context.Context, a headstart.Append) (headstart.Offset, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.down {
		return headstart.Offset{}, errDown
	}
	if e.lossy {
		return headstart.Offset{}, nil
	}
	rec, err := headstart.DecodeRecord(a.Data)
	if err != nil {
		return headstart.Offset{}, err
	}
	d := *rec.Lines[0].Delivery
	e.deliveries = append(e.deliveries, d)
	if e.lag == 0 {
		e.fold(d)
	} else {
		time.AfterFunc(e.lag, func() { e.mu.Lock(); defer e.mu.Unlock(); e.fold(d) })
	}
	return headstart.Offset{}, nil
}

// fold does what the engine does with a delivery line.
func (e *engine) fold(d headstart.Delivery) {
	o, ok := e.owed[d.Key]
	if !ok {
		return
	}
	if d.Outcome != outcomeRetry {
		delete(e.owed, d.Key)
		return
	}
	var n headstart.Notice
	if err := json.Unmarshal(o.Data, &n); err != nil {
		panic(err)
	}
	n.Attempt = d.Attempt
	o.Due, o.Data = d.RetryAt, encode(n)
	e.owed[d.Key] = o
}

func (e *engine) owe(notices ...headstart.Notice) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, n := range notices {
		e.owed[n.Key] = headstart.Owed{ID: n.Key, Due: n.At, Data: encode(n)}
	}
}

func (e *engine) outcomes() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []string
	for _, d := range e.deliveries {
		out = append(out, d.Key+" "+d.Outcome)
	}
	return out
}

func encode(n headstart.Notice) []byte {
	b, err := json.Marshal(n)
	if err != nil {
		panic(err)
	}
	return b
}

// fake is a channel that answers as it is told.
type fake struct {
	name   string
	caps   Caps
	answer func(key string) error // nil: takes everything

	mu   sync.Mutex
	got  []string // "post KEY", ... in order
	at   []time.Time
	deaf bool // never returns and ignores its context
}

func (f *fake) Name() string { return f.name }
func (f *fake) Caps() Caps   { return f.caps }

func (f *fake) take(verb string, n *headstart.Notice) error {
	f.mu.Lock()
	f.got = append(f.got, verb+" "+n.Key)
	f.at = append(f.at, time.Now())
	deaf, answer := f.deaf, f.answer
	f.mu.Unlock()
	if deaf {
		time.Sleep(1000 * time.Hour)
	}
	if answer != nil {
		return answer(n.Key)
	}
	return nil
}

func (f *fake) Post(_ context.Context, n *headstart.Notice) (Handle, error) {
	if err := f.take("post", n); err != nil {
		return nil, err
	}
	return Handle(fmt.Sprintf(`{"first":%q}`, n.Key)), nil
}

func (f *fake) Update(_ context.Context, h Handle, n *headstart.Notice) (Handle, error) {
	return h, f.take("update", n)
}

func (f *fake) Reply(_ context.Context, _ Handle, n *headstart.Notice) error {
	return f.take("reply", n)
}

func (f *fake) heard() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.got)
}

// msg is the n-th message of an incident to a channel, decided n seconds from now.
func msg(channel, uid string, n int) headstart.Notice {
	return headstart.Notice{
		V: 1, Key: fmt.Sprintf("%s/%d/%s", uid, n, channel), Plane: headstart.PlaneUsers, UID: uid, Audience: "noord",
		Channel: channel, N: n, Phase: headstart.Investigating, At: time.Now().Add(time.Duration(n) * time.Millisecond),
	}
}

func sender(t *testing.T, e *engine, reg prometheus.Registerer, channels ...Channel) *Sender {
	t.Helper()
	s, err := NewSender(Options{
		Outbox: e, Append: e.Append, Channels: channels, Logger: slog.New(slog.DiscardHandler), Registerer: reg,
		Now:     func(context.Context) (time.Time, error) { return time.Now(), nil },
		Leading: func() bool { e.mu.Lock(); defer e.mu.Unlock(); return e.leads },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// runFor runs s for d of the bubble's time.
func runFor(t *testing.T, s *Sender, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	if err := s.Run(ctx); err != nil {
		t.Fatalf("Run: %v; nothing but the end of its context may end it", err)
	}
}

func wantHeard(t *testing.T, f *fake, want ...string) {
	t.Helper()
	if got := f.heard(); !slices.Equal(got, want) {
		t.Errorf("%s heard %q, want %q", f.name, got, want)
	}
}

func TestSenderTriesUntilDelivered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, back := newEngine(), time.Now().Add(time.Hour)
		c := &fake{name: "mail", answer: func(string) error {
			if time.Now().Before(back) {
				return errors.New("connection refused")
			}
			return nil
		}}
		e.owe(msg("mail", "a", 1))
		runFor(t, sender(t, e, prometheus.NewPedanticRegistry(), c), 2*time.Hour)
		if len(e.owed) != 0 {
			t.Errorf("still owed after two hours: %v", e.outcomes())
		}
		// 5 s, 10 s, 20 s, ... 10 min: an hour takes twelve attempts.
		if n := len(c.heard()); n < 10 || n > 15 {
			t.Errorf("%d attempts in an hour, want about twelve", n)
		}
		for i := 1; i < len(c.at); i++ {
			if gap := c.at[i].Sub(c.at[i-1]); gap < 5*time.Second || gap > 11*time.Minute {
				t.Errorf("attempt %d came %s after the one before", i, gap)
			}
		}
	})
}

// A dead mail server holds up no other channel.
func TestSenderDeadChannelHoldsUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEngine()
		dead, chat := &fake{name: "mail", deaf: true}, &fake{name: "chat"}
		for i := range 20 {
			e.owe(msg("mail", fmt.Sprint("u", i), 1), msg("chat", fmt.Sprint("u", i), 1))
		}
		start := time.Now()
		runFor(t, sender(t, e, prometheus.NewPedanticRegistry(), dead, chat), 10*time.Second)
		if n := len(chat.heard()); n != 20 {
			t.Errorf("chat heard %d messages in ten seconds, want 20", n)
		}
		if n := len(dead.heard()); n != 1 {
			t.Errorf("%d calls into a channel that hangs, want 1", n)
		}
		if took := time.Since(start); took > 12*time.Second {
			t.Errorf("Run ended %s late because a channel hangs", took-10*time.Second)
		}
		time.Sleep(1000 * time.Hour) // lets the abandoned call end
	})
}

// A channel that ignores its deadline is abandoned and tried again, and not
// without bound.
func TestSenderAbandonsWhatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, c := newEngine(), &fake{name: "mail", deaf: true}
		e.owe(msg("mail", "a", 1))
		runFor(t, sender(t, e, prometheus.NewPedanticRegistry(), c), 20*time.Hour)
		if n := len(c.heard()); n != maxAbandoned {
			t.Errorf("%d calls hang, want at most %d", n, maxAbandoned)
		}
		if got := e.outcomes(); len(got) < maxAbandoned+1 || slices.Contains(got, "a/1/mail sent") {
			t.Errorf("outcomes %q, want retries only", got)
		}
		time.Sleep(1000 * time.Hour)
	})
}

// What was sent is not sent again while the engine catches up, nor while the
// lease is away for a moment.
func TestSenderDoesNotRepeatWhileEngineLags(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, c := newEngine(), &fake{name: "mail"}
		e.lag = 2 * time.Minute
		e.owe(msg("mail", "a", 1))
		time.AfterFunc(30*time.Second, func() { e.mu.Lock(); e.leads = false; e.mu.Unlock() })
		time.AfterFunc(40*time.Second, func() { e.mu.Lock(); e.leads = true; e.mu.Unlock() })
		runFor(t, sender(t, e, prometheus.NewPedanticRegistry(), c), 4*time.Minute)
		wantHeard(t, c, "post a/1/mail")
		if len(e.owed) != 0 {
			t.Error("still owed")
		}
	})
}

// A crash between sending and reporting repeats the message under the same key.
func TestSenderRepeatsUnderTheSameKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, c := newEngine(), &fake{name: "mail"}
		e.owe(msg("mail", "a", 1))
		e.lossy = true
		runFor(t, sender(t, e, prometheus.NewPedanticRegistry(), c), 10*time.Second) // its report never arrives
		e.lossy = false
		runFor(t, sender(t, e, prometheus.NewPedanticRegistry(), c), 10*time.Second)
		wantHeard(t, c, "post a/1/mail", "post a/1/mail")
		if len(e.owed) != 0 {
			t.Error("still owed")
		}
	})
}

// A report that a failover lost is made again, without sending again.
func TestSenderReportsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, c := newEngine(), &fake{name: "mail"}
		e.owe(msg("mail", "a", 1))
		e.lossy = true
		time.AfterFunc(time.Minute, func() { e.mu.Lock(); e.lossy = false; e.mu.Unlock() })
		runFor(t, sender(t, e, prometheus.NewPedanticRegistry(), c), 10*time.Minute)
		wantHeard(t, c, "post a/1/mail")
		if len(e.owed) != 0 {
			t.Error("still owed; the lost report was not made again")
		}
	})
}

// A store that is away for ten minutes loses nothing and repeats nothing.
func TestSenderStoreAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEngine()
		c := &fake{name: "mail"}
		c.answer = func(string) error { // the store goes while the mail is on its way
			e.mu.Lock()
			defer e.mu.Unlock()
			e.down = true
			return nil
		}
		e.owe(msg("mail", "a", 1))
		time.AfterFunc(10*time.Minute, func() {
			e.mu.Lock()
			e.down = false
			c.mu.Lock()
			c.answer = nil
			c.mu.Unlock()
			e.mu.Unlock()
		})
		runFor(t, sender(t, e, prometheus.NewPedanticRegistry(), c), 15*time.Minute)
		wantHeard(t, c, "post a/1/mail")
		if len(e.owed) != 0 {
			t.Error("still owed")
		}
	})
}

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
# HELP headstart_outbox_dead Messages given up since the program started.
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

func (e *engine) left() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.owed)
}
