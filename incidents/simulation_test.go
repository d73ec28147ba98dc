package incidents

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

// simulated is how many stories TestEngineUnderFaults plays; make long asks for more.
var simulated = flag.Int("simulated", 24, "stories that TestEngineUnderFaults plays")

// TestEngineUnderFaults plays stories on a store that fails by a seeded plan: a commit is
// refused, or happens and its reply is lost, or a replica that has not heard the last
// commits and records takes over and is told those records again, as the ring of the
// real store does. Whatever happens, state and messages owed are those of one leader that
// reads the log which is there in the end, undisturbed (I2, I3, I5, I10).
func TestEngineUnderFaults(t *testing.T) {
	t.Parallel()
	stories := []string{"01-symptoms-first", "13b-both-uplinks", "13c-second-uplink-later", "14a-cause-flaps", "09-partial-recovery", "88-split-by-hand-sticks"}
	total := map[string]int{}
	for seed := range *simulated {
		name := stories[seed%len(stories)]
		t.Run(fmt.Sprintf("%s %d", name, seed), func(t *testing.T) {
			w := &world{t: t, dice: rand.New(rand.NewPCG(uint64(seed), 14)), store: newShelf(), faults: map[string]int{}} //nolint:gosec // a plan that can be played again
			w.play(recordsOf(t, name))
			w.judge()
			for what, n := range w.faults {
				total[what] += n
			}
		})
	}
	for _, what := range []string{"refused", "reply lost", "took over"} {
		if total[what] < *simulated {
			t.Errorf("of the faults %v the plan has too few that are %q to show anything", total, what)
		}
	}
}

// world is one story: a store, who leads on it, and what a replica has of it.
type world struct {
	t      *testing.T
	dice   *rand.Rand
	store  *shelf
	leader *leader
	faults map[string]int

	pasts []earlier // what a replica may still be at, oldest first
}

// earlier is a store as it was.
type earlier struct {
	log    int
	rows   map[[2]string][]byte
	out    map[string]headstart.Owed
	cursor headstart.Cursor
}

// play gives the store one record after the other, each decided at once or some later,
// in good times and bad.
func (w *world) play(records []headstart.Entry) {
	for _, e := range records {
		w.append(e)
		if w.dice.IntN(4) > 0 {
			w.decide()
		}
		if w.dice.IntN(6) == 0 {
			w.takeOver()
		}
	}
	w.store.fail, w.store.lost = nil, nil // the end is in good times
	for !w.decide() {
	}
}

// append writes a record behind all others, as a store does whatever its clock says.
func (w *world) append(e headstart.Entry) {
	if n := len(w.store.log); n > 0 {
		if last := w.store.log[n-1].Off; !last.Before(e.Off) {
			e.Off = headstart.Offset{Ms: last.Ms, Seq: last.Seq + 1}
		}
	}
	w.store.log = append(w.store.log, e)
	w.remember()
}

// decide lets the leader decide what waits; false: a commit failed and it leads no more.
func (w *world) decide() bool {
	if w.leader == nil {
		w.store.held = false // released, or run out
		w.leader = takeLead(w.t, w.store)
	}
	for _, e := range w.store.log {
		if !w.leader.read.Before(e.Off) {
			continue
		}
		switch w.dice.IntN(10) {
		case 0:
			w.faults["refused"]++
			w.store.fail = headstart.ErrGap
		case 1:
			w.faults["reply lost"]++
			w.store.lost = headstart.ErrDown
		}
		if err := errors.Join(w.leader.steps(w.t.Context(), []headstart.Entry{e}), w.leader.commit(), w.leader.commits.settle()); err != nil {
			w.leader = nil
			w.remember()
			return false
		}
		w.remember()
	}
	return true
}

// remember keeps the last few states of the store, one of which a replica is at.
func (w *world) remember() {
	s := w.store
	w.pasts = append(w.pasts, earlier{len(s.log), maps.Clone(s.rows), maps.Clone(s.out), s.cursor})
	if len(w.pasts) > 6 {
		w.pasts = w.pasts[1:]
	}
}

// takeOver makes the store what a replica has, log and state alike, and appends again
// what that had not heard.
func (w *world) takeOver() {
	w.faults["took over"]++
	p := w.pasts[w.dice.IntN(len(w.pasts))]
	s := w.store
	lost := slices.Clone(s.log[p.log:])
	s.log, s.rows, s.out, s.cursor = s.log[:p.log:p.log], maps.Clone(p.rows), maps.Clone(p.out), p.cursor
	w.leader, w.pasts = nil, nil
	w.remember()
	if w.dice.IntN(2) == 0 { // a sender that came again was quicker
		lost = append(lost, lost...)
	}
	for _, e := range lost {
		w.append(e)
	}
}

// judge holds the store against one on which nothing ever failed.
func (w *world) judge() {
	w.t.Helper()
	calm := newShelf()
	l := takeLead(w.t, calm)
	for _, e := range w.store.log {
		lead(w.t, l, e)
	}
	if diff := cmp.Diff(strip(calm.rows), strip(w.store.rows)); diff != "" {
		w.t.Errorf("the rows differ (-calm +faults):\n%.2000s", diff)
	}
	same := func(a, b headstart.Owed) bool {
		return a.ID == b.ID && a.Due.Equal(b.Due) && bytes.Equal(a.Data, b.Data)
	}
	if !maps.EqualFunc(calm.out, w.store.out, same) {
		w.t.Errorf("other messages are owed: %d on the calm store, %d here\n%.2000s", len(calm.out), len(w.store.out), cmp.Diff(calm.out, w.store.out))
	}
	if len(calm.out) == 0 {
		w.t.Error("nobody is owed a message; such a story shows nothing")
	}
	if calm.cursor != w.store.cursor {
		w.t.Errorf("the cursor is at %s, calm it comes to %s", w.store.cursor, calm.cursor)
	}
}
