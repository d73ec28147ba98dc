package incidents

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"headstart"
)

// asking is a ticket system in which only the question is switched on.
var asking = headstart.TicketSystem{Source: "rt", Question: true}

// reported makes ticket rt/id, linked by a person, of whoever and however it came.
func (st *story) reported(d time.Duration, id string, change func(*headstart.Ticket)) {
	key := "rt/" + id
	x := &headstart.TicketState{
		V: 1, Ticket: headstart.Ticket{Source: "rt", ID: id, CreatedAt: monday.Add(d)},
		Links: []headstart.Link{{Group: 1, Band: headstart.BandSuggest, Verdict: "linked", By: "samira"}},
	}
	change(&x.Ticket)
	st.s.tickets[key] = x
	st.change(d, headstart.Change{Kind: headstart.TicketMatched, Ticket: key})
}

// TestQuestionOnce (rulings 32, 33): whoever reported it is asked once about an
// incident whether it works again, however many tickets they made; nobody is who
// called, who calls for others, or whose ticket is solved.
func TestQuestionOnce(t *testing.T) {
	st := newStory(t, nil)
	st.writing(asking)
	st.outage(0)
	st.reported(time.Minute, "12", func(x *headstart.Ticket) { x.Requester.ID = "u-1" })
	st.reported(time.Minute, "13", func(x *headstart.Ticket) { x.Requester.ID = "u-1" })
	st.reported(time.Minute, "14", func(x *headstart.Ticket) { x.Requester.ID, x.Channel = "u-2", "phone" })
	st.reported(time.Minute, "15", func(x *headstart.Ticket) { x.Requester.ID, x.Requester.Shared = "u-3", true })
	st.reported(time.Minute, "16", func(x *headstart.Ticket) { x.Requester.ID, x.Status = "u-4", "resolved" })
	st.reported(time.Minute, "17", func(x *headstart.Ticket) { x.Requester.ID = "" })
	st.links(time.Minute, "18", "") // suggested
	st.wantWrites("while it lasts")
	st.recovered(10 * time.Minute)
	st.tick(25 * time.Minute)
	st.wantWrites("once it is over", "12 reply resolved/reply")
	n := st.owes("12", "resolved/reply")
	if want := "As far as we know the problem you reported is over. Does it work again for you? If not, please answer this message."; n.Title != "Does it work again?" || n.Body != want {
		t.Errorf("asked %q with the words\n%s\nwant\n%s", n.Title, n.Body, want)
	}
	st.delivers(26 * time.Minute)
	st.s.groups[1].State, st.s.groups[1].Reopens = headstart.Open, 1
	st.change(30*time.Minute, headstart.Change{Kind: headstart.GroupReopened, Group: 1})
	st.recovered(40 * time.Minute)
	st.tick(56 * time.Minute)
	st.wantWrites("over once more")
}

// TestQuestionEndsTheReply: with replies on, the question stands at the end of the
// last of them, since a stage is one message; somebody with two tickets is asked in one.
func TestQuestionEndsTheReply(t *testing.T) {
	st := newStory(t, nil)
	st.writing(headstart.TicketSystem{Source: "rt", Reply: true, Question: true})
	st.outage(0)
	for _, id := range []string{"12", "13"} {
		st.reported(time.Minute, id, func(x *headstart.Ticket) { x.Requester.ID = "u-1" })
	}
	st.delivers(2 * time.Minute)
	st.command(10*time.Minute, headstart.Command{Do: "resolve", Incident: "HS-1", Cause: "a broken fan"})
	st.wantWrites("resolved", "12 reply resolved/reply", "13 reply resolved/reply")
	one, two := st.owes("12", "resolved/reply").Body, st.owes("13", "resolved/reply").Body
	if !strings.HasPrefix(one, two) || !strings.HasSuffix(one, "\n\nDoes it work again for you? If not, please answer this message.") {
		t.Errorf("the replies are\n%s\nand\n%s\nwant the question at the end of the first alone", one, two)
	}
}

// TestQuestionKeepsHours: at night it waits; held or come back, it does not go; and a
// confidential incident asks nobody.
func TestQuestionKeepsHours(t *testing.T) {
	night := 13 * time.Hour // 22:00
	over := func() *story {
		st := newStory(t, nil)
		st.writing(asking)
		st.outage(night)
		st.reported(night+time.Minute, "12", func(x *headstart.Ticket) { x.Requester.ID = "u-1" })
		st.command(night+10*time.Minute, headstart.Command{Do: "resolve", Incident: "HS-1"})
		st.wantWrites("at night")
		return st
	}
	st := over()
	st.tick(23 * time.Hour)
	st.wantWrites("at eight", "12 reply resolved/reply")
	st.s.groups[1].State, st.s.groups[1].Reopens = headstart.Open, 1
	st.change(23*time.Hour+time.Minute, headstart.Change{Kind: headstart.GroupReopened, Group: 1})
	st.wantWrites("it came back before that was sent")
	st.command(24*time.Hour, headstart.Command{Do: "resolve", Incident: "HS-1"})
	st.wantWrites("over at last", "12 reply resolved/reply")

	held := over()
	held.command(22*time.Hour, headstart.Command{Do: "hush", Incident: "HS-1", For: "3h"})
	held.tick(23 * time.Hour)
	held.wantWrites("hushed")
	held.tick(25 * time.Hour)
	held.wantWrites("after the hush", "12 reply resolved/reply")

	secret := over()
	secret.command(22*time.Hour, headstart.Command{Do: "confidential", Incident: "HS-1"})
	secret.tick(25 * time.Hour)
	secret.wantWrites("confidential")
}

// TestQuestionIsTakenBack: a question that waits goes with the link; one that was sent
// is left to the desk, and its requester is not asked a second time.
func TestQuestionIsTakenBack(t *testing.T) {
	for name, sent := range map[string]bool{"it waits": false, "it was sent": true} {
		t.Run(name, func(t *testing.T) {
			st := newStory(t, nil)
			st.writing(headstart.TicketSystem{Source: "rt", Note: true, Question: true})
			st.outage(0)
			st.reported(time.Minute, "12", func(x *headstart.Ticket) { x.Requester.ID = "u-1" })
			st.delivers(2 * time.Minute)
			st.command(10*time.Minute, headstart.Command{Do: "resolve", Incident: "HS-1"})
			st.wantWrites("resolved", "12 note resolved", "12 reply resolved/reply")
			if sent {
				st.delivers(11 * time.Minute)
			}
			st.links(12*time.Minute, "12", "rejected")
			st.wantWrites("unlinked", "12 note unlinked-1")
			told := strings.Contains(st.owes("12", "unlinked-1").Body, "The user was sent a reply")
			if told != sent {
				t.Errorf("the note says that the user had a reply: %t, want %t", told, sent)
			}
			st.delivers(13 * time.Minute)
			st.reported(14*time.Minute, "19", func(x *headstart.Ticket) { x.Requester.ID = "u-1" })
			if got := strings.Contains(fmt.Sprint(st.writes()), "19 reply"); got == sent {
				t.Errorf("asked about another ticket: %t, want %t", got, !sent)
			}
		})
	}
}

// TestGoneIsAskedAsGone (ruling 14): of an outage that nobody hears of any more the
// question does not say that it is over.
func TestGoneIsAskedAsGone(t *testing.T) {
	st := newStory(t, nil)
	st.writing(asking)
	st.outage(0)
	st.reported(time.Minute, "12", func(x *headstart.Ticket) {
		x.Requester.ID, x.Evidence = "u-1", &headstart.Evidence{Language: "nl"}
	})
	g := st.s.groups[1]
	g.State, g.CloseReason, g.Firing = headstart.Closed, "no_longer_heard", 0
	st.change(time.Hour, headstart.Change{Kind: headstart.GroupClosed, Group: 1})
	if got, want := st.owes("12", "resolved/reply").Body, "Wij horen niets meer van de storing die u meldde. Werkt het weer bij u? Zo niet, beantwoord dan dit bericht."; got != want {
		t.Errorf("asked %q, want %q", got, want)
	}
}

// TestNewsIsCountedOnce: what a person tells several audiences in one moment is one
// update of a ticket, not one for each of them.
func TestNewsIsCountedOnce(t *testing.T) {
	c := newCrowd(t, 4, nil)
	c.s.groups[1] = nil
	c.outage(0)
	g := c.s.groups[1]
	g.Locations = c.places
	c.change(time.Second, headstart.Change{Kind: headstart.ImpactChanged, Group: 1})
	c.writing(headstart.TicketSystem{Source: "rt", Note: true})
	c.links(time.Minute, "12", "linked")
	c.delivers(2 * time.Minute)
	c.command(3*time.Minute, headstart.Command{Do: "announce", Incident: "HS-1", Phase: headstart.WorkaroundFound, Text: "print at the desk"})
	if n := c.incident().X.News; n != 1 {
		t.Errorf("%d pieces of news, want one", n)
	}
	c.wantWrites("a workaround for four places", "12 note update-1")
}
