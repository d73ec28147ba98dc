package store

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// Replicas of one installation meet in its store: who lives, and what each says of
// itself. None of it is state: it is gone when nobody renews it, and no export holds it.

// mostSaid bounds what one replica says.
const mostSaid = 8 << 20

func checkSaid(name string, said []byte) error {
	switch {
	case name == "":
		return fmt.Errorf("a replica without a name")
	case len(said) > mostSaid:
		return fmt.Errorf("replica %s says %d bytes, at most %d are kept", name, len(said), mostSaid)
	}
	return nil
}

// KEYS: sorted set of names by when they end, hash of what they said. ARGV: name,
// milliseconds; 0: it leaves. Times are the server's, so that no clock of a replica counts.
var attendScript = redis.NewScript(`
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local gone = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)
if ARGV[2] == '0' then gone[#gone + 1] = ARGV[1]
else redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1]) end
for _, name in ipairs(gone) do
  if name ~= ARGV[1] or ARGV[2] == '0' then
    redis.call('ZREM', KEYS[1], name)
    redis.call('HDEL', KEYS[2], name)
  end
end
return redis.call('ZRANGE', KEYS[1], 0, -1)`)

// KEYS as above. ARGV: name, what it says. One that has left says nothing more.
var sayScript = redis.NewScript(`
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then redis.call('HSET', KEYS[2], ARGV[1], ARGV[2]) end
return 1`)

func (r *Redis) replicaKeys() []string { return []string{r.key + "replicas", r.key + "replicas:said"} }

// Attend implements Store.
func (r *Redis) Attend(ctx context.Context, name string, ttl time.Duration) (present []string, err error) {
	if err := checkSaid(name, nil); err != nil {
		return nil, err
	}
	err = r.call(ctx, func(ctx context.Context) error {
		present, err = attendScript.Run(ctx, r.engine, r.replicaKeys(), name, ttl.Milliseconds()).StringSlice()
		return err
	})
	slices.Sort(present)
	return present, err
}

// Say implements Store.
func (r *Redis) Say(ctx context.Context, name string, said []byte) error {
	if err := checkSaid(name, said); err != nil {
		return err
	}
	return r.call(ctx, func(ctx context.Context) error {
		return sayScript.Run(ctx, r.engine, r.replicaKeys(), name, said).Err()
	})
}

// Said implements Store.
func (r *Redis) Said(ctx context.Context, name string) (said []byte, err error) {
	err = r.call(ctx, func(ctx context.Context) error {
		said, err = r.engine.HGet(ctx, r.key+"replicas:said", name).Bytes()
		return err
	})
	return said, err
}

// company is who shares an embedded store: parts of one process.
type company struct {
	mu   sync.Mutex
	said map[string][]byte
}

// Attend implements Store. A file belongs to one process, so nobody vanishes unseen.
func (c *company) Attend(_ context.Context, name string, ttl time.Duration) ([]string, error) {
	if err := checkSaid(name, nil); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.said == nil {
		c.said = map[string][]byte{}
	}
	if _, here := c.said[name]; !here {
		c.said[name] = nil
	}
	if ttl == 0 {
		delete(c.said, name)
	}
	var present []string
	for n := range c.said {
		present = append(present, n)
	}
	slices.Sort(present)
	return present, nil
}

// Say implements Store.
func (c *company) Say(_ context.Context, name string, said []byte) error {
	if err := checkSaid(name, said); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, here := c.said[name]; here {
		c.said[name] = slices.Clone(said)
	}
	return nil
}

// Said implements Store.
func (c *company) Said(_ context.Context, name string) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.said[name]), nil
}
