package correlate

import (
	"slices"
	"time"

	"headstart"
)

// flipRing is how many changes of a problem are remembered.
const flipRing = 32

// flip notes that what is said of p turned over (F-04). After too many changes
// within a while p is unstable: it stays as it is, whatever is said of it, until
// it was quiet. What is to page at once is told as it comes (ruling 16).
func (s *State) flip(p *problem) {
	if p.Mem.AtOnce {
		return
	}
	since := s.now.Add(-time.Duration(s.cfg.Flap.Within)).milli()
	flips := slices.DeleteFunc(slices.Clone(p.Mem.flips()), func(ms int64) bool { return ms < since })
	flips = append(flips, s.now.milli())
	p.Mem.setFlips(flips[max(0, len(flips)-flipRing):])
	s.dirtyMemory(p)
	if !p.Unstable && len(flips) >= s.cfg.Flap.Changes {
		p.Unstable = true
		p.Mem.set(func(x *seldom) { x.Fell = s.now })
		s.dirtyProblem(p)
		s.saySteadiness(p, "unstable", "changes", itoa(len(flips)), "within", s.cfg.Flap.Within.String(), "quiet", s.cfg.Flap.Quiet.String())
	}
	if p.Unstable {
		s.after(time.Duration(s.cfg.Flap.Quiet), quietTimer, string(p.Key))
	}
}

// saySteadiness tells that p became unstable, or is no longer, in the incident it
// belongs to if there is one.
func (s *State) saySteadiness(p *problem, outcome string, facts ...string) {
	g := s.live(p.Group)
	if g == nil || p.State != problemOpen {
		s.say(headstart.Noted, "F-04", outcome, string(p.Key), facts...).Problem = p.Key
		return
	}
	s.markUnstable(g, p)
	c := s.say(headstart.SteadinessChanged, "F-04", outcome, string(p.Key), facts...)
	c.Group, c.Problem = g.ID, p.Key
}

// markUnstable notes that the cause of g comes and goes: readers list it apart
// from what was plainly out.
func (s *State) markUnstable(g *group, p *problem) {
	if p.Unstable && !g.Unstable && slices.Contains(g.Own.Tops, p.Key) {
		g.Unstable = true
		s.dirtyGroup(g)
	}
}

// wavers takes the news that p is well. It reports whether p stays as it is
// nevertheless, since it is unstable; then the news waits until p was quiet.
func (s *State) wavers(p *problem, how string) bool {
	switch {
	case p.State == problemSuppressed:
		return false // planned work makes things come and go
	case p.Mem.seldom().Well != "":
		return true
	}
	s.flip(p)
	if !p.Unstable {
		return false
	}
	s.recut()
	p.Expired = false
	s.dirtyProblem(p)
	s.change(p, func() { p.Mem.set(func(x *seldom) { x.Well = how }) })
	s.dirtyMemory(p)
	return true
}

// falls takes the news that p, unstable and last said to be well, fails again. It
// reports whether that was news.
func (s *State) falls(p *problem) bool {
	if p.Mem.seldom().Well == "" {
		return false
	}
	s.recut()
	s.change(p, func() { p.Mem.set(func(x *seldom) { x.Well = "" }) })
	p.Mem.set(func(x *seldom) { x.Fell = s.now })
	s.dirtyMemory(p)
	if p.Class == reachability {
		s.silent(p.Asset, p.Check)
	}
	s.flip(p)
	if p.State == problemPending && p.settle == nil {
		s.judge(p, false) // its settle time passed while it was well
	}
	return true
}

// quiet ends the instability of a problem that has not changed for long enough:
// what was said last holds (F-04).
func (s *State) quiet(key headstart.ProblemKey) {
	p := s.problems[key]
	if p == nil || !p.Unstable {
		return
	}
	how := p.Mem.seldom().Well
	last := "failing"
	if how != "" {
		last = "well"
	}
	s.forgetFlips(p)
	s.saySteadiness(p, "steady", "last", last, "quiet", s.cfg.Flap.Quiet.String())
	if how != "" {
		s.finish(p, how)
		return
	}
	g := s.live(p.Group)
	if g != nil && g.Unstable && slices.Contains(g.Own.Tops, p.Key) {
		g.Unstable = false // plainly out now
		s.dirtyGroup(g)
	}
	// It was left out while the others of its group were split off.
	if g != nil && g.State == headstart.Recovering && !s.armed(recoverTimer, subjectOf(g.ID)) {
		s.after(0, recoverTimer, subjectOf(g.ID))
	}
}

// forgetFlips forgets that p came and went.
func (s *State) forgetFlips(p *problem) {
	s.cancel(quietTimer, string(p.Key))
	s.recut()
	s.change(p, func() {
		p.Unstable = false
		p.Mem.set(func(x *seldom) { x.Well = "" })
	})
	p.Mem.setFlips(nil)
	p.Mem.set(func(x *seldom) { x.Fell = 0 })
	s.dirtyProblem(p)
	s.dirtyMemory(p)
}

// wellNow reports whether p is unstable and was last said to be well.
func wellNow(p *problem) bool { return p.Unstable && p.Mem.seldom().Well != "" }

// refuted reports whether an unstable problem is no cause for now: it has not
// settled and is well, or another way of asking its asset proves the way open. Its
// own answers prove nothing, since they come and go.
func (s *State) refuted(p *problem) bool {
	if wellNow(p) && p.State == problemPending {
		return true
	}
	a := s.rowOf(p)
	if a == nil {
		return false
	}
	for check, at := range a.seen().Answers { // any of them suffices, so map order decides nothing
		if check != p.Check && at.After(p.Onset) {
			return true
		}
	}
	return false
}

// fell is since when p fails: of what is unstable, since it last did.
func fell(p *problem) instant {
	if p.Unstable {
		if last := p.Mem.seldom().Fell; last.After(p.Onset) {
			return last
		}
	}
	return p.Onset
}

// toldOf reports whether the live group of the unstable p was told of an alert
// that ended at last: it comes and goes, which is no news (ruling 16: each alert
// is owed one notification of its incident).
func (s *State) toldOf(p *problem, last instant) bool {
	g := s.live(p.Group)
	return g != nil && !last.IsZero() && last >= instantOf(g.OpenedAt)
}
