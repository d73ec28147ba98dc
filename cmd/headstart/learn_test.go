package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"headstart"
)

// reviewedTickets are tickets whose links people judged: those of several people
// were right, those of one were not.
func reviewedTickets(at time.Time, from, n int) []headstart.FeedOp {
	var ops []headstart.FeedOp
	for i := from; i < from+n; i++ {
		right := i%2 == 0
		x := map[string]float64{"bias": 1, "service": 1}
		stem := "aa"
		if right {
			x["several"] = 1
			stem = "bb"
		}
		t := headstart.TicketState{
			V: 1, Ticket: headstart.Ticket{Source: "rt", ID: fmt.Sprint(i), Requester: headstart.Requester{ID: fmt.Sprint("u-", i)}, Evidence: &headstart.Evidence{Stems: []string{stem}}},
			Reviews: []headstart.Review{{Group: 1, Right: right, At: at.AddDate(0, 0, i%6), Features: x}},
		}
		val, err := json.Marshal(t)
		if err != nil {
			panic(err) // only types of ours
		}
		ops = append(ops, headstart.FeedOp{Table: headstart.TableTickets, Row: headstart.Row{Key: t.Key(), Val: val}})
	}
	return ops
}

// Each night the leader learns from new verdicts, and only from those: the model
// enters the log with the date as its version, its numbers rounded to 1e-4.
func TestLearnsAtNight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		view := headstart.NewView()
		var learned []headstart.Model
		leading := true
		var mu sync.Mutex // of both; the test holds it by day
		mu.Lock()
		defer mu.Unlock()
		l := &learner{
			view: view, zone: time.UTC, logger: slog.New(slog.DiscardHandler),
			leading: func() bool { mu.Lock(); defer mu.Unlock(); return leading },
			append: func(_ context.Context, rec headstart.Append) (headstart.Offset, error) {
				mu.Lock()
				defer mu.Unlock()
				r, err := headstart.DecodeRecord(rec.Data)
				if err != nil {
					t.Fatal(err)
				}
				learned = append(learned, *r.Lines[0].Model)
				return headstart.Offset{}, nil
			},
		}
		show := func(ops []headstart.FeedOp) {
			if err := view.Reset(headstart.Cursor{}, headstart.Offset{}, ops); err != nil {
				t.Fatal(err)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() { _ = l.run(ctx) }()
		night := func() { mu.Unlock(); time.Sleep(24 * time.Hour); synctest.Wait(); mu.Lock() }

		now := time.Now()
		show(reviewedTickets(now, 0, 4))
		night()
		if len(learned) != 0 {
			t.Fatalf("learned %v of four verdicts; want nothing yet", learned)
		}
		show(reviewedTickets(now.AddDate(0, 0, -5), 0, 60))
		leading = false
		night()
		if len(learned) != 0 {
			t.Fatal("a follower learned; want the leader alone to")
		}
		leading = true
		night()
		night()
		if len(learned) != 1 {
			t.Fatalf("learned %d times of the same verdicts; want once", len(learned))
		}
		m := learned[0]
		if m.Version != 20000103 || m.Weights["several"] <= 1 || m.Weights["word:bb"] <= 0 || m.Weights["word:aa"] >= 0 {
			t.Errorf("learned %+v; want version 20000103, several people to count for more, and the words apart", m)
		}
		for name, w := range m.Weights {
			if w != math.Round(w*1e4)/1e4 {
				t.Errorf("%s is %v; want at most four digits", name, w)
			}
		}
		show(reviewedTickets(now.AddDate(0, 0, 3), 0, 60))
		night()
		if len(learned) != 2 || learned[1].Version <= m.Version {
			t.Errorf("learned %d times, the last %v; want again, of newer verdicts", len(learned), learned)
		}
	})
}
