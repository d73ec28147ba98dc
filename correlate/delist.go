package correlate

import (
	"slices"

	"headstart"
)

// delist begins to end what fails on assets that left the catalog. It goes on in
// parts: a catalog may lose thousands of them at once (ruling 1).
func (s *State) delist(was *topology) {
	// It reads only, and whether there is one: the order decides nothing.
	left := func(id string) bool { return was.nodes[id] != nil && s.topo.nodes[id] == nil }
	for id := range s.strays {
		if left(id) {
			s.after(0, delistTimer, configKey)
			return
		}
	}
	for id := range s.aside {
		if left(id) {
			s.after(0, delistTimer, configKey)
			return
		}
	}
}

// departed returns the problems whose assets left the catalog, by key.
func (s *State) departed() []headstart.ProblemKey {
	var gone []headstart.ProblemKey
	for _, list := range s.strays {
		for _, p := range list {
			if s.hasLeft(p) {
				gone = append(gone, p.Key)
			}
		}
	}
	for id, keys := range s.aside {
		if s.topo.nodes[id] != nil {
			continue
		}
		for key := range keys {
			if s.hasLeft(s.problems[key]) {
				gone = append(gone, key)
			}
		}
	}
	slices.Sort(gone)
	return gone
}

// delistNext ends the next failing problems on assets that left the catalog.
func (s *State) delistNext() {
	for i, key := range s.departed() {
		if i == splitPart {
			s.after(0, delistTimer, configKey)
			return
		}
		if p := s.problems[key]; s.hasLeft(p) && p.State != problemHealthy {
			s.delisted(p)
		}
	}
}

// delisted ends a problem whose asset is no longer in the catalog. That is not
// fixed: its group, when nothing else of it fails, is closed as no longer
// reported. Its alerts stay as they are; what fires anew is an alert nobody can
// place.
func (s *State) delisted(p *problem) {
	s.forgetFlips(p)
	switch p.State {
	case problemSuspected:
		s.drop(p, "C-01", "delisted")
		return
	case problemOpen:
		s.delistMember(p)
	default: // nobody was told of it yet
		s.stopSettling(p)
		s.setState(p, problemHealthy)
		p.Cleared, p.Expired, p.Mem.Down = s.now, false, false
		s.after(s.recall(), forgetTimer, problemPrefix+string(p.Key))
		s.say(headstart.Noted, "C-01", "delisted", string(p.Key), "asset", p.Asset)
	}
	p.Mem.Listed = false
	s.dirtyMemory(p)
}

func (s *State) delistMember(p *problem) {
	g := s.follow(p.Group)
	unproved := g.Own.Unproved
	s.endUnproved(g, p)
	if g.Firing > 0 { // the others prove, or not, that it is over: nobody waits for this one
		g.Own.Unproved = unproved
		p.Mem.set(func(x *seldom) { x.Gone = 0 })
	}
	kind := headstart.MemberCleared
	grace := g.State == headstart.Open && !g.Own.ByHand && g.Firing > 0 && slices.Contains(g.Own.Tops, p.Key)
	if grace { // what is behind it must find another cause, or stand alone
		kind = headstart.GroupRecovering
		s.setGroupState(g, headstart.Recovering)
	}
	c := s.sayOf(g, kind, "C-01", "delisted", string(p.Key), "asset", p.Asset)
	c.Problem = p.Key
	switch {
	case !s.isLive(g) || g.Own.ByHand: // a person ends it, or did
	case g.Firing == 0:
		s.closeUnproved(g, "no_longer_reported")
	case grace:
		s.letFollow(g)
	}
}

// hasLeft reports whether the asset of p was in the catalog when it failed, and is
// no longer.
func (s *State) hasLeft(p *problem) bool { return p.Mem.Listed && p.node == nil }
