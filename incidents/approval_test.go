package incidents

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"headstart"

	"github.com/google/go-cmp/cmp"
)

// by gives a command of somebody.
func (st *story) by(who string, d time.Duration, c headstart.Command) ([]Message, *headstart.Outcome) {
	c.ID, c.By = fmt.Sprintf("c%d", st.n), who
	said := st.line(d, headstart.Line{Command: &c})
	return said, st.f.book.outcomes[c.ID]
}

// must is by for what is not refused.
func (st *story) must(who string, d time.Duration, c headstart.Command) string {
	st.t.Helper()
	said, o := st.by(who, d, c)
	if o == nil || o.Refused != "" {
		st.t.Fatalf("%s of %s came to %+v", c.Do, who, o)
	}
	return brief(said)
}

// refused is by for what is refused, naming the remedy.
func (st *story) refused(who string, d time.Duration, remedy string, c headstart.Command) {
	st.t.Helper()
	said, o := st.by(who, d, c)
	if o == nil || !strings.Contains(o.Refused, remedy) || brief(said) != "" {
		st.t.Errorf("%s of %s came to %+v and said %q, want a refusal that says %q", c.Do, who, o, brief(said), remedy)
	}
}

func fourEyes(a *Announce) { a.FourEyes = true }

// TestFourEyes: who wrote a message, or any part of it, never lets it out, on no way.
func TestFourEyes(t *testing.T) {
	st := newStory(t, fourEyes)
	st.outage(0)
	st.tick(2 * time.Minute)
	id := st.notice().ID
	workaround := headstart.Command{Do: "announce", Incident: "HS-1", Phase: headstart.WorkaroundFound, Text: "print via N2-05"}
	if got := st.must("samira", 3*time.Minute, workaround); got != "workaround draft" {
		t.Fatalf("users got %q, want a draft", got)
	}
	approve := headstart.Command{Do: "approve", Announcement: id}
	at := headstart.Command{Do: "schedule", Announcement: id, At: monday.Add(time.Hour)}
	st.refused("samira", 4*time.Minute, "another person", approve)
	st.refused("Samira", 4*time.Minute, "another person", approve)
	st.refused("", 4*time.Minute, "log in", approve)
	st.refused("", 4*time.Minute, "log in", workaround)
	st.refused("samira", 4*time.Minute, "another person", at)
	st.refused("rule", 4*time.Minute, "no person", approve)
	st.refused("joris", 5*time.Minute, "approve, edit or discard", headstart.Command{Do: "announce", Incident: "HS-1", Phase: headstart.Identified, Text: "x"})
	st.must("joris", 5*time.Minute, headstart.Command{Do: "edit", Announcement: id, Text: "print via N2-06"})
	st.refused("joris", 6*time.Minute, "another person", approve)
	st.refused("samira", 6*time.Minute, "another person", approve) // some of it is hers
	if got := st.must("anna", 7*time.Minute, approve); got != "workaround page, workaround push" {
		t.Errorf("users got %q, want the workaround", got)
	}
	u := st.notice().Last()
	if u.By != "joris" || !cmp.Equal(u.Earlier, []string{"samira"}) || u.Approver != "anna" {
		t.Errorf("frozen as of %s and %v, approved by %s; want joris, samira and anna", u.By, u.Earlier, u.Approver)
	}

	// A correction, a withdrawal and an end by hand wait too, and for somebody else.
	for _, c := range []headstart.Command{
		{Do: "edit", Announcement: id, Text: "print via N2-07"},
		{Do: "withdraw", Announcement: id},
		{Do: "resolve", Incident: "HS-1"},
	} {
		if c.Do == "resolve" {
			st.s.groups[1].State, st.s.groups[1].CloseReason = headstart.Closed, "by_hand"
			st.s.next = []headstart.Change{{Kind: headstart.GroupClosed, Group: 1}}
		}
		if got := st.must("anna", 8*time.Minute, c); !strings.HasSuffix(got, "draft") {
			t.Errorf("%s: users got %q, want a draft", c.Do, got)
		}
		st.refused("anna", 8*time.Minute, "another person", approve)
		if c.Do != "resolve" {
			st.must("anna", 8*time.Minute, headstart.Command{Do: "discard", Announcement: id})
		}
	}
	if got := st.must("joris", 9*time.Minute, approve); got != "resolved page, resolved push" {
		t.Errorf("users got %q, want the end", got)
	}
}

// TestFourEyesForAPush: who wrote what stands on the page does not push it either.
func TestFourEyesForAPush(t *testing.T) {
	st := newStory(t, func(a *Announce) { a.FourEyes, a.Push.Mode = true, approval })
	st.outage(0)
	st.tick(3 * time.Minute)
	id := st.notice().ID
	st.must("samira", 4*time.Minute, headstart.Command{Do: "announce", Incident: "HS-1", Phase: headstart.Identified, Text: "een kabel"})
	st.must("joris", 5*time.Minute, headstart.Command{Do: "approve", Announcement: id})
	if !st.notice().PushDraft {
		t.Fatal("no push waits")
	}
	st.refused("samira", 6*time.Minute, "another person", headstart.Command{Do: "approve", Announcement: id})
	st.must("joris", 7*time.Minute, headstart.Command{Do: "approve", Announcement: id})
	if u := st.notice().Last(); u.Approver != "joris" || u.PushedBy != "joris" || u.By != "samira" {
		t.Errorf("by %s, approved by %s, pushed by %s; want samira, joris, joris", u.By, u.Approver, u.PushedBy)
	}
}

// TestRulesLeaveWhatPeopleWrite: a draft that a person wrote or changed is not written
// over by a rule, nor published, whatever the evidence becomes.
func TestRulesLeaveWhatPeopleWrite(t *testing.T) {
	for name, four := range map[string]bool{"changed": false, "written": true} {
		t.Run(name, func(t *testing.T) {
			st := newStory(t, func(a *Announce) { a.FourEyes = four })
			st.outage(0)
			st = newStory(t, func(a *Announce) { a.FourEyes, a.Evidence = four, 3 })
			st.outage(0)
			id := st.notice().ID
			if four {
				st.must("samira", time.Minute, headstart.Command{Do: "announce", Incident: "HS-1", Text: "wij zoeken"})
			} else {
				st.must("samira", time.Minute, headstart.Command{Do: "edit", Announcement: id, Variables: map[string]string{"Where": "Noord, eerste verdieping"}})
			}
			st.s.groups[1].Points = 4
			if got := brief(st.change(2*time.Minute, headstart.Change{Kind: headstart.ImpactChanged, Group: 1})); got != "" {
				t.Errorf("users got %q, want nothing: a person has a hand in it", got)
			}
			if d := st.notice().Draft; d == nil || d.By != "samira" || d.Edited == four {
				t.Errorf("the draft is %+v, want samira's", d)
			}
			if got := st.must("joris", 3*time.Minute, headstart.Command{Do: "approve", Announcement: id}); got != "investigating page, investigating push" {
				t.Errorf("users got %q", got)
			}
			if u := st.notice().Last(); u.Edited == four || u.Approver != "joris" {
				t.Errorf("frozen as edited=%v, approved by %s", u.Edited, u.Approver)
			}
		})
	}
}

// TestMissedPromiseKeepsAPersonsDraft: what a person wrote and another has yet to approve
// is not written over when the promise passes.
func TestMissedPromiseKeepsAPersonsDraft(t *testing.T) {
	st := newStory(t, func(a *Announce) { a.FourEyes = true; a.Policy["progress_no_news"] = approval })
	st.outage(0)
	due := st.notice().NextUpdateBy.Sub(monday)
	st.must("samira", 3*time.Minute, headstart.Command{Do: "announce", Incident: "HS-1", Phase: headstart.Identified, Text: "een kabel"})
	st.tick(due + time.Minute)
	if d := st.notice().Draft; d == nil || d.By != "samira" || st.notice().Promises != [2]int{0, 1} {
		t.Errorf("the draft is %+v with promises %v, want samira's and one missed", d, st.notice().Promises)
	}
}

// TestFrozen: an update keeps what announcements section 1 lists, and no later act
// changes a byte of it.
func TestFrozen(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	first := st.notice().Updates[0]
	if b := first.Basis; b == nil || b.Vars["nl"]["Where"] != "Gebouw Noord" || b.Vars["en"]["Ref"] != "HS-1" || !b.Since.Equal(monday) || b.Kind != headstart.KindPrinter {
		t.Errorf("its basis is %+v", b)
	}
	if first.By != "rule" || first.Approver != "announce.policy.investigating" || first.Hashes["nl/body"] == "" || first.People != 40 {
		t.Errorf("frozen %+v", first)
	}
	before := frozenPart(t, &first)
	st.tick(2 * time.Minute)
	id := st.notice().ID
	st.must("samira", 3*time.Minute, headstart.Command{Do: "edit", Announcement: id, Variables: map[string]string{"Where": "Noord", "Progress.nl": "Wij kijken.", "Progress.en": "We look."}})
	a := st.notice()
	if got := frozenPart(t, &a.Updates[0]); got != before {
		t.Errorf("the first update changed\n%s\n%s", before, got)
	}
	u := a.Last()
	if !u.Corrects || u.By != "samira" || u.Phase != headstart.Investigating || !u.NextUpdateBy.Equal(*first.NextUpdateBy) || u.Basis.Typed["Progress.nl"] != "Wij kijken." {
		t.Errorf("the correction is %+v, want samira's, in place, with the promise of before", u)
	}
	if a.Standing(0) != headstart.UpdateSuperseded || a.Standing(1) != headstart.UpdatePublished {
		t.Errorf("they stand %s and %s", a.Standing(0), a.Standing(1))
	}
	st.refused("samira", 4*time.Minute, "change a text", headstart.Command{Do: "edit", Announcement: id, Variables: map[string]string{"Where": "Noord"}})
	st.refused("samira", 4*time.Minute, "one of Name", headstart.Command{Do: "edit", Announcement: id, Variables: map[string]string{"Contact": "sw-n-2"}})
	st.refused("samira", 4*time.Minute, "announcements list", headstart.Command{Do: "edit", Announcement: "nowhere"})
}

// frozenPart is what of an update never changes once it is published.
func frozenPart(t *testing.T, u *headstart.Update) string {
	t.Helper()
	f := *u
	f.How, f.Pushed, f.PushedBy = "", nil, "" // how far it went comes later
	b, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
