package incidents

import (
	"strings"
	"testing"
	"time"

	"headstart"
)

// TestLinksAreJudged: what the desk says of a ticket is refused with the remedy where
// it cannot hold, and changes nothing where it holds already.
func TestLinksAreJudged(t *testing.T) {
	link := func(group headstart.GroupID, verdict, by string) headstart.Link {
		return headstart.Link{Group: group, Band: headstart.BandSuggest, Verdict: verdict, By: by}
	}
	for name, c := range map[string]struct {
		links  []headstart.Link
		do     string
		refuse string // "": it is done
		asks   bool   // correlation learns of it
	}{
		"link a suggestion":           {[]headstart.Link{link(1, "", "")}, "link", "", true},
		"link what is none":           {nil, "link", "", true},
		"link twice":                  {[]headstart.Link{link(1, "linked", "joris")}, "link", "", false},
		"confirm what a rule linked":  {[]headstart.Link{link(1, "linked", byRule)}, "confirm-link", "", true},
		"confirm what is linked":      {[]headstart.Link{link(1, "linked", "joris")}, "confirm-link", "", false},
		"confirm what is none":        {nil, "confirm-link", "was not suggested for HS-1; link it", false},
		"link what another has":       {[]headstart.Link{link(2, "linked", "joris")}, "link", "is linked to HS-2; unlink it there first", false},
		"link what a rule gave away":  {[]headstart.Link{link(2, "linked", byRule)}, "link", "", true},
		"unlink":                      {[]headstart.Link{link(1, "linked", "joris")}, "unlink", "", true},
		"unlink twice":                {[]headstart.Link{link(1, "rejected", "joris")}, "unlink", "", false},
		"unlink what is only thought": {[]headstart.Link{link(1, "", "")}, "unlink", "is not linked to HS-1; reject it", false},
		"reject":                      {[]headstart.Link{link(1, "", "")}, "reject-link", "", true},
		"reject what is linked":       {[]headstart.Link{link(1, "linked", "joris")}, "reject-link", "", true},
		"reject twice":                {[]headstart.Link{link(1, "rejected", "joris")}, "reject-link", "", false},
		"link after all":              {[]headstart.Link{link(1, "rejected", "joris")}, "link", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			st := newStory(t, nil)
			st.outage(0)
			st.second(time.Minute)
			st.s.tickets["rt/12"] = &headstart.TicketState{V: 1, Ticket: headstart.Ticket{Source: "rt", ID: "12", CreatedAt: monday}, Links: c.links}
			st.s.next = []headstart.Change{{Kind: headstart.Noted, Decision: headstart.Decision{Rule: "H-21", Outcome: "asked"}}}
			asked, said := false, 0
			st.f.observe = func(d headstart.Decision) {
				asked = asked || d.Outcome == "asked"
				if d.Rule == "H-01" {
					said++
				}
			}
			_, o := st.command(2*time.Minute, headstart.Command{Do: c.do, Incident: "HS-1", Source: "rt", Ticket: "12"})
			if (o.Refused == "") != (c.refuse == "") || !strings.Contains(o.Refused, c.refuse) {
				t.Errorf("refused %q, want %q", o.Refused, c.refuse)
			}
			if asked != c.asks || (said == 1) != c.asks {
				t.Errorf("correlation learned of it: %t, %d lines in the timeline; want %t", asked, said, c.asks)
			}
		})
	}
	st := newStory(t, nil)
	st.outage(0)
	if _, o := st.command(time.Minute, headstart.Command{Do: "link", Incident: "HS-1", Source: "rt", Ticket: "999"}); !o.Missing || !strings.Contains(o.Refused, "check its number") {
		t.Errorf("an unknown ticket: missing %t, %q", o.Missing, o.Refused)
	}
}
