package main

import (
	"context"
	"math"
	"runtime"
	"runtime/debug"
	"testing"
)

// TestGrowth: memory is given to a collector that has work and taken back when it rests;
// what lies between changes nothing, so that it does not go to and fro.
func TestGrowth(t *testing.T) {
	for name, c := range map[string]struct {
		now   int
		share float64
		want  int
	}{
		"at rest":                {growCalm, 0, growCalm},
		"pages are looked at":    {growCalm, .15, growCalm},
		"a storm begins":         {growCalm, .6, growBusy},
		"it goes on":             {growBusy, .24, growBusy},
		"it is nearly over":      {growBusy, .1, growBusy},
		"it is over":             {growBusy, .02, growCalm},
		"what no clock can know": {growBusy, math.NaN(), growBusy},
	} {
		if got := growth(c.now, c.share); got != c.want {
			t.Errorf("%s: %d percent, want %d", name, got, c.want)
		}
	}
	if collectCalm*growBusy/growCalm >= collectMost {
		t.Error("a collector that is given less memory would be given more at once")
	}
}

// TestGrowthAtStart: a small start is collected as Go does by itself, a large one has
// garbage of so many bytes beside what it reads.
func TestGrowthAtStart(t *testing.T) {
	for live, want := range map[int64]int{0: growBusy, 10 << 20: growBusy, 256 << 20: growBusy, 512 << 20: 50, 4 << 30: growCalm} {
		if got := growthAtStart(live); got != want {
			t.Errorf("%d MiB in use: %d percent, want %d", live>>20, got, want)
		}
	}
}

// TestCollectLeavesAsItWas: a service that ends leaves the process as it found it, and
// GOGC decides where somebody set it.
func TestCollectLeavesAsItWas(t *testing.T) {
	before := debug.SetGCPercent(77)
	defer debug.SetGCPercent(before)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, gogc := range []string{"", "77"} {
		reading := gogc == ""
		t.Setenv("GOGC", gogc)
		if err := collect(ended, func() bool { return reading }); err != nil {
			t.Fatal(err)
		}
		if got := debug.SetGCPercent(77); got != 77 {
			t.Errorf("GOGC=%q: the heap may grow by %d percent afterwards, want 77", gogc, got)
		}
	}
	if runtime.GC(); markTime() <= 0 {
		t.Errorf("a collection takes %g s", markTime())
	}
}
