package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"headstart"
)

// Append implements Store: log and side texts in one script. In another life of the server
// than the last, what was confirmed before is put back first: an alert that ended must not
// stand before the word that it fires.
func (r *Redis) Append(ctx context.Context, recs []headstart.Append) ([]headstart.Offset, error) {
	if len(recs) == 0 {
		return nil, nil
	}
	if ratio, full := r.full.refuses(ctx, recs, r.measure); full {
		return nil, fmt.Errorf("append to redis %s: %w: %.0f %% of its maxmemory is taken; raise it, or shorten store.keep", r.addr, headstart.ErrFull, 100*ratio)
	}
	offs, err := r.appendIn(ctx, r.mended.expected(time.Now()), recs)
	if errors.Is(err, errOtherLife) {
		if _, err := r.Mend(ctx); err != nil {
			return nil, fmt.Errorf("append: %w", err)
		}
		return r.appendIn(ctx, "", recs)
	}
	return offs, err
}

// appendIn appends in the life of the server that is named, or else fails with errOtherLife;
// in any if none is.
func (r *Redis) appendIn(ctx context.Context, in string, recs []headstart.Append) ([]headstart.Offset, error) {
	keys, args, err := r.appendArgs(in, recs)
	if err != nil {
		return nil, err
	}
	var offs []headstart.Offset
	var life string
	err = r.call(ctx, func(ctx context.Context) error {
		node, err := r.node(ctx, r.appends)
		if err != nil {
			return err
		}
		ids, err := r.append(ctx, node, keys, args)
		if err != nil {
			return err
		}
		if err := wrongReply(ids, len(recs)+1); err != nil {
			return err
		}
		life = fmt.Sprint(ids[0])
		offs = make([]headstart.Offset, len(recs))
		for n, rec := range recs {
			if offs[n], err = added(ids[n+1], rec.Once); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("append: %w", err)
	}
	r.mended.first(life)
	r.ring.add(life, offs, recs, time.Now())
	r.metrics.count(offs, recs)
	return offs, nil
}

// append returns the life of the server that took the records, and what became of each.
func (r *Redis) append(ctx context.Context, node *redis.Client, keys []string, args []any) ([]any, error) {
	if r.minReplicas == 0 {
		return appendScript.Run(ctx, node, keys, args...).Slice()
	}
	// WAIT speaks only of what its own connection has written.
	conn := node.Conn()
	defer func() { _ = conn.Close() }() // gives it back to the pool; what was written is known by then
	ids, err := appendScript.Run(ctx, conn, keys, args...).Slice()
	if err != nil {
		return nil, err
	}
	n, err := conn.Do(ctx, "WAIT", r.minReplicas, confirmWait.Milliseconds()).Int()
	if err != nil {
		return nil, err
	}
	if n < r.minReplicas {
		return nil, fmt.Errorf("written, but %d of %d replicas confirmed; the sender tries again", n, r.minReplicas)
	}
	return ids, nil
}

func (r *Redis) appendArgs(in string, recs []headstart.Append) (keys []string, args []any, err error) {
	keys = append([]string{r.meta(), r.key + "log"}, append(r.saidKeys(), r.key+"text:days")...)
	args = []any{in, len(recs)}
	for _, rec := range recs {
		pieces, err := pieceArg(rec.Once)
		if err != nil {
			return nil, nil, err
		}
		args = append(args, rec.Data, pieces)
	}
	index := map[string]int{}
	for _, rec := range recs {
		for _, t := range rec.Text {
			if err := checkText(t); err != nil {
				return nil, nil, err
			}
			name := t.Kind + ":" + textDay(t.Until)
			if index[name] == 0 {
				keys = append(keys, r.textKey(name))
				index[name] = len(keys)
			}
			args = append(args, index[name], name, t.Key, t.Value)
		}
	}
	return keys, args, nil
}

// measure reads room and size of the log together.
func (r *Redis) measure(ctx context.Context) (float64, error) {
	if _, err := r.LogBytes(ctx); err != nil {
		return 0, err
	}
	return r.Room(ctx)
}

// LogBytes is the server's own estimate.
func (r *Redis) LogBytes(ctx context.Context) (n int64, err error) {
	err = r.call(ctx, func(ctx context.Context) error {
		n, err = r.engine.MemoryUsage(ctx, r.key+"log", 5).Result()
		return err
	})
	if err == nil {
		r.metrics.logBytes.Set(float64(n))
	}
	return n, err
}

// Read implements Store.
func (r *Redis) Read(ctx context.Context, after headstart.Offset, max int, block time.Duration) ([]headstart.Entry, error) {
	return r.read(ctx, "log", after, max, block)
}

// Feed implements Store.
func (r *Redis) Feed(ctx context.Context, after headstart.Offset, max int, block time.Duration) ([]headstart.Entry, error) {
	return r.read(ctx, "feed", after, max, block)
}

// FeedHead implements Store.
func (r *Redis) FeedHead(ctx context.Context) (off headstart.Offset, err error) {
	err = r.call(ctx, func(ctx context.Context) error {
		off.Ms, err = r.engine.HGet(ctx, r.meta(), "feed").Uint64()
		return err
	})
	return off, err
}

// blockSlice is how long one XREAD blocks: the library cannot be woken when ctx
// is cancelled, and a clean stop must not wait.
const blockSlice = 100 * time.Millisecond

func (r *Redis) read(ctx context.Context, key string, after headstart.Offset, max int, block time.Duration) ([]headstart.Entry, error) {
	if max <= 0 {
		max = defaultMax
	}
	until := time.Now().Add(block)
	for {
		wait := min(time.Until(until), blockSlice)
		found, err := r.readOnce(ctx, key, after, max, wait)
		if err != nil || len(found) > 0 || wait <= 0 {
			return found, err
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
}

func (r *Redis) readOnce(ctx context.Context, key string, after headstart.Offset, max int, block time.Duration) ([]headstart.Entry, error) {
	if block < time.Millisecond {
		block = -1 // 0 would wait for ever
	}
	var found []headstart.Entry
	err := r.call(ctx, func(ctx context.Context) error {
		res, err := r.engine.XRead(ctx, &redis.XReadArgs{Streams: []string{r.key + key, after.String()}, Count: int64(max), Block: block}).Result()
		if err != nil || len(res) == 0 {
			return err
		}
		found = make([]headstart.Entry, len(res[0].Messages))
		for i, m := range res[0].Messages {
			off, err := headstart.ParseOffset(m.ID)
			if err != nil {
				return damaged{err}
			}
			data, ok := m.Values["d"].(string)
			if !ok {
				return damaged{fmt.Errorf("%s%s entry %s has no field d; something else writes there", r.key, key, m.ID)}
			}
			found[i] = headstart.Entry{Off: off, Data: []byte(data)}
		}
		return nil
	})
	return found, err
}

// Trim implements Store.
func (r *Redis) Trim(ctx context.Context, upTo headstart.Offset) error {
	return r.call(ctx, func(ctx context.Context) error {
		return trimScript.Run(ctx, r.engine, []string{r.meta(), r.key + "log"}, upTo.String()).Err()
	})
}

// TrimFeed implements Store.
func (r *Redis) TrimFeed(ctx context.Context, before time.Time) error {
	keep := headstart.Offset{}
	for {
		entries, err := r.readOnce(ctx, "feed", keep, defaultMax, 0)
		if err != nil {
			return fmt.Errorf("trim the feed: %w", err)
		}
		for _, e := range entries {
			old, err := feedBefore(e.Data, before)
			if err != nil {
				return fmt.Errorf("trim the feed: %w", err)
			}
			if !old {
				return r.trimFeedBelow(ctx, e.Off)
			}
			keep = e.Off
		}
		if len(entries) == 0 {
			return r.trimFeedBelow(ctx, headstart.Offset{Ms: keep.Ms + 1})
		}
	}
}

func (r *Redis) trimFeedBelow(ctx context.Context, off headstart.Offset) error {
	return r.call(ctx, func(ctx context.Context) error {
		return r.engine.XTrimMinID(ctx, r.key+"feed", off.String()).Err()
	})
}

// MarkArchived implements Store.
func (r *Redis) MarkArchived(ctx context.Context, upTo headstart.Offset) error {
	return r.call(ctx, func(ctx context.Context) error {
		return archivedScript.Run(ctx, r.engine, []string{r.meta()}, upTo.String()).Err()
	})
}

// Archived implements Store.
func (r *Redis) Archived(ctx context.Context) (off headstart.Offset, err error) {
	err = r.call(ctx, func(ctx context.Context) error {
		s, err := r.engine.HGet(ctx, r.meta(), "archived").Result()
		if err != nil {
			return err
		}
		if off, err = headstart.ParseOffset(s); err != nil {
			return damaged{err}
		}
		return nil
	})
	return off, err
}
