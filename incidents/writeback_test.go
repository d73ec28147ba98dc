package incidents

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
)

// desk is a ticket system in which everything is switched on.
var desk = headstart.TicketSystem{Source: "rt", Note: true, Reply: true, Link: true, Page: true, Make: "ticket"}

// writing tells the story's configuration of ticket systems.
func (st *story) writing(systems ...headstart.TicketSystem) {
	c := st.f.book.log
	c.Systems = systems
	st.line(0, headstart.Line{Config: &c})
}

// links makes ticket rt/id one of HS-1, as linked by a person.
func (st *story) links(d time.Duration, id, verdict string) {
	key := "rt/" + id
	st.s.tickets[key] = &headstart.TicketState{
		V: 1, Ticket: headstart.Ticket{Source: "rt", ID: id, CreatedAt: monday, Requester: headstart.Requester{ID: id, Location: "noord"}},
		Links: []headstart.Link{{Group: 1, Band: headstart.BandSuggest, Verdict: verdict, By: "samira"}},
	}
	st.change(d, headstart.Change{Kind: headstart.TicketMatched, Ticket: key})
}

// writes are the notices for tickets on the outbox: "12 note linked".
func (st *story) writes() (out []string) {
	for _, key := range sortedKeys(st.f.book.owed) {
		n := st.f.book.owed[key]
		if n.Plane == headstart.PlaneTickets {
			_, stage, _ := strings.Cut(n.Mark, "/")
			out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s", n.Ticket, n.Do, stage)))
		}
	}
	slices.Sort(out)
	return out
}

// delivers reports all that is owed to tickets as written; what is made has id 900.
func (st *story) delivers(d time.Duration) {
	for _, key := range sortedKeys(st.f.book.owed) {
		n := st.f.book.owed[key]
		if n.Plane != headstart.PlaneTickets {
			continue
		}
		done := headstart.Delivery{Key: key, Outcome: "sent"}
		if n.Do == "make" {
			done.Handle = json.RawMessage(`{"id":"900"}`)
		}
		st.line(d, headstart.Line{Delivery: &done})
	}
	st.tick(d + time.Millisecond)
}

func (st *story) wantWrites(what string, want ...string) {
	st.t.Helper()
	if got := st.writes(); !slices.Equal(got, want) {
		st.t.Errorf("%s: owed to tickets\n  %s\nwant\n  %s", what, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// owes returns the notice for a ticket whose mark ends in stage.
func (st *story) owes(ticket, stage string) *headstart.Notice {
	st.t.Helper()
	for _, n := range st.f.book.owed {
		if n.Plane == headstart.PlaneTickets && n.Ticket == ticket && strings.HasSuffix(n.Mark, "/"+stage) {
			return n
		}
	}
	st.t.Fatalf("nothing owed to ticket %s at stage %s: %v", ticket, stage, st.writes())
	return nil
}

// TestTicketIsToldOnce covers ruling 33 from link to close-out: each stage once,
// whatever else happens, and a suggestion writes nothing.
func TestTicketIsToldOnce(t *testing.T) {
	st := newStory(t, nil)
	st.writing(headstart.TicketSystem{Source: "rt", Note: true, Reply: true, Page: true})
	st.outage(0)
	st.links(time.Minute, "12", "")
	st.wantWrites("a suggestion")
	st.links(2*time.Minute, "12", "linked")
	st.wantWrites("linked", "12 link link-1", "12 note linked", "12 reply linked/reply")
	note := st.owes("12", "linked").Body
	for _, want := range []string{"Known outage HS-1", "Linked by a person", "sw-n-2", "Reply for the user, ready to be sent:", "https://desk.example/i/HS-1"} {
		if !strings.Contains(note, want) {
			t.Errorf("the note does not say %q:\n%s", want, note)
		}
	}
	if reply := st.owes("12", "linked/reply").Body; strings.Contains(reply, "sw-n-2") || !strings.Contains(reply, "investigating printer") {
		t.Errorf("the user is told %q, want the words of the page", reply)
	}
	st.delivers(3 * time.Minute)
	st.links(4*time.Minute, "12", "linked")
	st.wantWrites("linked again by nobody")

	eta := monday.Add(2 * time.Hour)
	st.command(10*time.Minute, headstart.Command{Do: "set-eta", Incident: "HS-1", ETA: eta})
	st.wantWrites("an expected time", "12 note update-1", "12 reply update/reply") // a person's word goes to users
	if body := st.owes("12", "update-1").Body; !strings.Contains(body, "Expected to work: 11:00.") {
		t.Errorf("the update says %q", body)
	}
	st.delivers(11 * time.Minute)
	tell := headstart.Command{Do: "announce", Incident: "HS-1", Phase: headstart.ETAChanged, Text: "the part comes at ten"}
	st.command(12*time.Minute, tell)
	st.wantWrites("users are told why", "12 note update-2") // one reply a stage
	st.delivers(13 * time.Minute)
	st.command(14*time.Minute, tell)
	st.wantWrites("told again", "12 note update-3")
	st.delivers(15 * time.Minute)

	_, o := st.command(20*time.Minute, headstart.Command{Do: "resolve", Incident: "HS-1", Cause: "a broken fan", Solution: "a new one"})
	if o.Refused != "" {
		t.Fatal(o.Refused)
	}
	st.wantWrites("resolved by hand", "12 note resolved", "12 reply resolved/reply")
	if body := st.owes("12", "resolved").Body; !strings.Contains(body, "a broken fan") || !strings.Contains(body, "a new one") {
		t.Errorf("the close-out note says %q", body)
	}
	st.delivers(21 * time.Minute)
	st.tick(5 * time.Hour)
	st.wantWrites("long after")
}

// TestTicketsAreClosedOut: proved recovery tells the tickets once all was well for
// resolved_after; what merely fell silent is never called fixed (ruling 14).
func TestTicketsAreClosedOut(t *testing.T) {
	st := newStory(t, nil)
	st.writing(headstart.TicketSystem{Source: "rt", Note: true})
	st.outage(0)
	st.links(time.Minute, "12", "linked")
	st.delivers(2 * time.Minute)
	st.recovered(10 * time.Minute)
	st.tick(24 * time.Minute)
	st.wantWrites("before resolved_after")
	st.tick(25 * time.Minute)
	st.wantWrites("after it", "12 note resolved")
	st.delivers(26 * time.Minute)
	st.s.groups[1].State, st.s.groups[1].Reopens = headstart.Open, 1
	st.change(30*time.Minute, headstart.Change{Kind: headstart.GroupReopened, Group: 1})
	st.wantWrites("reopened", "12 note reopened-2")

	silent := newStory(t, nil)
	silent.writing(headstart.TicketSystem{Source: "rt", Note: true})
	silent.outage(0)
	silent.links(time.Minute, "12", "linked")
	silent.delivers(2 * time.Minute)
	g := silent.s.groups[1]
	g.State, g.CloseReason, g.Firing = headstart.Closed, "no_longer_heard", 0
	silent.change(time.Hour, headstart.Change{Kind: headstart.GroupClosed, Group: 1})
	if body := silent.owes("12", "resolved").Body; !strings.Contains(body, "Nobody established that it is fixed") {
		t.Errorf("of an outage nobody heard of any more tickets read %q", body)
	}
}

// TestLinkIsTakenBack: what still waits is struck, what arrived is answered, and
// the answer is written only where the note stands.
func TestLinkIsTakenBack(t *testing.T) {
	st := newStory(t, nil)
	st.writing(headstart.TicketSystem{Source: "rt", Note: true, Reply: true, Page: true})
	st.outage(0)
	st.links(2*time.Minute, "12", "linked")
	st.links(3*time.Minute, "12", "rejected")
	st.wantWrites("before anything was sent", "12 note unlinked-1", "12 unlink link-1")
	if n := st.owes("12", "unlinked-1"); !strings.HasSuffix(n.Only, "/linked") {
		t.Errorf("the answer is written only where %q stands, want the first note's mark", n.Only)
	}
	st.delivers(4 * time.Minute)
	st.links(5*time.Minute, "12", "linked")
	st.wantWrites("linked once more", "12 link link-2", "12 note linked-2", "12 reply linked/reply")
	st.delivers(6 * time.Minute)
	st.links(7*time.Minute, "12", "rejected")
	st.delivers(8 * time.Minute)
	st.links(9*time.Minute, "12", "linked")
	st.wantWrites("and a third time", "12 link link-3", "12 note linked-3") // the user had a reply, once
}

// TestTicketIsMade: where it is switched on a ticket is made once an incident has
// lasted, tickets of users hang under it, and it hears the end.
func TestTicketIsMade(t *testing.T) {
	st := newStory(t, nil)
	st.writing(desk)
	st.outage(0)
	st.links(time.Minute, "12", "linked")
	st.wantWrites("at once", "12 link link-1", "12 note linked", "12 reply linked/reply")
	st.delivers(90 * time.Second)
	st.tick(2 * time.Minute)
	st.wantWrites("after announce.after", "make")
	st.delivers(3 * time.Minute)
	st.wantWrites("once it is there", "12 link link-1", "12 unlink link-1")
	if n := st.f.book.owed[st.owes("12", "link-1").Key]; n.Parent != "900" && n.Do == "link" {
		t.Errorf("linked to %+v", n)
	}
	st.delivers(4 * time.Minute)
	st.links(5*time.Minute, "13", "linked")
	st.wantWrites("another user", "13 link link-1", "13 note linked", "13 reply linked/reply")
	st.delivers(6 * time.Minute)
	st.command(10*time.Minute, headstart.Command{Do: "resolve", Incident: "HS-1"})
	st.wantWrites("resolved", "12 note resolved", "12 reply resolved/reply", "13 note resolved", "13 reply resolved/reply", "900 note resolved")
}

// TestRepliesKeepHours (ruling 33): at night nothing is sent; in the morning users
// read what holds then.
func TestRepliesKeepHours(t *testing.T) {
	st := newStory(t, nil)
	st.writing(headstart.TicketSystem{Source: "rt", Reply: true})
	st.outage(13 * time.Hour) // 22:00
	st.links(13*time.Hour+time.Minute, "12", "linked")
	st.wantWrites("at night")
	st.tick(22*time.Hour + 59*time.Minute)
	st.wantWrites("just before eight")
	st.tick(23 * time.Hour) // 08:00
	st.wantWrites("at eight", "12 reply linked/reply")
}

// TestRepliesAreHeld: a hush holds replies and gives them back; notes go on. A
// confidential incident writes nothing, and takes back what waits (ruling 30).
func TestRepliesAreHeld(t *testing.T) {
	st := newStory(t, nil)
	st.writing(headstart.TicketSystem{Source: "rt", Note: true, Reply: true})
	st.outage(0)
	st.links(time.Minute, "12", "linked")
	st.command(2*time.Minute, headstart.Command{Do: "hush", For: "1h"})
	st.command(2*time.Minute, headstart.Command{Do: "hush", Incident: "HS-1", For: "1h"})
	st.wantWrites("hushed", "12 note linked")
	st.tick(63 * time.Minute)
	st.wantWrites("when the hush is over", "12 note linked", "12 reply linked/reply")
	st.command(65*time.Minute, headstart.Command{Do: "confidential", Incident: "HS-1"})
	st.wantWrites("confidential")
	st.links(66*time.Minute, "13", "linked")
	st.wantWrites("linked to what is confidential")
	no := false
	st.command(67*time.Minute, headstart.Command{Do: "confidential", Incident: "HS-1", Value: &no})
	st.wantWrites("made public again", "12 note linked", "12 reply linked/reply", "13 note linked", "13 reply linked/reply")
}

// TestOldRepliesAreDropped (ruling 11): after a stop a reply from before it does
// not go out late; a note still does.
func TestOldRepliesAreDropped(t *testing.T) {
	st := newStory(t, nil)
	st.f.trusted = false
	st.writing(headstart.TicketSystem{Source: "rt", Note: true, Reply: true})
	st.outage(0)
	st.links(time.Second, "12", "linked")
	st.tick(50 * time.Minute)
	st.wantWrites("after a stop", "12 note linked")
}

// TestManyTicketsInParts (ruling 1): hundreds of tickets are told in units that
// fit a commit.
func TestManyTicketsInParts(t *testing.T) {
	st := newStory(t, nil)
	st.writing(headstart.TicketSystem{Source: "rt", Note: true, Reply: true, Page: true})
	st.outage(0)
	for n := range 100 {
		st.links(time.Minute, fmt.Sprint(1000+n), "linked")
	}
	st.delivers(2 * time.Minute)
	st.f.take()
	st.f.book.out, st.f.book.ack = nil, nil
	off := headstart.Offset{Ms: uint64(monday.Add(10 * time.Minute).UnixMilli()), Seq: 1 << 20}
	units := 0
	for done := false; !done; units++ {
		done = st.f.unit(off, []headstart.Event{{Off: off, At: off.At(), Received: off.At(), Line: headstart.Line{
			Command: &headstart.Command{ID: "r", By: "samira", Do: "resolve", Incident: "HS-1"},
		}}})
		if n := st.f.pending() + len(st.f.book.out) + len(st.f.book.ack); n > 200 {
			t.Fatalf("unit %d changes %d rows and messages, want at most 200", units, n)
		}
		st.f.take()
		st.f.book.out, st.f.book.ack = nil, nil
	}
	if got := len(st.writes()); got != 200 {
		t.Errorf("%d notices, want a note and a reply for each of 100 tickets", got)
	}
}
