package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"headstart"
	"headstart/correlate"
)

// learner refits the matcher each night from what people said of links, outside
// the engine: what it learned enters the log as a model line, so that a replay
// decides alike (ruling 10).
type learner struct {
	view    *headstart.View
	append  func(context.Context, headstart.Append) (headstart.Offset, error)
	leading func() bool // several processes may run; one learns
	zone    *time.Location
	logger  *slog.Logger

	until time.Time // of the newest verdict that was learned from
}

// learnAt is the hour of the local day at which it learns: the desk is closed.
const learnAt = 3

// run learns each night until ctx ends.
func (l *learner) run(ctx context.Context) error {
	for {
		wait := time.NewTimer(time.Until(nextNight(time.Now(), l.zone)))
		select {
		case <-ctx.Done():
			wait.Stop()
			return nil
		case now := <-wait.C:
			if err := l.learn(ctx, now); err != nil && ctx.Err() == nil {
				l.logger.Warn("nothing learned from people's verdicts; the next night tries again", "err", err)
			}
		}
	}
}

// nextNight is the next time to learn after now.
func nextNight(now time.Time, zone *time.Location) time.Time {
	y, m, d := now.In(zone).Date()
	at := time.Date(y, m, d, learnAt, 0, 0, 0, zone)
	if !at.After(now) {
		at = time.Date(y, m, d+1, learnAt, 0, 0, 0, zone)
	}
	return at
}

// learn appends a model if people said anything new. Its version is the local date
// as a number, 20261123.
func (l *learner) learn(ctx context.Context, now time.Time) error {
	if !l.leading() {
		return nil
	}
	tickets := l.view.Tickets()
	newest := newestVerdict(tickets)
	if !newest.After(l.until) {
		return nil
	}
	y, m, d := now.In(l.zone).Date()
	model := correlate.Refit(tickets, y*10000+int(m)*100+d, now, l.zone)
	if model == nil {
		return nil
	}
	record := headstart.NewRecord(now, headstart.Line{Model: model})
	if _, err := l.append(ctx, headstart.Append{Data: record.Encode()}); err != nil {
		return fmt.Errorf("append the model: %w", err)
	}
	l.until = newest
	l.logger.Info("learned from people's verdicts on links", "change", model.Version)
	return nil
}

func newestVerdict(tickets []*headstart.TicketState) time.Time {
	var newest time.Time
	for i := range tickets {
		for _, r := range tickets[i].Reviews {
			if r.At.After(newest) {
				newest = r.At
			}
		}
	}
	return newest
}
