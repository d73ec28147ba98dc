package correlate

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"headstart"
	"headstart/correlate/generate"
)

// storms is how large the organisations of the cost curve are.
var storms = []int{1_000, 3_000, 10_000, 30_000, 100_000}

// weight is what a storm cost.
type weight struct {
	events int
	took   time.Duration
	cpu    time.Duration // of the process, collections included: other programs weigh less on it
	fold   time.Duration // of the thread that folds: what an event costs by itself
	worst  time.Duration // one unit, its rows taken included
	step   time.Duration // the same in time of the thread: other programs do not count
	most   int           // rows of one unit
	looks  float64       // at other things, for each event
	far    int           // looks of one unit, at most
	heap   float64       // bytes of state for each open problem
	pieces float64       // of memory asked for, for each event
	bytes  float64       // of those
	groups []*headstart.Group
}

// weather lets the core of an organisation fail and folds all of it. Rows are taken
// where a commit is full, as the engine takes them. inOrder has assets fail as they
// stand in the catalog instead of in no order: the same work, on memory that lies
// together.
func weather(o *generate.Organisation, inOrder bool) weight {
	began := day.Add(8 * time.Hour)
	events := o.Storm(began, 45*time.Second)
	if inOrder {
		sortByAsset(events, o.Truth)
	}
	s := NewState()
	s.Apply(configEvent(day, o.Truth, ""))
	s.Take()
	before := heapInUse()
	asked, pieces := memoryAsked()
	w := weight{events: len(events)}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var used time.Duration // by units before
	unit := func(f func()) {
		t := time.Now()
		before, looks := s.Pending(), s.topo.looks
		f()
		w.far = max(w.far, s.topo.looks-looks)
		w.most = max(w.most, s.Pending()-before)
		if s.Pending() >= headstart.MaxOps*3/4 {
			s.Take()
		}
		now := threadTime()
		w.worst, w.step, used = max(w.worst, time.Since(t)), max(w.step, now-used), now
	}
	start, spent, folded := time.Now(), cpuTime(), threadTime()
	used = folded
	for _, ev := range events {
		for due, ok := s.NextDeadline(); ok && !due.After(ev.At); due, ok = s.NextDeadline() {
			unit(func() { s.Fire() })
		}
		unit(func() { s.Apply(ev) })
	}
	for due, ok := s.NextDeadline(); ok && due.Before(began.Add(5*time.Minute)); due, ok = s.NextDeadline() {
		unit(func() { s.Fire() })
	}
	w.took, w.cpu, w.fold = time.Since(start), cpuTime()-spent, threadTime()-folded
	bytes, mallocs := memoryAsked()
	w.bytes, w.pieces = float64(bytes-asked)/float64(len(events)), float64(mallocs-pieces)/float64(len(events))
	w.heap = float64(heapInUse()-before) / float64(len(events))
	w.looks = float64(s.topo.looks) / float64(len(events))
	for id := range s.groups {
		w.groups = append(w.groups, s.Group(id))
	}
	runtime.KeepAlive(s)
	runtime.KeepAlive(events)
	return w
}

// An event costs the same however much else fails: decisions look at no more other
// things, take no more rows and ask for no more memory when ten times as many assets
// fail together; and what stays of one that fails is small. Time would say so too, but not on a machine that does other things.
func TestStormIsFlat(t *testing.T) {
	at := func(assets int) weight {
		w := weather(generate.New(1, generate.Shape{Assets: assets, Pairs: 0.25, Unmonitored: 0.2}), false)
		t.Logf("%d events: %.1f looks (%d in one unit), %d rows in one unit, %.1f pieces of memory and %.0f bytes an event, %.0f kept", w.events, w.looks, w.far, w.most, w.pieces, w.bytes, w.heap)
		return w
	}
	small, large := at(1_000), at(10_000)
	const most = 1.25 // trees are deeper, and maps grow
	if large.looks > most*small.looks {
		t.Errorf("%.1f looks an event at 10,000 assets and %.1f at 1,000; something goes over all that fails", large.looks, small.looks)
	}
	if large.most > small.most {
		t.Errorf("a unit changes %d rows at 10,000 assets and %d at 1,000", large.most, small.most)
	}
	if large.heap >= 1000 {
		t.Errorf("an open problem takes %.0f bytes, want less than 1 kB", large.heap)
	}
	if large.pieces > most*small.pieces {
		t.Errorf("an event asks for %.1f pieces of memory at 10,000 assets and for %.1f at 1,000", large.pieces, small.pieces)
	}
}

// sortByAsset lets the alerts of a storm, but its last, come as their assets stand in
// the catalog.
func sortByAsset(events []headstart.Event, c *headstart.Catalog) {
	at := make(map[string]int, len(c.Devices))
	for i := range c.Devices {
		at[c.Devices[i].ID+":9100"] = i
	}
	alerts := make([]*headstart.Alert, len(events)-1)
	for i := range alerts {
		alerts[i] = events[i].Alert
	}
	slices.SortStableFunc(alerts, func(a, b *headstart.Alert) int { return at[a.Labels["instance"]] - at[b.Labels["instance"]] })
	for i, a := range alerts {
		events[i].Alert = a
	}
}

// cpuTime is what this process has used of processors so far, threadTime what this
// thread has; the caller stays on it. getrusage would count in ticks of some
// milliseconds.
func cpuTime() time.Duration    { return clockTimeOf(2) } // CLOCK_PROCESS_CPUTIME_ID, which syscall does not name
func threadTime() time.Duration { return clockTimeOf(3) } // CLOCK_THREAD_CPUTIME_ID

func clockTimeOf(clock uintptr) time.Duration {
	var t syscall.Timespec
	if _, _, err := syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clock, uintptr(unsafe.Pointer(&t)), 0); err != 0 {
		return 0
	}
	return time.Duration(t.Nano())
}

// memoryAsked is how many bytes, in how many pieces, this process asked for so far.
func memoryAsked() (bytes, pieces uint64) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc, m.Mallocs
}

// heapInUse is what a collection leaves.
func heapInUse() int64 {
	runtime.GC()
	runtime.GC() // what the first one found being swept
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// BenchmarkStormCurve prints what an event costs as organisations grow. It should
// not depend on how many other things fail.
func BenchmarkStormCurve(b *testing.B) { curve(b, false) }

// BenchmarkStormInOrder is the curve of assets that fail as they stand in the catalog.
// Decisions, rows and what is looked at are as many, so what the two differ by is how
// long the processor waits for memory.
func BenchmarkStormInOrder(b *testing.B) { curve(b, true) }

// curve folds storms until each size has had a hundred thousand events, and three at
// least, and tells the middle of what they took: one storm of a thousand is over in ten
// milliseconds, in which another program may take half.
func curve(b *testing.B, inOrder bool) {
	for _, assets := range storms {
		o := generate.New(1, generate.Shape{Assets: assets, Pairs: 0.25, Unmonitored: 0.2})
		b.Run(fmt.Sprint(assets), func(b *testing.B) {
			var took, cpu, fold []time.Duration
			worst, step := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
			var last weight
			for b.Loop() {
				for range max(3, 100_000/assets) {
					last = weather(o, inOrder)
					took, cpu, fold = append(took, last.took), append(cpu, last.cpu), append(fold, last.fold)
					worst, step = min(worst, last.worst), min(step, last.step)
					if len(last.groups) != 1 || last.groups[0].Firing != last.events {
						b.Fatalf("%d groups for %d events; want one", len(last.groups), last.events)
					}
				}
			}
			each := func(list []time.Duration) float64 { return float64(middle(list).Nanoseconds()) / float64(last.events) }
			b.ReportMetric(each(cpu), "cpu-ns/event")
			b.ReportMetric(each(fold), "fold-ns/event")
			b.ReportMetric(float64(slices.Min(fold).Nanoseconds())/float64(last.events), "least-fold-ns/event")
			b.ReportMetric(float64(last.events), "events")
			b.ReportMetric(middle(took).Seconds(), "s/storm")
			b.ReportMetric(float64(worst.Microseconds()), "worst-step-us")
			b.ReportMetric(float64(step.Microseconds()), "worst-step-cpu-us")
			b.ReportMetric(float64(last.most), "rows/unit")
			b.ReportMetric(last.heap, "B/problem")
			b.ReportMetric(last.bytes, "B/event")
			b.ReportMetric(last.pieces, "allocs/event")
		})
	}
}

// middle is the median of a list that is not empty.
func middle(list []time.Duration) time.Duration {
	return slices.Sorted(slices.Values(list))[len(list)/2]
}
