package main

import (
	"context"
	"fmt"
	"time"
)

// stormPosts measures the requests of a storm as Prometheus sends it, 256 alerts each, as
// fast as they are answered: all hosts fail at once, and what was taken is being decided
// while more of it comes.
func (l *lab) stormPosts(ctx context.Context) error {
	redis, err := l.redis(ctx, "redis of a storm") // of its own: later steps shall not meet these alerts
	if err != nil {
		return err
	}
	defer redis.stop()
	for _, c := range []struct{ name, store string }{
		{"Redis", fmt.Sprintf("{mode: redis, addresses: [%s]}", redis.addr)},
		{"embedded", "{mode: embedded}"},
	} {
		l.say("requests of a storm of %s, %s", grouped(stormAlerts), c.name)
		p, err := l.stormPostsTo(ctx, c.name, c.store)
		if err != nil {
			return err
		}
		l.rows = append(l.rows, absolute(fmt.Sprintf("p99 of a POST of 256 in a storm of %s, %s", grouped(stormAlerts), c.name), seconds, p.p99.Seconds(), below(1)))
	}
	return nil
}

func (l *lab) stormPostsTo(ctx context.Context, name, store string) (pass, error) {
	s, err := l.serviceOf(ctx, "headstart in a storm, "+name, store, large)
	if err != nil {
		return pass{}, err
	}
	defer s.stop()
	now := time.Now()
	storm := asMeasured.inOne(256)
	storm.of = large
	bodies, err := storm.bodies(0, stormAlerts, now.Add(-time.Minute), now.Add(10*time.Minute))
	if err != nil {
		return pass{}, err
	}
	return post(ctx, s, bodies, stormAlerts)
}
