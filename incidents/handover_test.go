package incidents

import (
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
)

// failing lets a problem of group id fail whose alert leads to receivers.
func (st *story) failing(id headstart.GroupID, asset, to string) headstart.ProblemKey {
	key := headstart.ProblemKey(asset + "/Slow")
	st.s.problems[key] = &headstart.Problem{V: 1, Key: key, Asset: asset, Check: "Slow", State: headstart.ProblemOpen, Group: id, Alerts: []string{asset + "/Slow"}}
	st.s.alerts[asset+"/Slow"] = &headstart.AlertState{V: 1, Fingerprint: asset + "/Slow", Labels: map[string]string{"alertname": "Slow", "to": to}}
	return key
}

// pages are the operators' notices owed, as "uid reason receiver".
func (st *story) pages() (out []string) {
	for _, n := range st.f.book.owed {
		if n.Plane == headstart.PlaneOperators {
			out = append(out, n.UID+" "+n.Reason+" "+n.Receiver)
		}
	}
	slices.Sort(out)
	return out
}

// TestMergedPagesClose covers ruling 16: whatever was opened at a receiver under an
// incident's uid is closed exactly once under that uid, also when the incident goes
// into another; a receiver that knows both loses the page of the merged one at once,
// with a word on where it went, and one that knows only the merged one is not called
// again.
func TestMergedPagesClose(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0) // net-team
	g := *st.s.groups[1]
	g.ID, g.Opener, g.Cause.Asset, g.Received = 2, "srv/Slow", "srv", monday.Add(time.Minute)
	st.s.groups[2] = &g
	st.failing(2, "srv", "net-team db-team")
	st.change(time.Minute, headstart.Change{Kind: headstart.GroupOpened, Group: 2})
	one, two := st.incident().UID, st.f.book.incidents["HS-2"].UID

	st.s.problems["srv/Slow"].Group = 1
	merged := st.merge(2*time.Minute, 2, 1)
	if got := closings(merged); !slices.Equal(got, []string{"net-team"}) {
		t.Errorf("the merge closes the pages of %v, want that of net-team, which knows both", got)
	}
	st.recovered(10 * time.Minute)
	st.tick(30 * time.Minute)

	open := map[string]int{}
	for _, p := range st.pages() {
		f := strings.Fields(p)
		switch key := f[0] + " " + f[2]; f[1] {
		case "resolved", "merged":
			open[key]--
		case "opened", "joined":
			open[key]++
		}
	}
	for key, n := range open {
		if n != 0 {
			t.Errorf("%s is left %+d open; owed were %v", key, n, st.pages())
		}
	}
	if want := []string{one + " net-team", two + " net-team", two + " db-team"}; len(open) != len(want) {
		t.Errorf("pages of %v, want of %v", open, want)
	}
	for _, n := range st.f.book.owed {
		if n.Reason == "merged" && (n.Alerts[0].Labels["merged_into"] != "HS-1" || !strings.Contains(n.Alerts[0].Annotations["summary"], "HS-1")) {
			t.Errorf("the closing of the merged page says %v, want where it went", n.Alerts[0])
		}
	}
}

// TestMergeChainClosesOnce: HS-2 goes into HS-1, which goes into HS-3; the page
// that rang first is the one that is closed in the end.
func TestMergeChainClosesOnce(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	for id := headstart.GroupID(2); id <= 3; id++ {
		g := *st.s.groups[1]
		g.ID, g.Received = id, monday.Add(time.Duration(id)*time.Minute)
		g.Opener = headstart.ProblemKey("srv-" + itoa(int(id)) + "/Slow")
		st.s.groups[id] = &g
		st.failing(id, "srv-"+itoa(int(id)), "team-"+itoa(int(id)))
		st.change(time.Duration(id)*time.Minute, headstart.Change{Kind: headstart.GroupOpened, Group: id})
	}
	two := st.f.book.incidents["HS-2"].UID
	st.s.problems["srv-2/Slow"].Group = 1
	st.merge(5*time.Minute, 2, 1)
	for _, p := range st.s.problems {
		p.Group = 3
	}
	st.merge(6*time.Minute, 1, 3)
	g := st.s.groups[3]
	g.State, g.Firing, g.Proved, g.ResolvedAt = headstart.Resolved, 0, true, monday.Add(10*time.Minute)
	got := closings(st.change(10*time.Minute, headstart.Change{Kind: headstart.GroupResolved, Group: 3}))
	if want := []string{"net-team", "team-2", "team-3"}; !slices.Equal(got, want) {
		t.Errorf("closed at %v, want each of %v once", got, want)
	}
	if !slices.Contains(st.pages(), two+" resolved team-2") {
		t.Errorf("owed were %v, want team-2's page closed under the uid it knows", st.pages())
	}
}

// TestResolvedOnce: an incident that reopens for one receiver does not close again
// at another, whose page was closed the first time.
func TestResolvedOnce(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	key := st.failing(1, "srv", "db-team")
	st.change(time.Minute, headstart.Change{Kind: headstart.MemberJoined, Group: 1, Problem: key})
	if got := closings(st.recovered(5 * time.Minute)); !slices.Equal(got, []string{"db-team", "net-team"}) {
		t.Fatalf("closed at %v, want at both", got)
	}
	delete(st.s.problems, key)
	st.s.groups[1].State = headstart.Open
	st.change(10*time.Minute, headstart.Change{Kind: headstart.GroupReopened, Group: 1})
	if got := closings(st.recovered(20 * time.Minute)); !slices.Equal(got, []string{"net-team"}) {
		t.Errorf("the second time closed at %v, want only where it was opened again", got)
	}
}
