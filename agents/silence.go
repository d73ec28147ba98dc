package agents

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/common/model"

	"headstart"
)

// lookEvery is how often the hub looks who is silent.
const lookEvery = 5 * time.Second

// Run says which agents have fallen silent until ctx ends. At its start every agent
// gets its whole time to be heard: it may have tried while nobody listened.
func (h *Hub) Run(ctx context.Context) error {
	start := time.Now()
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		if !h.o.Leading() {
			start = time.Now() // whoever led may have heard them, and we not
			continue
		}
		for _, s := range h.order {
			if err := h.look(ctx, s, start); err != nil && ctx.Err() == nil {
				h.logger.Warn("the log was not told that an agent is silent; trying again", "subject", s.Name, "err", err)
			}
		}
	}
}

// look tells the log once when s has been silent for too long. One that was never
// heard is not missed: it may not be installed yet.
func (h *Hub) look(ctx context.Context, s *site, start time.Time) error {
	if time.Since(s.lastHeard(start)) < s.silentAfter() {
		return nil
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	default:
		return nil // it is being heard
	}
	if err := h.load(ctx, s); err != nil {
		return err
	}
	since := s.lastHeard(start)
	if !s.exists || s.row.Silent || time.Since(since) < s.silentAfter() {
		return nil
	}
	reason := fmt.Sprintf("no sign of life from the site agent for %s", model.Duration(s.silentAfter()))
	next := s.row
	next.Silent, next.Since, next.Asset = true, since.UTC(), s.Asset
	if err := h.append(ctx, s, time.Now(), []headstart.Line{s.sign(headstart.Down, reason, since)}, next); err != nil {
		return err
	}
	h.logger.Warn("a site agent is silent", "subject", s.Name, "asset", s.Asset, "duration", s.silentAfter())
	return nil
}
