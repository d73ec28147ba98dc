package correlate

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

// TestReach: planned work touches what it names, what stands where it is done, and
// what has no other way than through it; work on one of two ways touches that alone.
func TestReach(t *testing.T) {
	at := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	catalog := &headstart.Catalog{
		Locations: []headstart.Location{{ID: "campus"}, {ID: "noord", Parent: "campus"}, {ID: "zuid"}},
		Departments: []headstart.Department{
			{ID: "fin", Locations: []string{"noord"}, Uses: []string{"print"}, People: 12},
		},
		Services: []headstart.Service{{ID: "print"}, {ID: "erp", DependsOn: headstart.Dependencies{{"srv-1", "srv-2"}}}, {ID: "hr", Confidential: true}},
		Devices: []headstart.Device{
			{ID: "core-a", Location: "zuid"},
			{ID: "core-b", Location: "zuid"},
			{ID: "sw-n", Location: "noord", DependsOn: headstart.Dependencies{{"core-a", "core-b"}}},
			{ID: "prn-n", Location: "noord", Services: []string{"print"}, People: 25, DependsOn: headstart.Dependencies{{"sw-n"}}},
			{ID: "srv-1", Location: "zuid"},
			{ID: "srv-2", Location: "zuid"},
			{ID: "safe", Location: "zuid", Confidential: true},
		},
	}
	for name, c := range map[string]struct {
		work headstart.MaintenanceWindow
		want headstart.Reach
	}{
		"a switch takes what is behind it": {
			headstart.MaintenanceWindow{Assets: []string{"sw-n"}},
			headstart.Reach{Services: []string{"print"}, Locations: []string{"noord"}, Departments: []string{"fin"}, People: 25},
		},
		"one of two cores takes itself": {headstart.MaintenanceWindow{Assets: []string{"core-a"}}, headstart.Reach{Locations: []string{"zuid"}}},
		"both cores take all": {
			headstart.MaintenanceWindow{Assets: []string{"core-a", "core-b"}},
			headstart.Reach{Services: []string{"print"}, Locations: []string{"noord", "zuid"}, Departments: []string{"fin"}, People: 25},
		},
		"a place takes what stands in it": {
			headstart.MaintenanceWindow{Locations: []string{"campus"}},
			headstart.Reach{Services: []string{"print"}, Locations: []string{"campus", "noord"}, Departments: []string{"fin"}, People: 25},
		},
		"both servers take the service":  {headstart.MaintenanceWindow{Assets: []string{"srv-1", "srv-2"}}, headstart.Reach{Services: []string{"erp"}, Locations: []string{"zuid"}}},
		"a service alone":                {headstart.MaintenanceWindow{Services: []string{"erp"}}, headstart.Reach{Services: []string{"erp"}}},
		"a confidential device":          {headstart.MaintenanceWindow{Assets: []string{"safe"}}, headstart.Reach{Locations: []string{"zuid"}, Confidential: true}},
		"a confidential service":         {headstart.MaintenanceWindow{Services: []string{"hr"}}, headstart.Reach{Services: []string{"hr"}, Confidential: true}},
		"what the catalog does not know": {headstart.MaintenanceWindow{Assets: []string{"x"}}, headstart.Reach{}},
	} {
		t.Run(name, func(t *testing.T) {
			s := NewState()
			s.Apply(headstart.Event{At: at, Line: headstart.Line{Config: &headstart.LogConfig{Catalog: catalog}}})
			c.work.ID, c.work.StartsAt, c.work.EndsAt = "W-1", at.Add(time.Hour), at.Add(2*time.Hour)
			s.Apply(headstart.Event{At: at, Line: headstart.Line{Maintenance: &c.work}})
			if diff := cmp.Diff(c.want, s.Reach("W-1")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got := s.Windows(); len(got) != 1 || s.Window(got[0]) == nil || s.Window("W-2") != nil {
				t.Errorf("windows %v", got)
			}
			if got := s.Reach("W-2"); got.People+len(got.Services) > 0 {
				t.Errorf("work nobody knows touches %+v", got)
			}
		})
	}
}

// TestFailing counts what fails in reach of the work: open, set aside or not yet
// judged, before and since it began; what only warns is left out.
func TestFailing(t *testing.T) {
	at := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	s := NewState()
	apply := func(d time.Duration, l headstart.Line) {
		s.Apply(headstart.Event{At: at.Add(d), Received: at.Add(d), Line: l})
	}
	apply(0, headstart.Line{Config: &headstart.LogConfig{Catalog: &headstart.Catalog{
		Devices: []headstart.Device{{ID: "sw"}, {ID: "prn", DependsOn: headstart.Dependencies{{"sw"}}}, {ID: "old"}, {ID: "other"}},
	}}})
	down := func(d time.Duration, asset string, conditions ...headstart.Condition) {
		v := headstart.Down
		if len(conditions) > 0 {
			v = headstart.Warn
		}
		apply(d, headstart.Line{Check: &headstart.Check{Probe: asset, Asset: asset, Verdict: v, Reason: "no reply", Conditions: conditions}})
	}
	down(time.Minute, "old")
	apply(2*time.Minute, headstart.Line{Maintenance: &headstart.MaintenanceWindow{ID: "W-1", Assets: []string{"sw", "old"}, StartsAt: at.Add(2 * time.Minute), EndsAt: at.Add(time.Hour)}})
	down(10*time.Minute, "prn")
	down(11*time.Minute, "other")
	down(12*time.Minute, "sw", headstart.Condition{Name: "toner-low", Effect: "report"})
	if since, before := s.Failing("W-1"); since != 1 || before != 1 {
		t.Errorf("%d since, %d before; want the printer behind the switch, and what was broken already", since, before)
	}
	if since, before := s.Failing("W-2"); since+before != 0 {
		t.Errorf("work nobody knows has %d and %d failures", since, before)
	}
}
