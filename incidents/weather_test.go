package incidents

import (
	"context"
	"errors"
	"fmt"
	"hash"
	"math"
	"runtime"
	"testing"
	"time"

	"headstart"
	"headstart/announce"
	"headstart/correlate"
	"headstart/correlate/generate"
	"headstart/notify"
)

// weather folds a storm as the engine does: rows are taken where a commit is full.
type weather struct {
	fold     *fold
	last     headstart.Offset
	events   []headstart.Event // of the last record
	messages []Message

	most  int // operations of one unit
	units int
	sent  int // bytes to readers

	committer *committer // nil: of what comes before the storm nothing is committed
	commits   int
	prev      headstart.Cursor
	waits     bool      // for each commit
	sum       hash.Hash // over all of them; nil: nobody asks

	watch *watch // nil: no unit is measured by itself, which costs as much as some do
}

// watch measures each unit, its rows taken and written for readers included.
type watch struct {
	worst   time.Duration // by the clock
	busiest time.Duration // in processor time, where the caller keeps to one thread
	used    time.Duration // of the processor, by what came before
}

// over ends a unit that began at a time.
func (w *watch) over(began time.Time) {
	now := threadTime()
	w.worst, w.busiest, w.used = max(w.worst, time.Since(began)), max(w.busiest, now-w.used), now
}

// newWeather starts with an organisation that tells one audience and pages one
// receiver.
func newWeather(o *generate.Organisation) *weather {
	return newWeatherFor(o, headstart.Audience{ID: "all"})
}

// newWeatherFor is newWeather with other audiences; none: they follow from the catalog.
func newWeatherFor(o *generate.Organisation, audiences ...headstart.Audience) *weather {
	c := DefaultConfig().Announce
	c.Push.Mode = auto
	w := &weather{fold: newFold(correlate.NewState(), Makers{
		Composer: func(c *headstart.Catalog, address string, own map[string]string) Composer {
			return announce.New(c, address, own)
		},
		Router: func(route string) (Router, error) { return notify.NewRouter(route) },
	})}
	w.fold.trusted = true
	w.record(monday.Add(-time.Hour), headstart.Line{Config: &headstart.LogConfig{
		Engine: headstart.EngineVersion, Installation: "storm", Language: "en", Announce: encode(c), Catalog: o.Truth,
		Audiences: audiences, Channels: []headstart.ChannelInfo{{Name: "mail", Type: "email"}}, Route: "receiver: desk",
	}})
	w.fold.take() // the configuration's row is larger than all of the storm
	w.most, w.units, w.messages = 0, 0, nil
	return w
}

// record applies one record of one line.
func (w *weather) record(at time.Time, l headstart.Line) {
	off := headstart.Offset{Ms: uint64(at.UnixMilli())}
	if !w.last.Before(off) {
		off = headstart.Offset{Ms: w.last.Ms, Seq: w.last.Seq + 1}
	}
	w.last = off
	w.events = headstart.NewRecord(off.At(), l).AppendEvents(w.events[:0], off)
	w.apply(off, w.events)
}

// apply applies the events of one record.
func (w *weather) apply(off headstart.Offset, events []headstart.Event) {
	for done := false; !done; {
		var began time.Time
		if w.watch != nil {
			began = time.Now()
		}
		before := w.fold.pending()
		done = w.fold.unit(off, events)
		b := w.fold.book
		w.most = max(w.most, w.fold.pending()-before)
		w.messages = append(w.messages, b.messages...)
		b.messages, b.out, b.ack, w.fold.asks = nil, nil, nil, nil
		if w.committer != nil && w.fold.pending() >= headstart.MaxOps*3/4 {
			w.commit(off)
		}
		w.units++
		if w.watch != nil {
			w.watch.over(began)
		}
	}
}

// commit hands over what changed, as a leader does, to a store that takes no time.
func (w *weather) commit(off headstart.Offset) {
	l := leader{fold: w.fold, commits: w.committer, prev: w.prev, at: off.At()}
	err := l.commit()
	if w.prev = l.prev; w.waits {
		err = errors.Join(err, w.committer.settle())
	}
	if err != nil {
		panic(err) // such a store has no errors
	}
}

// committed takes a commit.
func (w *weather) committed(_ context.Context, b headstart.Batch) error {
	w.commits++
	w.sent += len(b.Feed[0])
	if w.sum != nil {
		fmt.Fprintf(w.sum, "%v %v %q\n", b.Prev, b.Next, b.Feed)
		for _, op := range b.Ops {
			fmt.Fprintf(w.sum, "%c %s %s %s\n", op.Kind, op.Table, op.Key, op.Val)
		}
	}
	return nil
}

// rage folds a storm and the ten minutes after it.
func (w *weather) rage(events []headstart.Event) {
	w.committer = newCommitter(w.fold.chain, w.committed, nil)
	go func() { _ = w.committer.run(context.Background(), headstart.Token{}) }()
	defer func() { w.committer.close(); <-w.committer.ended }()
	a := newAhead()
	go a.run()
	defer a.close()
	for from := 0; from < len(events); from += readAtOnce {
		some := unreadAfter(w.last, events[from:min(from+readAtOnce, len(events))])
		err := a.each(len(some.list), some, w.fold.correlator, func(_ int, events []headstart.Event, _ error) error {
			w.last = events[0].Off
			w.apply(w.last, events)
			return nil
		})
		if err != nil {
			panic(err) // apply has none
		}
	}
	end := monday.Add(10 * time.Minute)
	w.record(end, headstart.Line{})
	w.commit(w.last)
}

// unread are lines as a log gives them, each a record of its own that need not be decoded.
type unread struct {
	list []headstart.Event
	offs []headstart.Offset
}

// unreadAfter puts events behind a record.
func unreadAfter(last headstart.Offset, events []headstart.Event) *unread {
	x := &unread{list: events}
	for _, ev := range events {
		off := headstart.Offset{Ms: uint64(ev.At.UnixMilli())}
		if !last.Before(off) {
			off = headstart.Offset{Ms: last.Ms, Seq: last.Seq + 1}
		}
		last = off
		x.offs = append(x.offs, off)
	}
	return x
}

func (x *unread) size(int) int { return 300 }

func (x *unread) events(n int, room []headstart.Event) ([]headstart.Event, error) {
	return headstart.NewRecord(x.offs[n].At(), x.list[n].Line).AppendEvents(room, x.offs[n]), nil
}

// pushes are what users were sent.
func (w *weather) pushes() int {
	n := 0
	for _, m := range w.messages {
		if m.Plane == headstart.PlaneUsers && m.How == headstart.HowPush {
			n++
		}
	}
	return n
}

// A core takes 4,000 devices down: one incident, one message to users, one page,
// and no unit beyond 200 operations (ruling 1).
func TestStormIsOneMessage(t *testing.T) {
	o := generate.New(1, generate.Shape{Assets: 4000, Pairs: 0.25, Unmonitored: 0.2})
	w := newWeather(o)
	w.rage(o.Storm(monday, 45*time.Second))
	if n, users := len(w.fold.book.incidents), w.pushes(); n != 1 || users != 1 {
		t.Errorf("%d incidents, %d messages to users; want one of each", n, users)
	}
	for lang, title := range w.fold.book.incidents["HS-1"].Title {
		if len(title) > 160 {
			t.Errorf("the title in %s has %d bytes; want no more than a line: %s", lang, len(title), title)
		}
	}
	if w.most > headstart.MaxUnit {
		t.Errorf("a unit has %d operations; want at most %d", w.most, headstart.MaxUnit)
	}
}

// The same where nobody configured audiences: each place is one, and
// all of them read of it; the one channel there is carries it once (ruling 29).
func TestStormOfManyAudiences(t *testing.T) {
	t.Parallel()
	o := generate.New(1, generate.Shape{Assets: 8_000, Pairs: 0.25})
	w := newWeatherFor(o)
	w.rage(o.Storm(monday, 45*time.Second))
	i := w.fold.book.incidents["HS-1"]
	told := 0
	for _, a := range w.fold.book.told["HS-1"] {
		if a.Live() && a.People == i.People && len(a.Locations) == len(i.Locations) {
			told++
		}
	}
	if places := len(i.Locations); places < 150 || told != places {
		t.Errorf("%d of %d audiences read all of it; want each of 150 and more", told, places)
	}
	if users := w.pushes(); users != len(i.Locations) {
		t.Errorf("%d messages were pushed; want one for each audience", users)
	}
	if w.most > headstart.MaxUnit {
		t.Errorf("a unit has %d operations; want at most %d", w.most, headstart.MaxUnit)
	}
	t.Logf("%d places, %d units, at most %d operations", len(i.Locations), w.units, w.most)
}

// BenchmarkStorm folds what 50,233 devices send in 45 seconds, their core last,
// through correlation and the life of incidents. Garbage is collected beside it as in
// the service, which in a storm leaves GOGC at 100.
func BenchmarkStorm(b *testing.B) {
	for _, events := range []int{5_000, 15_000, 50_233} {
		o := generate.New(1, generate.Shape{Assets: events * 11 / 10, Pairs: 0.25, Unmonitored: 0})
		storm := o.Storm(monday, 45*time.Second)
		storm = storm[len(storm)-events:]
		b.Run(fmt.Sprint(events), func(b *testing.B) {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			var sum cost
			worst, busiest := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
			most := 0
			for b.Loop() {
				w := newWeather(o)
				sum.add(costOf(func() { w.rage(storm) }))
				most = max(most, w.most)
				if len(w.fold.book.incidents) != 1 || w.pushes() != 1 {
					b.Fatalf("%d incidents, %d messages; want one of each", len(w.fold.book.incidents), w.pushes())
				}

				again := newWeather(o)
				again.watch = &watch{used: threadTime()}
				again.rage(storm)
				worst, busiest = min(worst, again.watch.worst), min(busiest, again.watch.busiest)
			}
			n := float64(b.N)
			b.ReportMetric(sum.took.Seconds()/n, "s/storm")
			b.ReportMetric(sum.thread.Seconds()/n, "fold-cpu-s/storm")
			b.ReportMetric(sum.process.Seconds()/n, "cpu-s/storm")
			b.ReportMetric(float64(sum.collections)/n, "collections/storm")
			b.ReportMetric(float64(sum.bytes)/n/float64(events), "B/event")
			b.ReportMetric(float64(sum.pieces)/n/float64(events), "allocs/event")
			b.ReportMetric(float64(most), "most-ops/unit")
			b.ReportMetric(float64(worst.Microseconds()), "worst-step-us")
			b.ReportMetric(float64(busiest.Microseconds()), "worst-step-cpu-us")
		})
	}
}

// cost is what a piece of work took.
type cost struct {
	took          time.Duration
	thread        time.Duration // of the processor, by the thread the caller keeps to
	process       time.Duration // by all threads: collecting garbage too
	collections   uint32
	bytes, pieces uint64 // of memory asked for
}

// costOf does a piece of work. What was done before leaves nothing to be collected
// meanwhile.
func costOf(work func()) cost {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	began, thread, process := time.Now(), threadTime(), processTime()
	work()
	c := cost{took: time.Since(began), thread: threadTime() - thread, process: processTime() - process}
	runtime.ReadMemStats(&after)
	c.collections, c.bytes, c.pieces = after.NumGC-before.NumGC, after.TotalAlloc-before.TotalAlloc, after.Mallocs-before.Mallocs
	return c
}

func (c *cost) add(x cost) {
	c.took, c.thread, c.process = c.took+x.took, c.thread+x.thread, c.process+x.process
	c.collections, c.bytes, c.pieces = c.collections+x.collections, c.bytes+x.bytes, c.pieces+x.pieces
}
