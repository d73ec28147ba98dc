package incidents

import (
	"strings"
	"testing"
	"time"

	"headstart"
)

// Rulings 6 and 11: after a restore nothing is pushed to users until a person releases
// it, operators are told once, and no number is given out a second time.
func TestRestored(t *testing.T) {
	st := newStory(t, nil)
	st.f.book.router = toOps{}
	st.outage(0)
	st.tick(2 * time.Minute)
	if len(st.mails()) == 0 {
		t.Fatal("no mail is owed, want the push")
	}
	st.command(3*time.Minute, headstart.Command{Do: "restored", Text: "2026-11-23 07:00"})
	if keys := st.mails(); len(keys) > 0 {
		t.Errorf("still owed to users: %v", keys)
	}
	note := st.f.book.desk[headstart.HushKey]
	if note == nil || !strings.Contains(note.Text, "older copy") || !strings.Contains(note.Text, "07:00") || note.Until.Before(monday.AddDate(5, 0, 0)) {
		t.Errorf("the desk reads %+v; want that a copy is in use, of when, with no end", note)
	}
	paged := 0
	for _, n := range st.f.book.owed {
		if n.Plane == headstart.PlaneOperators && strings.Contains(n.Title, "older copy") {
			paged++
		}
	}
	if paged != 1 {
		t.Errorf("operators are told %d times, want once", paged)
	}
	if st.f.book.last != 1+restoredJump {
		t.Errorf("the newest number is %d, want a jump of %d", st.f.book.last, restoredJump)
	}
	st.command(time.Hour, headstart.Command{Do: "hush", For: "0s"})
	if !st.f.book.hush.Equal(st.f.book.now) {
		t.Error("a person cannot release it")
	}
}
