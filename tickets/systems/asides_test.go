package systems

import (
	"fmt"
	"testing"
	"time"
)

// TestAsides: what was found beside a ticket is remembered until the ticket changes;
// of what changed just now nothing is, and memory is bounded.
func TestAsides(t *testing.T) {
	var x asides
	then := time.Now().Add(-time.Hour)
	x.keep(&Ticket{ID: "1", Updated: then, Native: "open", FirstResponse: f0, Reopens: 2})
	for name, test := range map[string]struct {
		t    Ticket
		want bool
	}{
		"as it was":                   {Ticket{ID: "1", Updated: then, Native: "open"}, true},
		"changed":                     {Ticket{ID: "1", Updated: then.Add(time.Second), Native: "open"}, false},
		"another status, same second": {Ticket{ID: "1", Updated: then, Native: "resolved"}, false},
		"another ticket":              {Ticket{ID: "2", Updated: then, Native: "open"}, false},
	} {
		if got := x.fill(&test.t); got != test.want || got && (!test.t.FirstResponse.Equal(f0) || test.t.Reopens != 2) {
			t.Errorf("%s: %t, %+v", name, got, test.t)
		}
	}
	now := Ticket{ID: "3", Updated: time.Now(), Native: "open"}
	if x.keep(&now); x.fill(&now) {
		t.Error("what changed just now was remembered")
	}
	for n := range 2*asidesMost + 1 {
		x.keep(&Ticket{ID: fmt.Sprint(n), Updated: then})
	}
	if len(x.kept) > asidesMost {
		t.Errorf("%d tickets remembered, want at most %d", len(x.kept), asidesMost)
	}
}
