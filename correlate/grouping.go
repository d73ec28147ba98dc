package correlate

import (
	"time"

	"headstart"
)

// gathered puts p with what fails like it (G-09): into the group that gathers
// such failures, or into a new one once there are enough of them. Nil: p stands
// for itself, as two broken printers do.
func (s *State) gathered(p *problem) *group {
	keys := s.alikes(p)
	for _, k := range keys {
		if g := s.gathering(p, k); g != nil {
			s.gather(p, g)
			return g
		}
	}
	for _, k := range keys {
		if found := s.alikeTo(p, k); found != nil {
			return s.gatherAll(p, s.narrowest(keys, found), found)
		}
	}
	return nil
}

// gathering returns the live group that takes failures with key k in: it began
// less than group.max ago and its latest member less than group.gap before p.
func (s *State) gathering(p *problem, k alike) *group {
	g := s.groups[s.likes[k]]
	if g == nil || !s.isLive(g) || g.Pinned || g.Own.Like == nil {
		return nil
	}
	like := g.Own.Like
	if s.now.Sub(like.Since) > time.Duration(s.cfg.Group.Max) || p.Onset.Sub(like.Last) > time.Duration(s.cfg.Group.Gap) {
		return nil
	}
	return g
}

// gatherAll makes one group of what fails alike. The oldest group that one of
// them has takes the others in, so its number survives (as in L-12).
func (s *State) gatherAll(p *problem, k alike, found []*problem) *group {
	keep := s.oldest(s.collected(found))
	switch {
	case keep == nil:
		if keep = s.reopenAlike(p, k, found); keep == nil {
			keep = s.openAlike(p, k, found)
		}
	case keep.Own.Like == nil || keep.Own.Like.alike != k:
		s.becomeAlike(keep, p, k, found)
	}
	if p.State == problemPending {
		s.gather(p, keep)
	}
	s.gatherRest(keep)
	return keep
}

// gatherRest brings into g the open failures like its own that came before it:
// groups whole, members of a storm one by one, and in parts (ruling 1).
func (s *State) gatherRest(g *group) {
	if g == nil || !s.isLive(g) || g.Own.Like == nil {
		return
	}
	found := s.alikeAt(g.Own.Like.alike, g.Own.Like.Last, time.Duration(s.cfg.Group.Gap))
	moved := 0
	for _, id := range sortedGroups(s.collected(found)) {
		o := s.groups[id]
		if o == g || !s.mayMerge(g, o) {
			continue
		}
		if moved += 2; moved > claimPart {
			s.after(0, gatherTimer, subjectOf(g.ID))
			return
		}
		s.merge(g, o, "alike")
		s.ruledBy("G-09")
	}
	left := map[headstart.GroupID]struct{}{}
	for _, q := range found {
		o := s.live(q.Group)
		if q.State != problemOpen || o == nil || o.Cause.Kind != headstart.CauseStorm || !s.mayMerge(o, g) {
			continue
		}
		if moved++; moved > claimPart {
			s.after(0, gatherTimer, subjectOf(g.ID))
			break
		}
		s.takeOut(q, o)
		s.gather(q, g)
		left[o.ID] = struct{}{}
	}
	for _, id := range sortedGroups(left) {
		s.rebuildImpact(s.groups[id])
	}
}

// collected returns the young groups that are made up of found alone: of one
// failure each, of fewer alike, or a storm of nearly nothing else.
func (s *State) collected(found []*problem) map[headstart.GroupID]int {
	count := map[headstart.GroupID]int{}
	for _, q := range found {
		g := s.live(q.Group)
		if q.State == problemOpen && g != nil && s.mayMerge(g, g) && s.ago(g.OpenedAt) <= time.Duration(s.cfg.Group.Max) {
			count[g.ID]++
		}
	}
	for _, id := range sortedGroups(count) {
		g := s.groups[id]
		single := g.Cause.Kind == headstart.CauseObserved && g.Firing == 1 && len(g.Own.Tops) == 1
		if !single && !(g.collects() && s.heads(count, g)) {
			delete(count, id)
		}
	}
	return count
}

// oldest returns the group with the lowest number, or nil.
func (s *State) oldest(ids map[headstart.GroupID]int) *group {
	for _, id := range sortedGroups(ids) {
		return s.groups[id]
	}
	return nil
}

// reopenAlike takes up the group of the same key that was resolved within
// reopen; nil when there is none.
func (s *State) reopenAlike(p *problem, k alike, found []*problem) *group {
	old := s.groups[s.likes[k]]
	if old == nil || old.State != headstart.Resolved || old.CloseReason != "resolved" || s.ago(old.ResolvedAt) > time.Duration(s.cfg.Reopen) {
		return nil
	}
	s.reopen(old)
	s.become(old, k, p, found)
	s.add(p, old, "R-07")
	s.alone(p, true)
	c := s.say(headstart.GroupReopened, "R-07", "reopened", string(p.Key), "reopen", s.cfg.Reopen.String())
	c.Group, c.Problem, c.Alert = old.ID, p.Key, firstAlert(p)
	s.moreAlerts(old, p)
	return old
}

// openAlike opens a group of failures that are alike with p as its first.
func (s *State) openAlike(p *problem, k alike, found []*problem) *group {
	g := s.newGroup(p)
	s.become(g, k, p, found)
	s.add(p, g, "G-09")
	s.alone(p, true)
	c := s.say(headstart.GroupOpened, "G-09", "opened", string(p.Key), s.likeFacts(g)...)
	c.Group, c.Problem, c.Alert = g.ID, p.Key, firstAlert(p)
	s.moreAlerts(g, p)
	return g
}

// becomeAlike turns the group of one failure, or of fewer alike, into that of
// all of found. It then has no cause: which of them came first says nothing.
func (s *State) becomeAlike(g *group, p *problem, k alike, found []*problem) {
	was := label(g)
	s.file(g, false)
	g.Own.Tops, g.Top = nil, ""
	s.become(g, k, p, found)
	s.touch(g.ID)
	s.say(headstart.CauseChanged, "G-09", "grouped", g.Cause.Reason, append([]string{"was", was}, s.likeFacts(g)...)...).Group = g.ID
}

// gather adds p to the group of what fails alike.
func (s *State) gather(p *problem, g *group) {
	s.add(p, g, "G-09")
	s.alone(p, true)
	like := *g.Own.Like
	s.liken(&like, p)
	like.Seen = max(like.Seen, g.impact.assets)
	g.Own.Like, g.Cause.Reason = &like, s.likeReason(&like)
	c := s.say(headstart.MemberJoined, "G-09", "joined", string(p.Key), s.likeFacts(g)...)
	c.Group, c.Problem, c.Alert = g.ID, p.Key, firstAlert(p)
	s.moreAlerts(g, p)
	if g.State == headstart.Holding {
		s.returned(g)
	}
}

// unexplained decides about a failure that no topology explains: part of a late
// cause's group, of what fails alike, or of a storm. Nil: it opens its own.
func (s *State) unexplained(p *problem) *group {
	if g := s.succeed(p); g != nil {
		return g
	}
	if g := s.gathered(p); g != nil {
		return g
	}
	return s.sheltered(p)
}

// takeOut lets p leave the group it is a failing member of, to be judged anew.
func (s *State) takeOut(p *problem, g *group) {
	s.alone(p, false)
	s.leave(s.groups[p.Group], p)
	s.leave(g, p)
	s.count(g, p, -1)
	g.Firing--
	s.setState(p, problemPending)
	s.setGroup(p, 0)
	s.touch(g.ID)
	s.dirtyGroup(g)
}

// emptied ends a collection whose last failing member was taken out.
func (s *State) emptied(g *group) {
	switch {
	case g.State != headstart.Open:
	case g.Firing == 0:
		s.hold(g)
	case g.Firing <= len(g.Own.Reports):
		s.followReports(g)
	}
}

// ruledBy puts the latest merge down to another rule than L-12.
func (s *State) ruledBy(rule string) {
	for i := len(s.changes) - 1; i >= 0; i-- {
		if s.changes[i].Kind == headstart.GroupMerged {
			s.changes[i].Rule = rule
			return
		}
	}
}
