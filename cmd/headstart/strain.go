package main

import (
	"context"
	"runtime"
	"sync/atomic"
	"time"

	"headstart"
	"headstart/alerts"
	"headstart/store"
)

// strain knows when this process must take in less: before it runs out of memory, and
// while its decisions are minutes behind what it accepted. What it turns away is still
// with its sender, who sends again; what it took in and cannot hold would be lost with it.
type strain struct {
	limit int64 // bytes; zero: nothing bounds them
	live  func() int64
	store interface {
		Head(ctx context.Context) (headstart.Cursor, error)
	}
	waited func(context.Context) (time.Duration, error) // the oldest record that is not decided upon
	behind atomic.Bool
	owed   backlog

	head headstart.Cursor // as seen last, and when it moved; of run alone
	at   time.Time
}

const (
	// Beyond the first share of the limit nothing new is taken in, beyond the second only
	// small bodies are read. The rest is what the collector needs to keep up.
	strainedAt = .7
	chokedAt   = .9

	// lagMost is how far decisions may be behind before news are turned away, and
	// lagFine when they are taken again.
	lagMost = 2 * time.Minute
	lagFine = time.Minute

	// standsStill is after how long without a decision nobody is at work. Then nothing is
	// gained by turning alerts away: what is accepted is decided when somebody is.
	standsStill = 10 * time.Second
)

func newStrain(limit int64, st store.Store) *strain {
	return &strain{limit: limit, live: liveMemory, store: st, waited: func(ctx context.Context) (time.Duration, error) { return undecided(ctx, st) }}
}

// counting is append, and takes note of what is still to be decided.
func (s *strain) counting(append func(context.Context, headstart.Append) (headstart.Offset, error)) func(context.Context, headstart.Append) (headstart.Offset, error) {
	return func(ctx context.Context, rec headstart.Append) (headstart.Offset, error) {
		off, err := append(ctx, rec)
		if err == nil && off != (headstart.Offset{}) { // or others had said it already
			s.owed.add(off, len(rec.Data))
		}
		return off, err
	}
}

// owes is by how much a byte that is accepted and not decided yet may grow: state keeps
// what an alert says, and the view of readers keeps it again.
const owes = 2

// is why less is taken in for now.
func (s *strain) is() alerts.Strain {
	switch {
	case s.limit > 0 && float64(s.live()+owes*s.owed.size()) > strainedAt*float64(s.limit):
		return alerts.StrainMemory
	case s.behind.Load():
		return alerts.StrainLag
	}
	return ""
}

// choked reports whether there is no memory to read much with.
func (s *strain) choked() bool { return s.beyond(chokedAt) }

func (s *strain) beyond(share float64) bool {
	return s.limit > 0 && float64(s.live()) > share*float64(s.limit)
}

// run looks once a second how far decisions are behind, and while memory is short what of
// it is still in use: who takes in little makes no garbage either, so that nobody else would.
func (s *strain) run(ctx context.Context) error {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	cycles, at := collections(), time.Now()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-t.C:
			s.look(ctx, now)
			if n := collections(); n != cycles {
				cycles, at = n, now
			} else if now.Sub(at) > collectAgain && s.beyond(strainedAt) {
				runtime.GC()
				at = now
			}
		}
	}
}

// collectAgain is how old the last count of what is in use may be while memory is short.
const collectAgain = 5 * time.Second

func (s *strain) look(ctx context.Context, now time.Time) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	head, err := s.store.Head(ctx)
	if err != nil {
		return // who appends will hear of it
	}
	if head != s.head {
		s.head, s.at = head, now
	}
	s.owed.decided(head.Off, now.Sub(s.at) >= standsStill)
	waited, err := s.waited(ctx)
	if err != nil {
		return
	}
	most := lagMost
	if s.behind.Load() {
		most = lagFine
	}
	s.behind.Store(waited > most && now.Sub(s.at) < standsStill)
}
