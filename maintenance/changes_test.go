package maintenance

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

// TestChanges: a window is said once; what a person did stands until its source
// says something new; what is no longer planned is cancelled, unless nobody heard.
func TestChanges(t *testing.T) {
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	plan := func(change func(*headstart.MaintenanceWindow)) headstart.MaintenanceWindow {
		w := headstart.MaintenanceWindow{ID: "A", Assets: []string{"sw"}, StartsAt: now.Add(time.Hour), EndsAt: now.Add(2 * time.Hour), Source: "ical/x", Proposed: true}
		if change != nil {
			change(&w)
		}
		return stamped(w)
	}
	said := plan(nil)
	with := func(w headstart.MaintenanceWindow, change func(*headstart.MaintenanceWindow)) headstart.MaintenanceWindow {
		change(&w)
		return w
	}
	approved := with(said, func(w *headstart.MaintenanceWindow) { w.Proposed, w.By = false, "samira" })
	moved := plan(func(w *headstart.MaintenanceWindow) { w.StartsAt = now.Add(90 * time.Minute) })
	gone := with(said, func(w *headstart.MaintenanceWindow) { w.Cancelled = true })
	byHand := headstart.MaintenanceWindow{ID: "A", Assets: []string{"x"}, StartsAt: now, EndsAt: now.Add(time.Hour), By: "samira"}
	type list = []headstart.MaintenanceWindow
	for name, c := range map[string]struct {
		want, have, lines list
		deaf              bool
	}{
		"new":                          {want: list{said}, lines: list{said}},
		"said before":                  {want: list{said}, have: list{said}},
		"approved by a person":         {want: list{said}, have: list{approved}},
		"ended by a person":            {want: list{said}, have: list{with(said, func(w *headstart.MaintenanceWindow) { w.EndsAt, w.By = now, "samira" })}},
		"cancelled by a person":        {want: list{said}, have: list{with(gone, func(w *headstart.MaintenanceWindow) { w.By = "samira" })}},
		"moved: a proposal again":      {want: list{moved}, have: list{approved}, lines: list{moved}},
		"gone":                         {have: list{approved}, lines: list{with(approved, func(w *headstart.MaintenanceWindow) { w.Cancelled, w.By = true, "" })}},
		"gone already":                 {have: list{gone}},
		"back again":                   {want: list{said}, have: list{gone}, lines: list{said}},
		"gone when over":               {have: list{with(said, func(w *headstart.MaintenanceWindow) { w.EndsAt = now })}},
		"its calendar does not answer": {have: list{approved}, deaf: true},
		"a person's window stays":      {have: list{byHand}},
		"a person's window has its id": {want: list{said}, have: list{byHand}},
	} {
		lines, taken := changes(c.want, c.have, func(string) bool { return !c.deaf }, now)
		if diff := cmp.Diff(c.lines, lines); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if (len(taken) > 0) != (name == "a person's window has its id") {
			t.Errorf("%s: taken %v", name, taken)
		}
	}
}
