package agents

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"headstart"
)

// Log is where the hub reads what was taken before it was there.
type Log interface {
	Head(ctx context.Context) (headstart.Cursor, error)
	Get(ctx context.Context, table, key string) ([]byte, error)
	Scan(ctx context.Context, table string, fn func(headstart.Row) error) error
	Read(ctx context.Context, after headstart.Offset, most int, block time.Duration) ([]headstart.Entry, error)
}

// HubOptions are what a Hub is made of.
type HubOptions struct {
	Sites  Sites
	Log    Log
	Append func(ctx context.Context, a headstart.Append) (headstart.Offset, error)

	// Incarnation names the life of the store: with another one, what was believed
	// safe may be gone.
	Incarnation func() string

	// Leading reports whether this process decides: only that one says who is silent.
	Leading func() bool

	Now        func() time.Time // nil: time.Now
	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

// Hub is the upstream's side: it takes what agents send, hands them what is to be
// probed now, and says which of them are silent. Its methods are safe for concurrent
// use.
type Hub struct {
	o       HubOptions
	logger  *slog.Logger
	metrics *hubMetrics
	sites   map[string]*site
	order   []*site
}

// site is what the hub knows of one agent.
type site struct {
	Site

	// turn holds one token: whoever has it may use what stands below. A request that
	// does not get it at once is told to come again, so that a stolen token or a
	// proxy gone wild holds no more than one request in memory.
	turn   chan struct{}
	known  bool            // row is what the log says
	life   string          // of the store row was read from
	row    headstart.Agent // as of the end of the log
	exists bool            // the log knows the agent

	asks    asks
	showing chan struct{} // holds one token; whoever has it may bring results

	mu     sync.Mutex
	heard  time.Time // of this process; zero: not yet
	status SiteStatus
	offset time.Duration           // how far its clock is ahead of ours
	silent bool                    // as row says
	since  time.Time               // of silent
	runs   []headstart.CheckResult // the last of each probe; replaced, never changed
}

// NewHub returns a Hub for o.Sites, which were validated.
func NewHub(o HubOptions) *Hub {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	h := &Hub{o: o, logger: o.Logger.With("component", "agents"), sites: map[string]*site{}}
	for _, s := range o.Sites {
		x := &site{Site: s, turn: make(chan struct{}, 1), showing: make(chan struct{}, 1), asks: newAsks()}
		h.sites[s.Name] = x
		h.order = append(h.order, x)
	}
	slices.SortFunc(h.order, func(a, b *site) int { return cmp.Compare(a.Name, b.Name) })
	h.metrics = newHubMetrics(o.Registerer, h)
	return h
}

// errBusy is the refusal of a second request of an agent while one is under way.
var errBusy = errors.New("another request of this agent is under way")

// take has the checks of p appended that were not taken before, and answers.
func (h *Hub) take(ctx context.Context, s *site, p *Post, at time.Time) (Answer, error) {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	default:
		return Answer{}, errBusy
	}
	s.seen(at, p)
	if err := h.load(ctx, s); err != nil {
		return Answer{}, err
	}
	if s.row.Spool != "" && s.row.Spool != p.Spool && len(p.Events) > 0 {
		h.logger.Warn("the agent begins a new spool; what waited in the old one is lost", "subject", s.Name)
	}
	in := s.sift(p, at)
	if err := h.append(ctx, s, at, in.lines, in.next); err != nil {
		return Answer{}, err
	}
	for outcome, n := range map[string]int{"accepted": in.accepted, "repeated": in.repeated, "skipped": in.skipped, "refused": len(in.refused)} {
		h.metrics.events.WithLabelValues(s.Name, outcome).Add(float64(n))
	}
	for _, r := range in.refused {
		h.logger.Warn("a check of an agent is not understood", "subject", s.Name, "event_seq", r.Seq, "err", r.Why)
	}
	return Answer{Last: in.next.After(p.Spool), Before: in.before, Refused: in.refused}, nil
}

// intake is what one post comes down to.
type intake struct {
	lines  []headstart.Line
	next   headstart.Agent // what the log says of the agent once it has lines
	before uint64          // number of the newest check of this spool in the log

	refused                     []Refusal
	accepted, repeated, skipped int // skipped: numbers that never came, since they gave way at the agent
}

// sift leaves of p what is to be appended: signs of life that are news, and the checks
// that were not taken before.
func (s *site) sift(p *Post, at time.Time) intake {
	in := intake{next: s.row, before: s.row.After(p.Spool)}
	if s.row.Silent && s.row.Asset != s.Asset { // it fell silent on the device it was moved from
		old := &site{Site: Site{Name: s.Name, Asset: s.row.Asset}}
		in.lines = append(in.lines, old.sign(headstart.OK, "the site agent runs on another device now", at))
	}
	if !s.exists || s.row.Silent || s.row.Asset != s.Asset {
		in.lines = append(in.lines, s.sign(headstart.OK, "the site agent gives signs of life", at))
		in.next.Silent, in.next.Since, in.next.Asset = false, time.Time{}, s.Asset
	}
	for _, e := range p.Events {
		last := in.next.After(p.Spool)
		if !in.next.Accept(p.Spool, e.Seq) {
			in.repeated++
			continue
		}
		if last != 0 {
			in.skipped += int(min(e.Seq-last-1, 1<<32)) //nolint:gosec // bounded
		}
		c, err := p.check(e, s.Name)
		if err != nil {
			in.refused = append(in.refused, Refusal{e.Seq, cut(err.Error(), mostReason)})
			continue
		}
		in.lines = append(in.lines, headstart.Line{Check: c})
		in.accepted++
	}
	return in
}

// append makes lines durable; next is what the log says of s then.
func (h *Hub) append(ctx context.Context, s *site, at time.Time, lines []headstart.Line, next headstart.Agent) error {
	if len(lines) > 0 {
		if _, err := h.o.Append(ctx, headstart.Append{Data: headstart.NewRecord(at, lines...).Encode()}); err != nil {
			s.known = false // it may be in the log nevertheless
			return err
		}
		s.exists = true
	}
	s.row = next
	s.mirror()
	return nil
}

// load brings s.row up to the end of the log: what the engine has committed, and what
// waits for it. It reads only when it must, at the start and after a doubt.
func (h *Hub) load(ctx context.Context, s *site) error {
	life := h.o.Incarnation()
	if s.known && s.life == life {
		return nil
	}
	head, err := h.o.Log.Head(ctx)
	if err != nil {
		return err
	}
	data, err := h.o.Log.Get(ctx, headstart.TableAssets, headstart.AgentRow+s.Name)
	if err != nil {
		return err
	}
	row, exists, err := decodeRow(data)
	if err != nil {
		return fmt.Errorf("row of agent %s: %w", s.Name, err)
	}
	for off := head.Off; ; {
		entries, err := h.o.Log.Read(ctx, off, headstart.MaxOps, 0)
		if err != nil {
			return err
		}
		if len(entries) == 0 {
			break
		}
		for _, e := range entries {
			if follow(&row, s.Name, e.Data) {
				exists = true
			}
			off = e.Off
		}
	}
	s.row, s.exists, s.known, s.life = row, exists, true, life
	s.mirror()
	return nil
}

// mirror shows what the log says to those who do not wait for their turn.
func (s *site) mirror() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.silent, s.since = s.row.Silent, s.row.Since
}

// seen notes a sign of life.
func (s *site) seen(at time.Time, p *Post) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = at
	if p != nil {
		s.status, s.offset = p.Status, p.SentAt.Sub(at)
	}
}

// lastHeard is when s gave its last sign of life, since at least.
func (s *site) lastHeard(since time.Time) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.heard.After(since) {
		return s.heard
	}
	return since
}

// sign is the line that says whether an agent lives.
func (s *site) sign(v headstart.Verdict, reason string, since time.Time) headstart.Line {
	return headstart.Line{Check: &headstart.Check{
		Probe: headstart.AgentRow + s.Name, Kind: headstart.KindAgent, Asset: s.Asset, Agent: s.Name,
		Verdict: v, Reason: reason, ObservedAt: since.UTC(),
	}}
}
