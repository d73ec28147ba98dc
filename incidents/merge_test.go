package incidents

import (
	"strings"
	"testing"
	"time"

	"headstart"
)

// second opens group 2, a printer with a fault of its own in the same building.
func (st *story) second(d time.Duration) []Message {
	g := *st.s.groups[1]
	g.ID, g.State, g.Opener, g.Cause.Asset, g.Received, g.StartedAt = 2, headstart.Open, "prn-1/Offline", "prn-1", monday.Add(d), monday.Add(d)
	st.s.groups[2] = &g
	return st.change(d, headstart.Change{Kind: headstart.GroupOpened, Group: 2})
}

// merge lets group one go into group other.
func (st *story) merge(d time.Duration, one, other headstart.GroupID) []Message {
	st.s.groups[one].State, st.s.groups[one].MergedInto = headstart.Merged, other
	return st.change(d, headstart.Change{Kind: headstart.GroupMerged, Group: one, Other: other})
}

// live are the notices of an incident that users see and that are not over.
func (st *story) live(id headstart.IncidentID) (out []*headstart.Announcement) {
	for _, a := range st.f.book.of(st.f.book.incidents[id]) {
		if a.Live() {
			out = append(out, a)
		}
	}
	return out
}

// TestMergeWritesNoTwin: the survivor takes a notice over, and does not write
// another one beside it because its id is that of the merged incident.
func TestMergeWritesNoTwin(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	st.s.groups[1].Points = 1
	st.second(time.Minute) // evidence too thin for a notice of its own
	st.s.groups[2].Points = 2
	if got := brief(st.merge(2*time.Minute, 1, 2)); strings.Contains(got, "investigating page") && len(st.live("HS-2")) > 1 {
		t.Errorf("the merge said %q, want nothing new", got)
	}
	if n := len(st.live("HS-2")); n != 1 {
		t.Fatalf("%d live notices for one audience of HS-2, want the one of HS-1", n)
	}
	st.change(3*time.Minute, headstart.Change{Kind: headstart.MemberJoined, Group: 2})
	if n := len(st.live("HS-2")); n != 1 {
		t.Errorf("%d live notices after the next change, want 1", n)
	}
}

// TestFoldedStaysOver: a notice that another one carries on does not come back
// when the survivor is reopened.
func TestFoldedStaysOver(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	st.tick(2 * time.Minute)
	st.second(3 * time.Minute)
	st.merge(4*time.Minute, 1, 2)
	g := st.s.groups[2]
	g.Firing, g.Proved, g.State = 0, true, headstart.Holding
	st.change(10*time.Minute, headstart.Change{Kind: headstart.GroupHolding, Group: 2})
	g.State, g.ResolvedAt = headstart.Resolved, monday.Add(12*time.Minute)
	st.change(12*time.Minute, headstart.Change{Kind: headstart.GroupResolved, Group: 2})
	st.tick(26 * time.Minute)
	if n := len(st.live("HS-2")); n != 0 {
		t.Fatalf("%d live notices after the end, want 0", n)
	}
	g.State, g.Firing = headstart.Open, 2
	st.change(30*time.Minute, headstart.Change{Kind: headstart.GroupReopened, Group: 2})
	if n := len(st.live("HS-2")); n != 1 {
		t.Errorf("%d live notices after the reopening, want 1", n)
	}
}

// TestMergeKeepsEarliestPromise: who was promised a message for ten o'clock gets
// one, though the notice that lives on promised it later (announcements section 6).
func TestMergeKeepsEarliestPromise(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	early := *st.notice().NextUpdateBy
	st.second(50 * time.Minute)
	late := *st.live("HS-2")[0].NextUpdateBy
	if !early.Before(late) {
		t.Fatalf("promises %v and %v, want the first earlier", early, late)
	}
	st.tick(53 * time.Minute) // both were pushed: the survivor's own lives on
	st.merge(54*time.Minute, 1, 2)
	if got := st.live("HS-2")[0].NextUpdateBy; got == nil || !got.Equal(early) {
		t.Errorf("the promise is %v, want the earlier %v", got, early)
	}
	if got := brief(st.tick(early.Sub(monday))); !strings.Contains(got, "progress page") {
		t.Errorf("at the earlier promise users got %q, want a message", got)
	}
	if got := st.live("HS-2")[0].Promises; got != [2]int{1, 0} {
		t.Errorf("promises kept and missed %v, want one kept", got)
	}
}

// TestMergeLosesNoPage covers ruling 16: a group that opens and goes into another
// within one record never paged by itself, so its receivers hear of the survivor.
func TestMergeLosesNoPage(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	key := headstart.ProblemKey("srv/Slow")
	st.s.problems[key] = &headstart.Problem{V: 1, Key: key, Asset: "srv", State: headstart.ProblemOpen, Group: 1, Alerts: []string{"srv"}}
	st.s.alerts["srv"] = &headstart.AlertState{V: 1, Fingerprint: "srv", Labels: map[string]string{"alertname": "Slow", "to": "db-team"}}
	g := *st.s.groups[1]
	g.ID, g.Opener, g.State, g.MergedInto = 2, key, headstart.Merged, 1
	st.s.groups[2] = &g
	st.change(time.Minute, headstart.Change{Kind: headstart.GroupOpened, Group: 2}, headstart.Change{Kind: headstart.GroupMerged, Group: 2, Other: 1})
	if _, told := st.incident().X.Paged["db-team"]; !told {
		t.Error("db-team was never told of the incident its alert is in")
	}
}

// TestMergedIncidentRefusesCommands: what went into another has no life of its
// own; acting on it would take the notice away from the survivor.
func TestMergedIncidentRefusesCommands(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	st.second(time.Minute)
	st.merge(2*time.Minute, 1, 2)
	for _, do := range []string{"announce", "ack", "set-eta", "hush", "confidential"} {
		_, o := st.command(3*time.Minute, headstart.Command{Do: do, Incident: "HS-1", Text: "x", ETA: monday.Add(time.Hour)})
		if !strings.Contains(o.Refused, "HS-2") {
			t.Errorf("%s on a merged incident: refused %q, want a refusal that names HS-2", do, o.Refused)
		}
	}
	st.line(4*time.Minute, headstart.Line{Confirm: &headstart.Confirm{Incident: "HS-1", Device: "d"}})
	if n := st.f.book.incidents["HS-2"].Confirmations; n != 1 {
		t.Errorf("HS-2 has %d confirmations, want the one given to HS-1", n)
	}
}
