package incidents

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"headstart"
	"headstart/correlate"
	"headstart/correlate/generate"
)

// numbered are records that say their own number; one that is odd cannot be read.
type numbered struct{ count, bytes int }

func (x numbered) size(int) int { return x.bytes }

func (x numbered) events(n int, room []headstart.Event) ([]headstart.Event, error) {
	if n%2 == 1 {
		return append(room, headstart.Event{}), errors.New("odd")
	}
	return append(room, headstart.Event{N: n}, headstart.Event{N: n}), nil
}

// TestEngineReadsAheadInOrder: however many records there are and however large, each comes
// once, in order, with its own events and its own error.
func TestEngineReadsAheadInOrder(t *testing.T) {
	for _, x := range []numbered{{0, 1}, {1, 1}, {firstRecords, 1}, {firstRecords + 1, 1}, {readAtOnce, 1}, {readAtOnce, stretchBytes + 1}, {1000, 300}} {
		a, next := newAhead(), 0
		go a.run()
		err := a.each(x.count, x, &script{}, func(n int, events []headstart.Event, unread error) error {
			odd := n%2 == 1
			if want := 2 - n%2; n != next || len(events) != want || (unread != nil) != odd || !odd && events[1].N != n {
				return fmt.Errorf("record %d came with %v (readable: %t) where that of %d was due", n, events, unread == nil, next)
			}
			next++
			return nil
		})
		if err != nil || next != x.count {
			t.Errorf("%d of %d records of %d bytes came: %v", next, x.count, x.bytes, err)
		}
		a.close()
	}
}

// TestEngineReadsAheadABit: what is ready and not folded yet is bounded, in records and in
// bytes; a step that fails is the last, and what is ready by then keeps nobody waiting.
func TestEngineReadsAheadABit(t *testing.T) {
	for _, x := range []struct{ bytes, most int }{{1, (stretches-1)*stretchRecords + firstRecords}, {stretchBytes, stretches}} {
		synctest.Test(t, func(t *testing.T) {
			a, read := newAhead(), atomic.Int64{}
			go a.run()
			broken := errors.New("the store is gone")
			err := a.each(readAtOnce, metered{numbered{readAtOnce, x.bytes}, &read}, &script{}, func(int, []headstart.Event, error) error {
				if synctest.Wait(); int(read.Load()) != x.most {
					t.Errorf("%d records of %d bytes are ready before the first is folded, want %d", read.Load(), x.bytes, x.most)
				}
				return broken
			})
			if !errors.Is(err, broken) {
				t.Errorf("the error is %v, want that of the step", err)
			}
			a.close()
		})
	}
}

// metered counts what is read.
type metered struct {
	numbered
	read *atomic.Int64
}

func (x metered) events(n int, room []headstart.Event) ([]headstart.Event, error) {
	x.read.Add(1)
	return x.numbered.events(n, room)
}

// TestEngineScoutDecidesNothing: what a storm commits is, byte for byte, what it would had
// nobody looked at alerts ahead; also where the names that place them change amid it, and
// what was found out by the old ones is of no use.
func TestEngineScoutDecidesNothing(t *testing.T) {
	o := generate.New(1, generate.Shape{Assets: 600, Pairs: 0.25, Unmonitored: 0.2})
	storm := o.Storm(monday, 45*time.Second)
	renamed := *o.Truth
	renamed.Devices = slices.Clone(renamed.Devices)
	for n := range renamed.Devices {
		if d := &renamed.Devices[n]; n%3 == 0 {
			d.Aliases = append(slices.Clone(d.Aliases), d.ID+":9100")
			d.ID = "new-" + d.ID
		}
	}
	for n := range renamed.Devices {
		renamed.Devices[n].DependsOn = nil // those that were renamed stand alone, as do all others
	}
	at := 100 // amid what was read at once
	config := headstart.Event{At: storm[at].At, Line: headstart.Line{Config: &headstart.LogConfig{
		Engine: headstart.EngineVersion, Installation: "storm", Language: "en", Catalog: &renamed,
		Audiences: []headstart.Audience{{ID: "all"}}, Route: "receiver: desk",
	}}}
	storm = slices.Insert(storm, at, config)

	scouted, alone := newWeather(o), newWeather(o)
	alone.fold.correlator = unscouted{alone.fold.correlator.(*correlate.State)}
	for _, w := range []*weather{scouted, alone} {
		w.sum = sha256.New()
		w.rage(storm)
	}
	if !bytes.Equal(scouted.sum.Sum(nil), alone.sum.Sum(nil)) {
		t.Error("the commits differ; a scout decided something")
	}
	fresh := 0
	for _, d := range renamed.Devices {
		if strings.HasPrefix(d.ID, "new-") && scouted.fold.correlator.Problem(headstart.ProblemKey(d.ID+"/HostDown")) != nil {
			fresh++
		}
	}
	if fresh < 50 {
		t.Errorf("%d problems are of devices by their new names; want those of a third of most of the storm", fresh)
	}
}

// unscouted is a State whose events nobody looks at ahead.
type unscouted struct{ *correlate.State }

func (unscouted) Scout(headstart.Scout) headstart.Scout { return blindScout{} }
