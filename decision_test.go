package headstart

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// FuzzDecision: a row is what encoding/json would write, whatever the words, and the
// decision hash covers what it always did.
func FuzzDecision(f *testing.F) {
	f.Add(1, uint64(7), int64(1700000000123456789), "T-07", "joined", "", "sw-n-2/Down", "cause", "sw-n-1", "HS-1")
	f.Add(0, uint64(0), int64(0), "", "", "anna", `"<&>\`, "\u2028", "\xff\n", "")
	f.Add(-1, uint64(1<<63), int64(-1e18), "é", "\x00", "\x7f", "~ ", "", "", "")
	f.Fuzz(func(t *testing.T, v int, n uint64, ns int64, rule, outcome, by, subject, name, value, incident string) {
		d := Decision{
			V: v, N: n, At: time.Unix(0, ns).UTC(), Rule: rule, Outcome: outcome, By: by, Subject: subject,
			Facts: []Fact{{name, value}, {value, name}}, Incident: IncidentID(incident),
		}
		if n%2 == 0 {
			d.Facts, d.At = nil, d.At.In(time.FixedZone("", 3600))
		}
		want, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.AppendRow([]byte("#")); string(got) != "#"+string(want) {
			t.Errorf("the row is\n%s\nwant\n%s", got[1:], want)
		}
		var plain strings.Builder
		fmt.Fprintf(&plain, "%d|%s|%s|%s|%s|%s", d.At.UnixMilli(), rule, outcome, by, subject, incident)
		for _, f := range d.Facts {
			fmt.Fprintf(&plain, "|%s=%s", f.Name, f.Value)
		}
		if got := d.Canonical(); got != plain.String() {
			t.Errorf("hashed is %q, want %q", got, plain.String())
		}
	})
}
