package correlate

import (
	"maps"
	"slices"

	"headstart"
)

func (s *State) newProblem(p problem) *problem { return s.newProblemOn(s.topo.nodes[p.Asset], p) }

// newProblemOn is newProblem for who knows where the asset is in the catalog.
func (s *State) newProblemOn(n *node, p problem) *problem {
	x := &p
	x.name(p.Key, p.Asset)
	x.Mem.known, x.node = true, n
	s.problems[p.Key] = x
	s.dirtyProblem(x)
	s.dirtyMemory(x)
	return x
}

// fail starts an episode of a problem: back in the group it is still a member
// of, else pending until it has settled (S-05). What cannot be placed, and what
// is to page at once, is not waited for (ruling 16).
func (s *State) fail(p *problem, began instant, atOnce bool) {
	if p.State != problemHealthy {
		s.beganAt(p, began)
		s.falls(p)
		if atOnce {
			s.judge(p, true)
		}
		return
	}
	s.recut()
	p.Onset, p.Began, p.Cleared, p.Expired = s.now, began, 0, false
	p.Mem.Received, p.Mem.Waits = s.received, false
	p.Mem.Listed = p.node != nil
	p.Mem.Heard = s.steady()
	if p.Mem.rare != nil {
		p.Mem.set(func(x *seldom) { x.Holds, x.Gone = nil, 0 })
	}
	s.remember(problemPrefix, string(p.Key))
	s.dirtyProblem(p)
	s.dirtyMemory(p)
	if p.Class == reachability && p.Asset != "" {
		s.fellSilent(s.assetOf(p), p.Check)
	}
	s.flip(p)
	if g := s.live(p.Group); g != nil {
		s.failAgain(p, g)
		return
	}
	p.Mem.Alone = false
	s.setState(p, problemPending)
	wait := s.settleTime(p)
	if atOnce || wait == 0 || s.confirms(p) {
		s.judge(p, atOnce)
		return
	}
	s.settleAt(p, s.now.Add(wait))
	s.askAround(p)
}

// beganAt keeps the earliest start the sources named.
func (s *State) beganAt(p *problem, began instant) {
	if began.Before(p.Began) {
		p.Began = began
		s.dirtyProblem(p)
		if g := s.live(p.Group); g != nil && p.State == problemOpen {
			s.startedAt(g, began)
		}
	}
}

// failAgain takes back a member that had cleared.
func (s *State) failAgain(p *problem, g *group) {
	s.setState(p, problemOpen)
	g.Firing++
	s.count(g, p, 1)
	s.coverOpen(p)
	s.markUnstable(g, p)
	s.touch(g.ID)
	s.dirtyGroup(g)
	s.woken(g)
	c := s.say(headstart.MemberFailing, "R-01", "failing", string(p.Key), "reason", p.Reason)
	c.Group, c.Problem, c.Alert = g.ID, p.Key, firstAlert(p)
	if g.State == headstart.Holding || g.State == headstart.Recovering && slices.Contains(g.Own.Tops, p.Key) {
		s.returned(g)
	}
	s.suspectAgain(p, g)
}

// settled judges a problem whose settle time is over.
func (s *State) settled(p *problem) {
	if p != nil && !wellNow(p) {
		s.judge(p, p.Mem.AtOnce)
	}
}

// clear ends an episode: how is "resolved" for an alert's resolve and "check"
// for an answer of our probe. Both prove it.
func (s *State) clear(p *problem, how string) {
	switch {
	case p.State == problemHealthy, s.wavers(p, how):
	case p.State == problemSuppressed:
		s.backInside(p, how)
	default:
		s.finish(p, how)
	}
}

// finish ends an episode for good.
func (s *State) finish(p *problem, how string) {
	was := p.State
	s.setState(p, problemHealthy)
	if p.Mem.seldom().Released != "" {
		p.Mem.workOver()
		s.dirtyMemory(p)
	}
	p.Cleared, p.Expired = s.now, false
	s.cancelHearing(unheardOf, string(p.Key))
	s.recut()
	s.after(s.recall(), forgetTimer, problemPrefix+string(p.Key))
	if was == problemPending {
		p.mute(nil)
		facts := append([]string{"failed", clockTime(p.Onset), "how", how}, s.patience(p)...)
		s.stopSettling(p)
		s.say(headstart.Noted, "S-05", "blip", string(p.Key), facts...)
		return
	}
	g := s.follow(p.Group)
	if g == nil {
		return
	}
	g.Firing--
	s.count(g, p, -1)
	p.mute(nil)
	s.touch(g.ID)
	s.dirtyGroup(g)
	c := s.say(headstart.MemberCleared, "R-02", "cleared", string(p.Key), "how", how)
	c.Group, c.Problem = g.ID, p.Key
	if s.isLive(g) {
		s.woken(g)
		s.memberCleared(g, p)
	} else if g.Firing == 0 { // ended by hand while it failed
		s.endSuspects(g)
	}
}

// setState changes a problem's state and the indexes by it.
func (s *State) setState(p *problem, to problemState) { s.move(p, p.Group, to) }

// move gives a problem a state, and the group its row names.
func (s *State) move(p *problem, to headstart.GroupID, state problemState) {
	if state == problemHealthy && p.Unstable {
		s.forgetFlips(p)
	}
	failed := fails(p)
	s.unlistOpen(p)
	s.unkeep(p)
	if state != problemSuppressed && p.suppressed() != nil {
		p.Mem.set(func(x *seldom) { x.Suppressed, x.Holds = nil, nil })
		s.dirtyMemory(p)
	}
	s.scatter(p)
	p.State, p.Group = state, to
	switch now := fails(p); {
	case now && !failed:
		s.fileFailing(p)
	case failed && !now:
		s.unfileFailing(p)
	}
	s.listOpen(p)
	s.keep(p)
	s.crowd(p)
	s.dirtyProblem(p)
}

// setGroup changes the group a problem's row names.
func (s *State) setGroup(p *problem, id headstart.GroupID) {
	s.unlistOpen(p)
	p.Group = id
	s.listOpen(p)
	s.dirtyProblem(p)
}

// listOpen puts an open problem on the list of the group its row names.
func (s *State) listOpen(p *problem) {
	g := s.groups[p.Group]
	if p.State != problemOpen || g == nil {
		return
	}
	if len(g.open) == 0 {
		s.open[g.ID] = g
	}
	p.openIn, p.openAt = g, int32(len(g.open))
	g.open = append(roomFor(g.open), p)
}

func (s *State) unlistOpen(p *problem) {
	g := p.openIn
	if g == nil {
		return
	}
	last := len(g.open) - 1
	moved := g.open[last]
	g.open[p.openAt], moved.openAt = moved, p.openAt
	g.open[last] = nil
	g.open, p.openIn = g.open[:last], nil
	if last == 0 {
		g.open = nil
		delete(s.open, g.ID)
	}
}

// keep files a suppressed problem under its asset, and under what holds it back.
func (s *State) keep(p *problem) {
	if p.State == problemPending && p.Mem.Waits {
		put(s.kept, doubtHold, p.Key)
	}
	if p.State != problemSuppressed {
		return
	}
	if p.Asset != "" {
		put(s.aside, p.Asset, p.Key)
	}
	for _, hold := range p.Mem.seldom().Holds {
		put(s.kept, hold, p.Key)
	}
}

func (s *State) unkeep(p *problem) {
	if p.State == problemPending && p.Mem.Waits {
		drop(s.kept, doubtHold, p.Key)
	}
	if p.State != problemSuppressed {
		return
	}
	drop(s.aside, p.Asset, p.Key)
	for _, hold := range p.Mem.seldom().Holds {
		drop(s.kept, hold, p.Key)
	}
}

func (s *State) forgetProblem(key headstart.ProblemKey) {
	p := s.problems[key]
	if p == nil || p.State != problemHealthy {
		return
	}
	if s.live(p.Group) != nil {
		s.after(s.recall(), forgetTimer, problemPrefix+string(key))
		return
	}
	s.dirtyProblem(p)
	s.dirtyMemory(p)
	p.Mem.gone = true
	p.stand()
	delete(s.problems, key)
}

func firstAlert(p *problem) string {
	if alerts := p.Alerts.list(); len(alerts) > 0 {
		return alerts[0].Fingerprint
	}
	return ""
}

// put and drop keep an index of sets without empty ones, so that an index grown
// by events equals one rebuilt from rows.
func put[K, V comparable](m map[K]map[V]struct{}, k K, v V) {
	if m[k] == nil {
		m[k] = map[V]struct{}{}
	}
	m[k][v] = struct{}{}
}

func drop[K, V comparable](m map[K]map[V]struct{}, k K, v V) {
	if set := m[k]; set != nil {
		delete(set, v)
		if len(set) == 0 {
			delete(m, k)
		}
	}
}

func sortedKeys(set map[headstart.ProblemKey]struct{}) []headstart.ProblemKey {
	return slices.Sorted(maps.Keys(set))
}

func sortedGroups[V any](set map[headstart.GroupID]V) []headstart.GroupID {
	return slices.Sorted(maps.Keys(set))
}
