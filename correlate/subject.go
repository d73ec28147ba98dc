package correlate

import (
	"math"
	"time"

	"headstart"
)

// subject is a group that tickets can be about, made ready for many of them. Times
// are in nanoseconds since 1970.
type subject struct {
	g                    *group
	f                    *face
	like                 *vocabulary // nil: people linked no ticket to it
	from, opened, solved int64
}

// subjects are the groups that tickets can be about, in no order: who matches sorts
// what is found.
type subjects struct {
	topo   *topology
	past   int64     // when the last of those that are not recent was over
	recent []subject // of ofLate
	all    []subject // nil: nobody asked
}

// readySubjects are kept until a group, the catalog or a verdict changes.
func (s *State) readySubjects() *subjects {
	if s.ready == nil || s.ready.topo != s.topo {
		s.leavePast()
		s.ready = &subjects{topo: s.topo, past: s.past, recent: s.subjectsOf(s.ofLate)}
	}
	return s.ready
}

// at are those that a ticket of that time can be about, and others.
func (x *subjects) at(s *State, w *when) []subject {
	if w.since >= x.past+int64(afterResolve) { // of the others couldBe is false
		return x.recent
	}
	if x.all == nil {
		x.all = s.subjectsOf(s.groups)
	}
	return x.all
}

func (s *State) subjectsOf(groups map[headstart.GroupID]*group) []subject {
	out := make([]subject, 0, len(groups))
	for _, g := range groups {
		if g.State != headstart.Merged {
			out = append(out, s.subjectOf(g))
		}
	}
	return out
}

func (s *State) subjectOf(g *group) subject {
	x := subject{g: g, f: s.faceOf(g), like: s.confirmed[g.ID], opened: nanos(g.OpenedAt), solved: math.MaxInt64}
	x.from = x.opened - int64(beforeOpening)
	if !g.ResolvedAt.IsZero() {
		x.solved = nanos(g.ResolvedAt)
	}
	if g.State == headstart.Merged {
		x.from = math.MaxInt64
	}
	return x
}

// when is when a ticket was reported and made.
type when struct {
	since, created int64
	phone          bool
}

func whenOf(t *headstart.TicketState) when {
	return when{nanos(t.Since()), nanos(t.CreatedAt), t.Channel == "phone"}
}

// nanos counts from 1970; a time beyond what that can hold is the last it can.
func nanos(t time.Time) int64 {
	if t.Year() > 2261 {
		return math.MaxInt64
	}
	return t.UnixNano()
}

// couldBe reports whether a ticket can be about x by time (matching.md section 3).
// What the desk registers later stays a candidate for a while: a call, or what was
// reported while the incident lasted (ruling 32).
func (x *subject) couldBe(w *when) bool {
	switch {
	case w.since < x.from:
		return false
	case x.solved == math.MaxInt64:
		return true
	case w.since < x.solved:
		return w.created < x.solved+int64(afterResolve)
	}
	return w.phone && w.since < x.solved+int64(afterResolve)
}
