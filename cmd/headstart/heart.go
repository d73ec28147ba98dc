package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"headstart"
	"headstart/alerts"
	"headstart/configs"
	"headstart/notify"
)

// pulse is the proof that this process does its whole work, which a heartbeat stands
// for (ruling 19): it leads, there is room, a record of its own goes through log,
// engine and commit, the outbox moves, and alerts still reach us.
type pulse struct {
	leading  func() bool
	ready    func(ctx context.Context, what string) error
	append   func(context.Context, headstart.Append) (headstart.Offset, error)
	head     func(context.Context) (headstart.Cursor, error)
	moving   func() error
	watchdog func() time.Time // newest sign of life of a source of alerts; nil: none is expected
	since    time.Time        // from when on one could be heard
}

const (
	// pulseWait is how long log, engine and commit may take together: as long as a
	// record may wait before /-/ready?for=engine fails.
	pulseWait = 10 * time.Second

	// watchdogFresh is when a source of alerts that is not heard counts as blind (ruling 14).
	watchdogFresh = 5 * time.Minute
)

// works says what of the work is not done; nil: all of it is.
func (p *pulse) works(ctx context.Context) error {
	if !p.leading() {
		return notify.ErrFollows
	}
	if err := p.ready(ctx, "ingest"); err != nil {
		return fmt.Errorf("alerts cannot be stored: %w", err)
	}
	if err := p.beat(ctx); err != nil {
		return err
	}
	if err := p.moving(); err != nil {
		return err
	}
	if p.watchdog == nil {
		return nil
	}
	switch at := p.watchdog(); {
	case at.IsZero() && time.Since(p.since) < watchdogFresh:
		return fmt.Errorf("%w: no watchdog was heard since the start, a moment ago", notify.ErrWaits)
	case at.IsZero():
		return errors.New("no watchdog was heard since the start; let Prometheus always fire one, or set alerts.watchdog to []")
	case time.Since(at) > watchdogFresh:
		return fmt.Errorf("the last watchdog was heard %s ago; look at Prometheus", time.Since(at).Round(time.Second))
	}
	return nil
}

// beat sends an empty record through log and engine and waits for its commit. On a
// quiet day nothing else would show that deciding works.
func (p *pulse) beat(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pulseWait)
	defer cancel()
	off, err := p.append(ctx, headstart.Append{Data: headstart.NewRecord(time.Now()).Encode()})
	if err != nil {
		return fmt.Errorf("a record cannot be stored: %w", err)
	}
	const look = 20 * time.Millisecond
	for {
		head, err := p.head(ctx)
		if err == nil && !head.Off.Before(off) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("a record was not decided upon within %s; see the log of the leader", pulseWait)
		case <-time.After(look):
		}
	}
}

// signOfLife is what a pulse asks of the sources of alerts; nil: alerts.watchdog is
// empty, so none is expected to speak all the time.
func signOfLife(cfg *configs.Config, api *alerts.API) func() time.Time {
	if len(cfg.Alerts.Watchdog) == 0 {
		return nil
	}
	return api.SignOfLife
}
