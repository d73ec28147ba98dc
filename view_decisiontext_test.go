package headstart

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

// decisionTexts are rows of decisions, and what is nearly one.
func decisionTexts(t testing.TB) []string {
	at := time.Date(2026, 11, 23, 8, 0, 0, 120_000_000, time.UTC)
	var out []string
	for _, d := range []Decision{
		{},
		{V: 1, N: 7, At: at, Rule: "A-24", Outcome: "drafted", Subject: "place-0944", Facts: []Fact{{"why", "bewijs 0 van 2"}}, Incident: "HS-2945"},
		{V: 1, N: 8, At: at.In(time.FixedZone("", 3600)), Rule: "U-01", Outcome: "note", By: "j.jansen", Subject: "sw-1/Down/x", Facts: []Fact{{"text", "a \"quote\" <&>"}, {"", ""}}},
	} {
		out = append(out, string(d.AppendRow(nil)))
	}
	const head, tail = `{"v":1,"n":7,"at":"2026-11-23T08:00:00Z","rule":"T-07","outcome":"joined"`, `,"incident":"HS-1"}`
	return append(out,
		head+`,"facts":[]`+tail, head+`,"facts":null`+tail, head+`,"facts":[{"name":"a"}]`+tail, head+`,"facts":[{"name":"a","value":null}]`+tail, head+`,"by":null`+tail,
		head+`,"by":"\ud800"`+tail, head+tail+" ", `{"v":1,"n":-7}`, `{"v":1,"n":-7,"at":"2026-11-23T08:00:00Z","rule":"","outcome":""}`, `{"v":1}`, `null`, ``,
	)
}

// TestDecisionTextIsUsual: the rows that a commit writes of decisions are packed straight
// from their text.
func TestDecisionTextIsUsual(t *testing.T) {
	for _, row := range decisionTexts(t)[:3] {
		if !packDecisionText(&packer{does: writing, words: newLexicon()}, &packRoom{}, json.RawMessage(row)) {
			t.Errorf("left to the long way: %s", row)
		}
	}
}

// FuzzDecisionText: of any bytes the text of a decision's row packs what its struct packs,
// or leaves it alone.
func FuzzDecisionText(f *testing.F) {
	for _, row := range decisionTexts(f) {
		f.Add(row)
	}
	f.Fuzz(func(t *testing.T, row string) {
		short, long := packer{does: writing, words: newLexicon()}, packer{does: writing, words: newLexicon()}
		if !packDecisionText(&short, &packRoom{}, json.RawMessage(row)) {
			if len(short.b) > 0 || len(short.words.texts) > 0 {
				t.Fatalf("%q is left to others, and %d bytes of it are written", row, len(short.b))
			}
			return
		}
		var want Decision
		if err := json.Unmarshal([]byte(row), &want); err != nil {
			t.Fatalf("%q is taken; json.Unmarshal: %v", row, err)
		}
		packDecision(&long, &want)
		if string(short.b) != string(long.b) || !reflect.DeepEqual(short.words.texts, long.words.texts) {
			t.Fatalf("%q: %x and %+v, want %x and %+v", row, short.b, short.words.texts, long.b, long.words.texts)
		}
	})
}

// BenchmarkDecisionText is what a row of a timeline costs a start, and what it would by its
// struct.
func BenchmarkDecisionText(b *testing.B) {
	row, room := json.RawMessage(decisionTexts(b)[1]), &packRoom{}
	byStruct := packedDecisions
	byStruct.text = nil
	for name, how := range map[string]*packing[uint64, Decision]{"text": &packedDecisions, "struct": &byStruct} {
		b.Run(name, func(b *testing.B) {
			words := newLexicon()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := how.replace(words, "", row, room); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
