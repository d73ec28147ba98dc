package correlate

import (
	"testing"
	"time"

	"headstart"
)

func watchdogOf(source, generator string, at, ends time.Time) headstart.Event {
	a := &headstart.Alert{Source: source, Labels: map[string]string{"alertname": "Watchdog"}, StartsAt: day, EndsAt: ends, GeneratorURL: generator}
	return headstart.Event{At: at, Received: at, Line: headstart.Line{Alert: a}}
}

// An Alertmanager relays the watchdogs of a pair and names whichever spoke last:
// it is one source, and neither Prometheus counts as silent by itself (ruling 14).
func TestWatchdogOfARelayedPair(t *testing.T) {
	p := newPlayer(t, true)
	at := day.Add(8 * time.Hour)
	for i := range 10 {
		generator := "http://prom-a:9090/graph"
		if i > 0 {
			generator = "http://prom-b:9090/graph"
		}
		p.apply(watchdogOf("am", generator, at, time.Time{}))
		at = at.Add(4 * time.Minute)
	}
	if n := p.s.clock.Groups; n != 0 {
		t.Fatalf("%d groups, want none: the Alertmanager was heard all along", n)
	}
	p.fireUntil(at.Add(time.Hour))
	g := p.s.Group(1)
	if g == nil || g.Opener != "watchdog/am" || p.s.clock.Groups != 1 {
		t.Fatalf("an hour of silence opened %+v of %d, want one group about watchdog/am", g, p.s.clock.Groups)
	}
	if g.Cause.Kind != headstart.CauseNone || len(g.Services)+len(g.Locations)+len(g.Departments)+g.People != 0 {
		t.Errorf("the group is %+v, want one that hits nothing of the catalog", g)
	}
}

// Whoever no longer wants watchdogs is not told that one is missing (ruling 14).
func TestNoWatchdogsWanted(t *testing.T) {
	p := newPlayer(t, true)
	at := day.Add(8 * time.Hour)
	p.apply(watchdogOf("am", "", at, time.Time{}))
	c := configEvent(at.Add(time.Minute), campus(), "")
	c.Config.Alerts = []byte(`{"watchdog":[]}`)
	p.apply(c)
	p.fireUntil(at.Add(time.Hour))
	if n := p.s.clock.Groups; n != 0 {
		t.Errorf("%d groups, want none", n)
	}
}

// A person ended the incident of a source that was taken away: it stays ended.
// Should the source come back and fall silent again later, that is news.
func TestBlindEndedByHand(t *testing.T) {
	p := newPlayer(t, true)
	at := day.Add(8 * time.Hour)
	p.apply(watchdogOf("am", "", at, time.Time{}))
	at = at.Add(time.Hour)
	if err := p.do(headstart.Event{At: at, Received: at, Line: headstart.Line{Command: &headstart.Command{ID: "c", By: "samira", Do: "resolve"}}}, 1, 0); err != nil {
		t.Fatal(err)
	}
	at = at.Add(24 * time.Hour)
	p.fireUntil(at)
	if g := p.s.Group(1); g.State != headstart.Closed || p.s.clock.Groups != 1 {
		t.Fatalf("a day later group 1 is %s of %d, want closed and the only one", g.State, p.s.clock.Groups)
	}
	p.apply(watchdogOf("am", "", at, time.Time{}))
	p.fireUntil(at.Add(time.Hour))
	if g := p.s.Group(2); g == nil || g.State != headstart.Open || g.Opener != "watchdog/am" {
		t.Errorf("silent again: group 2 is %+v, want an open one about watchdog/am", g)
	}
}

// A host that no row can spell still gives back the state it was written from (ruling 2).
func TestWatchdogOfAnUnspeakableHost(t *testing.T) {
	p := newPlayer(t, true)
	at := day.Add(8 * time.Hour)
	p.apply(watchdogOf("hook", "http://%ff/graph", at, at.Add(time.Minute)))
	p.fireUntil(at.Add(time.Hour))
	if g := p.s.Group(1); g == nil || g.Opener != "watchdog/\uFFFD" {
		t.Errorf("group 1 is %+v, want one about the host with its bad byte replaced", g)
	}
}

// The name of a source comes from outside: no more than mostSources are known, and no
// more than that can count as blind at once. One that is gone makes room for the next.
func TestSourcesAreBounded(t *testing.T) {
	p := newPlayer(t, true)
	at := day.Add(8 * time.Hour)
	for n := range mostSources + 50 {
		p.apply(watchdogOf("am-"+itoa(n), "", at.Add(time.Duration(n)*time.Millisecond), time.Time{}))
	}
	if n := len(p.s.watchdogs); n != mostSources {
		t.Fatalf("%d sources are known, want %d", n, mostSources)
	}
	p.fireUntil(at.Add(time.Hour))
	if n := p.s.clock.Groups; n > mostSources {
		t.Errorf("%d incidents of blind sources, want at most %d", n, mostSources)
	}
	p.apply(watchdogOf("am-new", "", at.Add(time.Hour), time.Time{}))
	if p.s.watchdogs["am-new"] == nil || p.s.watchdogs["am-0"] != nil || len(p.s.watchdogs) != mostSources {
		t.Errorf("%d sources are known, the new one %v, the one silent for longest %v; want the new one in its place", len(p.s.watchdogs), p.s.watchdogs["am-new"] != nil, p.s.watchdogs["am-0"] != nil)
	}
}
