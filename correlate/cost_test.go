package correlate

import (
	"fmt"
	"math"
	"runtime"
	"testing"
	"time"

	"headstart"
	"headstart/correlate/generate"
)

// storms is how large the organisations of the cost curve are.
var storms = []int{1_000, 3_000, 10_000, 30_000, 100_000}

// weight is what a storm cost.
type weight struct {
	events int
	took   time.Duration
	worst  time.Duration // one unit, its rows taken included
	most   int           // rows of one unit
	heap   float64       // bytes of state for each open problem
	groups []*headstart.Group
}

// weather lets the core of an organisation fail and folds all of it, the rows of
// every unit taken as a commit would.
func weather(o *generate.Organisation) weight {
	began := day.Add(8 * time.Hour)
	events := o.Storm(began, 45*time.Second)
	s := NewState()
	s.Apply(configEvent(day, o.Truth, ""))
	s.Take()
	before := heapInUse()
	w := weight{events: len(events)}
	unit := func(f func()) {
		t := time.Now()
		f()
		w.most = max(w.most, len(s.Take()))
		w.worst = max(w.worst, time.Since(t))
	}
	start := time.Now()
	for _, ev := range events {
		for due, ok := s.NextDeadline(); ok && !due.After(ev.At); due, ok = s.NextDeadline() {
			unit(func() { s.Fire() })
		}
		unit(func() { s.Apply(ev) })
	}
	for due, ok := s.NextDeadline(); ok && due.Before(began.Add(5*time.Minute)); due, ok = s.NextDeadline() {
		unit(func() { s.Fire() })
	}
	w.took = time.Since(start)
	w.heap = float64(heapInUse()-before) / float64(len(events))
	for id := range s.groups {
		w.groups = append(w.groups, s.Group(id))
	}
	runtime.KeepAlive(s)
	return w
}

// heapInUse is what a collection leaves.
func heapInUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// BenchmarkStormCurve prints what an event costs as organisations grow. It should
// not depend on how many other things fail.
func BenchmarkStormCurve(b *testing.B) {
	for _, assets := range storms {
		o := generate.New(1, generate.Shape{Assets: assets, Pairs: 0.25, Unmonitored: 0.2})
		b.Run(fmt.Sprint(assets), func(b *testing.B) {
			took, worst := time.Duration(0), time.Duration(math.MaxInt64)
			var last weight
			for b.Loop() {
				last = weather(o)
				took += last.took
				worst = min(worst, last.worst)
				if len(last.groups) != 1 || last.groups[0].Firing != last.events {
					b.Fatalf("%d groups for %d events; want one", len(last.groups), last.events)
				}
			}
			b.ReportMetric(float64(took.Nanoseconds())/float64(b.N)/float64(last.events), "ns/event")
			b.ReportMetric(took.Seconds()/float64(b.N), "s/storm")
			b.ReportMetric(float64(worst.Microseconds()), "worst-step-us")
			b.ReportMetric(float64(last.most), "rows/unit")
			b.ReportMetric(last.heap, "B/problem")
		})
	}
}
