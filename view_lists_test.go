package headstart

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
)

// listedView holds many incidents with an announcement each.
func listedView(t *testing.T, incidents int) *View {
	t.Helper()
	v := NewView()
	var rows []FeedOp
	put := func(table, key string, row any) {
		b, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, FeedOp{Table: table, Row: Row{Key: key, Val: b}})
	}
	for n := 1; n <= incidents; n++ {
		id := IncidentID(fmt.Sprintf("HS-%d", n))
		put(TableIncidents, string(id), Incident{V: 1, ID: id, Seq: n, State: Open})
		put(TableAnnouncements, string(id)+"/all", Announcement{V: 1, ID: string(id) + "/all", Incident: id, Audience: "all"})
	}
	if err := v.Reset(Cursor{}, Offset{}, rows); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestEachSharesRows: ranging over hundreds of incidents or announcements copies none of
// them, and whoever ranges sees them as they were when he asked.
func TestEachSharesRows(t *testing.T) {
	v := listedView(t, 300)
	look := func() (n int) {
		for range v.EachIncident() {
			n++
		}
		for range v.EachAnnouncement() {
			n++
		}
		return n
	}
	if n := look(); n != 600 {
		t.Fatalf("%d are ranged over, want 600", n)
	}
	if allocs := testing.AllocsPerRun(20, func() { look() }); allocs > 10 {
		t.Errorf("a look allocates %.0f times", allocs)
	}
	before := v.EachIncident()
	changed, err := json.Marshal(Incident{V: 1, ID: "HS-300", Seq: 300, State: Resolved})
	if err != nil {
		t.Fatal(err)
	}
	gone := FeedOp{Table: TableAnnouncements, Row: Row{Key: "HS-1/all"}}
	if err := v.Apply(Offset{Ms: 1}, FeedEntry{Rows: []FeedOp{{Table: TableIncidents, Row: Row{Key: "HS-300", Val: changed}}, gone}}); err != nil {
		t.Fatal(err)
	}
	first := func(seq func(func(*Incident) bool)) *Incident { return slices.Collect(seq)[0] }
	if was, now := first(before), first(v.EachIncident()); was.State != Open || now.State != Resolved || v.Incidents()[0].State != Resolved {
		t.Errorf("before the change %s, after it %s", was.State, now.State)
	}
	if n := len(v.Announcements()); n != 299 {
		t.Errorf("%d announcements after one went, want 299", n)
	}
}
