package incidents

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"headstart"
	"headstart/announce"
	"headstart/correlate"
	"headstart/correlate/scenario"
	"headstart/notify"
)

// TestLeaderChangesBeforeEachDecision covers scenario 14c of the correlation
// reference: whoever leads when a record was appended is gone before it decided, or
// decided and could not commit. The next leader takes the same decisions under the
// same numbers, owes the same messages and leaves the same rows as one that led all
// the time.
func TestLeaderChangesBeforeEachDecision(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"01-symptoms-first", "13b-both-uplinks", "13c-second-uplink-later", "14a-cause-flaps", "09-partial-recovery", "88-split-by-hand-sticks"} {
		t.Run(name, func(t *testing.T) {
			log := recordsOf(t, name)
			whole := newShelf()
			l := takeLead(t, whole)
			for _, e := range log {
				lead(t, l, e)
			}
			broken := newShelf()
			for _, e := range log {
				lost := takeLead(t, broken)
				for events, done := mustRecord(t, e.Data).Events(e.Off), false; !done; {
					done = lost.fold.unit(e.Off, events)
					lost.gather()
				}
				broken.held = false // its lease ran out
				lead(t, takeLead(t, broken), e)
				broken.held = false
			}
			if diff := cmp.Diff(strip(whole.rows), strip(broken.rows)); diff != "" {
				t.Errorf("the rows differ (-one leader +many):\n%.2000s", diff)
			}
			if diff := cmp.Diff(whole.out, broken.out); diff != "" {
				t.Errorf("other messages are owed (-one leader +many):\n%.2000s", diff)
			}
			if len(whole.out) == 0 {
				t.Error("nobody is owed a message; such a story shows nothing")
			}
		})
	}
}

// recordsOf are the records of a scenario, as they stand in a log.
func recordsOf(t *testing.T, name string) (log []headstart.Entry) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join("..", "correlate", "testdata", name+"*.txtar"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%d scenarios are called %s (%v), want one", len(found), name, err)
	}
	data, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenario.Parse(name, data)
	if err != nil {
		t.Fatal(err)
	}
	var last headstart.Offset
	for _, l := range s.Lines() {
		if l.Config != nil {
			c := *l.Config
			a := DefaultConfig().Announce
			a.Push.Mode = auto
			c.Announce, _ = json.Marshal(a)
			c.Channels, c.Route, c.Installation = []headstart.ChannelInfo{{Name: "mail", Type: "email"}}, "receiver: desk", "test"
			l.Config = &c
		}
		off := headstart.Offset{Ms: uint64(l.At.UnixMilli())}
		if !last.Before(off) {
			off = headstart.Offset{Ms: last.Ms, Seq: last.Seq + 1}
		}
		last = off
		rec := headstart.Record{V: 1} // a tick
		if !reflect.ValueOf(l.Line).IsZero() {
			rec = headstart.NewRecord(off.At(), l.Line)
		}
		log = append(log, headstart.Entry{Off: off, Data: rec.Encode()})
	}
	return log
}

// takeLead takes the lease of a store and loads what stands there.
func takeLead(t *testing.T, s *shelf) *leader {
	t.Helper()
	e := engineOn(s, prometheus.NewRegistry(), func() Correlator { return correlate.NewState() })
	tok, ok, err := s.Acquire(t.Context(), "test", 0)
	if err != nil || !ok {
		t.Fatalf("the lease is taken: %v", err)
	}
	l := newLeader(e, tok, newFold(correlate.NewState(), Makers{
		Composer: func(c *headstart.Catalog, address string, own map[string]string) Composer {
			return announce.New(c, address, own)
		},
		Router: func(route string) (Router, error) { return notify.NewRouter(route) },
	}))
	committing(t, l)
	l.fold.trusted = true // the story has no ticks of its own
	if err := l.load(t.Context()); err != nil {
		t.Fatal(err)
	}
	return l
}

// committing lets what a leader hands over be committed until the test ends.
func committing(t *testing.T, l *leader) {
	t.Helper()
	go func() { _ = l.commits.run(t.Context(), l.tok) }() // whoever hands over hears of an error
	t.Cleanup(func() { l.commits.close(); <-l.commits.ended })
}

// lead lets a leader decide one record and commit what follows.
func lead(t *testing.T, l *leader, e headstart.Entry) {
	t.Helper()
	if err := errors.Join(l.steps(t.Context(), []headstart.Entry{e}), l.commit(), l.commits.settle()); err != nil {
		t.Fatal(err)
	}
}
