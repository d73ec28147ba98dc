package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

const (
	replicasOf     = 3
	replicaAlerts  = 512
	replicaRounds  = 12
	replicaPace    = time.Second // of Prometheus: a minute, of which it promises four
	replicaPromise = 4 * replicaPace
)

// replicas measures how much the log grows when several replicas are sent the same, as
// every Prometheus sends to all it knows of, against one replica that is sent it.
func (l *lab) replicas(ctx context.Context) error {
	l.say("%d replicas are sent what one is sent, %d rounds", replicasOf, replicaRounds)
	one, err := l.team(ctx, 1)
	if err != nil {
		return err
	}
	defer one.stop()
	several, err := l.team(ctx, replicasOf)
	if err != nil {
		return err
	}
	defer several.stop()
	began := time.Now()
	for round := range replicaRounds {
		if err := pause(ctx, time.Until(began.Add(time.Duration(round)*replicaPace))); err != nil {
			return err
		}
		bodies, err := asMeasured.bodies(0, replicaAlerts, began, time.Now().Add(replicaPromise))
		if err != nil {
			return err
		}
		for _, prometheus := range []string{"prom-a", "prom-b"} {
			if err := sendAll(ctx, bodies, prometheus, several, one); err != nil {
				return err
			}
		}
	}
	lines := map[*team]float64{}
	for _, c := range []*team{one, several} {
		n, err := c.lines(ctx)
		if err != nil {
			return err
		}
		lines[c] = float64(n) / replicaAlerts
	}
	l.rows = append(l.rows, compare(fmt.Sprintf("lines of the log for an alert, %d replicas, two Prometheus", replicasOf), lineCount,
		[]float64{lines[several]}, []float64{lines[one]}, "one replica", atMost(1.1)))
	return nil
}

func lineCount(v float64) string { return fmt.Sprintf("%.2f", v) }

// team is replicas on one Redis.
type team struct {
	store *server
	all   []*server
}

func (l *lab) team(ctx context.Context, n int) (c *team, err error) {
	c = &team{}
	defer func() {
		if err != nil {
			c.stop()
		}
	}()
	if c.store, err = l.redis(ctx, fmt.Sprintf("redis of %d", n)); err != nil {
		return c, err
	}
	for i := range n {
		s, err := l.service(ctx, fmt.Sprintf("replica %d of %d", i+1, n), fmt.Sprintf("{mode: redis, addresses: [%s]}", c.store.addr))
		if err != nil {
			return c, err
		}
		c.all = append(c.all, s)
	}
	return c, nil
}

func (c *team) stop() {
	for _, s := range c.all {
		s.stop()
	}
	if c.store != nil {
		c.store.stop()
	}
}

// sendAll sends the same to every replica at the same time, in the name of a Prometheus.
func sendAll(ctx context.Context, bodies [][]byte, prometheus string, to ...*team) error {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var errs []error
	for _, c := range to {
		for _, s := range c.all {
			wg.Go(func() {
				for _, body := range bodies {
					named := strings.ReplaceAll(string(body), "http://prometheus.example.org", "http://"+prometheus+".example.org")
					if err := postOne(ctx, s, []byte(named)); err != nil {
						mu.Lock()
						errs = append(errs, err)
						mu.Unlock()
						return
					}
				}
			})
		}
	}
	wg.Wait()
	return errors.Join(errs...)
}

// lines counts what the log says of alerts: alerts whole, and single refreshes.
func (c *team) lines(ctx context.Context) (int, error) {
	log, err := redisCLI(ctx, c.store.addr, "XRANGE", "hs:{0}:log", "-", "+")
	if err != nil {
		return 0, err
	}
	n := strings.Count(log, "generatorURL") + strings.Count(log, `"source":"prom-`)
	if n == 0 {
		return 0, errors.New("the log says nothing of alerts")
	}
	return n, nil
}
