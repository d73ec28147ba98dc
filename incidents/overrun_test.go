package incidents

import (
	"strings"
	"testing"
	"time"

	"headstart"
)

// TestOverrunBecomesAnIncident: what work leaves broken becomes an incident, which
// takes the announcement over; no audience has two, and the end reaches its readers.
func TestOverrunBecomesAnIncident(t *testing.T) {
	st := newStory(t, evening)
	st.planWork(0, night-8*time.Hour, time.Hour)
	st.through(day)
	st.approveWork(day)
	end := night - 7*time.Hour
	st.through(end)
	a := st.workNotice()
	st.s.failing = [2]int{2, 0}
	if got := brief(st.through(end + settled)); got != "maintenance_extended draft" {
		t.Errorf("something fails at its end: %q, want the offer to say that it takes longer", got)
	}
	if _, o := st.command(end+settled, headstart.Command{Do: "approve", Announcement: a.ID}); !strings.Contains(o.Refused, "name the time") {
		t.Errorf("approved without a new end: %q", o.Refused)
	}
	got := brief(st.overrun(end+3*time.Minute, &headstart.Overrun{Window: "W-1", Owner: "joris"}))
	if got != "investigating page" {
		t.Errorf("the incident opened: %q, want one notice that it is looked into", got)
	}
	if a.Incident != "HS-1" || len(st.f.book.told["HS-1"]) != 1 || a.Last().Phase != headstart.Investigating {
		t.Errorf("the announcement is of %q (%s), the incident has %d; want it taken over", a.Incident, a.Last().Phase, len(st.f.book.told["HS-1"]))
	}
	if st.incident().AnnouncedAt == nil {
		t.Error("the incident does not know that users were told")
	}
	if got := brief(st.through(end + 10*time.Minute)); got != "investigating push" {
		t.Errorf("then: %q, want it pushed as any first message is", got)
	}
	st.s.failing = [2]int{}
	st.recovered(end + 30*time.Minute)
	st.through(end + 60*time.Minute)
	if a.State != headstart.AnnouncementFinal || a.Last().Phase != headstart.Solved {
		t.Errorf("after it: %s, %s; want resolved", a.State, a.Last().Phase)
	}
	for _, o := range st.f.book.announcements {
		if o != a && o.Live() {
			t.Errorf("%s lives beside it", o.ID)
		}
	}
}

// overrun opens group 1 as what planned work left broken.
func (st *story) overrun(d time.Duration, o *headstart.Overrun) []Message {
	st.s.groups[1] = &headstart.Group{
		V: 1, ID: 1, State: headstart.Open, Opener: "sw-n-2/HostDown", Received: monday.Add(d), Points: 2, Firing: 2, Total: 2, People: 40,
		Cause: headstart.Cause{Asset: "sw-n-2", Kind: headstart.CauseObserved}, Services: []string{"print"}, Locations: []string{"noord"},
		StartedAt: monday.Add(d), OpenedAt: monday.Add(d), Overrun: o,
	}
	return st.change(d, headstart.Change{Kind: headstart.GroupOpened, Group: 1, Problem: "sw-n-2/HostDown"})
}

// TestOverrunThatWasNothing: an incident that is over before it told users anything
// gives the announcement back, and the work is done.
func TestOverrunThatWasNothing(t *testing.T) {
	st := newStory(t, func(a *Announce) { evening(a); a.Evidence = 9 })
	st.planWork(0, night-8*time.Hour, time.Hour)
	st.through(day)
	st.approveWork(day)
	end := night - 7*time.Hour
	st.through(end)
	a := st.workNotice()
	st.s.failing = [2]int{1, 0}
	st.overrun(end+time.Minute, &headstart.Overrun{Window: "W-1"})
	if a.Incident != "HS-1" || a.Draft == nil || a.Draft.Phase != headstart.Investigating {
		t.Fatalf("of %q, draft %+v; want the incident's draft", a.Incident, a.Draft)
	}
	st.s.failing = [2]int{}
	st.recovered(end + 5*time.Minute)
	st.through(end + 30*time.Minute)
	if a.Incident != "" || a.Draft == nil || a.Draft.Phase != headstart.MaintenanceDone {
		t.Errorf("of %q, draft %+v; want it back with the offer that the work is done", a.Incident, a.Draft)
	}
}
