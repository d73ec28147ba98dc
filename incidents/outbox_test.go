package incidents

import (
	"log/slog"
	"testing"
	"time"

	"headstart"
)

// TestTakenBackAndApproved: a store puts messages on the outbox before it takes
// others off; a message taken back and approved again within one commit stays on.
func TestTakenBackAndApproved(t *testing.T) {
	st := newStory(t, nil)
	l := &leader{engine: &Engine{logger: slog.New(slog.DiscardHandler)}, fold: st.f}
	l.reset()
	st.outage(0)
	st.tick(2 * time.Minute)
	l.gather()
	l.reset() // committed
	st.command(3*time.Minute, headstart.Command{Do: "hush"})
	l.gather()
	st.command(4*time.Minute, headstart.Command{Do: "hush", For: "0s"})
	l.gather()
	_, o := st.command(5*time.Minute, headstart.Command{Do: "approve", Announcement: st.notice().ID})
	l.gather()
	if o.Refused != "" {
		t.Fatal(o.Refused)
	}
	left := map[string]bool{}
	for _, m := range l.out {
		left[m.ID] = true
	}
	for _, id := range l.ack {
		delete(left, id)
	}
	for _, key := range st.mails() {
		if !left[key] {
			t.Errorf("%s is owed and no longer on the outbox", key)
		}
	}
	if len(st.mails()) == 0 {
		t.Error("nothing is owed, want the approved push")
	}
}
