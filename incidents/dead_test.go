package incidents

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"headstart"
)

// owedOn is the one message owed on a channel or receiver.
func (st *story) owedOn(place string) *headstart.Notice {
	st.t.Helper()
	var found *headstart.Notice
	for _, n := range st.f.book.owed {
		if n.Channel == place || n.Receiver == place {
			if found != nil {
				st.t.Fatalf("%s is owed %s and %s", place, found.Key, n.Key)
			}
			found = n
		}
	}
	if found == nil {
		st.t.Fatalf("%s is owed nothing", place)
	}
	return found
}

// ends reports what became of the message owed on a place.
func (st *story) ends(d time.Duration, place, outcome string) *headstart.Notice {
	st.t.Helper()
	n := st.owedOn(place)
	r := &headstart.Delivery{Key: n.Key, Outcome: outcome, Again: n.Again}
	if outcome == "sent" {
		r.Handle = json.RawMessage(`{"id":"x"}`)
	} else {
		r.Err = "550 no such list"
	}
	st.line(d, headstart.Line{Delivery: r})
	return n
}

func (st *story) resend(d time.Duration, key string) *headstart.Outcome {
	st.t.Helper()
	_, o := st.command(d, headstart.Command{Do: "resend", Message: key})
	return o
}

// TestDeadLetterIsSentAgain: what a channel would not take is kept with the reason,
// goes out again under the same name when a person says so, and is gone once it
// arrived.
func TestDeadLetterIsSentAgain(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	st.tick(3 * time.Minute)
	first := st.ends(4*time.Minute, "mail", "dead")
	l := st.f.book.dead[first.Key]
	if l == nil || l.Why != "550 no such list" || len(st.f.book.owedOf[first.Announcement]) != 0 {
		t.Fatalf("given up: %+v, still owed %v", l, st.f.book.owedOf[first.Announcement])
	}
	if o := st.resend(20*time.Minute, first.Key); o.Refused != "" {
		t.Fatalf("refused: %s", o.Refused)
	}
	n := st.owedOn("mail")
	if n.Key != first.Key || n.Again != 1 || n.Attempt != 0 || !n.At.Equal(monday.Add(20*time.Minute)) {
		t.Errorf("sent again as %s, again %d, attempt %d, at %s; want the same name, anew", n.Key, n.Again, n.Attempt, n.At)
	}
	if len(st.f.book.dead) != 0 {
		t.Errorf("it is still among the dead while it is on its way: %v", st.f.book.dead)
	}
	// A late word about the first attempt says nothing about the second.
	st.line(21*time.Minute, headstart.Line{Delivery: &headstart.Delivery{Key: n.Key, Outcome: "dead"}})
	st.ends(22*time.Minute, "mail", "sent")
	if len(st.f.book.dead) != 0 || st.f.book.owed[n.Key] != nil {
		t.Errorf("after it arrived: dead %v, owed %v", st.f.book.dead, st.f.book.owed)
	}
	if o := st.resend(23*time.Minute, first.Key); !o.Missing {
		t.Errorf("sending it a second time: %+v, want that there is none", o)
	}
}

// TestDeadLetterTellsHowThingsAre: a place that missed messages is told the newest, and
// nobody who was not told that it broke is told that it works.
func TestDeadLetterTellsHowThingsAre(t *testing.T) {
	t.Run("the newest", func(t *testing.T) {
		st := newStory(t, nil)
		st.outage(0)
		st.tick(3 * time.Minute)
		first := st.ends(4*time.Minute, "mail", "dead")
		st.command(5*time.Minute, headstart.Command{Do: "announce", Incident: "HS-1", Phase: headstart.WorkaroundFound, Variables: map[string]string{"Workaround": "Loop naar boven."}})
		st.ends(6*time.Minute, "mail", "dead")
		if o := st.resend(7*time.Minute, first.Key); o.Refused != "" {
			t.Fatalf("refused: %s", o.Refused)
		}
		if n := st.owedOn("mail"); n.Phase != headstart.WorkaroundFound {
			t.Errorf("sent %s, want the newest message", n.Phase)
		}
		if len(st.f.book.dead) != 0 {
			t.Errorf("left behind: %v", st.f.book.dead)
		}
	})
	t.Run("a newer one is on its way", func(t *testing.T) {
		st := newStory(t, nil)
		st.outage(0)
		st.tick(3 * time.Minute)
		first := st.ends(4*time.Minute, "mail", "dead")
		st.command(5*time.Minute, headstart.Command{Do: "announce", Incident: "HS-1", Phase: headstart.WorkaroundFound, Variables: map[string]string{"Workaround": "Loop naar boven."}})
		if o := st.resend(6*time.Minute, first.Key); !strings.Contains(o.Refused, "newer message") {
			t.Errorf("refused with %q", o.Refused)
		}
		st.ends(7*time.Minute, "mail", "sent")
		if len(st.f.book.dead) != 0 {
			t.Errorf("told something newer, the place still misses %v", st.f.book.dead)
		}
	})
	t.Run("it is over", func(t *testing.T) {
		st := newStory(t, nil)
		st.outage(0)
		st.tick(3 * time.Minute)
		first := st.ends(4*time.Minute, "mail", "dead")
		st.recovered(10 * time.Minute)
		st.tick(40 * time.Minute)
		for _, n := range st.f.book.owed {
			if n.Channel == "mail" {
				t.Errorf("nobody there was told that it broke, and yet %s is owed", n.Key)
			}
		}
		if o := st.resend(41*time.Minute, first.Key); !strings.Contains(o.Refused, "nobody there was told of it") {
			t.Errorf("refused with %q", o.Refused)
		}
		if _, o := st.command(42*time.Minute, headstart.Command{Do: "dismiss", Message: first.Key}); o.Refused != "" || len(st.f.book.dead) != 0 {
			t.Errorf("dismissed: %q, left %v", o.Refused, st.f.book.dead)
		}
	})
	t.Run("the end was missed", func(t *testing.T) {
		st := newStory(t, nil)
		st.outage(0)
		st.tick(3 * time.Minute)
		st.ends(4*time.Minute, "mail", "sent")
		st.recovered(10 * time.Minute)
		st.tick(40 * time.Minute)
		last := st.ends(41*time.Minute, "mail", "dead")
		if o := st.resend(42*time.Minute, last.Key); o.Refused != "" {
			t.Fatalf("refused: %s", o.Refused)
		}
		if n := st.owedOn("mail"); !n.Final || len(n.Handle) == 0 {
			t.Errorf("sent %s with handle %q, want the end in the thread of the first", n.Phase, n.Handle)
		}
	})
	t.Run("hushed", func(t *testing.T) {
		st := newStory(t, nil)
		st.outage(0)
		st.tick(3 * time.Minute)
		first := st.ends(4*time.Minute, "mail", "dead")
		st.command(5*time.Minute, headstart.Command{Do: "hush", For: "2h"})
		if o := st.resend(6*time.Minute, first.Key); o.Refused == "" || len(st.f.book.dead) != 1 {
			t.Errorf("refused with %q, dead %v; want it kept and not sent (ruling 30)", o.Refused, st.f.book.dead)
		}
	})
	t.Run("a page", func(t *testing.T) {
		st := newStory(t, nil)
		st.outage(0)
		page := st.ends(time.Minute, "net-team", "dead")
		if o := st.resend(2*time.Minute, page.Key); o.Refused != "" || st.owedOn("net-team").Key != page.Key {
			t.Errorf("refused with %q", o.Refused)
		}
		st.ends(3*time.Minute, "net-team", "dead")
		st.recovered(10 * time.Minute)
		if o := st.resend(11*time.Minute, page.Key); o.Refused == "" && !o.Missing {
			t.Error("paged of what is over")
		}
	})
}

// What was given up of planned work is sent again too, in its newest words; a digest is
// not: the next one says how things are.
func TestDeadLettersOfWorkAndDigests(t *testing.T) {
	st := newStory(t, evening)
	st.planWork(0, 24*time.Hour, time.Hour)
	st.approveWork(time.Minute)
	st.through(23*time.Hour + 30*time.Minute)
	first := st.ends(23*time.Hour+31*time.Minute, "mail", "dead")
	if first.Window != "W-1" {
		t.Fatalf("given up: %+v, want a message about the work", first)
	}
	if o := st.resend(23*time.Hour+32*time.Minute, first.Key); o.Refused != "" {
		t.Fatalf("refused: %s", o.Refused)
	}
	if n := st.owedOn("mail"); n.Window != "W-1" || n.Again != 1 || n.Ref != first.Ref {
		t.Errorf("sent again: %+v", n)
	}
	st.ends(23*time.Hour+33*time.Minute, "mail", "dead")
	st.command(23*time.Hour+34*time.Minute, headstart.Command{Do: "hush", For: "1h"})
	if o := st.resend(23*time.Hour+35*time.Minute, first.Key); !strings.Contains(o.Refused, "hushed") {
		t.Errorf("hushed, it is refused with %q", o.Refused)
	}

	st.f.book.bury(&headstart.Notice{Key: "digest-x/noord/1/mail", UID: "digest-x", Plane: headstart.PlaneUsers, Channel: "mail", Phase: headstart.DigestSent}, "gone")
	if o := st.resend(23*time.Hour+36*time.Minute, "digest-x/noord/1/mail"); !strings.Contains(o.Refused, "the next one says how they are") {
		t.Errorf("a digest is refused with %q", o.Refused)
	}
	if _, o := st.command(23*time.Hour+37*time.Minute, headstart.Command{Do: "dismiss", Message: "digest-x/noord/1/mail"}); o.Refused != "" {
		t.Errorf("a digest cannot be dismissed: %s", o.Refused)
	}
}

// TestDeadLettersHaveBounds: a place that is gone for good does not fill the store, and
// what nobody sends again goes within a month.
func TestDeadLettersHaveBounds(t *testing.T) {
	st := newStory(t, nil)
	b := st.f.book
	for n := range mostDead + 5 {
		b.now = monday.Add(time.Duration(n) * time.Second)
		b.bury(&headstart.Notice{Key: fmt.Sprintf("u/a/%d/mail", n), Channel: "mail", Plane: headstart.PlaneUsers}, "gone")
	}
	if len(b.dead) != mostDead || b.dead["u/a/4/mail"] != nil || b.dead["u/a/5/mail"] == nil {
		t.Fatalf("%d are kept, want the newest %d", len(b.dead), mostDead)
	}
	st.tick(40 * 24 * time.Hour)
	if len(b.dead) != 0 {
		t.Errorf("%d are kept for 40 days, want none", len(b.dead))
	}
}
