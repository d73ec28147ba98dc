package incidents

import (
	"strings"
	"testing"
	"time"

	"headstart"
)

// loudMails are the mails owed that tell of a phase.
func (st *story) loudMails(phase headstart.Phase) (n int) {
	for _, o := range st.f.book.owed {
		if o.Channel == "mail" && o.Phase == phase && !o.Silent {
			n++
		}
	}
	return n
}

// TestEndWaitsForTheMorning: what no person sent is not pushed in quiet hours, the end
// no more than the beginning (ruling 28); the page says it at once.
func TestEndWaitsForTheMorning(t *testing.T) {
	st := newStory(t, nil)
	evening := 11 * time.Hour // 20:00 in Amsterdam
	st.outage(evening)
	if got := brief(st.tick(evening + 2*time.Minute)); got != "investigating push" {
		t.Fatalf("in the evening users got %q, want the push", got)
	}
	st.recovered(evening + 2*time.Hour)
	if got := brief(st.tick(evening + 3*time.Hour)); got != "resolved page" || st.loudMails(headstart.Solved) != 0 {
		t.Errorf("at eleven users got %q and %d mails, want the page alone", got, st.loudMails(headstart.Solved))
	}
	if got := brief(st.tick(22 * time.Hour)); got != "resolved push" || st.loudMails(headstart.Solved) != 1 {
		t.Errorf("in the morning users got %q and %d mails, want the end", got, st.loudMails(headstart.Solved))
	}
}

// TestMailThatPromised covers ruling 26: a cause that was found changes page and chat in
// silence; a mail says it too once the last one promised a message over two hours ago.
func TestMailThatPromised(t *testing.T) {
	for name, c := range map[string]struct {
		at   time.Duration
		want int
	}{
		"an hour later":              {time.Hour, 0},
		"three hours later":          {3 * time.Hour, 1},
		"three hours and no promise": {3*time.Hour + time.Minute, 0},
	} {
		st := newStory(t, func(a *Announce) { a.Policy["progress_no_news"] = approval })
		st.outage(0)
		st.tick(2 * time.Minute)
		if strings.HasSuffix(name, "no promise") {
			st.notice().Updates[0].NextUpdateBy = nil
		}
		st.command(c.at, headstart.Command{Do: "announce", Incident: "HS-1", Phase: headstart.Identified, Text: "A device broke."})
		if got := st.loudMails(headstart.Identified); got != c.want {
			t.Errorf("%s: %d mails, want %d", name, got, c.want)
		}
	}
}

// TestAskedToWaitIsNoFailure: the count that a message starts with after a restart is that
// of failed attempts. A storm of 429 gives nothing up, however long it takes, but the message
// is one that was tried: some places look then whether it arrived.
func TestAskedToWaitIsNoFailure(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	keys := sortedKeys(st.f.book.owed)
	if len(keys) == 0 {
		t.Fatal("nothing is owed, so nothing can be refused")
	}
	n := st.f.book.owed[keys[0]]
	at := time.Second
	refused := func(failed int) {
		at += time.Second
		st.line(at, headstart.Line{Delivery: &headstart.Delivery{Key: n.Key, Outcome: "retry", RetryAt: monday.Add(at + time.Second), Attempt: failed}})
	}
	for range 40 {
		refused(0)
	}
	if n.Attempt != 1 {
		t.Errorf("after being asked to wait 40 times %d attempts count, want 1: it was tried", n.Attempt)
	}
	for failed := range 3 {
		refused(failed + 1)
		refused(failed + 1) // and asked to wait again
	}
	if n.Attempt != 3 {
		t.Errorf("after three failures between them %d attempts count, want 3", n.Attempt)
	}
}
