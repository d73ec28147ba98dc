package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"headstart"
	"headstart/alerts"
	"headstart/store"
)

// readiness answers /-/ready (ruling 20).
func readiness(st store.Store, view *headstart.View, under *strain) func(context.Context, string) error {
	return func(ctx context.Context, what string) error {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		switch what {
		case "ingest":
			return takesAlerts(ctx, st, under)
		case "engine":
			return engineLag(ctx, st)
		default:
			if !view.Ready() {
				return errors.New("the first snapshot is not read yet")
			}
			return nil
		}
	}
}

// takesAlerts says why new alerts are turned away; nil: they are taken.
func takesAlerts(ctx context.Context, st store.Store, under *strain) error {
	ratio, err := st.Room(ctx)
	if err != nil {
		return err
	}
	if ratio >= 0.9 {
		return fmt.Errorf("the store is %.0f %% full; give it more room", 100*ratio)
	}
	switch under.is() {
	case alerts.StrainMemory:
		return errors.New("memory is short: new alerts are turned away; give the process more, or look for who sends so many")
	case alerts.StrainLag:
		return errors.New("decisions are minutes behind: new alerts are turned away; look for who sends so many")
	}
	if w, is := st.(writable); is {
		return w.Writable(ctx)
	}
	_, err = st.Now(ctx)
	return err
}

// writable is a store whose server may answer and yet take no writes.
type writable interface {
	Writable(ctx context.Context) error
}

// watched is a store whose server may become unsafe while it runs.
type watched interface {
	Watch(ctx context.Context) error
	Unsafe() []string // what, then "; ", then what to do
}

// watchEvery is how often such a server is looked at.
const watchEvery = 2 * time.Second

// watching looks at the server of st until ctx ends, if there is one.
func watching(st store.Store) func(context.Context) error {
	return func(ctx context.Context) error {
		w, is := st.(watched)
		for {
			if is {
				_ = w.Watch(ctx) // a server that does not answer is told by everything else
			}
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(watchEvery):
			}
		}
	}
}

// engineLag fails when a record has waited for more than ten seconds.
func engineLag(ctx context.Context, st store.Store) error {
	lag, err := undecided(ctx, st)
	if err != nil {
		return err
	}
	if lag > 10*time.Second {
		return fmt.Errorf("a record has waited for %s; look for the leader", lag.Round(time.Second))
	}
	return nil
}

// incarnation keeps the name of the store's life at hand for the repeat filter, and has
// the store mended when another life began.
type incarnation struct {
	store interface {
		Incarnation(ctx context.Context) (string, error)
		Mend(ctx context.Context) (int, error)
	}
	logger *slog.Logger
	clock  func() time.Time
	now    atomic.Pointer[string]
	last   atomic.Int64 // when the store last answered, Unix nanoseconds
}

// seen is when the store last answered: what pages show is no older than that.
func (i *incarnation) seen() time.Time { return time.Unix(0, i.last.Load()) }

func (i *incarnation) get() string {
	if p := i.now.Load(); p != nil {
		return *p
	}
	return ""
}

func (i *incarnation) run(ctx context.Context) error {
	for said := ""; ; {
		if name, err := i.store.Incarnation(ctx); err == nil {
			i.now.Store(&name)
			i.last.Store(i.clock().UnixNano())
			// What the filter forgot may come again, what nobody sends again must be put back.
			_, err := i.store.Mend(ctx)
			if err != nil && err.Error() != said && ctx.Err() == nil {
				i.logger.Warn("what the store may have lost is not put back yet", "err", err)
			}
			if said = ""; err != nil {
				said = err.Error()
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
	}
}
