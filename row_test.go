package headstart

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestRowsAreJSON: the rows that are written by hand are those encoding/json writes, of
// any value: a member added to one of these types without its line there fails.
func TestRowsAreJSON(t *testing.T) {
	moments := rapid.Custom(func(t *rapid.T) any {
		if rapid.Bool().Draw(t, "none") {
			return time.Time{}
		}
		return time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "s"), rapid.SampledFrom([]int64{0, 120_000_000, 123_456_789}).Draw(t, "ns")).UTC()
	})
	made := rapid.MakeConfig{
		Types: map[reflect.Type]*rapid.Generator[any]{
			reflect.TypeFor[time.Time]():       moments,
			reflect.TypeFor[json.RawMessage](): rapid.Just[any](json.RawMessage(`{"ts":1}`)),
		},
		Kinds: map[reflect.Kind]*rapid.Generator[any]{
			reflect.String: rapid.SampledFrom([]any{"", "sw-1/Down", "a\"b\\c", "<b>&", "tab\tline\n\x01", "caf\u00e9 \u2028", "bad \xff utf-8"}),
		},
	}
	incidents, announcements := rapid.MakeCustom[Incident](made), rapid.MakeCustom[Announcement](made)
	check := func(t *rapid.T, got []byte, of any) {
		t.Helper()
		if want, err := json.Marshal(of); err != nil || string(got) != string(want) {
			t.Fatalf("written as\n%s; want (%v)\n%s", got, err, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		i, a := incidents.Draw(t, "incident"), announcements.Draw(t, "announcement")
		check(t, i.AppendRow(nil, Lists{}), &i)
		check(t, a.AppendRow([]byte{}, Lists{}), &a)
		written := Lists{Services: AppendTexts(nil, i.Services), Locations: AppendTexts(nil, i.Locations), Departments: AppendTexts(nil, i.Departments)}
		check(t, i.AppendRow(nil, written), &i)
	})
}
