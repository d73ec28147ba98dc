package incidents

import (
	"fmt"
	"testing"
	"time"

	"headstart"
)

// counting counts how often an alert walks the route.
type counting struct{ walks *int }

func (c counting) Receivers(l map[string]string) []string { *c.walks++; return routes{}.Receivers(l) }

// TestStormWalksRouteOnce: each alert that joins walks the route, not all those
// that joined before it too; a new receiver among them is still told (ruling 16).
func TestStormWalksRouteOnce(t *testing.T) {
	st := newStory(t, nil)
	walks := 0
	st.f.book.router = counting{&walks}
	st.outage(0)
	const members = 300
	for n := range members {
		key := headstart.ProblemKey(fmt.Sprintf("ap-%d/Down", n))
		to := "net-team"
		if n == members-1 {
			to = "db-team"
		}
		st.s.problems[key] = &headstart.Problem{V: 1, Key: key, State: headstart.ProblemOpen, Group: 1, Alerts: []string{string(key)}}
		st.s.alerts[string(key)] = &headstart.AlertState{V: 1, Fingerprint: string(key), Labels: map[string]string{"to": to}}
		st.change(time.Minute, headstart.Change{Kind: headstart.MemberJoined, Group: 1, Problem: key})
	}
	if walks > 4*members {
		t.Errorf("%d walks of the route for %d members", walks, members)
	}
	if _, told := st.incident().X.Paged["db-team"]; !told {
		t.Error("the new receiver was not told")
	}
}

// TestUnsilencedPages covers ruling 16: an alert that fires on when its silence
// ends is paged, as Alertmanager would.
func TestUnsilencedPages(t *testing.T) {
	st := newStory(t, nil)
	st.s.groups[1] = nil
	st.outage(0)
	st.s.alerts["sw-n-2"].Labels["to"], st.s.alerts["sw-n-2"].Silenced = "late-team", nil
	st.s.next = []headstart.Change{{Kind: headstart.ImpactChanged, Group: 1, Decision: headstart.Decision{Rule: "P-17", Outcome: "heard"}}}
	st.tick(time.Minute)
	if _, told := st.incident().X.Paged["late-team"]; !told {
		t.Error("the alert whose silence ended paged nobody")
	}
}
