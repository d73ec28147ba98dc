package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// dayOfAlerts are those that fire and end while the size of Redis is measured.
const dayOfAlerts = 5000

// redisSize measures what Redis holds more after alerts that fired and ended: their part of
// the log, which is trimmed later, and the rows that readers and decisions need.
func (l *lab) redisSize(ctx context.Context) error {
	redis, err := l.redis(ctx, "redis size")
	if err != nil {
		return err
	}
	defer redis.stop()
	s, err := l.service(ctx, "headstart on its Redis", fmt.Sprintf("{mode: redis, addresses: [%s]}", redis.addr))
	if err != nil {
		return err
	}
	defer s.stop()
	if err := l.outage(ctx, s); err != nil {
		return err
	}
	before, err := usedMemory(ctx, redis)
	if err != nil {
		return err
	}
	l.say("%s alerts that fire and end", grouped(dayOfAlerts))
	if err := l.fireAndEnd(ctx, s); err != nil {
		return err
	}
	after, err := usedMemory(ctx, redis)
	if err != nil {
		return err
	}
	l.rows = append(l.rows, absolute("Redis, for 1,000 alerts that fired and ended", mega, (after-before)*1000/dayOfAlerts, none))
	return nil
}

// fireAndEnd sends alerts, and once all is decided their ends.
func (l *lab) fireAndEnd(ctx context.Context, s *server) error {
	fired := time.Now().Add(-time.Minute)
	for _, ends := range []func() time.Time{
		func() time.Time { return time.Now().Add(time.Hour) },
		time.Now,
	} {
		bodies, err := asMeasured.bodies(0, dayOfAlerts, fired, ends())
		if err != nil {
			return err
		}
		if _, err := post(ctx, s, bodies, dayOfAlerts); err != nil {
			return err
		}
		if err := l.settle(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// usedMemory is what a Redis says it uses, in bytes.
func usedMemory(ctx context.Context, redis *server) (float64, error) {
	said, err := redisCLI(ctx, redis.addr, "INFO", "memory")
	if err != nil {
		return 0, err
	}
	return parseUsedMemory(said)
}

func parseUsedMemory(info string) (float64, error) {
	for line := range strings.Lines(info) {
		if bytes, ok := strings.CutPrefix(line, "used_memory:"); ok {
			return strconv.ParseFloat(strings.TrimSpace(bytes), 64)
		}
	}
	return 0, fmt.Errorf("INFO memory has no used_memory: %.100s", info)
}
