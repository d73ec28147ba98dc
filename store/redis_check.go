package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"headstart"
)

// Check asks the server that holds our keys whether it is set up to keep them
// (ruling 12): an error is a reason not to start, warnings say what may be lost.
func (r *Redis) Check(ctx context.Context) (warnings []string, err error) {
	info, err := r.settled(ctx)
	if err != nil {
		return nil, err
	}
	if err := r.refuse(info); err != nil {
		return nil, err
	}
	if info["aof_enabled"] == "0" {
		warnings = append(warnings, "appendonly is off: a restart of Redis loses what it acknowledged; set appendonly yes")
	}
	if n, _ := strconv.Atoi(info["connected_slaves"]); n < r.minReplicas {
		warnings = append(warnings, fmt.Sprintf("%d replicas are connected, store.min_replicas asks for %d: appends will be refused; start replicas, or lower it", n, r.minReplicas))
	}
	if info["maxmemory"] == "0" {
		warnings = append(warnings, "maxmemory is not set: Redis would grow until the machine kills it; set it below the memory of the machine")
	}
	return warnings, nil
}

// promotion is how long Sentinels may name a server that is not a primary yet, or no more:
// a start in the middle of a failover must not fail for it.
const promotion = 10 * time.Second

// settled is what the server says of itself; where Sentinels name it, once it is a primary.
func (r *Redis) settled(ctx context.Context) (map[string]string, error) {
	for began := time.Now(); ; {
		info, err := r.info(ctx, "server", "memory", "persistence", "replication")
		if err != nil || !r.sentinel || info["role"] == "master" || time.Since(began) > promotion {
			return info, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (r *Redis) refuse(info map[string]string) error {
	why := ""
	switch {
	case info["maxmemory_policy"] != "noeviction":
		why = fmt.Sprintf("maxmemory-policy is %s, so Redis deletes incidents when it is full; set maxmemory-policy noeviction, on a Redis of headstart's own", info["maxmemory_policy"])
	case olderThan(info["redis_version"], 6, 2):
		why = fmt.Sprintf("Redis is %s; version 6.2 or later is needed", info["redis_version"])
	case info["role"] != "master":
		why = "it is a replica; name the primary in store.addresses"
	default:
		return nil
	}
	return fmt.Errorf("%w: redis %s: %s", headstart.ErrRefused, r.addr, why)
}

func olderThan(version string, major, minor int) bool {
	var a, b int
	if _, err := fmt.Sscanf(version, "%d.%d", &a, &b); err != nil {
		return true
	}
	return a < major || a == major && b < minor
}

// info reads sections of INFO from the server that holds our keys. One section
// a call: several at once need Redis 7.
func (r *Redis) info(ctx context.Context, sections ...string) (map[string]string, error) {
	found := map[string]string{}
	for _, section := range sections {
		text, err := r.section(ctx, section)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(text) {
			if k, v, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
				found[k] = v
			}
		}
	}
	return found, nil
}

func (r *Redis) section(ctx context.Context, name string) (text string, err error) {
	err = r.call(ctx, func(ctx context.Context) error {
		node, err := r.node(ctx, r.engine)
		if err != nil {
			return err
		}
		text, err = node.Info(ctx, name).Result()
		return err
	})
	return text, err
}
