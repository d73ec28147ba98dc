package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"headstart"
	"headstart/configs"
	"headstart/demo"
	"headstart/store"
	"headstart/web"
)

// stage is what a demonstration changes of a service: its clock, a store that lives by
// it, and a part that plays the story. A nil stage is the real thing; its methods say so.
type stage struct {
	clock *demo.Clock
	store *stagedStore // once it is open
	tells *web.Guide
	play  func(ctx context.Context, view *headstart.View) error
}

// now is the one clock of everything that is told, shown or logged.
func (s *service) now() time.Time {
	if s.stage == nil {
		return time.Now()
	}
	return s.stage.clock.Now()
}

// parts are what a demonstration adds to the pipeline.
func (g *stage) parts(view *headstart.View) []part {
	if g == nil {
		return nil
	}
	return []part{{"demo", func(ctx context.Context) error { return g.play(ctx, view) }}}
}

func (g *stage) guide() *web.Guide {
	if g == nil {
		return nil
	}
	return g.tells
}

// openStore opens the store of cfg; a demonstration's has no need to survive anything.
func (g *stage) openStore(ctx context.Context, cfg *configs.Config, logger *slog.Logger, reg prometheus.Registerer) (store.Store, error) {
	if g == nil {
		return openStore(ctx, cfg, logger, reg)
	}
	st, err := store.OpenBolt(boltFile(cfg), store.BoltOptions{NoSync: true, Now: g.clock.Now, Logger: logger, Registerer: reg})
	if err != nil {
		return nil, err
	}
	g.store = &stagedStore{Store: st, clock: g.clock, changed: make(chan struct{})}
	return g.store, nil
}

// stagedStore is a store whose readers wait by the demonstration's clock, and which
// knows when the engine has done all there is to do.
type stagedStore struct {
	store.Store
	clock *demo.Clock

	mu       sync.Mutex
	changed  chan struct{}    // closed and replaced when anything below changes
	appended headstart.Offset // the newest record
	waiting  bool             // the engine waits for a record after after, until until
	after    headstart.Offset
	until    time.Time
}

// Append implements store.Store.
func (s *stagedStore) Append(ctx context.Context, recs []headstart.Append) ([]headstart.Offset, error) {
	offs, err := s.Store.Append(ctx, recs)
	s.change(func() {
		for _, o := range offs {
			if s.appended.Before(o) {
				s.appended = o
			}
		}
	})
	return offs, err
}

// Read implements store.Store. Only the engine waits, and it waits by the clock.
func (s *stagedStore) Read(ctx context.Context, after headstart.Offset, most int, block time.Duration) ([]headstart.Entry, error) {
	if block <= 0 {
		return s.Store.Read(ctx, after, most, 0)
	}
	waits, wake := context.WithCancel(ctx)
	defer wake()
	until := s.clock.Now().Add(block)
	defer s.clock.At(until, wake)()
	s.change(func() { s.waiting, s.after, s.until = true, after, until })
	defer s.change(func() { s.waiting = false })
	found, err := s.Store.Read(waits, after, most, longestStandstill)
	if waits.Err() != nil && ctx.Err() == nil {
		return nil, nil // its time has come, and nothing else
	}
	return found, err
}

// longestStandstill bounds one read by the machine's clock.
const longestStandstill = time.Hour

func (s *stagedStore) change(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
	close(s.changed)
	s.changed = make(chan struct{})
}

// longestWait is how long the clock stands still for a service that does not come to
// rest; and longestOwed for a message that is not delivered.
const (
	longestWait = 5 * time.Second
	longestOwed = 300 * time.Millisecond
)

// Wait implements demo.Patience: it returns once the engine has decided upon all that is
// logged and what is due to be sent has been sent, with when the engine wants to act next.
func (s *stagedStore) Wait(ctx context.Context) (next time.Time) {
	late := time.NewTimer(longestWait)
	defer late.Stop()
	var patience <-chan time.Time // with messages
	for {
		s.mu.Lock()
		changed, until := s.changed, s.until
		rests := s.waiting && !s.after.Before(s.appended) && until.After(s.clock.Now())
		s.mu.Unlock()
		if rests {
			owed, err := s.Due(ctx, s.clock.Now(), 1)
			if err != nil || len(owed) == 0 {
				return until
			}
			if patience == nil {
				patience = time.After(longestOwed)
			}
		}
		select {
		case <-changed:
		case <-patience:
			return until
		case <-late.C:
			return until
		case <-ctx.Done():
			return until
		}
	}
}
