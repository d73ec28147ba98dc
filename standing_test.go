package headstart

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What is known worst of an asset counts; what nobody looks at is not called well.
func TestStandings(t *testing.T) {
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	c := &Catalog{
		Locations: []Location{{ID: "noord"}, {ID: "n2", Parent: "noord"}},
		Services:  []Service{{ID: "mail"}},
	}
	for _, id := range []string{"alert", "ap", "check", "gone", "muted", "none", "ok", "pending", "placed", "silent", "toner", "warn", "work"} {
		d := Device{ID: id}
		if id == "placed" {
			d.Location = "n2"
		}
		c.Devices = append(c.Devices, d)
	}
	var rows []FeedOp
	put := func(table, key string, row any) {
		b, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, FeedOp{Table: table, Row: Row{Key: key, Val: b}})
	}
	put(TableConfig, "current", LogConfig{Catalog: c})
	put(TableIncidents, "HS-7", Incident{ID: "HS-7", Seq: 7, Group: 3})
	for _, p := range []Problem{
		{Asset: "alert", Check: "HostDown", State: ProblemOpen, Group: 3, Reason: "no reply", Onset: now},
		{Asset: "ok", Check: "HostDown", State: ProblemHealthy, Cleared: now},
		{Asset: "gone", Check: "HostDown", State: ProblemHealthy, Expired: true},
		{Asset: "muted", Check: "HostDown", State: ProblemOpen, Alerts: []string{"f1"}},
		{Asset: "pending", Check: "HostDown", State: ProblemPending},
		{Asset: "silent", Check: "", State: ProblemSuspected},
		{Asset: "toner", Check: "TonerLow", State: ProblemOpen, Class: Capacity},
		{Asset: "work", Check: "HostDown", State: ProblemSuppressed, Suppressed: &Suppression{By: "W-1"}},
		{Check: "Nowhere", State: ProblemOpen, Unplaced: true},
	} {
		p.Key = ProblemKey(p.Asset + "/" + p.Check)
		put(TableProblems, string(p.Key), p)
	}
	put(TableAlerts, "f1", AlertState{Fingerprint: "f1", Silenced: []string{"s"}})
	put(TableMaintenance, "W-2", MaintenanceWindow{ID: "W-2", Locations: []string{"noord"}, Services: []string{"mail"}, StartsAt: now.Add(-time.Hour), EndsAt: now.Add(time.Hour)})
	put(TableMaintenance, "W-1", MaintenanceWindow{ID: "W-1", Locations: []string{"noord"}, Proposed: true, StartsAt: now.Add(-time.Hour), EndsAt: now.Add(time.Hour)})
	v := NewView()
	if err := v.Reset(Cursor{}, Offset{}, rows); err != nil {
		t.Fatal(err)
	}
	s := v.Standings([]CheckResult{
		{Probe: "ping", Asset: "alert", Verdict: OK},
		{Probe: "ping", Asset: "check", Verdict: Down, Reason: "3 of 3", At: now},
		{Probe: "ping", Asset: "warn", Verdict: Warn},
		{Probe: "mail", Service: "mail", Verdict: OK},
		{Probe: "ping", Asset: "ap", Verdict: Unknown},
		{Probe: "web", Verdict: Down},
	}, now)
	want := map[string]Standing{
		"alert": {State: Failing, Check: "HostDown", Reason: "no reply", Since: now, Incident: "HS-7"}, "ap": {State: Doubtful, Check: "ping"},
		"check": {State: Failing, Check: "ping", Reason: "3 of 3", Since: now}, "gone": {State: Doubtful, Check: "HostDown"},
		"muted": {State: Failing, Check: "HostDown", Silenced: true}, "none": {State: Unwatched}, "ok": {State: Working, Check: "HostDown", Since: now},
		"pending": {State: Doubtful, Check: "HostDown"}, "placed": {State: Unwatched, Window: "W-2"}, "silent": {State: Suspected}, "toner": {State: Warning, Check: "TonerLow"},
		"warn": {State: Warning, Check: "ping"}, "work": {State: InWork, Check: "HostDown", Window: "W-1"}, "mail": {State: Working, Check: "mail", Window: "W-2"},
	}
	got := map[string]Standing{}
	for _, n := range v.Topology().Nodes() {
		got[n.ID] = s.Of(n.ID)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"alert", "check", "muted", "silent"}, s.Wrong()); diff != "" {
		t.Errorf("wrong (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"none", "placed"}, s.Uncovered()); diff != "" {
		t.Errorf("uncovered (-want +got):\n%s", diff)
	}
}

// The index of a catalog holds as long as the catalog does, and no circle holds it up.
func TestTopology(t *testing.T) {
	v := NewView()
	load := func(c *Catalog) {
		b, err := json.Marshal(LogConfig{Catalog: c})
		if err != nil {
			t.Fatal(err)
		}
		if err := v.Reset(Cursor{}, Offset{}, []FeedOp{{Table: TableConfig, Row: Row{Key: "current", Val: b}}}); err != nil {
			t.Fatal(err)
		}
	}
	load(&Catalog{
		Locations: []Location{{ID: "a", Parent: "b"}, {ID: "b", Parent: "a"}, {ID: "c", Parent: "a"}},
		Services:  []Service{{ID: "print"}},
		Devices:   []Device{{ID: "x", Location: "c", DependsOn: Dependencies{{"y", "x", "z"}}}, {ID: "y", Services: []string{"print"}, DependsOn: Dependencies{{"x"}}}},
	})
	top := v.Topology()
	if top != v.Topology() {
		t.Error("the same catalog is indexed twice")
	}
	x, y := top.Node("x"), top.Node("y")
	if diff := cmp.Diff([]string{"b", "a", "c"}, top.Within("b")); diff != "" {
		t.Errorf("within (-want +got):\n%s", diff)
	}
	if len(x.Above) != 1 || x.Above[0] != y || len(x.Below) != 1 || x.Below[0] != y || len(y.Serves) != 1 || y.Serves[0].ServedBy[0] != y {
		t.Errorf("x hangs on %v and has %v on it; y serves %v", x.Above, x.Below, y.Serves)
	}
	v.Standings(nil, time.Time{}).Of("x")
	load(&Catalog{Devices: []Device{{ID: "z"}}})
	if top := v.Topology(); top.Node("x") != nil || top.Node("z") == nil {
		t.Error("another catalog, and the index of the one before")
	}
}
