package incidents

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"headstart"
)

// over is a story of an outage that was pushed, reported by four people, of whom one
// calls for others, resolved by hand after ten minutes, and asked about.
func over(t *testing.T, change func(*Announce)) *story {
	t.Helper()
	st := newStory(t, change)
	st.writing(asking)
	st.outage(0)
	st.tick(2 * time.Minute)
	for n := range 4 {
		st.reported(3*time.Minute, fmt.Sprint(12+n), func(x *headstart.Ticket) {
			x.Requester.ID, x.Requester.Shared = fmt.Sprintf("u-%d", n), n == 3
		})
	}
	st.s.groups[1].State, st.s.groups[1].Firing, st.s.groups[1].CloseReason = headstart.Resolved, 0, ""
	st.s.groups[1].ResolvedAt = monday.Add(10 * time.Minute)
	st.s.next = []headstart.Change{{Kind: headstart.GroupResolved, Group: 1}}
	if _, o := st.command(10*time.Minute, headstart.Command{Do: "resolve", Incident: "HS-1", Cause: "een stekker"}); o.Refused != "" {
		t.Fatal(o.Refused)
	}
	st.wantWrites("over", "12 reply resolved/reply", "13 reply resolved/reply", "14 reply resolved/reply")
	return st
}

// answers lets the requester of a ticket be heard again.
func (st *story) answers(d time.Duration, id string, change func(*headstart.Ticket)) string {
	x := st.s.tickets["rt/"+id]
	change(&x.Ticket)
	return brief(st.change(d, headstart.Change{Kind: headstart.TicketMatched, Ticket: "rt/" + id}))
}

func reopened(x *headstart.Ticket)  { x.Reopens++ }
func contacted(x *headstart.Ticket) { x.Contacts++ }

// TestTwoSayNo (announcements section 9): two people who say within a quarter of an hour
// that it still fails propose to open the same incident again, with the reason; neither
// one person, nor two far apart, nor somebody who was not asked, nor "it works" does.
func TestTwoSayNo(t *testing.T) {
	for name, c := range map[string]struct {
		say  func(*story) string
		want string
	}{
		"two requesters": {func(st *story) string {
			return st.answers(20*time.Minute, "12", reopened) + st.answers(34*time.Minute, "13", contacted)
		}, "reopened draft"},
		"one of them twice": {func(st *story) string {
			return st.answers(20*time.Minute, "12", reopened) + st.answers(21*time.Minute, "12", contacted)
		}, ""},
		"a quarter of an hour apart": {func(st *story) string {
			return st.answers(20*time.Minute, "12", reopened) + st.answers(35*time.Minute, "13", reopened)
		}, ""},
		"one says that it works": {func(st *story) string {
			return st.answers(20*time.Minute, "12", reopened) + st.answers(21*time.Minute, "13", func(x *headstart.Ticket) {
				x.Contacts, x.Evidence = 1, &headstart.Evidence{Cues: map[string]int{"works_again": 1}}
			})
		}, ""},
		"one was never asked": {func(st *story) string {
			return st.answers(20*time.Minute, "12", reopened) + st.answers(21*time.Minute, "15", reopened)
		}, ""},
		"nothing new in the tickets": {func(st *story) string {
			return st.answers(20*time.Minute, "12", func(x *headstart.Ticket) { x.Priority = "P2" }) + st.answers(21*time.Minute, "13", func(*headstart.Ticket) {})
		}, ""},
		"two callers": {func(st *story) string {
			one, _ := st.command(20*time.Minute, headstart.Command{Do: "confirm", Incident: "HS-1"})
			two, _ := st.command(21*time.Minute, headstart.Command{Do: "confirm", Incident: "HS-1"})
			return brief(one) + brief(two)
		}, "reopened draft"},
		"a reader and a ticket the desk read": {func(st *story) string {
			one := st.line(20*time.Minute, headstart.Line{Confirm: &headstart.Confirm{Incident: "HS-1", Device: "d1"}})
			two, _ := st.command(21*time.Minute, headstart.Command{Do: "confirm", Incident: "HS-1", Source: "rt", Ticket: "15"})
			return brief(one) + brief(two)
		}, "reopened draft"},
		"one reader twice": {func(st *story) string {
			one := st.line(20*time.Minute, headstart.Line{Confirm: &headstart.Confirm{Incident: "HS-1", Device: "d1"}})
			two := st.line(21*time.Minute, headstart.Line{Confirm: &headstart.Confirm{Incident: "HS-1", Device: "d1"}})
			return brief(one) + brief(two)
		}, ""},
		"hushed": {func(st *story) string {
			st.command(19*time.Minute, headstart.Command{Do: "hush", For: "2h"})
			return st.answers(20*time.Minute, "12", reopened) + st.answers(21*time.Minute, "13", reopened)
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			st := over(t, nil)
			if got := c.say(st); got != c.want {
				t.Fatalf("users got %q, want %q", got, c.want)
			}
			a := st.notice()
			if proposed := a.Draft != nil; proposed != (c.want != "") || a.State != headstart.AnnouncementFinal {
				t.Errorf("proposed %t, the notice is %s; want it to stay final until a person decides", proposed, a.State)
			}
			if a.Draft != nil && a.Draft.Why[0] != "2 people said within a quarter of an hour that it does not work yet" {
				t.Errorf("the draft says %q", a.Draft.Why)
			}
		})
	}
}

// TestApprovedReopening: who approves the proposal opens the same incident again, and
// its readers hear it in the same notice; who discards it changes nothing.
func TestApprovedReopening(t *testing.T) {
	proposed := func() *story {
		st := over(t, nil)
		st.answers(20*time.Minute, "12", reopened)
		st.answers(21*time.Minute, "13", reopened)
		return st
	}
	st := proposed()
	id := st.notice().ID
	g := st.s.groups[1]
	g.State, g.Reopens = headstart.Open, 1
	st.s.next = []headstart.Change{{Kind: headstart.GroupReopened, Group: 1}}
	said, o := st.command(22*time.Minute, headstart.Command{Do: "approve", Announcement: id})
	if o.Refused != "" || !strings.HasSuffix(brief(said), "reopened page, reopened push") {
		t.Fatalf("users got %q, refused %q", brief(said), o.Refused)
	}
	a, i := st.notice(), st.incident()
	if !a.Live() || a.ID != id || a.Draft != nil || i.State != headstart.Open || a.NextUpdateBy == nil || a.Last().Approver != "samira" || len(i.X.No) != 0 {
		t.Errorf("the notice %s is %s with draft %v, the incident %s; last %+v", a.ID, a.State, a.Draft != nil, i.State, a.Last())
	}

	st = proposed()
	if _, o := st.command(22*time.Minute, headstart.Command{Do: "discard", Announcement: st.notice().ID}); o.Refused != "" {
		t.Fatal(o.Refused)
	}
	if a := st.notice(); a.Draft != nil || a.State != headstart.AnnouncementFinal || st.incident().State != headstart.Resolved {
		t.Errorf("discarded: the notice is %s, the incident %s", a.State, st.incident().State)
	}

	st = proposed()
	st.s.refuse = fmt.Errorf("not possible")
	if _, o := st.command(22*time.Minute, headstart.Command{Do: "approve", Announcement: st.notice().ID}); o.Refused != "not possible" || st.notice().Draft == nil {
		t.Errorf("refused by correlation: %q, draft %v", o.Refused, st.notice().Draft != nil)
	}
}

// TestNoWhileTheEndWaits: where the closing message still waits for a person, that person
// reads that people say no.
func TestNoWhileTheEndWaits(t *testing.T) {
	st := over(t, func(a *Announce) { a.FourEyes = true })
	st.answers(20*time.Minute, "12", reopened)
	st.answers(21*time.Minute, "13", reopened)
	d := st.notice().Draft
	if d == nil || d.Phase != headstart.Solved || !strings.Contains(strings.Join(d.Why, "; "), "2 people said") {
		t.Errorf("the closing draft is %+v", d)
	}
}

// TestDeskHearsNo: a ticket is named only of what is over, and only one that is linked.
func TestDeskHearsNo(t *testing.T) {
	st := over(t, nil)
	if _, o := st.command(20*time.Minute, headstart.Command{Do: "confirm", Incident: "HS-1", Ticket: "99"}); !o.Missing {
		t.Errorf("a ticket nobody linked came to %+v", o)
	}
	st = newStory(t, nil)
	st.outage(0)
	st.reported(time.Minute, "12", func(x *headstart.Ticket) { x.Requester.ID = "u-1" })
	if _, o := st.command(2*time.Minute, headstart.Command{Do: "confirm", Incident: "HS-1", Ticket: "12"}); !strings.Contains(o.Refused, "still runs") {
		t.Errorf("while it lasts: %+v", o)
	}
}
