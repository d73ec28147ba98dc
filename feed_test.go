package headstart

import (
	"encoding/json"
	"reflect"
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

// FuzzReadFeedEntry: of any bytes ReadFeedEntry makes what json.Unmarshal makes. It may take
// what that refuses only for a row which is no JSON: who reads the row refuses it.
func FuzzReadFeedEntry(f *testing.F) {
	at := Cursor{Off: Offset{Ms: 1795295378324, Seq: 2}, Part: 3}
	for _, e := range []FeedEntry{
		{V: 1},
		{V: 1, Cursor: at, At: 7, Asks: []Ask{{Asset: "é", Why: "\n"}}, Rows: []FeedOp{
			{Table: TableAlerts, Row: Row{Key: "0a", Val: json.RawMessage(`{"v":1,"x":["}]"]}`)}}, {Table: TableTimeline, Row: Row{Key: "gone"}},
		}},
	} {
		f.Add(string(e.Append(nil)))
	}
	for _, text := range []string{
		`{"v":1,"cursor":"1-0/0","at":1,"rows":[{"t":"a","k":"b","d":{"x":}}]}`, `{"v":1,"cursor":"1-0/0","at":1,"rows":[]}`, `{"v":1,"cursor":"1-0/0","at":1,"rows":[{"t":"a","k":"b","d":null}]}`,
		`{"v":1,"cursor":"1-0/0","at":1,"rows":[{"t":"a","k":"b","d":]}`, `{"v":1,"cursor":"1-0/0","at":1,"asks":[{}]} `, `{"v":1,"cursor":"?","at":1}`, `{"at":1}`, `null`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var want FeedEntry
		wrong := json.Unmarshal([]byte(text), &want)
		got, err := ReadFeedEntry([]byte(text))
		if wrong == nil && (err != nil || !reflect.DeepEqual(got, want)) {
			t.Fatalf("%q: %+v, %v; json.Unmarshal: %+v", text, got, err, want)
		}
		if wrong == nil || err != nil {
			return
		}
		for _, op := range got.Rows {
			if len(op.Val) > 0 && !json.Valid(op.Val) {
				return
			}
		}
		t.Fatalf("%q is taken; json.Unmarshal: %v", text, wrong)
	})
}
