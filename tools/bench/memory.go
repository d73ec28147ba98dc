package main

import (
	"context"
	"fmt"
	"os"
	"time"
)

// asHeld is the shape of the alerts that memory is measured with.
var asHeld = shape{of: usual, labels: 6, batch: 64}

// counts of active alerts memory is measured at. A slow machine leaves out the
// second, which must have timeForMany of the limit left.
var counts = []int{10_000, 100_000}

const timeForMany = 75 * time.Second

// idleAfter is how long a server has had nothing to do when it counts as idle: what its start
// took is given back a second after it.
const idleAfter = 3 * time.Second

// footprint is the memory of one server, in bytes.
type footprint struct {
	idle    float64 // resident
	holding []held  // at each of counts there was time for
	started float64 // seconds of a start with the last of counts; 0 if there was no time
}

// held is the memory of a server with many alerts.
type held struct {
	resident float64
	heap     float64 // for each alert
}

func (f footprint) at(i int) []held {
	return f.holding[min(i, len(f.holding)):min(i+1, len(f.holding))]
}

// memoryRows are those of n alerts; ours and theirs are empty if there was no
// time.
func memoryRows(n int, ours, theirs []held) []row {
	heap, resident := grouped(float64(n))+" active alerts, heap for each", grouped(float64(n))+" active alerts, resident"
	bound := none
	if n == 100_000 {
		bound = atMost(1)
	}
	if len(ours) == 0 || len(theirs) == 0 {
		return []row{unmeasured(heap, atMost(1200), kilo), unmeasured(resident, bound, times)}
	}
	return []row{
		absolute(heap, kilo, ours[0].heap, atMost(1200)),
		compare(resident, mega, one(ours[0].resident), one(theirs[0].resident), "Alertmanager", bound),
	}
}

// memory measures fresh servers, one after the other.
func (l *lab) memory(ctx context.Context) error {
	l.say("memory of headstart")
	service, err := l.service(ctx, "headstart embedded", "{mode: embedded}")
	if err != nil {
		return err
	}
	ours, err := l.footprint(ctx, service)
	if err == nil && len(ours.holding) == len(counts) {
		ours.started, err = l.startHolding(ctx, service)
	}
	service.stop()
	if err != nil {
		return err
	}
	l.say("memory of Alertmanager")
	peer, err := l.peer(ctx)
	if err != nil {
		return err
	}
	theirs, err := l.footprint(ctx, peer)
	peer.stop()
	if err != nil {
		return err
	}
	binary, err := os.Stat(l.headstart)
	if err != nil {
		return err
	}
	for i, n := range counts {
		l.rows = append(l.rows, memoryRows(n, ours.at(i), theirs.at(i))...)
	}
	l.rows = append(l.rows,
		startedRow(ours.started),
		absolute("resident when idle", mega, ours.idle, atMost(60e6)),
		absolute("binary, stripped", mega, float64(binary.Size()), atMost(50e6)),
	)
	return nil
}

// startHolding is how long a start takes with the alerts that a server holds, in seconds.
func (l *lab) startHolding(ctx context.Context, s *server) (float64, error) {
	l.say("a start of %s with them", s.name)
	took, err := s.startAgain(ctx, serves)
	return took.Seconds(), err
}

func startedRow(took float64) row {
	const what = "cold start to ready, embedded, 100,000 active alerts"
	if took == 0 {
		return unmeasured(what, none, seconds)
	}
	return absolute(what, seconds, took, none)
}

func (l *lab) footprint(ctx context.Context, s *server) (footprint, error) {
	var f footprint
	if err := l.settle(ctx, s); err != nil {
		return f, err
	}
	if err := pause(ctx, idleAfter); err != nil {
		return f, err
	}
	var err error
	if f.idle, err = s.rss(); err != nil {
		return f, err
	}
	empty, err := s.liveHeap(ctx)
	if err != nil {
		return f, err
	}
	if err := l.outage(ctx, s); err != nil {
		return f, err
	}
	for _, n := range counts {
		if n > counts[0] && time.Since(l.began) > limit-timeForMany {
			l.say("no time left for %d alerts", n)
			break
		}
		if err := l.hold(ctx, s, n); err != nil {
			return f, err
		}
		rss, err := s.rss()
		if err != nil {
			return f, err
		}
		live, err := s.liveHeap(ctx)
		if err != nil {
			return f, err
		}
		f.holding = append(f.holding, held{rss, (live - empty) / float64(n)})
		l.say("  %-22s %d alerts: %s resident, %s live", s.name, n, mega(rss), mega(live))
	}
	return f, nil
}

// hold makes the first n alerts active and sends them once more, which is no news to the
// server: so it is with alerts that go on.
func (l *lab) hold(ctx context.Context, s *server, n int) error {
	now := time.Now()
	bodies, err := asHeld.bodies(0, n, now.Add(-time.Minute), now.Add(time.Hour))
	if err != nil {
		return err
	}
	for range 2 {
		if _, err := post(ctx, s, bodies, n); err != nil {
			return err
		}
		if err := l.settleWithin(ctx, s, 2*settleTimeout); err != nil { // a slow machine needs more than half a minute
			return err
		}
	}
	return nil
}

// liveHeap is what a collection left on the heap while there was nothing else to do, in bytes:
// the next one is due when the heap has grown by GOGC percent of it. The last that there was
// may have come in the middle of a commit. Being asked makes enough garbage for another, in
// time; of two the second also finds what is kept for a moment to be used again.
func (s *server) liveHeap(ctx context.Context) (float64, error) {
	const askedMost = 5000
	var since float64
	for n := range askedMost {
		b, err := get(ctx, "http://"+s.addr+"/metrics")
		if err != nil {
			return 0, err
		}
		cycles, err := metric(string(b), "go_gc_duration_seconds_count")
		if err != nil {
			return 0, err
		}
		if n == 0 {
			since = cycles
		}
		if cycles >= since+2 {
			return heapLeft(string(b))
		}
	}
	return 0, fmt.Errorf("%s collected no garbage while its metrics were asked for %d times", s.name, askedMost)
}

// heapLeft is what the last collection left on the heap, by a text of metrics.
func heapLeft(text string) (float64, error) {
	next, err := metric(text, "go_memstats_next_gc_bytes")
	if err != nil {
		return 0, err
	}
	percent, err := metric(text, "go_gc_gogc_percent")
	if err != nil {
		return 0, err
	}
	return next / (1 + percent/100), nil
}
