package headstart

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestConflicts: what planned work meets is named with what both touch and while both
// last; work that meets nothing, or takes a redundancy group away alone, is not.
func TestConflicts(t *testing.T) {
	cat := &Catalog{
		Locations: []Location{{ID: "campus"}, {ID: "noord", Parent: "campus"}, {ID: "zuid"}},
		Services:  []Service{{ID: "print"}},
		Devices: []Device{
			{ID: "a"},
			{ID: "b", Location: "noord"},
			{ID: "c"},
			{ID: "prn", Location: "noord", Services: []string{"print"}},
			{ID: "x", DependsOn: Dependencies{{"a", "b"}, {"c"}}},
			{ID: "y", DependsOn: Dependencies{{"a", "b"}}},
		},
	}
	calendar := &Calendar{Holidays: []Holiday{{From: "2026-11-24", Name: "Studiedag", Locations: []string{"zuid"}}}}
	at := func(h int) time.Time { return time.Date(2026, 11, 23, h, 0, 0, 0, time.UTC) }
	work := func(id string, from, to int, assets ...string) MaintenanceWindow {
		return MaintenanceWindow{ID: id, Assets: assets, StartsAt: at(from), EndsAt: at(to)}
	}
	place := func(id, location string, from, to int) MaintenanceWindow {
		return MaintenanceWindow{ID: id, Locations: []string{location}, StartsAt: at(from), EndsAt: at(to)}
	}
	broken := Incident{V: 1, ID: "HS-1", State: Open, Cause: Cause{Asset: "a"}, Services: []string{"print"}, Locations: []string{"noord"}}
	over := broken
	over.State = Closed
	for name, c := range map[string]struct {
		windows   []MaintenanceWindow
		incidents []Incident
		want      []string
	}{
		"both uplinks at once":            {[]MaintenanceWindow{work("A", 1, 3, "a"), work("B", 2, 4, "b")}, nil, []string{"spare A B a,b 23T02-23T03"}},
		"one after the other":             {[]MaintenanceWindow{work("A", 1, 2, "a"), work("B", 2, 4, "b")}, nil, nil},
		"one window for both":             {[]MaintenanceWindow{work("A", 1, 3, "a", "b"), work("B", 2, 4, "b")}, nil, []string{"work A B b 23T02-23T03"}},
		"no redundancy":                   {[]MaintenanceWindow{work("A", 1, 3, "a"), work("B", 2, 4, "c")}, nil, nil},
		"a place around one of the two":   {[]MaintenanceWindow{work("A", 1, 3, "a"), place("C", "campus", 1, 3)}, nil, []string{"spare A C a,b 23T01-23T03"}},
		"a device inside a place":         {[]MaintenanceWindow{work("A", 1, 3, "prn"), place("C", "campus", 2, 3)}, nil, []string{"work A C prn 23T02-23T03"}},
		"called off":                      {[]MaintenanceWindow{work("A", 1, 3, "a"), {ID: "B", Assets: []string{"a"}, StartsAt: at(1), EndsAt: at(3), Cancelled: true}}, nil, nil},
		"the cause of an incident":        {[]MaintenanceWindow{work("A", 2, 3, "a")}, []Incident{broken}, []string{"incident A HS-1 a 23T02-23T03"}},
		"a service of an incident":        {[]MaintenanceWindow{work("A", 0, 3, "prn")}, []Incident{broken}, []string{"incident A HS-1 print 23T01-23T03"}},
		"a place around an incident":      {[]MaintenanceWindow{place("A", "campus", 2, 3)}, []Incident{broken}, []string{"incident A HS-1 noord 23T02-23T03"}},
		"an incident elsewhere":           {[]MaintenanceWindow{place("A", "zuid", 2, 3)}, []Incident{broken}, nil},
		"an incident that is over":        {[]MaintenanceWindow{work("A", 2, 3, "a")}, []Incident{over}, nil},
		"in two days":                     {[]MaintenanceWindow{work("A", 50, 51, "a")}, []Incident{broken}, nil},
		"past midnight into a closed day": {[]MaintenanceWindow{place("A", "zuid", 22, 27)}, nil, []string{"closed A Studiedag zuid 24T00-24T03"}},
		"a closed day elsewhere":          {[]MaintenanceWindow{place("A", "noord", 22, 27)}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			v := NewView()
			rows := []FeedOp{{Table: TableConfig, Row: Row{Key: "current", Val: asJSON(t, LogConfig{Timezone: "UTC", Catalog: cat, Calendar: calendar})}}}
			for _, w := range c.windows {
				rows = append(rows, FeedOp{Table: TableMaintenance, Row: Row{Key: w.ID, Val: asJSON(t, w)}})
			}
			for _, i := range c.incidents {
				rows = append(rows, FeedOp{Table: TableIncidents, Row: Row{Key: string(i.ID), Val: asJSON(t, i)}})
			}
			if err := v.Apply(Offset{Ms: 1}, FeedEntry{V: 1, Rows: rows}); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, x := range v.Conflicts(at(1)) {
				got = append(got, fmt.Sprintf("%s %s %s%s%s %s %s-%s", x.Kind, x.Window, x.Other, x.Incident, x.Period, strings.Join(x.On, ","), x.From.Format("02T15"), x.To.Format("02T15")))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func asJSON(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
