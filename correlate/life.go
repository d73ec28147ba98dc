package correlate

import (
	"slices"
	"time"

	"headstart"
)

func (s *State) setGroupState(g *group, to headstart.IncidentState) {
	g.State = to
	if to == headstart.Closed || to == headstart.Merged {
		g.SilencedBy = nil // who silenced what fails is known while something may fail
	}
	s.dirtyGroup(g)
	s.touch(g.ID)
}

// memberCleared moves a live group on after one of its members cleared.
func (s *State) memberCleared(g *group, p *problem) {
	switch {
	case g.Own.ByHand: // a person ends it
		if g.Firing == 0 {
			s.endSuspects(g)
		}
	case g.Firing == 0:
		s.hold(g)
	case g.Firing <= len(g.Own.Reports) && s.followReports(g):
	case g.State == headstart.Open && slices.Contains(g.Own.Tops, p.Key):
		s.recovering(g, p)
	default:
		s.lastTops(g)
	}
}

// hold waits before "all clear" is believed.
func (s *State) hold(g *group) {
	s.cancel(recoverTimer, subjectOf(g.ID))
	s.cancel(splitTimer, subjectOf(g.ID))
	s.endSuspects(g)
	s.setGroupState(g, headstart.Holding)
	g.Proved, g.Own.Splitting = !s.unproved(g), false
	c := s.say(headstart.GroupHolding, "R-03", "holding", label(g), "hold", s.cfg.Hold.String(), "until", s.in(s.cfg.Hold))
	c.Group = g.ID
	if s.cfg.Hold == 0 {
		s.held(g)
		return
	}
	s.after(time.Duration(s.cfg.Hold), holdTimer, subjectOf(g.ID))
}

// recovering gives the members of a cause that came back time to follow.
func (s *State) recovering(g *group, p *problem) {
	s.setGroupState(g, headstart.Recovering)
	c := s.say(headstart.GroupRecovering, "R-04", "recovering", string(p.Key), "remain", itoa(g.Firing), "recover", s.cfg.Recover.String(), "until", s.in(s.cfg.Recover))
	c.Group = g.ID
	s.letFollow(g)
}

// letFollow gives the members of a recovering group their grace, and asks them.
func (s *State) letFollow(g *group) {
	s.after(time.Duration(s.cfg.Recover), recoverTimer, subjectOf(g.ID))
	s.askMembers(g)
}

// returned brings a group back to open: the hold, or the grace, is off.
func (s *State) returned(g *group) {
	facts := append([]string{"from", string(g.State)}, s.lifeFacts(g)...)
	s.cancel(holdTimer, subjectOf(g.ID))
	s.cancel(recoverTimer, subjectOf(g.ID))
	s.cancel(splitTimer, subjectOf(g.ID))
	s.setGroupState(g, headstart.Open)
	g.Proved, g.Own.Splitting = false, false
	c := s.say(headstart.GroupReturned, "R-05", "returned", label(g), facts...)
	c.Group = g.ID
}

// held resolves a group whose hold is over.
func (s *State) held(g *group) {
	if g == nil || g.State != headstart.Holding {
		return
	}
	if s.unproved(g) {
		s.closeUnproved(g, "no_longer_reported")
		return
	}
	c := s.say(headstart.GroupResolved, "R-06", "resolved", label(g), "hold", s.cfg.Hold.String())
	c.Group = g.ID
	s.resolve(g, "resolved")
}

// resolve ends a group; it is closed when reopen has passed.
func (s *State) resolve(g *group, reason string) {
	s.file(g, false)
	s.setGroupState(g, headstart.Resolved)
	g.ResolvedAt, g.impact = s.now.Time(), nil
	g.CloseReason, g.Stale = reason, false
	for _, k := range []timerKind{holdTimer, recoverTimer, splitTimer, staleTimer} {
		s.cancel(k, subjectOf(g.ID))
	}
	s.after(time.Duration(s.cfg.Reopen), closeTimer, subjectOf(g.ID))
}

// closed ends the time in which the same cause reopens a group.
func (s *State) closed(g *group) {
	if g == nil || g.State != headstart.Resolved {
		return
	}
	s.setGroupState(g, headstart.Closed)
	g.ClosedAt = s.now.Time()
	c := s.say(headstart.GroupClosed, "R-09", "closed", label(g), "reason", g.CloseReason)
	c.Group = g.ID
	s.endSuspects(g) // ended by hand while it failed: nothing brings it back now
}

// reopen makes a resolved or closed group live again.
func (s *State) reopen(g *group) {
	s.cancel(closeTimer, subjectOf(g.ID))
	s.setGroupState(g, headstart.Open)
	g.Reopens++
	g.ResolvedAt, g.ClosedAt, g.CloseReason, g.Proved = time.Time{}, time.Time{}, "", false
	g.Own.Unproved, g.Own.Reopened = false, s.now
	s.after(time.Duration(s.cfg.Stale), staleTimer, subjectOf(g.ID))
	s.rebuildImpact(g)
	s.file(g, true)
}

// splitPart is how many members one unit of a split, or a merge, moves: at most
// about four rows each keep it below 200 operations (ruling 1).
const splitPart = 40

// split ends the grace of a recovering group: what did not follow its cause is
// judged by itself. Something else that still fails on the very asset that
// came back keeps the group as it is: two ways of asking disagree, and that is no
// second incident.
func (s *State) split(g *group) {
	if g == nil || g.State != headstart.Recovering {
		return
	}
	if qs := s.disagreeing(g); len(qs) > 0 {
		s.setTops(g, qs)
		s.returned(g)
		return
	}
	stay := s.stayed(g)
	if len(stay) == 0 {
		return // only what nobody speaks of any more: see stayed
	}
	g.Own.Splitting = true
	s.dirtyGroup(g)
	c := s.say(headstart.GroupSplit, "R-08", "split", label(g), "remain", itoa(len(stay)), "recover", s.cfg.Recover.String())
	c.Group = g.ID
	s.splitNext(g)
}

// disagreeing returns the members that still fail on assets whose cause cleared.
func (s *State) disagreeing(g *group) []*problem {
	back := map[string]bool{}
	for _, q := range s.topsOf(g) {
		if q.State == problemHealthy {
			back[q.Asset] = true
		}
	}
	var qs []*problem
	for _, key := range s.stayed(g) {
		if p := s.problems[key]; p.Asset != "" && back[p.Asset] {
			qs = append(qs, p)
		}
	}
	return qs
}

// stayed returns the members that did not follow, by key. Those whose alert
// expired are left out: a Prometheus that was cut off itself never says that they
// are back, and silence opens nothing (ruling 14). They keep the group recovering.
//
// So does what is unstable, until it was quiet: it may be back already (F-04). The
// same holds for what is behind one of those. What nothing explains comes
// first, so that what is behind it finds it outside.
func (s *State) stayed(g *group) []headstart.ProblemKey {
	var own, behind []headstart.ProblemKey
	for _, key := range s.OpenMembers(g.ID) {
		p := s.problems[key]
		tops := s.causes(p)
		switch {
		case p.Expired, p.Unstable, p.Class == userReport:
		case tops == nil:
			own = append(own, key)
		case !slices.ContainsFunc(s.topProblems(tops), func(q *problem) bool { return q.Expired || q.Unstable }):
			behind = append(behind, key)
		}
	}
	return append(own, behind...)
}

// splitNext sends the next members that stayed on their way.
func (s *State) splitNext(g *group) {
	if g == nil || g.State != headstart.Recovering || !g.Own.Splitting {
		return
	}
	left := s.stayed(g)
	before := len(left)
	if len(left) > splitPart {
		left = left[:splitPart]
	}
	for _, key := range left {
		p := s.problems[key]
		s.leave(s.groups[p.Group], p)
		s.leave(g, p)
		g.Firing--
		s.setGroup(p, 0)
		s.setState(p, problemPending)
	}
	s.recut()
	s.rebuildImpact(g)
	s.dirtyGroup(g)
	for _, key := range left {
		p := s.problems[key]
		if p.State != problemPending {
			continue // pulled forward by one before it
		}
		s.judge(p, false)
		if x := s.live(p.Group); x != nil && x.SplitFrom == 0 && x.ID > g.ID {
			x.SplitFrom = g.ID
			s.dirtyGroup(x)
		}
	}
	switch remain := len(s.stayed(g)); {
	case remain >= before && remain > 0: // all found their cause in here: it is not over
		s.returned(g)
		return
	case remain > 0:
		s.after(0, splitTimer, subjectOf(g.ID))
		return
	}
	g.Own.Splitting = false
	if g.Firing == 0 {
		s.hold(g)
		return
	}
	s.followReports(g)
}
