package notify

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

func TestSenderTriesUntilDelivered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, back := newEngine(), time.Now().Add(time.Hour)
		c := &fake{name: "mail", answer: func(string) error {
			if time.Now().Before(back) {
				return errors.New("connection refused")
			}
			return nil
		}}
		e.owe(msg("mail", "a", 1))
		runFor(t, sender(t, e, prometheus.NewPedanticRegistry(), c), 2*time.Hour)
		if len(e.owed) != 0 {
			t.Errorf("still owed after two hours: %v", e.outcomes())
		}
		// 5 s, 10 s, 20 s, ... 10 min: an hour takes twelve attempts.
		if n := len(c.heard()); n < 10 || n > 15 {
			t.Errorf("%d attempts in an hour, want about twelve", n)
		}
		for i := 1; i < len(c.at); i++ {
			if gap := c.at[i].Sub(c.at[i-1]); gap < 5*time.Second || gap > 11*time.Minute {
				t.Errorf("attempt %d came %s after the one before", i, gap)
			}
		}
	})
}

// A dead mail server holds up no other channel.
func TestSenderDeadChannelHoldsUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEngine()
		dead, chat := &fake{name: "mail", deaf: true}, &fake{name: "chat"}
		for i := range 20 {
			e.owe(msg("mail", fmt.Sprint("u", i), 1), msg("chat", fmt.Sprint("u", i), 1))
		}
		start := time.Now()
		runFor(t, sender(t, e, prometheus.NewPedanticRegistry(), dead, chat), 10*time.Second)
		if n := len(chat.heard()); n != 20 {
			t.Errorf("chat heard %d messages in ten seconds, want 20", n)
		}
		if n := len(dead.heard()); n != 1 {
			t.Errorf("%d calls into a channel that hangs, want 1", n)
		}
		if took := time.Since(start); took > 12*time.Second {
			t.Errorf("Run ended %s late because a channel hangs", took-10*time.Second)
		}
		time.Sleep(1000 * time.Hour) // lets the abandoned call end
	})
}

// Nor do thousands of messages that wait for it: what is owed after them is read too.
func TestSenderReadsBeyondWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEngine()
		dead, chat := &fake{name: "mail", deaf: true}, &fake{name: "chat"}
		for i := range outboxMax + 1 {
			e.owe(msg("mail", fmt.Sprint("u", i), 1))
		}
		time.Sleep(time.Second)
		e.owe(msg("chat", "later", 1))
		runFor(t, sender(t, e, prometheus.NewPedanticRegistry(), dead, chat), 3*time.Second)
		if n := len(chat.heard()); n != 1 {
			t.Errorf("behind %d messages for a channel that hangs, chat heard %d, want 1", outboxMax+1, n)
		}
		time.Sleep(1000 * time.Hour) // lets the abandoned call end
	})
}

// A channel that ignores its deadline is abandoned and tried again, and not
// without bound.
func TestSenderAbandonsWhatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, c := newEngine(), &fake{name: "mail", deaf: true}
		e.owe(msg("mail", "a", 1))
		runFor(t, sender(t, e, prometheus.NewPedanticRegistry(), c), 20*time.Hour)
		if n := len(c.heard()); n != maxAbandoned {
			t.Errorf("%d calls hang, want at most %d", n, maxAbandoned)
		}
		if got := e.outcomes(); len(got) < maxAbandoned+1 || slices.Contains(got, "a/1/mail sent") {
			t.Errorf("outcomes %q, want retries only", got)
		}
		time.Sleep(1000 * time.Hour)
	})
}

// What was sent is not sent again while the engine catches up, nor while the
// lease is away for a moment.
func TestSenderDoesNotRepeatWhileEngineLags(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, c := newEngine(), &fake{name: "mail"}
		e.lag = 2 * time.Minute
		e.owe(msg("mail", "a", 1))
		time.AfterFunc(30*time.Second, func() { e.mu.Lock(); e.leads = false; e.mu.Unlock() })
		time.AfterFunc(40*time.Second, func() { e.mu.Lock(); e.leads = true; e.mu.Unlock() })
		runFor(t, sender(t, e, prometheus.NewPedanticRegistry(), c), 4*time.Minute)
		wantHeard(t, c, "post a/1/mail")
		if len(e.owed) != 0 {
			t.Error("still owed")
		}
	})
}

// A crash between sending and reporting repeats the message under the same key.
func TestSenderRepeatsUnderTheSameKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, c := newEngine(), &fake{name: "mail"}
		e.owe(msg("mail", "a", 1))
		e.lossy = true
		runFor(t, sender(t, e, prometheus.NewPedanticRegistry(), c), 10*time.Second) // its report never arrives
		e.lossy = false
		runFor(t, sender(t, e, prometheus.NewPedanticRegistry(), c), 10*time.Second)
		wantHeard(t, c, "post a/1/mail", "post a/1/mail")
		if len(e.owed) != 0 {
			t.Error("still owed")
		}
	})
}

// A report that a failover lost is made again, without sending again.
func TestSenderReportsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, c := newEngine(), &fake{name: "mail"}
		e.owe(msg("mail", "a", 1))
		e.lossy = true
		time.AfterFunc(time.Minute, func() { e.mu.Lock(); e.lossy = false; e.mu.Unlock() })
		runFor(t, sender(t, e, prometheus.NewPedanticRegistry(), c), 10*time.Minute)
		wantHeard(t, c, "post a/1/mail")
		if len(e.owed) != 0 {
			t.Error("still owed; the lost report was not made again")
		}
	})
}

// A store that is away for ten minutes loses nothing and repeats nothing.
func TestSenderStoreAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEngine()
		c := &fake{name: "mail"}
		c.answer = func(string) error { // the store goes while the mail is on its way
			e.mu.Lock()
			defer e.mu.Unlock()
			e.down = true
			return nil
		}
		e.owe(msg("mail", "a", 1))
		time.AfterFunc(10*time.Minute, func() {
			e.mu.Lock()
			e.down = false
			c.mu.Lock()
			c.answer = nil
			c.mu.Unlock()
			e.mu.Unlock()
		})
		runFor(t, sender(t, e, prometheus.NewPedanticRegistry(), c), 15*time.Minute)
		wantHeard(t, c, "post a/1/mail")
		if len(e.owed) != 0 {
			t.Error("still owed")
		}
	})
}
