package incidents

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"headstart"
)

// manyAlerts are records in which a switch fails, and two minutes later a second check of
// it with n alerts, which another team is paged of.
func manyAlerts(n int) []headstart.Entry {
	catalog := &headstart.Catalog{
		Locations: []headstart.Location{{ID: "noord", Name: headstart.Names{"": "Noord"}}},
		Devices:   []headstart.Device{{ID: "sw-1", Kind: "switch", Location: "noord", People: 200}},
	}
	at := monday
	var log []headstart.Entry
	add := func(lines ...headstart.Line) {
		log = append(log, headstart.Entry{Off: headstart.Offset{Ms: uint64(at.UnixMilli())}, Data: headstart.NewRecord(at, lines...).Encode()})
		at = at.Add(time.Millisecond)
	}
	add(headstart.Line{Config: &headstart.LogConfig{
		Engine: headstart.EngineVersion, Installation: "test", Language: "en", Catalog: catalog, Audiences: []headstart.Audience{{ID: "noord", Locations: []string{"noord"}}},
		Route: "{receiver: desk, routes: [{receiver: net, matchers: [alertname=LinkDown]}]}",
	}})
	alert := func(name string, k int) headstart.Line {
		return headstart.Line{Alert: &headstart.Alert{
			Source: "prom", StartsAt: at, EndsAt: at.Add(time.Hour), Labels: map[string]string{"alertname": name, "instance": "sw-1", "n": fmt.Sprint(k)},
		}}
	}
	add(alert("HostDown", 0))
	at = at.Add(2 * time.Minute)
	add()
	var lines []headstart.Line
	for k := range n {
		lines = append(lines, alert("LinkDown", k))
	}
	add(lines...)
	at = at.Add(2 * time.Minute)
	add()
	return log
}

// TestManyAlertsOfOneThing: what fails with hundreds of alerts makes no unit that a store
// has no room for, and its page lists each alert once.
func TestManyAlertsOfOneThing(t *testing.T) {
	t.Parallel()
	const n = 250
	l := takeLead(t, newShelf())
	var pages []*headstart.Notice
	for _, e := range manyAlerts(n) {
		for events, done := mustRecord(t, e.Data).Events(e.Off), false; !done; {
			before := l.fold.pending()
			done = l.fold.unit(e.Off, events)
			b := l.fold.book
			if size := l.fold.pending() - before + len(b.out) + len(b.ack); size > headstart.MaxUnit {
				t.Errorf("a unit has %d operations; want at most %d", size, headstart.MaxUnit)
			}
			l.gather()
		}
	}
	for _, owed := range l.fold.book.owed {
		if owed.Receiver == "net" {
			pages = append(pages, owed)
		}
	}
	if len(pages) != 1 || len(pages[0].Alerts) != mostAlerts {
		t.Fatalf("%d pages are owed: %+v; want one of %d alerts", len(pages), pages, mostAlerts)
	}
	listed := map[string]bool{}
	for _, a := range pages[0].Alerts {
		listed[a.Labels["n"]] = true
	}
	if len(listed) != mostAlerts {
		t.Errorf("the page lists %d different alerts of %d lines; want each once", len(listed), mostAlerts)
	}
}

// TestAStopWaitsForNoRecord: whoever leads leaves off between two units once it is to end.
func TestAStopWaitsForNoRecord(t *testing.T) {
	t.Parallel()
	l := takeLead(t, newShelf())
	log := manyAlerts(20)
	lead(t, l, log[0])
	for _, e := range log[1:3] {
		lead(t, l, e)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	before := l.fold.cursor()
	if err := l.steps(ctx, log[3:4]); !errors.Is(err, context.Canceled) {
		t.Fatalf("a record of 20 alerts after the end: %v; want %v", err, context.Canceled)
	}
	if got := l.fold.cursor(); got != before {
		t.Errorf("it went on with the record, from %s to %s", before, got)
	}
}

// TestJudgeGoesOnOnce: a unit that is full leaves judging to one other, however many of its
// changes ask for it.
func TestJudgeGoesOnOnce(t *testing.T) {
	t.Parallel()
	l := takeLead(t, newShelf())
	for _, e := range manyAlerts(1)[:3] {
		lead(t, l, e)
	}
	b := l.fold.book
	i := b.incidents["HS-1"]
	if i == nil || len(b.audiences(i)) == 0 {
		t.Fatalf("no incident with an audience: %+v", i)
	}
	b.agenda.written = enough
	last := b.agenda.last
	for range 3 {
		b.judge(i)
	}
	if n := b.agenda.last - last; n != 1 {
		t.Errorf("%d deadlines to go on judging, want one", n)
	}
}

// TestTimelineNamesFewFurtherAlerts: of what keeps failing under new labels the timeline names
// the first alerts, and says once that there are more.
func TestTimelineNamesFewFurtherAlerts(t *testing.T) {
	t.Parallel()
	log := manyAlerts(1)
	at := monday.Add(10 * time.Minute)
	for n := range mostFurther + 50 {
		at = at.Add(time.Second)
		rec := headstart.NewRecord(at, headstart.Line{Alert: &headstart.Alert{
			Source: "prom", StartsAt: at, EndsAt: at.Add(time.Hour), Labels: map[string]string{"alertname": "LinkDown", "instance": "sw-1", "pod": fmt.Sprint(n)},
		}})
		log = append(log, headstart.Entry{Off: headstart.Offset{Ms: uint64(at.UnixMilli())}, Data: rec.Encode()})
	}
	l := takeLead(t, newShelf())
	for _, e := range log {
		for events, done := mustRecord(t, e.Data).Events(e.Off), false; !done; {
			done = l.fold.unit(e.Off, events)
			l.gather()
		}
	}
	told := map[string]int{}
	for _, e := range l.fold.book.dirty.timeline {
		if e.Rule == "D-02" && e.seq == 1 {
			told[e.Outcome]++
		}
	}
	i := l.fold.book.incidents["HS-1"]
	if told["alert"] != mostFurther || told["and_more"] != 1 || i.X.Further != mostFurther {
		t.Errorf("its timeline says %v, and counts %d; want %d alerts and once that there are more", told, i.X.Further, mostFurther)
	}
}
