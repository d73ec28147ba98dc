package correlate

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"headstart"
)

// endedBy are the decisions that something is over.
func endedBy(changes []headstart.Change) (out []string) {
	for _, c := range changes {
		switch c.Kind {
		case headstart.MemberCleared, headstart.GroupHolding, headstart.GroupResolved, headstart.GroupStale:
			out = append(out, c.Canonical())
		case headstart.GroupClosed:
			if c.Rule != "R-09" { // reopen has passed, gap or not
				out = append(out, c.Canonical())
			}
		default:
			if c.Outcome == "expired" || c.Outcome == "blind" || c.Outcome == "blip" {
				out = append(out, c.Canonical())
			}
		}
	}
	return out
}

// Property 10 (ruling 5): no gap resolves or expires anything by itself, however
// long, and whatever happened before; nor does it make anything stale, or a source
// blind.
func TestNoGapEndsAnything(t *testing.T) {
	gaps := 0
	rapid.Check(t, func(rt *rapid.T) {
		acts := randomLife(rt, 60)
		p := newPlayer(rt, false)
		p.play(acts)
		p.fireUntil(p.latest(acts).Add(-time.Second)) // what goes on in parts
		due, ok := p.s.NextDeadline()
		if !ok {
			return
		}
		gap := time.Duration(rapid.IntRange(1, 60*24*30).Draw(rt, "gap")) * time.Minute
		before := len(p.all)
		p.s.Blind(gap + 2*time.Minute) // as the engine: before it fires what became due meanwhile
		p.unit(nil)
		p.fireUntil(due.Add(gap))
		if over := endedBy(p.all[before:]); len(over) > 0 {
			rt.Fatalf("a gap of %s ended something by itself: %v", gap, over)
		}
		gaps++
	})
	if gaps < 20 {
		t.Errorf("only %d lives had anything to end", gaps)
	}
}

// Property 7: what a person pinned keeps its cause and is merged by no rule, and
// what a person split is joined by none.
func TestPinsSurvive(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		acts := randomLife(rt, 120)
		p := newPlayer(rt, false)
		for _, x := range acts {
			pinned := map[headstart.GroupID]headstart.Cause{}
			for id, g := range p.s.groups {
				if g.Pinned && p.s.isLive(g) {
					pinned[id] = g.Cause
				}
			}
			before := len(p.all)
			p.play([]act{x})
			for _, c := range p.all[before:] {
				if _, is := pinned[c.Group]; c.By == "" && is && (c.Kind == headstart.GroupMerged || c.Kind == headstart.CauseChanged) {
					rt.Fatalf("%s %s changed the pinned group %d", c.Rule, c.Outcome, c.Group)
				}
			}
			for id, cause := range pinned {
				g := p.s.groups[id]
				if x.ev.Command == nil && p.s.isLive(g) && (g.Cause.Asset != cause.Asset || !slices.Equal(g.Cause.Also, cause.Also)) {
					rt.Fatalf("the pinned cause of group %d went from %s to %s", id, fmt.Sprint(cause), fmt.Sprint(g.Cause))
				}
			}
		}
	})
}
