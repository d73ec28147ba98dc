package correlate

import (
	"fmt"
	"testing"
	"time"

	"headstart"
)

// wide is a core with n printers behind 100 switches.
func wide(n int) *headstart.Catalog {
	c := &headstart.Catalog{
		Locations: []headstart.Location{{ID: "noord"}}, Services: []headstart.Service{{ID: "print"}},
		Devices: []headstart.Device{{ID: "core"}},
	}
	for i := range 100 {
		c.Devices = append(c.Devices, headstart.Device{ID: fmt.Sprintf("sw-%d", i), DependsOn: headstart.Dependencies{{"core"}}})
	}
	for i := range n {
		c.Devices = append(c.Devices, headstart.Device{
			ID: fmt.Sprintf("prn-%05d", i), Location: "noord", Services: []string{"print"}, People: 2,
			DependsOn: headstart.Dependencies{{fmt.Sprintf("sw-%d", i%100)}},
		})
	}
	return c
}

// storm is n printers failing over 50 seconds, and then the core.
func storm(n int, at time.Time) []headstart.Event {
	events := make([]headstart.Event, 0, n+1)
	for i := range n {
		t := at.Add(time.Duration(i) * 50 * time.Second / time.Duration(n)).Truncate(time.Millisecond)
		events = append(events, alertOf(fmt.Sprintf("prn-%05d", i), "prom-a", t, t, t.Add(time.Hour)))
	}
	t := at.Add(51 * time.Second)
	return append(events, alertOf("core", "prom-a", t, t, t.Add(time.Hour)))
}

// Four thousand printers and then their core: one group, whose people are counted
// once; all clear ends it.
func TestCoreTakesThousandsDown(t *testing.T) {
	const n = 4000
	p := newPlayer(t, false)
	p.big = true
	p.apply(configEvent(day, wide(n), ""))
	at := day.Add(8 * time.Hour)
	p.playAll(storm(n, at))
	p.fireUntil(at.Add(3 * time.Minute))

	g := p.s.Group(1)
	if len(p.s.groups) != 1 || g.Firing != n+1 || g.Cause.Asset != "core" || g.People != 2*n {
		t.Fatalf("%d groups; the first has cause %q, %d failing, %d people; want one with core, %d and %d", len(p.s.groups), g.Cause.Asset, g.Firing, g.People, n+1, 2*n)
	}
	back := at.Add(10 * time.Minute)
	for _, ev := range storm(n, back) {
		ev.Alert.StartsAt, ev.Alert.EndsAt = at, ev.At
		p.apply(ev)
	}
	p.fireUntil(back.Add(5 * time.Minute))
	if err := conserved(p.s); err != nil {
		t.Error(err)
	}
	if g.State != headstart.Resolved || g.Firing != 0 {
		t.Errorf("after all is clear the group is %s with %d failing", g.State, g.Firing)
	}
}

func (p *player) playAll(events []headstart.Event) {
	p.tb.Helper()
	for _, ev := range events {
		p.apply(ev)
	}
}

// Ruling 1: a merge of thousands goes on in units of at most 200 rows, due at
// once, and wherever it is cut the rows are the whole state.
func TestMergeGoesOnInParts(t *testing.T) {
	const n = 1000
	p := newPlayer(t, false)
	p.big = true
	p.apply(configEvent(day, wide(n), `{"settle":"10s"}`))
	at := day.Add(8 * time.Hour)
	open := headstart.Event{At: at, Received: at, Line: headstart.Line{Command: &headstart.Command{ID: "c1", By: "samira", Do: "open"}}}
	if err := p.do(open, 0, 0); err != nil {
		t.Fatal(err)
	}
	p.playAll(storm(n, at)[n:]) // the core alone
	p.playAll(storm(n, at.Add(20*time.Second))[:n])
	p.fireUntil(at.Add(5 * time.Minute))
	if g := p.s.Group(2); g == nil || g.Firing != n+1 {
		t.Fatalf("want one group with %d failing beside the one opened by hand, got %+v", n+1, g)
	}
	at = at.Add(6 * time.Minute)
	merge := headstart.Event{At: at, Received: at, Line: headstart.Line{Command: &headstart.Command{ID: "c2", By: "samira", Do: "merge"}}}
	p.fireUntil(at)
	if _, err := p.s.Do(merge, 2, 1); err != nil {
		t.Fatal(err)
	}
	for units := 1; ; units++ {
		ops := p.s.Take()
		if len(ops) > 200 {
			t.Fatalf("unit %d changes %d rows; want at most 200", units, len(ops))
		}
		p.store(ops)
		if units%5 == 1 {
			if err := conserved(p.s); err != nil {
				t.Fatalf("after unit %d: %v", units, err)
			}
			p.compareLoaded()
		}
		if due, ok := p.s.NextDeadline(); !ok || due.After(at) {
			break
		}
		p.s.Fire()
	}
	if g := p.s.Group(1); g.Firing != n+1 || g.Total != n+1 || len(p.s.groups[1].Own.Absorbing) != 0 {
		t.Errorf("the group has %d failing of %d, still absorbing %v; want all %d", g.Firing, g.Total, p.s.groups[1].Own.Absorbing, n+1)
	}
}

// BenchmarkStorm folds 10,000 symptoms, their cause, and all that settles.
func BenchmarkStorm(b *testing.B) {
	config, events := configEvent(day, wide(10_000), ""), storm(10_000, day.Add(time.Hour))
	b.ReportAllocs()
	var worst time.Duration
	for b.Loop() {
		s := NewState()
		s.Apply(config)
		step := func(f func()) {
			began := time.Now()
			f()
			s.Take()
			worst = max(worst, time.Since(began))
		}
		for _, ev := range events {
			for due, ok := s.NextDeadline(); ok && !due.After(ev.At); due, ok = s.NextDeadline() {
				step(func() { s.Fire() })
			}
			step(func() { s.Apply(ev) })
		}
		for due, ok := s.NextDeadline(); ok && due.Before(day.Add(time.Hour+5*time.Minute)); due, ok = s.NextDeadline() {
			step(func() { s.Fire() })
		}
		if len(s.groups) != 1 || s.groups[1].Firing != 10_001 {
			b.Fatalf("%d groups; want one with 10001 failing", len(s.groups))
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10_001, "ns/event")
	b.ReportMetric(float64(worst.Microseconds()), "worst-step-us")
}

// BenchmarkRepeat folds one more delivery of an alert that is known to fire.
func BenchmarkRepeat(b *testing.B) {
	s := NewState()
	s.Apply(configEvent(day, wide(10_000), ""))
	for _, ev := range storm(10_000, day.Add(time.Hour)) {
		for due, ok := s.NextDeadline(); ok && !due.After(ev.At); due, ok = s.NextDeadline() {
			s.Fire()
		}
		s.Apply(ev)
	}
	s.Take()
	at := day.Add(2 * time.Hour)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		at = at.Add(time.Millisecond)
		s.Apply(alertOf(fmt.Sprintf("prn-%05d", n%10_000), "prom-a", at, day.Add(time.Hour), at.Add(time.Hour)))
		s.Take()
		n++
	}
}

// Nothing waits (settle 0): a thousand groups open before their cause is seen.
// They go into the first one in units of at most 200 rows (ruling 1, L-12).
func TestLateCauseOfThousandGroups(t *testing.T) {
	const n = 1000
	p := newPlayer(t, false)
	p.big = true
	p.apply(configEvent(day, wide(n), `{"settle":"0s"}`))
	at := day.Add(8 * time.Hour)
	events := storm(n, at)
	p.playAll(events[:n])
	core := events[n]
	p.fireUntil(core.At)
	p.s.Apply(core)
	for units := 1; ; units++ {
		ops := p.s.Take()
		if len(ops) > 200 {
			t.Fatalf("unit %d changes %d rows; want at most 200", units, len(ops))
		}
		p.store(ops)
		if units%20 == 1 {
			p.compareLoaded()
		}
		if due, ok := p.s.NextDeadline(); !ok || due.After(core.At) {
			break
		}
		p.s.Fire()
	}
	if err := conserved(p.s); err != nil {
		t.Fatal(err)
	}
	live := p.s.liveGroups()
	if g := p.s.Group(1); len(live) != 1 || g.Firing != n+1 || g.Cause.Asset != "core" {
		t.Errorf("%d live groups, the first with %d failing and cause %q; want one with %d and core", len(live), g.Firing, g.Cause.Asset, n+1)
	}
}

// 400 failures that nothing explains, within 40 seconds: 25 incidents and the
// umbrella, whose storm ends after five calm minutes while it lives on (U-10).
func TestUnrelatedStorm(t *testing.T) {
	p := newPlayer(t, false)
	p.big = true
	p.apply(configEvent(day, wide(4000), ""))
	at := day.Add(8 * time.Hour)
	for i := range 400 {
		t := at.Add(time.Duration(i) * 100 * time.Millisecond)
		p.apply(alertOf(fmt.Sprintf("prn-%05d", i*9), "prom-a", t, t, t.Add(time.Hour)))
	}
	p.fireUntil(at.Add(10 * time.Minute))
	if err := conserved(p.s); err != nil {
		t.Fatal(err)
	}
	p.compareLoaded()
	g := p.s.Group(26)
	if n := len(p.s.groups); n != 26 || g.Cause.Kind != headstart.CauseStorm || g.Cause.Asset != "" || g.Firing != 375 {
		t.Fatalf("%d groups, the last %+v; want 25 and an umbrella without an asset as its cause that holds 375", n, g)
	}
	if p.s.storm.Umbrella != 0 || !p.s.isLive(p.s.groups[26]) {
		t.Errorf("the storm goes on after eight calm minutes, or its umbrella ended with it: %+v, %s", p.s.storm, g.State)
	}
}

// Ruling 1: a storm of a thousand turns out to have one cause, later than settle.
// Its members follow in units of at most 200 rows, and the oldest number survives.
func TestStormGetsItsCause(t *testing.T) {
	const n = 1000
	p := newPlayer(t, false)
	p.big = true
	p.apply(configEvent(day, wide(n), ""))
	at := day.Add(8 * time.Hour)
	events := storm(n, at)
	p.playAll(events[:n-900]) // too few of the place to be one group
	core := events[n]
	core.At = at.Add(3 * time.Minute)
	p.fireUntil(core.At.Add(time.Minute - time.Millisecond))
	if g := p.s.Group(26); g == nil || g.Firing != n-925 {
		t.Fatalf("want an umbrella with %d failing, got %+v", n-925, g)
	}
	p.s.Apply(core)
	p.store(p.s.Take())
	for units := 1; ; units++ {
		due, ok := p.s.NextDeadline()
		if !ok || due.After(core.At.Add(2*time.Minute)) {
			break
		}
		p.s.Fire()
		ops := p.s.Take()
		if len(ops) > 200 {
			t.Fatalf("unit %d changes %d rows; want at most 200", units, len(ops))
		}
		p.store(ops)
		p.compareLoaded()
	}
	if err := conserved(p.s); err != nil {
		t.Fatal(err)
	}
	if g := p.s.Group(1); len(p.s.liveGroups()) != 1 || g.Firing != n-899 || g.Cause.Asset != "core" {
		t.Errorf("%d live groups, the first with %d failing and cause %q; want one with %d and core", len(p.s.liveGroups()), g.Firing, g.Cause.Asset, n-899)
	}
}
