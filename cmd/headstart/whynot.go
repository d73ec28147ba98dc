package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"headstart"
	"headstart/correlate"
	"headstart/store"
)

// second judges again what the engine decided, from what it stored: any process
// can, whether it leads or not.
type second struct {
	store store.Tables
	turn  chan struct{} // one at a time: each loads all of correlation's state
}

func newSecond(st store.Tables) *second { return &second{store: st, turn: make(chan struct{}, 1)} }

const (
	loadTries = 8
	loadPause = 250 * time.Millisecond
)

// errMoving means that the engine committed while its state was read.
var errMoving = errors.New("the state changed while it was read")

// whyNot says why two groups are not one; false: one of them is not known.
func (x *second) whyNot(ctx context.Context, a, b headstart.GroupID) (headstart.Decision, bool, error) {
	select {
	case x.turn <- struct{}{}:
		defer func() { <-x.turn }()
	case <-ctx.Done():
		return headstart.Decision{}, false, ctx.Err()
	}
	for try := 1; ; try++ {
		s, at, err := x.load(ctx)
		if err == nil {
			d, known := s.WhyNot(at, a, b)
			return d, known, nil
		}
		if !errors.Is(err, errMoving) || try == loadTries {
			return headstart.Decision{}, false, err
		}
		select {
		case <-time.After(loadPause):
		case <-ctx.Done():
			return headstart.Decision{}, false, ctx.Err()
		}
	}
}

// load reads correlation's state as of one cursor: a commit in between would show
// half of what it changed.
func (x *second) load(ctx context.Context) (*correlate.State, time.Time, error) {
	before, err := x.store.Head(ctx)
	if err != nil {
		return nil, time.Time{}, err
	}
	s := correlate.NewState()
	for _, table := range append(headstart.CorrelateTables(), headstart.TableClock) {
		err := x.store.Scan(ctx, table, func(r headstart.Row) error { return s.Load(table, r) })
		if err != nil {
			return nil, time.Time{}, fmt.Errorf("scan %s: %w", table, err)
		}
	}
	after, err := x.store.Head(ctx)
	switch {
	case err != nil:
		return nil, time.Time{}, err
	case after != before:
		return nil, time.Time{}, errMoving
	}
	return s, after.Off.At(), s.Loaded()
}
