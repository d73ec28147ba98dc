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
