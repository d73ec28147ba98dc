package store

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// A shelf is a hash, "shelf:subscriptions".

func (r *Redis) shelfKey(shelf string) string { return r.key + "shelf:" + shelf }

// ShelfGet implements Store.
func (r *Redis) ShelfGet(ctx context.Context, shelf, key string) (val []byte, err error) {
	if err := checkShelf(shelf, key); err != nil {
		return nil, err
	}
	err = r.call(ctx, func(ctx context.Context) error {
		val, err = r.engine.HGet(ctx, r.shelfKey(shelf), key).Bytes()
		return err
	})
	return val, err
}

// KEYS: hash of the shelf, set of text days. ARGV: field, whether there is a value
// before, that value, whether there is one after, that value, the day that asks the
// next sweep for a rewrite of the append-only file.
var shelfScript = redis.NewScript(`
local now = redis.call('HGET', KEYS[1], ARGV[1])
if (ARGV[2] == '1') ~= (now ~= false) or (now and now ~= ARGV[3]) then return 0 end
if ARGV[4] == '1' then redis.call('HSET', KEYS[1], ARGV[1], ARGV[5])
else
  redis.call('HDEL', KEYS[1], ARGV[1])
  redis.call('SADD', KEYS[2], ARGV[6])
end
return 1`)

// ShelfSwap implements Store.
func (r *Redis) ShelfSwap(ctx context.Context, shelf, key string, before, after []byte) (swapped bool, err error) {
	if err := checkShelf(shelf, key); err != nil {
		return false, err
	}
	err = r.call(ctx, func(ctx context.Context) error {
		n, err := shelfScript.Run(ctx, r.engine, []string{r.shelfKey(shelf), r.key + "text:days"},
			key, bit(before != nil), before, bit(after != nil), after, droppedDay).Int()
		swapped = n == 1
		return err
	})
	return swapped, err
}

func bit(on bool) string {
	if on {
		return "1"
	}
	return "0"
}

// ShelfScan implements Store.
func (r *Redis) ShelfScan(ctx context.Context, shelf string, fn func(key string, val []byte) error) error {
	if err := checkShelf(shelf, "any"); err != nil {
		return err
	}
	if err := r.scan(ctx, r.shelfKey(shelf), func(k, v string) error { return fn(k, []byte(v)) }); err != nil {
		return fmt.Errorf("look through shelf %s: %w", shelf, err)
	}
	return nil
}
