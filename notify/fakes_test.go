package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

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
	var now headstart.Notice
	if json.Unmarshal(o.Data, &now) == nil && now.Again != d.Again {
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
	n.Attempt = max(n.Attempt, d.Attempt, 1) // as package incidents counts
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

// dead is how many messages were given up.
func (e *engine) dead() (n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, d := range e.deliveries {
		if d.Outcome == outcomeDead {
			n++
		}
	}
	return n
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
		Dead:    e.dead,
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

func (e *engine) left() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.owed)
}
