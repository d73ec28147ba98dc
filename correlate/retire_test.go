package correlate

import (
	"testing"
	"time"

	"headstart"
)

// TestOldWindowsAreForgotten: planned work that is over stays known for as long as
// a reader may ask for it, and no longer; what was moved meanwhile stays.
func TestOldWindowsAreForgotten(t *testing.T) {
	p := newPlayer(t, true)
	s := p.s
	start := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	apply := func(at time.Time, l headstart.Line) { p.apply(headstart.Event{At: at, Received: at, Line: l}) }
	plan := func(id string, from time.Time) headstart.Line {
		return headstart.Line{Maintenance: &headstart.MaintenanceWindow{ID: id, Assets: []string{"sw"}, StartsAt: from, EndsAt: from.Add(time.Hour)}}
	}
	apply(start, plan("old", start))
	apply(start, plan("moved", start))
	apply(start.Add(50*24*time.Hour), plan("moved", start.Add(60*24*time.Hour)))
	apply(start.Add(99*24*time.Hour), headstart.Line{})
	if len(s.windows) != 2 {
		t.Fatalf("%d windows after 99 days, want both", len(s.windows))
	}
	apply(start.Add(101*24*time.Hour), headstart.Line{})
	if s.windows["old"] != nil || s.windows["moved"] == nil {
		t.Errorf("after 101 days the windows are %v, want the moved one alone", s.windows)
	}
	apply(start.Add(161*24*time.Hour), headstart.Line{})
	if _, waiting := s.NextDeadline(); len(s.windows) != 0 || waiting {
		t.Errorf("a year later: %v, deadline %t; want nothing left", s.windows, waiting)
	}
}

// Calendars tell a moved appointment from an old copy by a number that rises
// (RFC 5545, 3.8.7.4): each change counts, hearing the same again does not, and
// what a log line claims of it is ignored.
func TestChangesOfAWindowAreCounted(t *testing.T) {
	p := newPlayer(t, true)
	start := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	for n, step := range []struct {
		hour, hours int // from when to how long
		cancelled   bool
		want, at    int // changes, and the step that made the last
	}{
		{24, 1, false, 0, 0},
		{24, 1, false, 0, 0},
		{25, 1, false, 1, 2},
		{25, 3, false, 2, 3},
		{25, 0, true, 3, 4}, // called off by one who does not know when it was
		{25, 3, true, 3, 4},
		{25, 3, false, 4, 6},
	} {
		at := start.Add(time.Duration(n) * time.Minute)
		from := start.Add(time.Duration(step.hour) * time.Hour)
		p.apply(headstart.Event{At: at, Received: at, Line: headstart.Line{Maintenance: &headstart.MaintenanceWindow{
			ID: "W", Assets: []string{"sw"}, StartsAt: from, EndsAt: from.Add(time.Duration(step.hours) * time.Hour),
			Cancelled: step.cancelled, Changes: 77, ChangedAt: at.Add(time.Hour),
		}}})
		w := p.s.windows["W"]
		if changed := start.Add(time.Duration(step.at) * time.Minute); w.Changes != step.want || !w.ChangedAt.Equal(changed) {
			t.Errorf("after step %d: %d changes, the last at %s; want %d, %s", n, w.Changes, w.ChangedAt, step.want, changed)
		}
	}
}
