package correlate

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"headstart"
)

// randomWindow draws planned work that begins and ends around at: over assets,
// a service or a place, now and then called off, proposed, or of no length. Few
// names, so that windows are moved, shortened and extended while they run.
func randomWindow(t *rapid.T, at time.Time, id string) headstart.Event {
	minutes := func(lo, hi int, label string) time.Time {
		return at.Add(time.Duration(rapid.IntRange(lo, hi).Draw(t, label)) * time.Minute)
	}
	w := &headstart.MaintenanceWindow{
		ID: fmt.Sprint("W-", rapid.IntRange(1, 4).Draw(t, "window")), Owner: "joris",
		StartsAt: minutes(-10, 5, "starts"), EndsAt: minutes(-2, 20, "ends"),
		Cancelled: rapid.IntRange(0, 5).Draw(t, "cancelled") == 0, Proposed: rapid.IntRange(0, 5).Draw(t, "proposed") == 0,
	}
	switch rapid.IntRange(0, 5).Draw(t, "covers") {
	case 0:
		w.Locations = []string{"noord"}
	case 1:
		w.Services = []string{"print", "erp"}
	case 2:
		w.Assets = []string{"dist-1", "dist-2"}
	default:
		w.Assets = []string{id}
	}
	return headstart.Event{At: at, Received: at, Line: headstart.Line{Maintenance: w}}
}

// randomFlapping draws a burst: an asset comes and goes, by alerts or by a probe.
func randomFlapping(t *rapid.T, at time.Time, id string) []act {
	var acts []act
	probe := rapid.Bool().Draw(t, "by probe")
	for n := range rapid.IntRange(2, 12).Draw(t, "changes") {
		at = at.Add(time.Duration(rapid.IntRange(1, 120).Draw(t, "after")) * time.Second)
		x := act{ev: alertOf(id, "prom-a", at, at, at.Add(time.Hour))}
		switch {
		case probe && n%2 == 0:
			x.ev = checkOf(id, at, headstart.Down, false)
		case probe:
			x.ev = checkOf(id, at, headstart.OK, false)
		case n%2 == 1:
			x.ev = alertOf(id, "prom-a", at, at.Add(-time.Minute), at)
		}
		acts = append(acts, x)
	}
	return acts
}

// closedNoord is a calendar whose first building is closed on the day of all lives.
func closedNoord() *headstart.Calendar {
	return &headstart.Calendar{Holidays: []headstart.Holiday{{From: day.Format(time.DateOnly), Name: "Studiedag", Locations: []string{"noord"}}}}
}

// aside checks that what is suppressed says so, is kept by a hold that will let it
// go, and belongs to no group; and that a group pauses exactly when planned work
// covers all that fails in it (M-06).
func aside(s *State) error {
	for key, p := range s.problems {
		if (p.State == problemSuppressed) != (p.suppressed() != nil) || (p.suppressed() != nil) != (len(p.Mem.seldom().Holds) > 0) {
			return fmt.Errorf("%s is %s, suppressed by %v, kept by %v", key, p.State.word(), p.suppressed(), p.Mem.seldom().Holds)
		}
		if p.suppressed() != nil && p.Group != 0 {
			return fmt.Errorf("%s is suppressed and in group %d", key, p.Group)
		}
		for _, hold := range p.Mem.seldom().Holds {
			if !s.letsGo(hold) {
				return fmt.Errorf("%s is kept by %s, which nothing will ever end", key, hold)
			}
		}
		if p.Unstable != s.armed(quietTimer, string(key)) || p.Unstable && p.State != problemOpen && p.State != problemPending {
			return fmt.Errorf("%s is %s, unstable %t, waits to be quiet %t", key, p.State.word(), p.Unstable, s.armed(quietTimer, string(key)))
		}
	}
	for id, g := range s.groups {
		if !s.isLive(g) {
			continue
		}
		covered := g.Firing > 0 && !slices.ContainsFunc(s.OpenMembers(id), func(key headstart.ProblemKey) bool { return !s.problems[key].Mem.Covered })
		if covered != g.Paused {
			return fmt.Errorf("group %d is paused %t, but all that fails is covered %t", id, g.Paused, covered)
		}
	}
	return nil
}

// letsGo reports whether a deadline will look again at what a hold keeps aside.
func (s *State) letsGo(hold string) bool {
	if s.armed(releaseTimer, hold) {
		return true
	}
	if hold == closedHold {
		return s.armed(closedTimer, closedHold)
	}
	return s.armed(windowTimer, hold[len(windowHold):])
}

// Unless it just changed, what is open is marked covered exactly when planned work
// covers it now.
func TestCoverIsCurrent(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := newPlayer(rt, false)
		p.play(randomLife(rt, 60))
		at := p.s.now.Add(time.Second).Time()
		p.apply(headstart.Event{At: at, Received: at})
		p.fireUntil(at)
		p.s.covers = emptied(p.s.covers)
		for key, x := range p.s.problems {
			if x.State == problemOpen && p.s.live(x.Group) != nil && x.Mem.Covered != (p.s.workOn(x, false) != nil) {
				rt.Fatalf("%s: covered %t, but planned work on it now: %v", key, x.Mem.Covered, p.s.workOn(x, false))
			}
		}
	})
}

// A closed period ends at midnight by the clocks of the place, also when they
// change on its last day (ruling 23).
func TestClosedUntilMidnightThere(t *testing.T) {
	for name, c := range map[string]struct {
		zone, from, to, at string
		want               string // RFC 3339
	}{
		"a plain day":                       {"Europe/Amsterdam", "2026-11-23", "", "2026-11-23T12:00:00+01:00", "2026-11-24T00:00:00+01:00"},
		"the clocks go back on its last":    {"Europe/Amsterdam", "2026-10-19", "2026-10-25", "2026-10-20T12:00:00+02:00", "2026-10-26T00:00:00+01:00"},
		"the clocks go ahead on its last":   {"Europe/Amsterdam", "2026-03-23", "2026-03-29", "2026-03-28T23:30:00+01:00", "2026-03-30T00:00:00+02:00"},
		"another continent":                 {"America/New_York", "2026-12-24", "2026-12-25", "2026-12-25T04:59:00Z", "2026-12-26T00:00:00-05:00"},
		"midnight does not exist that day":  {"America/Santiago", "2026-09-05", "", "2026-09-05T12:00:00-04:00", "2026-09-06T01:00:00-03:00"},
		"two periods follow each other":     {"Europe/Amsterdam", "2026-11-23", "2026-11-24", "2026-11-24T12:00:00+01:00", "2026-11-26T00:00:00+01:00"},
		"closed for ever, looked at anyway": {"UTC", "2026-01-01", "2999-01-01", "2026-01-01T12:00:00Z", "2027-01-02T00:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			s := NewState()
			cal := &headstart.Calendar{Holidays: []headstart.Holiday{{From: c.from, To: c.to}, {From: "2026-11-25", Name: "Studiedag"}}}
			if err := s.configure(&headstart.LogConfig{Calendar: cal, Timezone: c.zone}); err != nil {
				t.Fatal(err)
			}
			at, err := time.Parse(time.RFC3339, c.at)
			if err != nil {
				t.Fatal(err)
			}
			if s.closedOn(at.In(s.zone), "noord") == nil {
				t.Fatal("it is not closed at all")
			}
			if got := s.opens(at.In(s.zone), "noord").In(s.zone).Format(time.RFC3339); got != c.want {
				t.Errorf("opens at %s, want %s", got, c.want)
			}
		})
	}
}

// Ruling 1: planned work that covers thousands begins and ends in units of at most
// 200 rows; wherever one is cut, the rows are the whole state. What failed inside
// it is one incident when it is over, an overrun of its owner's.
func TestWindowOverThousands(t *testing.T) {
	const n = 1500
	at := day.Add(22 * time.Hour)
	window := func(id string, from, until time.Time) headstart.Event {
		w := &headstart.MaintenanceWindow{ID: id, Assets: []string{"core"}, StartsAt: from, EndsAt: until, Owner: "joris"}
		return headstart.Event{At: from, Received: from, Line: headstart.Line{Maintenance: w}}
	}
	p := newPlayer(t, false)
	p.big = true
	units := func(until time.Time, what string) {
		t.Helper()
		for done := 0; ; done++ {
			due, ok := p.s.NextDeadline()
			if !ok || due.After(until) {
				return
			}
			p.all = append(p.all, p.s.Fire()...)
			ops := p.s.Take()
			p.store(ops)
			if len(ops) > 200 {
				t.Fatalf("%s: unit %d changes %d rows, want at most 200", what, done, len(ops))
			}
			if done%700 == 699 {
				p.compareLoaded()
			}
		}
	}
	p.apply(configEvent(day, wide(n), ""))
	p.apply(window("W-1", at, at.Add(time.Hour)))
	p.playAll(storm(n, at.Add(time.Minute)))
	units(at.Add(5*time.Minute), "suppressing")
	if len(p.s.groups) != 0 || len(p.s.kept[windowHold+"W-1"]) != n+1 {
		t.Fatalf("%d groups and %d suppressed, want none and %d", len(p.s.groups), len(p.s.kept[windowHold+"W-1"]), n+1)
	}
	units(at.Add(59*time.Minute), "waiting")
	for _, ev := range storm(n, at.Add(59*time.Minute)) { // their source repeats them
		ev.At, ev.Alert.EndsAt = at.Add(59*time.Minute), at.Add(5*time.Hour)
		p.apply(ev)
	}
	units(at.Add(70*time.Minute), "releasing")
	g := p.s.Group(1)
	if len(p.s.groups) != 1 || g.Firing != n+1 || g.Cause.Asset != "core" || g.Overrun == nil || g.Overrun.Owner != "joris" {
		t.Fatalf("%d groups; the first has cause %q, %d failing, overrun %v; want core, %d and joris", len(p.s.groups), g.Cause.Asset, g.Firing, g.Overrun, n+1)
	}
	p.apply(window("W-2", at.Add(80*time.Minute), at.Add(90*time.Minute)))
	units(at.Add(85*time.Minute), "pausing")
	if !g.Paused {
		t.Error("planned work covers all of them, and the group is not paused")
	}
	units(at.Add(91*time.Minute), "resuming")
	if err := aside(p.s); err != nil || g.Paused {
		t.Errorf("after it the group is paused: %t (%v)", g.Paused, err)
	}
}

// The first keys after one are those a sorted walk would give.
func TestFirstAfter(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		all := rapid.SliceOfDistinct(rapid.StringMatching(`[a-d]{1,3}`), rapid.ID[string]).Draw(rt, "keys")
		from := headstart.ProblemKey(rapid.StringMatching(`[a-d]{0,3}`).Draw(rt, "from"))
		n := rapid.IntRange(1, 5).Draw(rt, "n")
		set := map[headstart.ProblemKey]struct{}{}
		for _, k := range all {
			set[headstart.ProblemKey(k)] = struct{}{}
		}
		want := slices.DeleteFunc(sortedKeys(set), func(k headstart.ProblemKey) bool { return k <= from })
		want = want[:min(n, len(want))]
		if got := firstAfter(set, from, n); !slices.Equal(got, want) {
			rt.Fatalf("after %q come %v, want %v", from, got, want)
		}
	})
}
