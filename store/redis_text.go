package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Side texts stand in one hash for each day and kind, "text:title:2026-11-22",
// listed in the set "text:days", and go whole (ruling 7).

func (r *Redis) textKey(name string) string { return r.key + "text:" + name }

// Texts implements Store.
func (r *Redis) Texts(ctx context.Context, kind string, keys []string) (map[string]string, error) {
	found := map[string]string{}
	if len(keys) == 0 {
		return found, nil
	}
	names, err := r.textNames(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range names { // by day: the text kept longest is the newest
		if !strings.HasPrefix(name, kind+":") {
			continue
		}
		err := r.call(ctx, func(ctx context.Context) error {
			vals, err := r.engine.HMGet(ctx, r.textKey(name), keys...).Result()
			for i, v := range vals {
				if s, ok := v.(string); ok {
					found[keys[i]] = s
				}
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

func (r *Redis) textNames(ctx context.Context) (names []string, err error) {
	err = r.call(ctx, func(ctx context.Context) error {
		names, err = r.engine.SMembers(ctx, r.key+"text:days").Result()
		return err
	})
	slices.Sort(names)
	return names, err
}

// SweepText deletes hashes whose day is past, and has the append-only file
// rewritten so that the deleted bytes leave the disk too. A day is forgotten
// only after the rewrite was accepted: if not, the next sweep asks again.
func (r *Redis) SweepText(ctx context.Context, now time.Time) error {
	names, err := r.textNames(ctx)
	if err != nil {
		return fmt.Errorf("sweep side texts: %w", err)
	}
	today := textDay(now)
	var past []any
	for _, name := range names {
		if _, day, _ := strings.Cut(name, ":"); day >= today {
			continue
		}
		past = append(past, name)
		if err := r.call(ctx, func(ctx context.Context) error {
			return r.engine.Del(ctx, r.textKey(name)).Err()
		}); err != nil {
			return fmt.Errorf("sweep side texts: %w", err)
		}
	}
	if len(past) == 0 {
		return nil
	}
	if err := r.rewrite(ctx); err != nil {
		return fmt.Errorf("sweep side texts: rewrite the append-only file: %w", err)
	}
	return r.call(ctx, func(ctx context.Context) error {
		return r.engine.SRem(ctx, r.key+"text:days", past...).Err()
	})
}

// DropText deletes the fields of keys in the hashes of all days, and asks for a
// rewrite as SweepText does: a day of its own, long past, stands for it until one
// was accepted.
func (r *Redis) DropText(ctx context.Context, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	r.mending.Lock() // one under way would put back what it has taken from the ring
	r.ring.forget(keys)
	r.mending.Unlock()
	names, err := r.textNames(ctx)
	if err != nil {
		return fmt.Errorf("drop side texts: %w", err)
	}
	gone := int64(0)
	for _, name := range names {
		if err := r.call(ctx, func(ctx context.Context) error {
			n, err := r.engine.HDel(ctx, r.textKey(name), keys...).Result()
			gone += n
			return err
		}); err != nil {
			return fmt.Errorf("drop side texts: %w", err)
		}
	}
	if gone == 0 {
		return nil
	}
	return r.call(ctx, func(ctx context.Context) error {
		return r.engine.SAdd(ctx, r.key+"text:days", droppedDay).Err()
	})
}

// droppedDay in the set of days asks the next sweep for a rewrite.
const droppedDay = "dropped:0001-01-01"

// FindText implements Store.
func (r *Redis) FindText(ctx context.Context, match func(string) bool) ([]string, error) {
	names, err := r.textNames(ctx)
	if err != nil {
		return nil, fmt.Errorf("look through side texts: %w", err)
	}
	found := map[string]bool{}
	for _, name := range names {
		if err := r.findIn(ctx, name, match, found); err != nil {
			return nil, fmt.Errorf("look through side texts: %w", err)
		}
	}
	return slices.Sorted(maps.Keys(found)), nil
}

func (r *Redis) findIn(ctx context.Context, name string, match func(string) bool, found map[string]bool) error {
	for cursor := uint64(0); ; {
		var page []string
		err := r.call(ctx, func(ctx context.Context) (err error) {
			page, cursor, err = r.engine.HScan(ctx, r.textKey(name), cursor, "", defaultMax).Result()
			return err
		})
		if err != nil {
			return err
		}
		for i := 0; i+1 < len(page); i += 2 {
			if match(page[i+1]) {
				found[page[i]] = true
			}
		}
		if cursor == 0 {
			return nil
		}
	}
}

// rewriteWait is how long Scrub waits for a rewrite under way before it gives up.
const rewriteWait = 30 * time.Second

// Scrub implements Store.
func (r *Redis) Scrub(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, rewriteWait)
	defer cancel()
	look := time.NewTicker(200 * time.Millisecond)
	defer look.Stop()
	for {
		err := r.rewrite(ctx)
		if !errors.Is(err, errRewriting) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("rewrite the append-only file: %w", err)
		case <-look.C:
		}
	}
}

var errRewriting = errors.New("one is under way; it may hold what was deleted, so another is needed after it")

// rewrite starts a rewrite of the append-only file, if there is one. A rewrite
// already under way may have copied what was deleted since, so it does not do.
func (r *Redis) rewrite(ctx context.Context) error {
	info, err := r.info(ctx, "persistence")
	if err != nil || info["aof_enabled"] == "0" {
		return err
	}
	if info["aof_rewrite_in_progress"] == "1" {
		return errRewriting
	}
	return r.call(ctx, func(ctx context.Context) error {
		node, err := r.node(ctx, r.engine)
		if err != nil {
			return err
		}
		return node.BgRewriteAOF(ctx).Err()
	})
}
