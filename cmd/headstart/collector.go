package main

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// Garbage is collected when the heap has grown by so many percent. Go's own 100 holds
// twice what is in use, which a desk that looks at a page now and then pays for nothing;
// in a storm it is what lets alerts in, so that it comes back when the collector has work.
const (
	growBusy = 100 // percent
	growCalm = 30

	// collectMost is the share of one core that the collector may take before memory is
	// given to it. Going back multiplies its work by growBusy/growCalm, and must not lead
	// over that line again.
	collectMost  = .35
	collectCalm  = .08
	collectEvery = time.Second
)

// What a start reads stays, and there is little to collect of it. But a history of years is
// half a gigabyte: what may lie about beside it is bounded.
const (
	startGarbage = 256 << 20
	startEvery   = 50 * time.Millisecond
)

// reading reports whether the state is still being read.
func (g *generation) reading() bool { return g.started != nil && !g.started() }

func (g *generation) collect(ctx context.Context) error { return collect(ctx, g.reading) }

// collect lets the heap be as small as the collector can hold it at little cost, until ctx
// ends; while the state is being read, as large as a start is quick with. Whoever sets GOGC
// has decided otherwise; GOMEMLIMIT holds as ever.
func collect(ctx context.Context, reading func() bool) error {
	if os.Getenv("GOGC") != "" {
		return nil
	}
	grow := growBusy
	defer debug.SetGCPercent(debug.SetGCPercent(grow))
	for reading() {
		if next := growthAtStart(liveMemory()); next != grow {
			grow = next
			debug.SetGCPercent(grow)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(startEvery):
		}
	}
	tick := time.NewTicker(collectEvery)
	defer tick.Stop()
	cycles, at := collections(), time.Now()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		now, sum := time.Now(), collections()
		share := float64(sum-cycles) * markTime() / now.Sub(at).Seconds()
		cycles, at = sum, now
		if next := growth(grow, share); next != grow {
			grow = next
			debug.SetGCPercent(grow)
			if grow == growCalm {
				debug.FreeOSMemory() // what a storm took is of no more use
			}
		}
	}
}

// growthAtStart is by how much the heap may grow of which so many bytes are in use.
func growthAtStart(live int64) int {
	return int(min(growBusy, max(growCalm, 100*startGarbage/max(live, 1))))
}

// growth is by how much the heap may grow, after it grew by so much and the collector took
// a share of one core for it.
func growth(now int, share float64) int {
	switch {
	case share > collectMost:
		return growBusy
	case share < collectCalm:
		return growCalm
	}
	return now
}

// markedASecond is how many bytes a core marks in a second, roughly. The times that the
// runtime tells are of clocks on walls: on a machine with other work they say that the
// collector is busy when it waits.
const markedASecond = 1e9

// collections counts how often garbage was collected because the heap had grown.
func collections() uint64 {
	s := []metrics.Sample{{Name: "/gc/cycles/automatic:gc-cycles"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// markTime is what one collection takes of a core, in seconds.
func markTime() float64 {
	s := []metrics.Sample{{Name: "/gc/scan/total:bytes"}}
	metrics.Read(s)
	return float64(s[0].Value.Uint64()) / markedASecond
}
