package incidents

import (
	"testing"
	"time"

	"headstart"
)

// TestPlaceIsJSON: the row of each commit is what encoding/json makes of it.
func TestPlaceIsJSON(t *testing.T) {
	for _, p := range []place{
		{},
		{V: 1, At: monday, Hash: digest("00ff"), Engine: 3},
		{
			V: 1, Whole: headstart.Offset{Ms: 1795295378324, Seq: 2}, Off: headstart.Offset{Seq: 1}, Line: 3, Part: 4, Judged: true,
			At: monday.Add(time.Millisecond), Decisions: 56464, Engine: 1, Rules: `a "<b>"`,
		},
	} {
		if got, want := string(p.append([]byte("x"))), "x"+string(encode(p)); got != want {
			t.Errorf("the row is\n%s\nwant\n%s", got, want)
		}
	}
}
