package notify

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"headstart"
)

// 200 incidents at once reach a channel at the pace it takes. Whoever is told late
// is told how things are: each incident ends in its newest state, and its order
// is kept.
func TestSenderCoalescesWhenBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEngine()
		c := &fake{name: "chat", answer: func(string) error { time.Sleep(time.Second); return nil }}
		start := time.Now()
		for n := range 200 {
			first := msg("chat", fmt.Sprintf("i%03d", n), 1)
			first.At = start
			e.owe(first)
		}
		go func() {
			time.Sleep(30 * time.Second)
			for n := range 200 {
				last := msg("chat", fmt.Sprintf("i%03d", n), 2)
				last.Phase, last.Final = headstart.Solved, true
				e.owe(last)
			}
		}()
		runFor(t, sender(t, e, prometheus.NewPedanticRegistry(), c), 20*time.Minute)
		told := map[string]string{} // by incident: the numbers of what was said
		for _, line := range c.heard() {
			part := strings.Split(strings.TrimPrefix(line, "post "), "/")
			told[part[0]] += part[1]
		}
		if len(told) != 200 || len(e.owed) != 0 {
			t.Fatalf("%d incidents told, %d messages still owed; want all told", len(told), len(e.owed))
		}
		both := 0
		for uid, numbers := range told {
			if numbers != "12" && numbers != "2" {
				t.Errorf("%s was told %s; want its last state last, and once", uid, numbers)
			}
			if numbers == "12" {
				both++
			}
		}
		if both > 70 {
			t.Errorf("%d incidents were told twice; want only those told within the first minute", both)
		}
	})
}

// A newer message that is not due yet takes nobody's place: the one owed now goes.
func TestSenderWaitsForNoneNotDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, c := newEngine(), &fake{name: "chat"}
		first, held := msg("chat", "a", 1), msg("chat", "a", 2)
		first.At = time.Now().Add(-time.Hour)
		held.At = time.Now().Add(8 * time.Hour)
		e.owe(first, held)
		runFor(t, sender(t, e, prometheus.NewPedanticRegistry(), c), time.Minute)
		wantHeard(t, c, "post a/1/chat")
	})
}

// What was decided before this sender led may have been sent by the one before: a
// channel that can look for it is told so.
func TestSenderInherits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEngine()
		c := &attempts{fake: fake{name: "chat"}, of: map[string]int{}}
		old := msg("chat", "a", 1)
		old.At = time.Now().Add(-time.Second)
		e.owe(old, msg("chat", "b", 1))
		runFor(t, sender(t, e, prometheus.NewPedanticRegistry(), c), time.Minute)
		if c.of["a/1/chat"] != 1 || c.of["b/1/chat"] != 0 {
			t.Errorf("attempts before: %v, want one counted for the message of before and none for ours", c.of)
		}
	})
}

// attempts notes how often each message was tried before.
type attempts struct {
	fake
	of map[string]int
}

func (a *attempts) Post(ctx context.Context, n *headstart.Notice) (Handle, error) {
	a.of[n.Key] = n.Attempt
	return a.fake.Post(ctx, n)
}

// A channel's calls keep the distance its service asks for, and the first waits
// for nothing.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, start := pace{gap: slackGap}, time.Now()
		for n := range 4 {
			if err := p.wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got, want := time.Since(start), time.Duration(n)*slackGap; got != want {
				t.Errorf("call %d after %s, want %s", n, got, want)
			}
		}
	})
}
