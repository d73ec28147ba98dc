package incidents

import (
	"strings"
	"testing"
	"time"

	"headstart"
)

// A surge in an installation that has not learned yet is told to the desk for four
// hours, opens nothing and pages nobody (K-11, cold start).
func TestSurgeIsSuggestedToTheDesk(t *testing.T) {
	st := newStory(t, nil)
	st.s.next = []headstart.Change{{Kind: headstart.Noted, Decision: headstart.Decision{
		At: monday, Rule: "K-11", Outcome: "suggested", Subject: "Printen, Gebouw Noord",
		Facts: facts("reports", "5", "people", "5", "window", "30"),
	}}}
	said := st.line(time.Minute, headstart.Line{Ticket: &headstart.Ticket{Source: "rt", ID: "1"}})
	n := st.f.book.desk["surge:Printen, Gebouw Noord"]
	if n == nil || n.Kind != "notice" || !strings.Contains(n.Text, "5 reports by 5 people in 30 minutes about Printen, Gebouw Noord") || !n.Until.Equal(monday.Add(time.Minute+hintFor)) {
		t.Errorf("the desk is told %+v; want a notice for four hours that says what was reported where", n)
	}
	if len(said) > 0 || len(st.f.book.incidents) > 0 {
		t.Errorf("a suggestion opened %d incidents and said %v; want nothing", len(st.f.book.incidents), said)
	}
}

// That links without a person are earned, begin or end is told to the desk for a day
// (E-24); the newest replaces what was said before.
func TestLinkingByItselfIsToldToTheDesk(t *testing.T) {
	st := newStory(t, nil)
	for _, outcome := range []string{"on", "off"} {
		st.s.next = []headstart.Change{{Kind: headstart.Noted, Decision: headstart.Decision{
			At: monday, Rule: "E-24", Outcome: outcome, Subject: "auto", Facts: facts("right", "72", "reviewed", "74", "score", "0.9000"),
		}}}
		st.line(time.Minute, headstart.Line{Ticket: &headstart.Ticket{Source: "rt", ID: outcome}})
	}
	n := st.f.book.desk["matching"]
	if n == nil || n.Kind != "notice" || !strings.Contains(n.Text, "no longer linked by themselves: of 74 reviewed links 72 were right") || !n.Until.Equal(n.At.Add(24*time.Hour)) {
		t.Errorf("the desk is told %+v; want, for a day, that nothing is linked by itself any more", n)
	}
}
