package main

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"
)

const (
	rounds    = 3      // of each figure that is cheap to take again
	newAlerts = 10_000 // of a round

	// Prometheus sends each minute and promises four: here a minute takes 3 s, so
	// that the refreshes come as often as in life.
	repeats = 12
	pace    = 3 * time.Second
	promise = 4 * pace
)

// contender is a server with what was measured of it; slices go by round.
type contender struct {
	*server
	fresh, repeat []float64 // alerts/s
	freshCPU      []float64 // seconds of processor time for each new alert, what follows the answer included
	repeatCPU     float64   // the same for each repeat, over all rounds
	answerCPU     float64   // for each repeat, while requests were under way
}

// ingest measures alerts over HTTP until 200.
func (l *lab) ingest(ctx context.Context) error {
	f, err := l.field(ctx)
	if err != nil {
		return err
	}
	defer f.stop()
	for round := range rounds {
		l.say("new alerts, round %d of %d", round+1, rounds)
		if err := f.round(ctx, l, round); err != nil {
			return err
		}
	}
	l.say("requests while Redis rewrites its file")
	slowest, err := f.rewriting(ctx, l)
	if err != nil {
		return err
	}
	f.always.stop()
	l.say("repeated alerts, %d rounds", repeats)
	if err := f.repeats(ctx, l); err != nil {
		return err
	}
	l.rows = append(l.rows, f.rows(slowest)...)
	return nil
}

// field is everyone who takes part.
type field struct {
	baselines               []float64
	store                   *server // the Redis behind redis
	redis, always, embedded *contender
	alertmanager            *contender
	others                  []*server
}

func (f *field) contenders() []*contender {
	return []*contender{f.redis, f.always, f.embedded, f.alertmanager}
}

func (f *field) stop() {
	for _, c := range f.contenders() {
		if c != nil {
			c.stop()
		}
	}
	for _, s := range f.others {
		s.stop()
	}
}

// field starts everyone. The baseline's own Redis stays for the later steps.
func (l *lab) field(ctx context.Context) (f *field, err error) {
	l.say("start Redis, headstart and Alertmanager")
	f = &field{}
	defer func() {
		if err != nil {
			f.stop()
		}
	}()
	redis := func(name string, more ...string) *server {
		if err != nil {
			return nil
		}
		var s *server
		if s, err = l.redis(ctx, name, more...); err == nil {
			f.others = append(f.others, s)
		}
		return s
	}
	f.store = redis("redis")
	primary := redis("redis primary", "--appendfsync", "always", "--repl-diskless-sync-delay", "0")
	if err != nil {
		return nil, err
	}
	host, port, _ := net.SplitHostPort(primary.addr)
	redis("redis replica", "--appendfsync", "always", "--replicaof", host+" "+port)
	if err != nil {
		return nil, err
	}
	if err := connected(ctx, primary); err != nil {
		return nil, err
	}
	for _, c := range []struct {
		to    **contender
		begin func() (*server, error)
	}{
		{&f.redis, func() (*server, error) {
			return l.service(ctx, "headstart on Redis", fmt.Sprintf("{mode: redis, addresses: [%s]}", f.store.addr))
		}},
		{&f.always, func() (*server, error) {
			return l.service(ctx, "headstart on two Redis", fmt.Sprintf("{mode: redis, addresses: [%s], min_replicas: 1}", primary.addr))
		}},
		{&f.embedded, func() (*server, error) { return l.service(ctx, "headstart embedded", "{mode: embedded}") }},
		{&f.alertmanager, func() (*server, error) { return l.peer(ctx) }},
	} {
		s, err := c.begin()
		if err != nil {
			return nil, err
		}
		*c.to = &contender{server: s}
		if err := l.outage(ctx, s); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// connected waits until the replica follows.
func connected(ctx context.Context, primary *server) error {
	said, err := redisCLI(ctx, primary.addr, "WAIT", "1", "10000")
	if err == nil && said != "1" {
		err = fmt.Errorf("no replica follows %s", primary.addr)
	}
	return err
}

// round sends everyone the same alerts, none of which they have seen.
func (f *field) round(ctx context.Context, l *lab, round int) error {
	rate, err := l.xadd(ctx)
	if err != nil {
		return err
	}
	f.baselines = append(f.baselines, rate)
	now := time.Now()
	bodies, err := asMeasured.bodies(round*newAlerts, newAlerts, now.Add(-time.Minute), now.Add(10*time.Minute))
	if err != nil {
		return err
	}
	for _, c := range f.contenders() {
		before, err := c.cpu()
		if err != nil {
			return err
		}
		p, err := post(ctx, c.server, bodies, newAlerts)
		if err != nil {
			return err
		}
		if err := l.settle(ctx, c.server); err != nil {
			return err
		}
		after, err := c.cpu()
		if err != nil {
			return err
		}
		c.fresh = append(c.fresh, p.rate())
		c.freshCPU = append(c.freshCPU, (after-before)/newAlerts)
		l.say("  %-22s %7.0f alerts/s, p99 %s, %.1f µs until answered, %.1f µs in all", c.name, p.rate(), p.p99.Round(time.Millisecond), p.cpu/newAlerts*1e6, (after-before)/newAlerts*1e6)
	}
	return nil
}

// rewriting returns the p99 of Prometheus's largest request while Redis writes
// its file anew.
func (f *field) rewriting(ctx context.Context, l *lab) (time.Duration, error) {
	// One that Redis began by itself, because the file has doubled, will do.
	if _, err := redisCLI(ctx, f.store.addr, "BGREWRITEAOF"); err != nil && !strings.Contains(err.Error(), "already in progress") {
		return 0, err
	}
	largest := asMeasured.inOne(256)
	now := time.Now()
	bodies, err := largest.bodies(rounds*newAlerts, newAlerts, now.Add(-time.Minute), now.Add(10*time.Minute))
	if err != nil {
		return 0, err
	}
	p, err := post(ctx, f.redis.server, bodies, newAlerts)
	if err != nil {
		return 0, err
	}
	return p.p99, l.settle(ctx, f.redis.server)
}

// repeats sends the same alerts again and again, each time with a later end.
func (f *field) repeats(ctx context.Context, l *lab) error {
	contenders := []*contender{f.redis, f.embedded, f.alertmanager}
	start := time.Now().Add(-time.Minute)
	before := make([]float64, len(contenders))
	for round := range repeats + 1 { // the first one is new to them
		began := time.Now()
		bodies, err := asMeasured.bodies((rounds+1)*newAlerts, newAlerts, start, began.Add(promise))
		if err != nil {
			return err
		}
		for i, c := range contenders {
			p, err := post(ctx, c.server, bodies, newAlerts)
			if err != nil {
				return err
			}
			if round > 0 {
				c.repeat = append(c.repeat, p.rate())
				c.answerCPU += p.cpu / (repeats * newAlerts)
				continue
			}
			if err := l.settle(ctx, c.server); err != nil {
				return err
			}
			if before[i], err = c.cpu(); err != nil {
				return err
			}
		}
		if err := pause(ctx, time.Until(began.Add(pace))); err != nil {
			return err
		}
	}
	for i, c := range contenders {
		after, err := c.cpu()
		if err != nil {
			return err
		}
		c.repeatCPU = (after - before[i]) / (repeats * newAlerts)
	}
	return nil
}

func (f *field) rows(slowest time.Duration) []row {
	hs, emb, am := f.redis, f.embedded, f.alertmanager
	return []row{
		compare("repeats, Redis", perSec, hs.repeat, am.repeat, "Alertmanager", atLeast(3)),
		compare("repeats, embedded", perSec, emb.repeat, am.repeat, "Alertmanager", atLeast(3)),
		compare("CPU per repeat until 200, Redis", micros, one(hs.answerCPU), one(am.answerCPU), "Alertmanager", atMost(0.2)),
		compare("CPU per repeat until 200, embedded", micros, one(emb.answerCPU), one(am.answerCPU), "Alertmanager", atMost(0.2)),
		compare("CPU per repeat in all, Redis", micros, one(hs.repeatCPU), one(am.repeatCPU), "Alertmanager", none),
		compare("CPU per repeat in all, embedded", micros, one(emb.repeatCPU), one(am.repeatCPU), "Alertmanager", none),
		compare("new alerts, Redis everysec", perSec, hs.fresh, f.baselines, "XADD", atLeast(0.5)),
		compare("new alerts, Redis everysec", perSec, hs.fresh, am.fresh, "Alertmanager", atLeast(1)),
		compare("new alerts, always + 1 replica", perSec, f.always.fresh, hs.fresh, "everysec", atLeast(0.4)),
		compare("new alerts, embedded", perSec, emb.fresh, f.baselines, "XADD", none),
		compare("new alerts, embedded", perSec, emb.fresh, am.fresh, "Alertmanager", none),
		compare("CPU per new alert, Redis", micros, hs.freshCPU, am.freshCPU, "Alertmanager", none),
		compare("CPU per new alert, embedded", micros, emb.freshCPU, am.freshCPU, "Alertmanager", none),
		absolute("p99 of a POST of 256 while Redis rewrites its file", seconds, slowest.Seconds(), below(1)),
	}
}

func one(v float64) []float64 { return []float64{v} }
