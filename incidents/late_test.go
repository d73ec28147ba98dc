package incidents

import (
	"strings"
	"testing"
	"time"

	"headstart"
)

// TestLateEvidenceIsPushed covers ruling 25: a notice that found its evidence only
// after announce.after is pushed all the same, and so is a place hit later.
func TestLateEvidenceIsPushed(t *testing.T) {
	st := newStory(t, nil)
	st.s.next = nil
	st.outage(0)
	g := st.s.groups[1]
	g.Locations = []string{"noord", "zuid"}
	got := brief(st.change(5*time.Minute, headstart.Change{Kind: headstart.ImpactChanged, Group: 1})) + brief(st.tick(8*time.Minute))
	if !strings.Contains(got, "investigating push") {
		t.Errorf("a place hit after five minutes got %q, want its notice pushed", got)
	}
	thin := newStory(t, nil)
	thin.outage(0)
	thin = newStory(t, func(a *Announce) { a.Evidence = 3 })
	thin.outage(0)
	thin.tick(3 * time.Minute)
	thin.s.groups[1].Points = 3
	got = brief(thin.change(5*time.Minute, headstart.Change{Kind: headstart.MemberJoined, Group: 1})) + brief(thin.tick(6*time.Minute))
	if !strings.Contains(got, "investigating page") || !strings.Contains(got, "investigating push") {
		t.Errorf("evidence after five minutes got %q, want page and push", got)
	}
}

// TestHeldPushWaitsOnce: an incident that flaps through the night, for several
// audiences, holds one push for the morning, not one per flap and audience.
func TestHeldPushWaitsOnce(t *testing.T) {
	st := newStory(t, nil)
	night := 14 * time.Hour // 23:00 in Amsterdam
	st.s.groups[1] = nil
	st.outage(night)
	g := st.s.groups[1]
	g.Locations = []string{"noord", "zuid"}
	for n := range 20 {
		d := night + time.Duration(n+1)*5*time.Minute
		st.change(d, headstart.Change{Kind: headstart.GroupReturned, Group: 1})
	}
	st.tick(night + 3*time.Hour)
	waiting := 0
	for _, d := range st.f.book.agenda.fixed {
		if d.Do == doPush {
			waiting++
		}
	}
	if waiting != 1 {
		t.Errorf("%d pushes wait for the morning, want 1", waiting)
	}
}

// TestPromiseDuringClosing: a promise that falls due while the closing draft
// waits says that the checks are good, and leaves the draft alone.
func TestPromiseDuringClosing(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	st.command(time.Minute, headstart.Command{Do: "set-eta", Incident: "HS-1", ETA: monday.Add(time.Hour)}) // a person took part
	st.recovered(35 * time.Minute)
	st.s.groups[1].Proved = false
	st.tick(51 * time.Minute)
	a := st.notice()
	if a.Draft == nil || a.Draft.Phase != headstart.Solved {
		t.Fatal("no closing draft waits")
	}
	st.tick(a.NextUpdateBy.Sub(monday))
	if a.Draft == nil || a.Draft.Phase != headstart.Solved {
		t.Error("the closing draft is gone; nobody can close it any more")
	}
}

// TestWrittenAfterTheEnd: what a person tells users after the outage, whether its end waits
// for somebody or was never told, has an end that waits; otherwise it would stay up for ever.
func TestWrittenAfterTheEnd(t *testing.T) {
	for name, over := range map[string]time.Duration{"the end waits": 30 * time.Minute, "it was over before anybody was told": 10 * time.Second} {
		st := newStory(t, nil)
		st.outage(0)
		st.command(5*time.Second, headstart.Command{Do: "ack", Incident: "HS-1"}) // a person took part
		if over > time.Minute {
			st.tick(2 * time.Minute)
		}
		st.recovered(over)
		st.tick(50 * time.Minute)
		st.command(time.Hour, headstart.Command{Do: "announce", Incident: "HS-1", Audience: "noord", Phase: headstart.Progress, Text: "print uw opdracht opnieuw"})
		a := st.notice()
		if !a.Live() || a.Last().By != "samira" {
			t.Fatalf("%s: the notice is %s; want what samira wrote on it", name, a.State)
		}
		if a.Draft == nil || a.Draft.Phase != headstart.Solved {
			t.Errorf("%s: the draft is %+v; want the end, for a person to approve", name, a.Draft)
		}
		st.command(time.Hour+time.Minute, headstart.Command{Do: "approve", Announcement: a.ID})
		if a.State != headstart.AnnouncementFinal {
			t.Errorf("%s: approved, the notice is %s; want it over", name, a.State)
		}
	}
}

// TestChecksGoodNeedsProof covers ruling 28: nobody is told that our checks are
// good when the members only fell silent.
func TestChecksGoodNeedsProof(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	st.recovered(10 * time.Minute)
	st.s.groups[1].Proved = false
	st.tick(25 * time.Minute)
	if a := st.notice(); a.Draft == nil {
		t.Fatal("no closing draft waits")
	}
	if got := brief(st.tick(85 * time.Minute)); got != "" {
		t.Errorf("without proof users got %q, want nothing", got)
	}
}

// TestChecksGoodPassesTheGate: a progress message that holds words of our trade is not
// published by itself, and the desk reads why beside the closing draft.
func TestChecksGoodPassesTheGate(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	st.command(time.Minute, headstart.Command{Do: "set-eta", Incident: "HS-1", ETA: monday.Add(time.Hour)}) // a person took part
	st.recovered(10 * time.Minute)
	st.tick(25 * time.Minute)
	st.f.book.log.Contact = "latency desk"
	if got := brief(st.tick(85 * time.Minute)); got != "resolved draft" {
		t.Errorf("users got %q, want the closing draft alone", got)
	}
	d := st.notice().Draft
	if d == nil || d.Phase != headstart.Solved || len(d.Hits) == 0 {
		t.Fatalf("the draft is %+v, want the closing one with the hits of the gate", d)
	}
	if why := d.Why[len(d.Why)-1]; why != "progress not published (en: plain words: latency; nl: plain words: latency)" {
		t.Errorf("the draft waits because of %q, want it to name the word", why)
	}
	if err := st.f.book.lacking(d); err != nil {
		t.Errorf("a person cannot send the closing: %v", err)
	}
}

// TestLatePromiseIsMissed: after an outage of ours the next message comes, but
// the promise was not kept (ruling 5: promises do not move).
func TestLatePromiseIsMissed(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	st.f.trusted = false
	due := *st.notice().NextUpdateBy
	got := brief(st.tick(due.Sub(monday) + time.Hour))
	if !strings.Contains(got, "progress page") {
		t.Errorf("an hour late users got %q, want the message", got)
	}
	if p := st.notice().Promises; p != [2]int{0, 1} {
		t.Errorf("kept and missed %v, want one missed", p)
	}
}

// TestReopenedIsTold: an outage that was over before its notice stood, and comes
// back, is told like any other; one a person declined is not.
func TestReopenedIsTold(t *testing.T) {
	for name, declined := range map[string]bool{"over before the notice": false, "declined by a person": true} {
		t.Run(name, func(t *testing.T) {
			st := newStory(t, func(a *Announce) { a.Evidence = 3 })
			st.outage(0)
			if declined {
				st.command(time.Minute, headstart.Command{Do: "discard", Announcement: st.notice().ID})
			}
			st.recovered(5 * time.Minute)
			st.tick(30 * time.Minute)
			if got := st.notice().State; got != headstart.AnnouncementDiscarded {
				t.Fatalf("the draft is %s, want discarded", got)
			}
			g := st.s.groups[1]
			g.State, g.Firing, g.Points = headstart.Open, 2, 3
			got := brief(st.change(40*time.Minute, headstart.Change{Kind: headstart.GroupReopened, Group: 1}))
			if told := strings.Contains(got, "investigating page"); told == declined {
				t.Errorf("after the reopening users got %q", got)
			}
		})
	}
}

// TestApproveAfterEnd: nobody is told that something is broken when it is over;
// a draft that lacks a word it needs does not go out either.
func TestApproveAfterEnd(t *testing.T) {
	st := newStory(t, func(a *Announce) { a.Evidence = 3 })
	st.outage(0)
	st.recovered(5 * time.Minute)
	if said, o := st.command(8*time.Minute, headstart.Command{Do: "approve", Announcement: st.notice().ID}); o.Refused == "" || brief(said) != "" {
		t.Errorf("approved after the end: %q", brief(said))
	}
	held := newStory(t, func(a *Announce) { a.Push.Mode = "approve" })
	held.outage(0)
	held.tick(2 * time.Minute)
	held.recovered(5 * time.Minute)
	if said, o := held.command(8*time.Minute, headstart.Command{Do: "approve", Announcement: held.notice().ID}); o.Refused == "" || brief(said) != "" {
		t.Errorf("pushed after the end: %q", brief(said))
	}
	held.tick(25 * time.Minute)
	if held.notice().PushDraft {
		t.Error("a push still waits for a notice that is final")
	}
	thin := newStory(t, func(a *Announce) { a.Evidence = 3 })
	thin.f.book.composer = plain{missing: []string{"Where"}}
	thin.outage(0)
	if said, o := thin.command(time.Minute, headstart.Command{Do: "approve", Announcement: thin.notice().ID}); !strings.Contains(o.Refused, "Where") || brief(said) != "" {
		t.Errorf("approved without a required word: refused %q, said %q", o.Refused, brief(said))
	}
}

// TestResolvedWithoutHold covers ruling 27c where an incident ends without a hold.
func TestResolvedWithoutHold(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	g := st.s.groups[1]
	g.Firing, g.State, g.Proved, g.ResolvedAt = 0, headstart.Resolved, true, monday.Add(5*time.Minute)
	st.change(5*time.Minute, headstart.Change{Kind: headstart.GroupResolved, Group: 1})
	st.line(10*time.Minute, headstart.Line{Confirm: &headstart.Confirm{Incident: "HS-1", Device: "d"}})
	if got := brief(st.tick(20 * time.Minute)); got != "resolved draft" {
		t.Errorf("after a confirmation users got %q, want a draft", got)
	}
}

// TestCorrectionPromisesWhatItSays: the words of a correction name the promise
// that stands, not a new one; and words that did not change correct nothing.
func TestCorrectionPromisesWhatItSays(t *testing.T) {
	st := newStory(t, nil)
	st.f.book.composer = timed{}
	st.outage(0)
	st.tick(2 * time.Minute)
	if got := brief(st.change(20*time.Minute, headstart.Change{Kind: headstart.CauseChanged, Group: 1})); got != "" {
		t.Errorf("without new words users got %q, want nothing", got)
	}
	st.s.groups[1].Locations = []string{"noord"}
	st.f.book.catalog.Locations[0].Name = headstart.Names{"": "Noord"}
	st.change(30*time.Minute, headstart.Change{Kind: headstart.CauseChanged, Group: 1})
	a := st.notice()
	if u := a.Last(); !u.Corrects || u.Text["en"].Body != "next "+a.NextUpdateBy.In(st.f.book.zone).String() {
		t.Errorf("the words say %q, the promise is %v", u.Text["en"].Body, a.NextUpdateBy)
	}
}

// timed composes words that name the next message.
type timed struct{}

func (timed) Title(headstart.ServiceKind, string, string, string) string { return "investigating" }

func (timed) Digest(headstart.DigestWording) headstart.Composed { return headstart.Composed{} }

func (timed) Compose(w headstart.Wording) headstart.Composed {
	return headstart.Composed{Text: headstart.Text{Title: string(w.Phase) + w.Vars["Where"], Body: "next " + w.NextUpdate.String()}}
}

// A reader for whom it works confirms nothing: he is counted apart, once, and keeps
// nothing from being called over.
func TestItWorksForAReader(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	before := *st.incident()
	for _, device := range []string{"d1", "d1", "d2"} {
		st.line(3*time.Minute, headstart.Line{Confirm: &headstart.Confirm{Incident: "HS-1", Device: device, Works: true}})
	}
	st.line(4*time.Minute, headstart.Line{Confirm: &headstart.Confirm{Incident: "HS-1", Device: "d3"}})
	i := st.incident()
	if i.WorksFor != 2 || i.Confirmations != before.Confirmations+1 {
		t.Errorf("it works for %d, %d confirmed it; want 2 and 1", i.WorksFor, i.Confirmations)
	}
}
