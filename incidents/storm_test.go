package incidents

import (
	"fmt"
	"testing"
	"time"

	"headstart"
)

// counting counts how often an alert walks the route.
type counting struct {
	anytime
	walks *int
}

func (c counting) Receivers(l map[string]string, at time.Time) ([]string, bool) {
	*c.walks++
	return routes{}.Receivers(l, at)
}

// TestStormWalksRouteOnce: each alert that joins walks the route, not all those
// that joined before it too; a new receiver among them is still told (ruling 16).
func TestStormWalksRouteOnce(t *testing.T) {
	st := newStory(t, nil)
	walks := 0
	st.f.book.router = counting{walks: &walks}
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

// An umbrella over fifty places drafts an announcement for each, once: what joins
// it later costs no composing, and each new receiver is told (rulings 16, 27).
func TestUmbrellaStaysCheap(t *testing.T) {
	st := newStory(t, nil)
	const members, places = 2000, 50
	g := &headstart.Group{
		V: 1, ID: 1, State: headstart.Open, Opener: "pc-0/Down", Received: monday, StartedAt: monday, OpenedAt: monday, Points: 3,
		Cause: headstart.Cause{Kind: headstart.CauseStorm, Reason: "many"},
	}
	for n := range places {
		g.Locations = append(g.Locations, fmt.Sprintf("at-%02d", n))
	}
	st.s.groups[1] = g
	composed := 0
	st.f.book.composer = composing{plain{}, &composed}
	kind := headstart.GroupOpened
	for n := range members {
		key := headstart.ProblemKey(fmt.Sprintf("pc-%d/Down", n))
		fp := string(key)
		to := "net-team"
		if n%500 == 499 {
			to = fmt.Sprintf("team-%d", n)
		}
		g.Firing, g.Total = n+1, n+1
		st.s.problems[key] = &headstart.Problem{V: 1, Key: key, State: headstart.ProblemOpen, Group: 1, Alerts: []string{fp}}
		st.s.alerts[fp] = &headstart.AlertState{V: 1, Fingerprint: fp, Labels: map[string]string{"to": to}}
		st.change(0, headstart.Change{Kind: kind, Group: 1, Problem: key})
		kind = headstart.MemberJoined
	}
	if composed > 4*places {
		t.Errorf("%d texts composed for %d places and %d members", composed, places, members)
	}
	for _, r := range []string{"net-team", "team-499", "team-999", "team-1499", "team-1999"} {
		if _, told := st.incident().X.Paged[r]; !told {
			t.Errorf("%s was not told of the umbrella its alert is in", r)
		}
	}
	for _, a := range st.f.book.told["HS-1"] {
		if a.State != headstart.AnnouncementDraft {
			t.Errorf("the announcement for %s is %s; that of a storm waits for a person", a.Audience, a.State)
		}
	}
}

// composing counts how often a text is composed.
type composing struct {
	plain
	n *int
}

func (c composing) Compose(w headstart.Wording) headstart.Composed { *c.n++; return c.plain.Compose(w) }
