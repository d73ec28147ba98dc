package incidents

import (
	"fmt"
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
	messages []Message

	took, worst time.Duration // in all; of one unit, its rows taken and written for readers included
	busy        time.Duration // processor time in all, where the caller keeps to one thread
	busiest     time.Duration // and of one unit
	most        int           // operations of one unit
	units       int
	sent        int // bytes of the feed

	correlate *stopwatch
}

// stopwatch is a correlator that measures the processor time spent in it, where the
// caller keeps to one thread.
type stopwatch struct {
	Correlator
	spent time.Duration
	looks int // at the clock, which costs something itself
}

func (s *stopwatch) measure() func() {
	began := threadTime()
	s.looks += 2
	return func() { s.spent += threadTime() - began }
}

func (s *stopwatch) Apply(ev headstart.Event) []headstart.Change {
	defer s.measure()()
	return s.Correlator.Apply(ev)
}

func (s *stopwatch) Fire() []headstart.Change {
	defer s.measure()()
	return s.Correlator.Fire()
}

func (s *stopwatch) Take() []headstart.Op {
	defer s.measure()()
	return s.Correlator.Take()
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
	watch := &stopwatch{Correlator: correlate.NewState()}
	w := &weather{correlate: watch, fold: newFold(watch, Makers{
		Composer: func(c *headstart.Catalog) Composer { return announce.New(c) },
		Router:   func(route string) (Router, error) { return notify.NewRouter(route) },
	})}
	w.fold.trusted = true
	w.record(monday.Add(-time.Hour), headstart.Line{Config: &headstart.LogConfig{
		Engine: headstart.EngineVersion, Installation: "storm", Language: "en", Announce: encode(c), Catalog: o.Truth,
		Audiences: audiences, Channels: []headstart.ChannelInfo{{Name: "mail", Type: "email"}}, Route: "receiver: desk",
	}})
	w.fold.take() // the configuration's row is larger than all of the storm
	w.took, w.worst, w.busy, w.busiest, w.most, w.units, watch.spent, watch.looks = 0, 0, 0, 0, 0, 0, 0, 0
	return w
}

// record applies one record of one line.
func (w *weather) record(at time.Time, l headstart.Line) {
	off := headstart.Offset{Ms: uint64(at.UnixMilli())}
	if !w.last.Before(off) {
		off = headstart.Offset{Ms: w.last.Ms, Seq: w.last.Seq + 1}
	}
	w.last = off
	events := headstart.NewRecord(off.At(), l).Events(off)
	for done := false; !done; {
		began, busy, before := time.Now(), threadTime(), w.fold.pending()
		done = w.fold.unit(off, events)
		b := w.fold.book
		w.most = max(w.most, w.fold.pending()-before)
		w.messages = append(w.messages, b.messages...)
		b.messages, b.out, b.ack, w.fold.asks = nil, nil, nil, nil
		if w.fold.pending() >= headstart.MaxOps*3/4 {
			w.sent += len(feed(headstart.FeedEntry{V: 1, Cursor: w.fold.cursor(), At: at.UnixMilli()}, w.fold.take()))
		}
		spent := time.Since(began)
		busy = threadTime() - busy
		w.took, w.worst = w.took+spent, max(w.worst, spent)
		w.busy, w.busiest = w.busy+busy, max(w.busiest, busy)
		w.units++
	}
}

// lookCost is what one look at the clock of threadTime costs.
func lookCost() time.Duration {
	const looks = 10_000
	began := threadTime()
	for range looks {
		threadTime()
	}
	return (threadTime() - began) / looks
}

// rage folds a storm and the ten minutes after it.
func (w *weather) rage(events []headstart.Event) {
	for _, ev := range events {
		w.record(ev.At, ev.Line)
	}
	end := monday.Add(10 * time.Minute)
	w.record(end, headstart.Line{})
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
	t.Logf("%d places, %d units, at most %d operations, %s in all, %s the worst", len(i.Locations), w.units, w.most, w.busy, w.worst)
}

// BenchmarkStorm folds what 50,233 devices send in 45 seconds, their core last,
// through correlation and the life of incidents.
func BenchmarkStorm(b *testing.B) {
	for _, events := range []int{5_000, 15_000, 50_233} {
		o := generate.New(1, generate.Shape{Assets: events * 11 / 10, Pairs: 0.25, Unmonitored: 0})
		storm := o.Storm(monday, 45*time.Second)
		storm = storm[len(storm)-events:]
		b.Run(fmt.Sprint(events), func(b *testing.B) {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			var took, cpu, within, beside time.Duration
			worst, busiest := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
			look := lookCost()
			most := 0
			for b.Loop() {
				w := newWeather(o)
				before := processTime()
				w.rage(storm)
				took, cpu = took+w.took, cpu+processTime()-before
				looked := time.Duration(w.correlate.looks+2*w.units) * look
				within, beside = within+w.correlate.spent, beside+w.busy-w.correlate.spent-looked/2
				most = max(most, w.most)
				worst, busiest = min(worst, w.worst), min(busiest, w.busiest)
				if len(w.fold.book.incidents) != 1 || w.pushes() != 1 {
					b.Fatalf("%d incidents, %d messages; want one of each", len(w.fold.book.incidents), w.pushes())
				}
			}
			b.ReportMetric(took.Seconds()/float64(b.N), "s/storm")
			b.ReportMetric(within.Seconds()/float64(b.N), "correlate-cpu-s/storm")
			b.ReportMetric(beside.Seconds()/float64(b.N), "incidents-cpu-s/storm")
			b.ReportMetric(cpu.Seconds()/float64(b.N), "cpu-s/storm")
			b.ReportMetric(float64(most), "most-ops/unit")
			b.ReportMetric(float64(worst.Microseconds()), "worst-step-us")
			b.ReportMetric(float64(busiest.Microseconds()), "worst-step-cpu-us")
		})
	}
}
