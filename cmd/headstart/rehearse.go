package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"headstart"
	"headstart/correlate"
	"headstart/incidents"
)

// rehearsals says what commands would do, by the rules and words of the engine. Any
// process can, whether it leads or not.
type rehearsals struct {
	view *headstart.View
	now  func(context.Context) (time.Time, error) // of the clock that stamps the log
	turn chan struct{}                            // one at a time: each makes an engine of the whole catalog
}

func newRehearsals(view *headstart.View, now func(context.Context) (time.Time, error)) *rehearsals {
	return &rehearsals{view: view, now: now, turn: make(chan struct{}, 1)}
}

func (x *rehearsals) rehearse(ctx context.Context, commands ...headstart.Command) (headstart.Rehearsal, error) {
	select {
	case x.turn <- struct{}{}:
		defer func() { <-x.turn }()
	case <-ctx.Done():
		return headstart.Rehearsal{}, ctx.Err()
	}
	at, err := x.now(ctx)
	if err != nil {
		return headstart.Rehearsal{}, fmt.Errorf("read the log's clock: %w", err)
	}
	if ctx.Err() != nil { // whoever asked typed on meanwhile
		return headstart.Rehearsal{}, ctx.Err()
	}
	on := incidents.Stage{Config: x.view.Config(), At: at, Held: x.view.HeldUntil()}
	if on.Config == nil {
		return headstart.Rehearsal{}, errors.New("no configuration was recorded yet")
	}
	for i := range x.view.EachIncident() {
		on.Newest = max(on.Newest, i.Seq)
	}
	return incidents.Rehearse(on, correlate.NewState(), makers(), commands...), nil
}
