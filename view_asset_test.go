package headstart

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestWhatIsKnownOfAnAsset(t *testing.T) {
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	var rows []FeedOp
	put := func(table, key string, row any) {
		b, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, FeedOp{Table: table, Row: Row{Key: key, Val: b}})
	}
	for n, i := range []Incident{
		{StartedAt: now, Cause: Cause{Asset: "sw"}},
		{StartedAt: now, Group: 2},
		{StartedAt: now.AddDate(0, -6, 0), State: Closed, Cause: Cause{Asset: "sw"}},
		{StartedAt: now.AddDate(0, -6, 0), State: Holding, Cause: Cause{Also: []string{"sw"}}},
		{StartedAt: now, Services: []string{"print"}, Locations: []string{"noord"}},
	} {
		i.ID, i.Seq = IncidentID("HS-"+string(rune('1'+n))), n+1
		put(TableIncidents, string(i.ID), i)
	}
	put(TableMembers, MemberKey(2, 1), Member{Group: 2, N: 1, Asset: "sw"})
	for _, p := range []Problem{{Key: "sw/b", Asset: "sw"}, {Key: "sw/a", Asset: "sw"}, {Key: "alert:f"}, {Key: "ap/a", Asset: "ap"}} {
		put(TableProblems, string(p.Key), p)
	}
	v := NewView()
	if err := v.Reset(Cursor{}, Offset{}, rows); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string][]IncidentID{"sw": {"HS-4", "HS-2", "HS-1"}, "print": {"HS-5"}, "noord": {"HS-5"}, "ap": nil} {
		var got []IncidentID
		for _, i := range v.IncidentsOf(id, now.AddDate(0, 0, -90)) {
			got = append(got, i.ID)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
	}
	if got := v.ProblemsOf("sw"); len(got) != 2 || got[0].Key != "sw/a" || len(v.ProblemsOf("")) > 0 {
		t.Errorf("problems %v", got)
	}
}
