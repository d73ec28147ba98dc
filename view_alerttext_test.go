package headstart

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

// alertTexts are rows of alerts, and what is nearly one.
func alertTexts(t testing.TB) []string {
	at := time.Date(2026, 11, 23, 8, 0, 0, 120_000_000, time.UTC)
	var out []string
	for _, a := range []AlertState{
		{},
		{V: 1, Fingerprint: "0a", Labels: map[string]string{}, Silenced: []string{}},
		{
			V: 1, Fingerprint: "0a", Labels: map[string]string{"alertname": "Down", "empty": "", "é": "<&>"}, Annotations: map[string]string{"summary": "a \"quote\""},
			Generator: "http://prom/graph?a=1&b=2", StartsAt: at, UpdatedAt: at.In(time.FixedZone("", 3600)), Origins: map[string]time.Time{"prom": at, "am": {}}, Firing: true,
			Problem: "sw-1/Down", Silenced: []string{"one", "two"},
		},
		{V: 1, Fingerprint: "0a", Labels: map[string]string{"a": "b"}, StartsAt: at, UpdatedAt: at, Expired: true, EndedAt: at, Problem: "alert:0a"},
	} {
		row, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(row))
	}
	const head, tail = `{"v":1,"fingerprint":"0a","labels":`, `,"starts_at":"2026-11-23T08:00:00Z","updated_at":"2026-11-23T08:00:00Z","firing":true}`
	return append(out,
		head+`{"a":"b","a":"c"}`+tail, head+`null`+tail, head+`{"a":null}`+tail, head+`{"a":1}`+tail, head+`{"a":"\u00e9","\u00e9":"a"}`+tail, head+`{"a":"\ud800"}`+tail,
		head+`{}`+tail+` `, head+`{},"annotations":null`+tail, head+`{},"generator":null`+tail, head+`{},"generator":"\x"`+tail, `{"v":1,"labels":{}}`, `{"v":1}`, `null`, ``,
	)
}

// TestAlertTextIsUsual: the rows that a commit writes of alerts are packed straight from
// their text.
func TestAlertTextIsUsual(t *testing.T) {
	for _, row := range alertTexts(t)[:4] {
		if !packAlertText(&packer{does: writing, words: newLexicon()}, &packRoom{}, json.RawMessage(row)) {
			t.Errorf("left to the long way: %s", row)
		}
	}
}

// FuzzAlertText: of any bytes the text of an alert's row packs what its struct packs, or
// leaves it alone; and what it packed can be dropped.
func FuzzAlertText(f *testing.F) {
	usual := alertTexts(f)[2]
	for _, row := range alertTexts(f) {
		f.Add(row)
	}
	f.Fuzz(func(t *testing.T, row string) {
		words, room := newLexicon(), &packRoom{}
		if p := (packer{does: writing, words: newLexicon()}); !packAlertText(&p, room, json.RawMessage(usual)) {
			t.Fatal("a row of before is left to others")
		}
		p := packer{does: writing, words: words}
		if !packAlertText(&p, room, json.RawMessage(row)) {
			if len(p.b) > 0 || len(words.texts) > 0 {
				t.Fatalf("%q is left to others, and %d bytes of it are written", row, len(p.b))
			}
			return
		}
		var want, got AlertState
		if err := json.Unmarshal([]byte(row), &want); err != nil {
			t.Fatalf("%q is taken; json.Unmarshal: %v", row, err)
		}
		long := packer{does: writing, words: newLexicon()}
		packAlert(&long, &want)
		want = AlertState{}
		packAlert(&packer{does: reading, words: long.words, from: packedRow(long.b)}, &want)
		packAlert(&packer{does: reading, words: words, from: packedRow(p.b)}, &got)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: %+v, want %+v", row, got, want)
		}
		if packAlert(&packer{does: dropping, words: words, from: packedRow(p.b)}, &got); len(words.numbers) > 0 {
			t.Fatalf("%q: %d words are left", row, len(words.numbers))
		}
	})
}

// TestAlertPromise: until when an origin holds an alert is what its row says.
func TestAlertPromise(t *testing.T) {
	v, at := NewView(), time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	row, err := json.Marshal(AlertState{
		V: 1, Fingerprint: "0a", Labels: map[string]string{"a": "b"}, Annotations: map[string]string{"c": "d"}, Generator: "http://prom", Silenced: []string{"x"},
		StartsAt: at, UpdatedAt: at.Add(time.Second), Origins: map[string]time.Time{"prom": at.Add(time.Minute), "other": at.Add(time.Hour), "am": {}}, Firing: true, Problem: "sw-1/Down",
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Apply(Offset{Ms: 1}, FeedEntry{Rows: []FeedOp{{TableAlerts, Row{"0a", row}}}}); err != nil {
		t.Fatal(err)
	}
	for origin, until := range map[string]time.Time{"prom": at.Add(time.Minute), "other": at.Add(time.Hour), "am": {}, "nobody": {}} {
		want := AlertPromise{Firing: true, UpdatedAt: at.Add(time.Second), Until: until}
		if got, known := v.AlertPromise("0a", origin); !known || got != want {
			t.Errorf("%s: %+v, %v; want %+v", origin, got, known, want)
		}
	}
	if _, known := v.AlertPromise("0b", "prom"); known {
		t.Error("an alert that nobody told of is known")
	}
}

// BenchmarkViewRefresh is what a view takes for a commit that says of 200 alerts until when
// they are held now.
func BenchmarkViewRefresh(b *testing.B) {
	v, at := NewView(), time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	var entries [2][]byte
	for n := range entries {
		e := FeedEntry{V: 1, Cursor: Cursor{Off: Offset{Ms: 7}}}
		for k := range 200 {
			labels := map[string]string{}
			for l := range 15 {
				labels["label_"+string(rune('a'+l))] = "value-of-it"
			}
			labels["instance"] = "host-" + string(rune('a'+k%20)) + ":9100"
			row, err := json.Marshal(AlertState{
				V: 1, Fingerprint: "0a", Labels: labels, Annotations: map[string]string{"summary": "it drops packets", "description": "More than 1 % of the packets on this port had errors."},
				Generator: "http://prometheus.example.org:9090/graph?g0.expr=up&g0.tab=1", StartsAt: at, UpdatedAt: at.Add(time.Duration(n) * time.Second),
				Origins: map[string]time.Time{"prom": at.Add(time.Duration(n) * time.Minute)}, Firing: true, Problem: "host/Check",
			})
			if err != nil {
				b.Fatal(err)
			}
			e.Rows = append(e.Rows, FeedOp{TableAlerts, Row{Key: string(rune('a' + k)), Val: row}})
		}
		entries[n] = e.Append(nil)
	}
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		e, err := ReadFeedEntry(entries[n%2])
		if err != nil {
			b.Fatal(err)
		}
		if err := v.Apply(Offset{Ms: uint64(n)}, e); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/200, "ns/alert")
}
