package headstart

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestRowsShareWhatTheySay: a text and names that rows before said take no memory of their
// own, and whoever reads JSON into names that rows share changes those of nobody else.
func TestRowsShareWhatTheySay(t *testing.T) {
	type saying struct {
		Name  string `json:"name"`
		Title Names  `json:"title"`
	}
	row := []byte(`{"name":"service-0897","title":{"en":"Mail does not work","nl":"Mail werkt niet"}}`)
	read := func() (x saying) {
		if err := ReadRow(row, &x); err != nil {
			t.Fatal(err)
		}
		return x
	}
	first := read()
	if allocs := testing.AllocsPerRun(100, func() { _ = read() }); allocs > 3 { // saying itself, a reader, room
		t.Errorf("a row that says what the one before said takes %v allocations", allocs)
	}
	second := read()
	if err := json.Unmarshal([]byte(`{"nl":"Bellen gaat niet"}`), &second.Title); err != nil {
		t.Fatal(err)
	}
	if first.Title["nl"] != "Mail werkt niet" || len(second.Title) != 1 {
		t.Errorf("names read over others: those say %v, these %v", first.Title, second.Title)
	}
}

// TestNamesWithBraces: the end of an object that is looked up is the first brace; where that
// is part of a text, another row's names must not take its place.
func TestNamesWithBraces(t *testing.T) {
	for _, names := range []string{`{"nl":"a}"}`, `{"nl":"a}"}`, `{"nl":"a}b"}`, `{"nl":"a}","en":"b"}`, `{}`, `{"nl":"` + strings.Repeat("x", longestNames) + `}"}`} {
		var got, want struct {
			Title Names `json:"title"`
			V     int   `json:"v"`
		}
		row := []byte(`{"title":` + names + `,"v":1}`)
		if err := ReadRow(row, &got); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(row, &want); err != nil {
			t.Fatal(err)
		}
		if got.V != want.V || len(got.Title) != len(want.Title) || got.Title["nl"] != want.Title["nl"] || got.Title["en"] != want.Title["en"] {
			t.Errorf("%s is read as %+v, encoding/json makes %+v of it", names, got, want)
		}
	}
}
