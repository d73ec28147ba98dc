package incidents

import (
	"strings"
	"testing"
	"time"

	"headstart"
)

// mails are the notices to users that wait on the outbox.
func (st *story) mails() (keys []string) {
	for _, k := range sortedKeys(st.f.book.owed) {
		if st.f.book.owed[k].Plane == headstart.PlaneUsers {
			keys = append(keys, k)
		}
	}
	return keys
}

// TestNothingLeaves covers ruling 30: once an incident is confidential or hushed
// nothing owed to users goes out any more, whatever made it so and whatever
// happens next.
func TestNothingLeaves(t *testing.T) {
	quiet := map[string]func(st *story){
		"made confidential": func(st *story) { st.command(3*time.Minute, headstart.Command{Do: "confidential", Incident: "HS-1"}) },
		"a confidential service joins": func(st *story) {
			st.s.groups[1].Services = []string{"hr", "print"}
			st.change(3*time.Minute, headstart.Change{Kind: headstart.ImpactChanged, Group: 1})
		},
		"hushed":     func(st *story) { st.command(3*time.Minute, headstart.Command{Do: "hush", Incident: "HS-1"}) },
		"all hushed": func(st *story) { st.command(3*time.Minute, headstart.Command{Do: "hush"}) },
	}
	for name, hide := range quiet {
		t.Run(name, func(t *testing.T) {
			st := newStory(t, func(a *Announce) { a.Policy["reopened"] = auto })
			st.outage(0)
			st.tick(2 * time.Minute)
			if len(st.mails()) == 0 {
				t.Fatal("no mail is owed, want the push")
			}
			hide(st)
			if keys := st.mails(); len(keys) > 0 {
				t.Errorf("still owed: %v", keys)
			}
			var said []string
			say := func(ms []Message) {
				for _, m := range ms {
					if m.Plane == headstart.PlaneUsers && m.How != headstart.HowDraft {
						said = append(said, string(m.Phase)+" "+string(m.How))
					}
				}
			}
			st.s.groups[1].Cause.Asset = "prn-1"
			say(st.change(4*time.Minute, headstart.Change{Kind: headstart.CauseChanged, Group: 1}))
			for _, c := range []headstart.Command{
				{Do: "announce", Incident: "HS-1", Text: "x"},
				{Do: "withdraw", Announcement: st.notice().ID},
				{Do: "approve", Announcement: st.notice().ID},
				{Do: "resolve", Incident: "HS-1"},
			} {
				ms, _ := st.command(5*time.Minute, c)
				say(ms)
			}
			say(st.recovered(6 * time.Minute))
			st.s.groups[1].State = headstart.Open
			say(st.change(9*time.Minute, headstart.Change{Kind: headstart.GroupReopened, Group: 1}))
			say(st.tick(100 * time.Minute))
			if len(said) > 0 || len(st.mails()) > 0 {
				t.Errorf("users were told %s, mails owed %v; want nothing", strings.Join(said, ", "), st.mails())
			}
		})
	}
}

// TestHushIsARow covers ruling 2: the panic switch is part of what is loaded, and
// nobody writes a note over it.
func TestHushIsARow(t *testing.T) {
	st := newStory(t, nil)
	st.command(time.Minute, headstart.Command{Do: "hush"})
	if st.f.book.desk["hush"] == nil {
		t.Error("the row of the hush is written and not kept: a loaded state differs")
	}
	if _, o := st.command(time.Minute, headstart.Command{Do: "todo", Ref: "hush", Text: "x"}); o.Refused == "" {
		t.Error("a to-do of that name was taken")
	}
}

// TestMergeIntoHush covers ruling 30: what a merged incident still owes is owed by
// the survivor, and about that nobody may hear anything.
func TestMergeIntoHush(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	st.tick(2 * time.Minute)
	st.second(3 * time.Minute)
	st.command(4*time.Minute, headstart.Command{Do: "hush", Incident: "HS-2"})
	if len(st.mails()) == 0 {
		t.Fatal("nothing is owed before the merge")
	}
	st.merge(5*time.Minute, 1, 2)
	if keys := st.mails(); len(keys) > 0 {
		t.Errorf("still owed: %v", keys)
	}
}
