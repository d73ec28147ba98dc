package headstart

import (
	"encoding/json"
	"testing"
)

// TestFeedEntryIsJSON: what a commit tells readers is what encoding/json makes of it.
func TestFeedEntryIsJSON(t *testing.T) {
	at := Cursor{Off: Offset{Ms: 1795295378324, Seq: 2}, Part: 3}
	for _, f := range []FeedEntry{
		{V: 1},
		{V: 1, Cursor: at, At: -5, Rows: []FeedOp{{Table: TableAlerts, Row: Row{Key: `a "<b>"`, Val: json.RawMessage(`{"v":1}`)}}}},
		{V: 1, Cursor: at, At: 7, Asks: []Ask{{Asset: "é", Why: "\n"}}, Rows: []FeedOp{
			{Table: TableIncidents, Row: Row{Key: "HS-1", Val: json.RawMessage(`null`)}}, {Table: TableTimeline, Row: Row{Key: "gone"}},
		}},
	} {
		want, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Append([]byte("before ")); string(got) != "before "+string(want) {
			t.Errorf("the entry is\n%s\nwant\n%s", got, want)
		}
	}
}
