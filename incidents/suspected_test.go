package incidents

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"headstart"
)

// silence opens group 1: five printers behind a switch that nobody monitors. Its
// cause is suspected and no member.
func (st *story) silence(d time.Duration) []Message {
	st.s.groups[1] = &headstart.Group{
		V: 1, ID: 1, State: headstart.Open, Opener: "prn-1/HostDown", Received: monday.Add(d), Points: 7, Firing: 5, Total: 5, People: 50,
		Cause: headstart.Cause{Asset: "sw-n-2", Kind: headstart.CauseSuspected}, Top: "suspected:sw-n-2",
		Services: []string{"print"}, Locations: []string{"noord"}, StartedAt: monday.Add(d), OpenedAt: monday.Add(d),
	}
	st.s.problems["suspected:sw-n-2"] = &headstart.Problem{
		V: 1, Key: "suspected:sw-n-2", Asset: "sw-n-2", Check: "suspected", State: headstart.ProblemSuspected, Group: 1,
	}
	for n := range 5 {
		a := fmt.Sprintf("prn-%d", n+1)
		key := headstart.ProblemKey(a + "/HostDown")
		st.s.problems[key] = &headstart.Problem{V: 1, Key: key, Asset: a, Check: "HostDown", State: headstart.ProblemOpen, Group: 1, Alerts: []string{a}}
		st.s.alerts[a] = &headstart.AlertState{V: 1, Fingerprint: a, Labels: map[string]string{"alertname": "HostDown", "asset": a, "to": "net-team"}}
	}
	return st.change(d, headstart.Change{Kind: headstart.GroupOpened, Group: 1, Problem: "prn-1/HostDown"})
}

// Ruling 24: a suspected cause with five silent dependants is evidence enough for
// the page at once; ruling 16: operators hear of each alert, and of no other.
func TestSuspectedCauseIsPublished(t *testing.T) {
	st := newStory(t, func(a *Announce) { a.Evidence = 2 })
	said := st.silence(0)
	if got := brief(said); got != "investigating page" {
		t.Errorf("users were told %q, want it on the page at once", got)
	}
	for _, m := range said {
		if m.Plane == headstart.PlaneOperators && m.Receiver != "net-team" {
			t.Errorf("%s was paged; want the receiver of the printers' alerts", m.Receiver)
		}
	}
	i := st.incident()
	if want := "5 behind sw-n-2 do not answer, and sw-n-2 itself was not heard"; i.Cause.Reason != want {
		t.Errorf("the cause is probable because %q, want %q", i.Cause.Reason, want)
	}
	if got := brief(st.tick(3 * time.Minute)); got != "investigating push" {
		t.Errorf("after announce.after users were told %q, want it pushed", got)
	}
}

// The report of the suspected switch changes the kind of the cause, not what users
// read; and ruling 27 (a) lets its proved end be published by itself.
func TestSuspectedCauseConfirmedAndOver(t *testing.T) {
	st := newStory(t, nil)
	st.silence(0)
	st.tick(3 * time.Minute)
	g := st.s.groups[1]
	g.Cause.Kind = headstart.CauseObserved
	if got := brief(st.change(6*time.Minute, headstart.Change{Kind: headstart.CauseChanged, Group: 1})); strings.Contains(got, "push") {
		t.Errorf("users were told %q when the switch was reported, want no push", got)
	}
	g.Cause.Kind = headstart.CauseSuspected // and once more as if it never had been
	st.recovered(10 * time.Minute)
	if got := brief(st.tick(time.Hour)); !strings.Contains(got, "resolved") {
		t.Errorf("users were told %q an hour after the end, want resolved", got)
	}
}

// Where the catalog knows no service, the title says what is probably down.
func TestSuspectedCauseHasATitle(t *testing.T) {
	st := newStory(t, nil)
	st.f.book.composer = nil
	st.silence(0)
	for lang, want := range map[string]string{"nl": "Vermoedelijk uitgevallen: sw-n-2", "en": "Probably down: sw-n-2"} {
		if got := st.incident().Title[lang]; !strings.HasPrefix(got, want) {
			t.Errorf("the title in %s is %q, want %q", lang, got, want)
		}
	}
}
