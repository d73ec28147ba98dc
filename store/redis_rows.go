package store

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"headstart"
)

// Head implements Store.
func (r *Redis) Head(ctx context.Context) (c headstart.Cursor, err error) {
	err = r.call(ctx, func(ctx context.Context) error {
		s, err := r.engine.HGet(ctx, r.meta(), "cursor").Result()
		if err != nil {
			return err
		}
		if c, err = headstart.ParseCursor(s); err != nil {
			return damaged{err}
		}
		return nil
	})
	return c, err
}

// Get implements Store.
func (r *Redis) Get(ctx context.Context, table, key string) (val []byte, err error) {
	err = r.call(ctx, func(ctx context.Context) error {
		val, err = r.engine.HGet(ctx, r.key+table, key).Bytes()
		return err
	})
	return val, err
}

// Scan implements Store. A row may come twice from Redis while its hash is
// resized, but not from us.
func (r *Redis) Scan(ctx context.Context, table string, fn func(headstart.Row) error) error {
	var room []byte
	return r.scan(ctx, r.key+table, func(k, v string) error {
		room = append(room[:0], v...)
		return fn(headstart.Row{Key: k, Val: room})
	})
}

func (r *Redis) scan(ctx context.Context, key string, fn func(k, v string) error) error {
	seen := map[string]struct{}{}
	for cursor := uint64(0); ; {
		var kv []string
		err := r.call(ctx, func(ctx context.Context) (err error) {
			kv, cursor, err = r.engine.HScan(ctx, key, cursor, "", 1000).Result()
			return err
		})
		if err != nil {
			return err
		}
		for i := 0; i+1 < len(kv); i += 2 {
			if _, dup := seen[kv[i]]; dup {
				continue
			}
			seen[kv[i]] = struct{}{}
			if err := fn(kv[i], kv[i+1]); err != nil {
				return err
			}
		}
		if cursor == 0 {
			return nil
		}
	}
}

// Due implements Store.
func (r *Redis) Due(ctx context.Context, now time.Time, max int) (owed []headstart.Owed, err error) {
	if max <= 0 {
		max = defaultMax
	}
	err = r.call(ctx, func(ctx context.Context) error {
		zs, err := r.engine.ZRangeArgsWithScores(ctx, redis.ZRangeArgs{
			Key: r.key + "outbox:due", Start: "-inf", Stop: now.UnixMilli(), ByScore: true, Count: int64(max),
		}).Result()
		if err != nil || len(zs) == 0 {
			return err
		}
		ids := make([]string, len(zs))
		for i, z := range zs {
			ids[i] = fmt.Sprint(z.Member)
		}
		vals, err := r.engine.HMGet(ctx, r.key+"outbox", ids...).Result()
		if err != nil {
			return err
		}
		owed = make([]headstart.Owed, 0, len(zs))
		for i, v := range vals {
			if s, ok := v.(string); ok { // else it was acknowledged in between
				owed = append(owed, headstart.Owed{ID: ids[i], Due: time.UnixMilli(int64(zs[i].Score)).UTC(), Data: []byte(s)})
			}
		}
		return nil
	})
	return owed, err
}

// verify compares the outbox with its index, and both with themselves again if
// they differ: a commit may have come in between.
func (r *Redis) verify(ctx context.Context) (found []string, err error) {
	for range 3 {
		if found, err = r.compareOutbox(ctx); err != nil || len(found) == 0 {
			return nil, err
		}
	}
	return found, nil
}

func (r *Redis) compareOutbox(ctx context.Context) (found []string, err error) {
	due := map[string]bool{}
	err = r.call(ctx, func(ctx context.Context) error {
		ids, err := r.engine.ZRange(ctx, r.key+"outbox:due", 0, -1).Result()
		for _, id := range ids {
			due[id] = true
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	err = r.scan(ctx, r.key+"outbox", func(id, _ string) error {
		if !due[id] {
			found = append(found, fmt.Sprintf("outbox: %s would never come due", id))
		}
		delete(due, id)
		return nil
	})
	for id := range due {
		found = append(found, fmt.Sprintf("outbox: %s stands in the order of due times, but not in the outbox", id))
	}
	return found, err
}
