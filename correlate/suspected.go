package correlate

import (
	"slices"

	"headstart"
)

// suspected returns the problem that stands for an asset as a suspected cause, or
// nil while it is not one.
func (s *State) suspected(asset string) *problem {
	return suspectedOf(s.failingOf(asset))
}

// suspectedOf is suspected among what fails of one asset.
func suspectedOf(failing []*problem) *problem {
	for _, q := range failing { // stand makes only one
		if q.State == problemSuspected {
			return q
		}
	}
	return nil
}

// nameOf is what a problem is called in decisions: its key, but the asset alone of
// a suspected cause.
func nameOf(p *problem) string {
	if p.State == problemSuspected {
		return p.Asset
	}
	return string(p.Key)
}

// hang notes that a suspected cause ends with the last member of g. It is no
// member itself: nobody could ever report it as recovered.
func (s *State) hang(q *problem, g *group) {
	if old := s.groups[q.Group]; old != nil && old != g {
		old.Own.Suspects = withoutKey(old.Own.Suspects, q.Key)
		s.dirtyGroup(old)
	}
	s.setGroup(q, g.ID)
	if n, has := slices.BinarySearch(g.Own.Suspects, q.Key); !has {
		g.Own.Suspects = slices.Insert(slices.Clone(g.Own.Suspects), n, q.Key)
	}
	s.dirtyGroup(g)
	s.touch(g.ID)
}

// confirms reports whether p is a real report of an asset that is suspected.
func (s *State) confirms(p *problem) bool { return suspectedOf(s.besides(p)) != nil && s.explains(p) }

// confirm lets the real report of a suspected cause take its place: the same
// group, whose cause is observed from now on.
func (s *State) confirm(p *problem) {
	q := s.suspected(p.Asset)
	g := s.single(q)
	s.unsuspect(q)
	s.add(p, g, "C-08")
	c := s.sayOf(g, headstart.MemberJoined, "C-08", "confirmed", string(p.Key), "since", clockTime(q.Onset), "after", s.now.Sub(q.Onset).String())
	c.Problem, c.Alert = p.Key, firstAlert(p)
	s.moreAlerts(g, p)
	if g.State != headstart.Open {
		s.returned(g)
	}
	if !slices.Contains(g.Own.Tops, q.Key) {
		return // merged by hand into a group with another cause
	}
	var tops []*problem
	for _, top := range s.topsOf(g) {
		if top == q {
			top = p
		}
		tops = append(tops, top)
	}
	s.recause(g, tops)
	if above := s.groupAbove(p); above != nil {
		s.absorb(above, p.Asset)
		return
	}
	s.absorb(g, "")
}

// groupAbove returns the group of what cuts p off, itself a cause, by now: that may
// have answered when p was suspected, and fallen silent again since. Nil if nothing does.
func (s *State) groupAbove(p *problem) *group {
	for _, asset := range s.causes(p) {
		if q := s.top(asset); q != nil && q.Asset != p.Asset {
			return s.live(q.Group)
		}
	}
	return nil
}

// acquit drops the suspicion of an asset that answered. What is in its group gets
// time to follow and is then judged by itself.
func (s *State) acquit(asset string) {
	if q := s.suspected(asset); q != nil {
		s.drop(q, "C-08", "dropped")
	}
}

// drop ends a suspicion while members of its group still fail.
func (s *State) drop(q *problem, rule, outcome string) {
	g := s.follow(q.Group)
	s.unsuspect(q)
	kind := headstart.ImpactChanged
	grace := s.isLive(g) && g.State == headstart.Open && slices.Contains(g.Own.Tops, q.Key)
	if grace {
		kind = headstart.GroupRecovering
		s.setGroupState(g, headstart.Recovering)
	}
	s.sayOf(g, kind, rule, outcome, q.Asset, "asset", q.Asset, "since", clockTime(q.Onset), "remain", itoa(g.Firing), "recover", s.cfg.Recover.String())
	if grace {
		s.letFollow(g)
	}
}

// suspectAgain takes a suspicion up again that ended when all was clear: members
// of its group fail again before it was over.
func (s *State) suspectAgain(p *problem, g *group) {
	q := s.problems[g.Top]
	if g.Cause.Kind != headstart.CauseSuspected || q == nil || q.State != problemHealthy || s.topo.wayUp(p.Asset) != q.Asset {
		return
	}
	if x := s.suspicious(q.Asset, p.Asset, p.Onset); x != nil {
		s.accuse(x, p)
	}
}

// endSuspects ends the suspicions of a group in which nothing fails any more.
func (s *State) endSuspects(g *group) {
	for _, key := range slices.Clone(g.Own.Suspects) {
		q := s.problems[key]
		s.unsuspect(q)
		s.sayOf(g, headstart.ImpactChanged, "C-08", "ended", q.Asset)
	}
}

// relieve drops the suspicions in g that are no longer its cause and that
// something above explains: left standing, they would outlive it.
func (s *State) relieve(g *group) {
	for _, key := range slices.Clone(g.Own.Suspects) {
		q := s.problems[key]
		if slices.Contains(g.Own.Tops, key) || s.causes(q) == nil {
			continue
		}
		s.unsuspect(q)
		s.sayOf(g, headstart.ImpactChanged, "C-08", "explained", q.Asset, "cause", label(g))
	}
}

// inherit moves the suspicions of a merged group along.
func (s *State) inherit(keep, gone *group) {
	for _, key := range slices.Clone(gone.Own.Suspects) {
		s.hang(s.problems[key], keep)
	}
	s.relieve(keep)
}

// unsuspect ends a suspicion, however it came to its end.
func (s *State) unsuspect(q *problem) {
	if g := s.groups[q.Group]; g != nil {
		g.Own.Suspects = withoutKey(g.Own.Suspects, q.Key)
		s.dirtyGroup(g)
		s.touch(g.ID)
	}
	s.setState(q, problemHealthy)
	q.Cleared = s.now
	s.recut()
	s.after(s.recall(), forgetTimer, problemPrefix+string(q.Key))
}

func withoutKey(keys []headstart.ProblemKey, key headstart.ProblemKey) []headstart.ProblemKey {
	return orNone(slices.DeleteFunc(slices.Clone(keys), func(x headstart.ProblemKey) bool { return x == key }))
}
