package agents

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"headstart"
)

// lookEvery is how often the hub looks who is silent.
const lookEvery = 5 * time.Second

// Run says which agents have fallen silent until ctx ends. At its start every agent
// gets its whole time to be heard: it may have tried while nobody listened.
func (h *Hub) Run(ctx context.Context) error {
	start, swept := h.o.Now(), false
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		if !h.o.Leading() {
			start = h.o.Now() // whoever led may have heard them, and we not
			continue
		}
		if !swept {
			if err := h.sweep(ctx); err != nil {
				h.logger.Warn("the log was not told which agents are no more; trying again", "err", err)
				continue
			}
			swept = true
		}
		h.lookAll(ctx, start)
	}
}

func (h *Hub) lookAll(ctx context.Context, start time.Time) {
	for _, s := range h.order {
		if err := h.look(ctx, s, start); err != nil && ctx.Err() == nil {
			h.logger.Warn("the log was not told that an agent is silent; trying again", "subject", s.Name, "err", err)
		}
	}
}

// look tells the log once when s has been silent for too long. One that was never
// heard is not missed: it may not be installed yet.
func (h *Hub) look(ctx context.Context, s *site, start time.Time) error {
	if h.o.Now().Sub(s.lastHeard(start)) < s.silentAfter() {
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
	if !s.exists || s.row.Silent || h.o.Now().Sub(since) < s.silentAfter() {
		return nil
	}
	reason := fmt.Sprintf("no sign of life from the site agent for %s", model.Duration(s.silentAfter()))
	next := s.row
	next.Silent, next.Since, next.Asset = true, since.UTC(), s.Asset
	if err := h.append(ctx, s, h.o.Now(), []headstart.Line{s.sign(headstart.Down, reason, since)}, next); err != nil {
		return err
	}
	h.logger.Warn("a site agent is silent", "subject", s.Name, "asset", s.Asset, "duration", s.silentAfter())
	return nil
}

// sweep ends the silence of agents that the configuration does not name any more, or
// names on another device: nobody else ever would.
func (h *Hub) sweep(ctx context.Context) error {
	var lines []headstart.Line
	err := h.o.Log.Scan(ctx, headstart.TableAssets, func(r headstart.Row) error {
		name, is := strings.CutPrefix(r.Key, headstart.AgentRow)
		if !is {
			return nil
		}
		row, _, err := decodeRow(r.Val)
		if err != nil {
			return fmt.Errorf("row of agent %s: %w", name, err)
		}
		if s := h.sites[name]; row.Silent && (s == nil || s.Asset != row.Asset) {
			gone := &site{Site: Site{Name: name, Asset: row.Asset}}
			lines = append(lines, gone.sign(headstart.OK, "no site agent is expected here any more", h.o.Now()))
		}
		return nil
	})
	if err != nil || len(lines) == 0 {
		return err
	}
	for part := range slices.Chunk(lines, headstart.MaxOps) {
		if _, err := h.o.Append(ctx, headstart.Append{Data: headstart.NewRecord(h.o.Now(), part...).Encode()}); err != nil {
			return err
		}
	}
	return nil
}
