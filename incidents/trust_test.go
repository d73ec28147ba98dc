package incidents

import (
	"strings"
	"testing"
	"time"

	"headstart"
)

// mistrustful is a desk that has not come to trust messages without a person.
func mistrustful(a *Announce) { a.Push.Mode = "approve" }

// outages plays n outages one after the other, from d on, each announced by its page
// and ended; then acts on what waits of each.
func (st *story) outages(from, n int, act func(at time.Duration, a *headstart.Announcement)) {
	st.t.Helper()
	for k := from; k < from+n; k++ {
		at := time.Duration(k) * 20 * time.Minute
		id := headstart.GroupID(k + 1)
		key := headstart.ProblemKey("sw-n-2/Down-" + itoa(k))
		st.s.groups[id] = &headstart.Group{
			V: 1, ID: id, State: headstart.Open, Opener: key, Received: monday.Add(at), Points: 2, Firing: 1, Total: 1, People: 40,
			Cause: headstart.Cause{Asset: "sw-n-2", Kind: headstart.CauseObserved}, Services: []string{"print"}, Locations: []string{"noord"},
			StartedAt: monday.Add(at), OpenedAt: monday.Add(at),
		}
		st.change(at, headstart.Change{Kind: headstart.GroupOpened, Group: id, Problem: key})
		st.tick(at + 3*time.Minute)
		i := st.f.book.incident(id)
		a := st.f.book.announcements[i.UID+".noord"]
		if a == nil || !a.PushDraft {
			st.t.Fatalf("no push waits for %s", i.ID)
		}
		act(at+4*time.Minute, a)
	}
}

func (st *story) approve(at time.Duration, a *headstart.Announcement) {
	if _, o := st.command(at, headstart.Command{Do: "approve", Announcement: a.ID}); o.Refused != "" {
		st.t.Fatal(o.Refused)
	}
}

// TestAutoIsOffered covers ruling 25: after ten drafts that went out as they were the
// desk is offered to let messages go by themselves. One that was withdrawn, or said in
// other words, begins the count anew, and so does the offer once it is taken up.
func TestAutoIsOffered(t *testing.T) {
	st := newStory(t, mistrustful)
	offered := func() bool { return st.f.book.desk[offerKey] != nil }
	st.outages(0, 9, st.approve)
	if offered() {
		t.Fatal("offered after nine drafts, want ten")
	}
	st.outages(9, 1, func(at time.Duration, a *headstart.Announcement) {
		st.command(at, headstart.Command{Do: "announce", Incident: string(a.Incident), Phase: headstart.Investigating, Audience: "noord", Text: "We are on our way."})
	})
	if st.f.book.trusted != 0 {
		t.Errorf("%d trusted after one was said in other words, want 0", st.f.book.trusted)
	}
	st.outages(10, 10, st.approve)
	if !offered() {
		t.Fatal("not offered after ten drafts that went out unchanged")
	}
	if n := st.f.book.desk[offerKey]; n.Kind != headstart.NoteOffer || n.Text != "10" {
		t.Errorf("the offer is %+v, want its kind and the count", n)
	}
	live := st.f.book.announcements[st.f.book.incident(20).UID+".noord"]
	if _, o := st.command(8*time.Hour, headstart.Command{Do: "withdraw", Announcement: live.ID}); o.Refused != "" {
		t.Fatal(o.Refused)
	}
	if offered() || st.f.book.trusted != 0 {
		t.Errorf("offered %v, %d trusted after one was withdrawn; want the count to begin anew", offered(), st.f.book.trusted)
	}
	st.outages(30, 10, st.approve)
	if !offered() {
		t.Fatal("not offered again")
	}
	c := st.f.book.log
	c.Announce = []byte(`{"push":{"mode":"auto"}}`)
	st.line(14*time.Hour, headstart.Line{Config: &c})
	if offered() || st.f.book.trusted != 0 {
		t.Error("still offered although it is taken up")
	}
}

// TestWhatWouldHaveGone: while a desk approves, what auto would have sent is written
// down, with when, how many and by which channels (ruling 25); what more stands against
// is not, and a push that a person threw away is not asked for again.
func TestWhatWouldHaveGone(t *testing.T) {
	st := newStory(t, mistrustful)
	st.outage(0)
	st.tick(3 * time.Minute)
	a := st.notice()
	w := a.Pushing.Would
	if w == nil || !w.At.Equal(monday.Add(2*time.Minute)) || w.People != 40 || strings.Join(w.Channels, " ") != "mail" || w.Quiet || w.Digest {
		t.Fatalf("would have been sent: %+v, want at 08:02 to 40 people by mail", w)
	}
	if len(a.Pushing.Why) != 1 {
		t.Errorf("the push waits because of %q, want push.mode alone", a.Pushing.Why)
	}
	st.command(4*time.Minute, headstart.Command{Do: "discard", Announcement: a.ID})
	if got := brief(st.change(5*time.Minute, headstart.Change{Kind: headstart.GroupReturned, Group: 1})) + brief(st.tick(9*time.Minute)); got != "" || a.PushDraft {
		t.Errorf("after a person threw the push away: %q, waits %v; want it to be left at that", got, a.PushDraft)
	}
	few := newStory(t, mistrustful)
	few.outage(0)
	few.s.groups[1].People = 3
	few.change(time.Minute, headstart.Change{Kind: headstart.ImpactChanged, Group: 1})
	few.tick(3 * time.Minute)
	if w := few.notice().Pushing.Would; w != nil {
		t.Errorf("three people: %+v would have been sent, want nothing", w)
	}
}
