package correlate

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"headstart"
)

func itoa(n int) string { return strconv.Itoa(n) }

// judge decides what a pending problem is: behind a cause (T-07), or its own.
func (s *State) judge(p *problem, atOnce bool) {
	if p.State != problemPending {
		return
	}
	s.hurry(p)
	if s.hasLeft(p) { // while it waited, or was suppressed
		s.delisted(p)
		return
	}
	if s.suppress(p) || s.waits(p) {
		return
	}
	if s.confirms(p) {
		s.confirm(p)
		return
	}
	if tops := s.causes(p); tops != nil {
		if s.suppressCauses(tops) {
			s.judge(p, atOnce)
			return
		}
		s.behind(p, tops)
		return
	}
	if tops := s.partners(p); tops != nil {
		if s.suppressCauses(tops) {
			s.judge(p, atOnce)
			return
		}
		s.together(s.topProblems(tops))
		return
	}
	if s.suspect(p) {
		return
	}
	s.own(p, atOnce)
}

// behind puts p into the group of what cuts it off.
func (s *State) behind(p *problem, tops []string) {
	var room [2]*problem // of the usual cause, or both uplinks
	qs := s.appendTops(room[:0], tops)
	var g *group
	if len(qs) == 1 {
		g = s.single(qs[0])
	} else {
		g = s.together(slices.Clone(qs))
	}
	if p.State != problemPending {
		return
	}
	outcome := "joined"
	if slices.ContainsFunc(qs, func(q *problem) bool { return q.State == problemSuspected }) {
		outcome = "silent"
	}
	facts := s.behindFacts(p, tops)
	s.join(p, g, outcome, facts[:]...)
	if len(s.below[p.Asset])+len(s.loose[p.Asset]) > 0 {
		s.absorb(g, p.Asset)
	}
}

// behindFacts are what puts p behind tops. It would stand alone had it answered
// after since, or had it been judged margin earlier: before they were known.
func (s *State) behindFacts(p *problem, tops []string) [10]string {
	since := s.since(tops)
	return [...]string{
		"cause", strings.Join(tops, ", "), "since", s.phrases.moment(since), "answered", s.rowOf(p).lastAnswer(),
		"settled", s.phrases.length(s.now.Sub(p.Onset)), "margin", s.now.Sub(since).String(),
	}
}

// topProblems returns the problems that say that assets are down, by asset.
func (s *State) topProblems(tops []string) []*problem { return s.appendTops(nil, tops) }

func (s *State) appendTops(qs []*problem, tops []string) []*problem {
	for _, a := range tops {
		qs = append(qs, s.top(a))
	}
	return qs
}

// single returns the group of an observed cause; a pending one is pulled
// forward, and one that was ended by hand while it fails comes back.
func (s *State) single(q *problem) *group {
	if q.State == problemPending {
		s.judge(q, false)
	}
	if g := s.live(q.Group); g != nil {
		return g
	}
	return s.revive(q)
}

// revive brings back a group that a person ended while q in it failed, now that
// more fails behind q: under its number within reopen, else as a recurrence.
func (s *State) revive(q *problem) *group {
	old := s.follow(q.Group)
	if s.ago(old.ResolvedAt) <= time.Duration(s.cfg.Reopen) {
		s.reopen(old)
		c := s.say(headstart.GroupReopened, "R-07", "worsened", nameOf(q), "after", s.ago(old.OpenedAt).String())
		c.Group = old.ID
		return old
	}
	s.leave(old, q)
	old.Firing--
	s.dirtyGroup(old)
	s.setState(q, problemPending)
	s.setGroup(q, 0)
	return s.own(q, false)
}

// own gives p a group of which it is the cause: the one it had within reopen,
// one a person opened about its asset, or a new one.
func (s *State) own(p *problem, atOnce bool) *group {
	old := s.follow(p.Mem.LastTop)
	if old != nil && !slices.Contains(old.Own.Tops, p.Key) {
		old = nil // its cause is another one since
	}
	if old != nil && s.reopens(old) {
		facts := append([]string{"reopen", s.cfg.Reopen.String()}, s.reopenFacts(old)...)
		s.reopen(old)
		s.add(p, old, "R-07")
		s.alone(p, true)
		c := s.say(headstart.GroupReopened, "R-07", "reopened", string(p.Key), facts...)
		c.Group, c.Problem, c.Alert = old.ID, p.Key, firstAlert(p)
		s.moreAlerts(old, p)
		s.absorb(old, "")
		return old
	}
	if g := s.manual(p.Asset); g != nil {
		s.join(p, g, "manual", "cause", p.Asset)
		return g
	}
	if g := s.adopt(p); g != nil {
		return g
	}
	if g := s.unexplained(p); g != nil {
		return g
	}
	if old != nil && s.isLive(old) {
		old = nil // split off from it, not back
	}
	return s.openGroup(p, old, atOnce)
}

// openGroup opens a group of which p is the observed cause.
func (s *State) openGroup(p *problem, old *group, atOnce bool) *group {
	g := s.newGroup(p)
	g.Cause = headstart.Cause{Asset: p.Asset, Also: []string{}, Kind: headstart.CauseObserved, Reason: p.Reason}
	if p.Unplaced {
		g.Cause.Kind = headstart.CauseNone
	}
	s.setTops(g, []*problem{p})
	rule, outcome := "T-07", "opened"
	facts := []string{"settled", s.now.Sub(p.Onset).String(), "above", s.topo.waysUp(p.Asset)}
	switch {
	case isSource(p):
		rule, outcome, facts = "D-14", "blind", s.sourceFacts(p)
	case s.silentAgent(p) != nil:
		rule, outcome, facts = "D-15", "cut_off", s.agentFacts(s.silentAgent(p))
	case isProber(p):
		rule, outcome, facts = "D-16", "isolated", proberFacts(p)
	case p.Unplaced:
		rule, outcome = "P-16", "unplaced"
	case atOnce:
		rule, outcome = "P-16", "at_once"
	case old != nil:
		rule, outcome = "R-10", "recurred"
		g.RecurrenceOf = old.ID
		facts = append(facts, s.reopenFacts(old)...)
	}
	s.add(p, g, rule)
	s.alone(p, true)
	c := s.say(headstart.GroupOpened, rule, outcome, string(p.Key), facts...)
	c.Group, c.Problem, c.Alert, c.Other = g.ID, p.Key, firstAlert(p), g.RecurrenceOf
	s.moreAlerts(g, p)
	s.recurs(g)
	s.file(g, true)
	return s.absorb(g, "")
}

// manual returns the live group a person opened about an asset, or nil.
func (s *State) manual(asset string) *group {
	if asset == "" {
		return nil
	}
	for _, id := range sortedGroups(s.below[asset]) {
		if g := s.groups[id]; g.Cause.Kind == headstart.CauseManual && g.Cause.Asset == asset {
			return g
		}
	}
	return nil
}

// together returns the one group of several assets that only together cut
// something off (ruling 34): the oldest that one of them has, else a new one.
func (s *State) together(qs []*problem) *group {
	var keep *group
	for _, q := range qs {
		if g := s.live(q.Group); g != nil && q.State != problemPending && (keep == nil || g.ID < keep.ID) {
			keep = g
		}
	}
	if keep == nil {
		keep = s.firstOf(qs)
	}
	for _, q := range qs {
		switch g := s.live(q.Group); {
		case q.State == problemPending:
			s.hurry(q)
			s.join(q, keep, "joint", "cause", strings.Join(assetsOf(qs), ", "))
		case g != nil && g != keep && s.mayMerge(keep, g):
			keep = s.merge(keep, g, "joint")
		}
	}
	s.recause(keep, qs)
	return s.absorb(keep, "")
}

// firstOf opens the group of a joint cause with the first of its problems.
func (s *State) firstOf(qs []*problem) *group {
	for _, q := range qs {
		if q.State == problemPending {
			s.hurry(q)
			return s.own(q, false)
		}
	}
	return s.revive(qs[0])
}

func assetsOf(qs []*problem) []string {
	var out []string
	for _, q := range qs {
		out = append(out, q.Asset)
	}
	return out
}

// recause makes qs the cause of g; several are a joint cause whose first asset
// by name stands for it. A person's pin outranks it.
func (s *State) recause(g *group, qs []*problem) {
	assets := assetsOf(qs)
	kind := headstart.CauseObserved
	switch {
	case len(qs) > 1:
		kind = headstart.CauseJoint
	case qs[0].State == problemSuspected:
		kind = headstart.CauseSuspected
	}
	if g.Pinned || g.Cause.Kind == headstart.CauseManual {
		return
	}
	if g.Cause.Asset == assets[0] && slices.Equal(g.Cause.Also, assets[1:]) && g.Cause.Kind == kind && g.Top == qs[0].Key {
		return
	}
	was := label(g)
	s.unlike(g)
	s.file(g, false)
	g.Cause = headstart.Cause{Asset: assets[0], Also: append([]string{}, assets[1:]...), Kind: kind, Reason: qs[0].Reason}
	s.setTops(g, qs)
	s.file(g, true)
	s.touch(g.ID)
	rule, outcome := "L-12", "cause"
	switch {
	case kind == headstart.CauseJoint:
		rule = "T-07"
	case was == label(g): // suspected before, observed now
		rule, outcome = "C-08", "observed"
	}
	c := s.say(headstart.CauseChanged, rule, outcome, strings.Join(assets, ", "), "was", was, "age", s.ago(g.OpenedAt).String(), "late_cause", s.cfg.LateCause.String(), "margin", s.lateMargin(g))
	c.Group, c.Problem = g.ID, qs[0].Key
	s.relieve(g)
	s.recurs(g)
}

// label names a group by its cause: the assets, else the title a person gave it
// or what its members share, else its first problem.
func label(g *group) string {
	switch {
	case g.Cause.Asset != "":
		return strings.Join(append([]string{g.Cause.Asset}, g.Cause.Also...), ", ")
	case (g.Cause.Kind == headstart.CauseManual || g.Cause.Kind == headstart.CauseSurge || g.collects()) && g.Cause.Reason != "":
		return g.Cause.Reason
	}
	return string(g.Opener)
}

// setTops files which problems are the cause of g. The pointer of each follows,
// so that its return reopens or re-heads the right group.
func (s *State) setTops(g *group, qs []*problem) {
	g.Own.Tops = nil
	for _, q := range qs {
		g.Own.Tops = append(g.Own.Tops, q.Key)
		if q.Mem.LastTop != g.ID {
			s.counted(q, g)
			q.Mem.LastTop = g.ID
			s.dirtyMemory(q)
		}
	}
	g.Top = qs[0].Key
	s.dirtyGroup(g)
}

// file puts a live group into the index of its causes and all above them, or
// takes it out.
func (s *State) file(g *group, on bool) {
	for _, asset := range append([]string{g.Cause.Asset}, g.Cause.Also...) {
		if asset == "" {
			continue
		}
		s.fileAt(asset, g.ID, on)
		if n := s.topo.nodes[asset]; n != nil {
			for _, up := range n.above {
				s.fileAt(up, g.ID, on)
			}
		}
	}
}

func (s *State) fileAt(asset string, id headstart.GroupID, on bool) {
	if on {
		put(s.below, asset, id)
		return
	}
	drop(s.below, asset, id)
}
