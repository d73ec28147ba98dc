package incidents

import (
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
)

// plan lets planned work cover all that fails in group 1 from d on, or no longer.
func (st *story) plan(d time.Duration, paused bool) []Message {
	st.s.groups[1].Paused = paused
	return st.change(d, headstart.Change{Kind: headstart.PlanChanged, Group: 1})
}

// TestPlannedWorkPauses covers M-06: planned work that begins while an incident is
// open holds back its push and its promises, none of which counts as missed, and
// when it is over they go on.
func TestPlannedWorkPauses(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	if st.notice().NextUpdateBy == nil {
		t.Fatal("the notice that stands promises nothing")
	}
	st.plan(time.Minute, true)
	if !slices.Contains(st.incident().Tags, tagPaused) {
		t.Errorf("tags are %v, want %s", st.incident().Tags, tagPaused)
	}
	if by := st.notice().NextUpdateBy; by != nil {
		t.Errorf("the page still promises a message for %s", by)
	}
	st.s.groups[1].Cause.Asset = "prn-1"
	got := brief(st.change(2*time.Minute, headstart.Change{Kind: headstart.CauseChanged, Group: 1})) + brief(st.tick(5*time.Hour))
	if got != "" {
		t.Errorf("users were told %q meanwhile, want nothing", got)
	}
	if st.notice().Promises != [2]int{} {
		t.Errorf("promises kept and missed: %v, want none counted", st.notice().Promises)
	}
	got = brief(st.plan(5*time.Hour, false)) + " then " + brief(st.tick(5*time.Hour+2*time.Minute))
	if !strings.Contains(got, "then investigating push") {
		t.Errorf("after the work users were told %q, want the push that waited", got)
	}
	if st.notice().NextUpdateBy == nil || slices.Contains(st.incident().Tags, tagPaused) {
		t.Errorf("after the work nothing is promised (%v) or it counts as covered: %v", st.notice().NextUpdateBy, st.incident().Tags)
	}
}

// TestPlannedWorkHoldsPages covers ruling 16 with M-06: explicit maintenance
// suppresses pages of what joins meanwhile; its receivers hear of it afterwards.
// A resolve always passes.
func TestPlannedWorkHoldsPages(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	st.plan(time.Minute, true)
	st.s.alerts["extra"] = &headstart.AlertState{V: 1, Fingerprint: "extra", Labels: map[string]string{"alertname": "X", "to": "print-team"}}
	p := st.s.problems["prn-1/HostDown"]
	p.Alerts = append(p.Alerts, "extra")
	pages := func(ms []Message) (to []string) {
		for _, m := range ms {
			if m.Plane == headstart.PlaneOperators {
				to = append(to, m.Receiver)
			}
		}
		return to
	}
	if to := pages(st.change(2*time.Minute, headstart.Change{Kind: headstart.AlertSeen, Group: 1, Problem: p.Key, Alert: "extra"})); len(to) > 0 {
		t.Errorf("paged %v inside planned work", to)
	}
	if to := pages(st.plan(3*time.Minute, false)); !slices.Equal(to, []string{"print-team"}) {
		t.Errorf("after the work %v were paged, want print-team, which was not told yet", to)
	}
	st.plan(4*time.Minute, true)
	st.s.groups[1].Paused = false // nothing fails any more
	if to := pages(st.recovered(5 * time.Minute)); !slices.Equal(to, []string{"net-team", "print-team"}) {
		t.Errorf("%v heard that it is resolved, want both", to)
	}
}

// TestDraftWaitsForPlannedWork covers M-06: what opened covered has no notice on
// the page; its draft says why, and it is published when the work is over.
func TestDraftWaitsForPlannedWork(t *testing.T) {
	st := newStory(t, nil)
	st.s.groups[1] = &headstart.Group{
		V: 1, ID: 1, State: headstart.Open, Opener: "sw-n-2/HostDown", Received: monday, Points: 2, Firing: 2, Total: 2, People: 40, Paused: true,
		Cause: headstart.Cause{Asset: "sw-n-2", Kind: headstart.CauseObserved}, Services: []string{"print"}, Locations: []string{"noord"},
		StartedAt: monday, OpenedAt: monday,
	}
	st.change(0, headstart.Change{Kind: headstart.GroupOpened, Group: 1})
	if d := st.notice().Draft; d == nil || !strings.Contains(d.Why[0], "inside maintenance") {
		t.Errorf("the draft is %+v, want one that waits because it is planned", d)
	}
	if got := brief(st.plan(time.Minute, false)); got != "investigating page" {
		t.Errorf("after the work users were told %q, want the notice on the page", got)
	}
}

// TestTagsFollowTheGroup covers CONTRACT section 4: an overrun is tagged, other
// tags stay.
func TestTagsFollowTheGroup(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	st.incident().Tags = []string{"zz"}
	st.s.groups[1].Overrun, st.s.groups[1].Unstable = &headstart.Overrun{Window: "W-1", Owner: "joris"}, true
	st.plan(time.Minute, false)
	if want := []string{tagOverrun, tagUnstable, "zz"}; !slices.Equal(st.incident().Tags, want) {
		t.Errorf("tags are %v, want %v", st.incident().Tags, want)
	}
	st.s.groups[1].Unstable = false
	st.change(2*time.Minute, headstart.Change{Kind: headstart.SteadinessChanged, Group: 1})
	if want := []string{tagOverrun, "zz"}; !slices.Equal(st.incident().Tags, want) {
		t.Errorf("tags are %v, want %v", st.incident().Tags, want)
	}
}
