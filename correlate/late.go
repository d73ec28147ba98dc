package correlate

import (
	"slices"
	"time"

	"headstart"
)

// absorb looks for young groups that the cause of g explains, now that it is
// known (L-12): those indexed at or below the asset at, or below g's causes where
// at is empty. The oldest number survives, so its announcement lives on; absorb
// returns the group that does.
func (s *State) absorb(g *group, at string) *group {
	assets := []string{at}
	if at == "" {
		assets = append([]string{g.Cause.Asset}, g.Cause.Also...)
	}
	merged := 0
	for _, asset := range assets {
		for _, id := range sortedGroups(s.below[asset]) {
			o := s.groups[id]
			tops := s.topsOf(g)
			if o == g || !s.isLive(o) || !s.young(o) || len(tops) == 0 || !s.cutBy(o, assetsOf(tops)) || !s.mayMerge(g, o) {
				continue
			}
			if merged++; merged > absorbPart {
				s.after(0, absorbTimer, subjectOf(g.ID))
				return g
			}
			keep, gone := o, g
			if g.ID < o.ID {
				keep, gone = g, o
			}
			g = s.merge(keep, gone, "merged")
			s.recause(g, tops)
		}
		g = s.claim(g, asset, merged)
	}
	return g
}

// absorbPart is how many groups one unit merges: at most ten rows each keep it
// below 200 operations (ruling 1).
const absorbPart = 15

// absorbNext goes on where absorb stopped.
func (s *State) absorbNext(g *group) {
	if g != nil && s.isLive(g) {
		s.absorb(g, "")
	}
}

// adopt gives a late cause the oldest young group it explains, instead of opening
// one that would go into it at once: one outage is one incident (L-12). Nil when
// there is none.
func (s *State) adopt(p *problem) *group {
	for _, id := range sortedGroups(s.below[p.Asset]) {
		o := s.groups[id]
		if s.mayMerge(o, o) && s.young(o) && s.cutBy(o, []string{p.Asset}) {
			s.join(p, o, "late", "age", s.ago(o.OpenedAt).String(), "late_cause", s.cfg.LateCause.String(), "margin", s.lateMargin(o))
			s.recause(o, []*problem{p})
			return s.absorb(o, "")
		}
	}
	return nil
}

func (s *State) young(g *group) bool { return s.ago(g.OpenedAt) <= time.Duration(s.cfg.LateCause) }

// cutBy reports whether the cause of g fails because tops do.
func (s *State) cutBy(g *group, tops []string) bool {
	q := s.problems[g.Top]
	return q != nil && q.State != problemHealthy && slices.Equal(s.causes(q), tops)
}

// topsOf returns the problems of the cause of g, by asset.
func (s *State) topsOf(g *group) []*problem {
	var qs []*problem
	for _, key := range g.Own.Tops {
		if q := s.problems[key]; q != nil {
			qs = append(qs, q)
		}
	}
	return qs
}

// mayMerge reports whether a rule may make one of two groups: what a person
// pinned, opened or split apart stays as it is. Ask last: it may tell a refusal.
func (s *State) mayMerge(a, b *group) bool {
	if s.keptApart(a, b) {
		return false
	}
	for _, g := range []*group{a, b} {
		if g.Pinned || g.Own.ByHand || g.Cause.Kind == headstart.CauseManual {
			return false
		}
	}
	return true
}

// merge lets gone go into keep. What counts moves at once; the rows of the
// members follow in parts (ruling 1), and readers follow MergedInto meanwhile.
func (s *State) merge(keep, gone *group, outcome string) *group {
	s.unlike(gone)
	keep.Own.Reports = orNone(append(slices.Clone(keep.Own.Reports), gone.Own.Reports...))
	s.file(gone, false)
	s.setGroupState(gone, headstart.Merged)
	gone.MergedInto = keep.ID
	for _, k := range []timerKind{holdTimer, recoverTimer, splitTimer, closeTimer, matchTimer, absorbTimer, staleTimer, gatherTimer} {
		s.cancel(k, subjectOf(gone.ID))
	}
	gone.Own.Splitting, gone.Stale = false, false
	keep.Own.Unproved = keep.Own.Unproved || gone.Own.Unproved
	keep.Firing += gone.Firing
	gone.Firing = 0
	keep.Own.Absorbing = append(append(slices.Clone(keep.Own.Absorbing), gone.ID), gone.Own.Absorbing...)
	going := append([]headstart.GroupID{gone.ID}, gone.Own.Absorbing...)
	gone.Own.Absorbing, gone.impact = nil, nil
	slices.Sort(keep.Own.Absorbing)
	s.mergeImpact(keep, gone, going)
	keep.Own.Apart = union(keep.Own.Apart, gone.Own.Apart)
	keep.Confidential = keep.Confidential || gone.Confidential
	s.inherit(keep, gone)
	keep.Unstable = keep.Unstable || gone.Unstable
	if keep.Overrun == nil {
		keep.Overrun = gone.Overrun
	}
	s.startedAt(keep, instantOf(gone.StartedAt))
	c := s.say(headstart.GroupMerged, "L-12", outcome, label(gone), "cause", label(keep), "age", s.ago(gone.OpenedAt).String(), "late_cause", s.cfg.LateCause.String(), "margin", s.lateMargin(gone))
	c.Group, c.Other = gone.ID, keep.ID
	if keep.Firing > 0 && (keep.State == headstart.Holding || keep.State == headstart.Recovering) {
		s.returned(keep)
	}
	s.dirtyGroup(keep)
	s.touch(keep.ID)
	s.after(0, matchTimer, subjectOf(keep.ID))
	s.moveNext(gone)
	return keep
}

// moveNext moves the next members of a merged group to where it went.
func (s *State) moveNext(gone *group) {
	if gone == nil || gone.State != headstart.Merged {
		return
	}
	keep := s.follow(gone.ID)
	moved := 0
	for n, m := range gone.members.all() {
		if !m.Left.IsZero() {
			continue
		}
		if moved == splitPart {
			s.after(0, moveTimer, subjectOf(gone.ID))
			return
		}
		moved++
		m.Left = s.now
		s.dirtyMember(gone, n)
		p := s.problems[m.Problem]
		if p == nil || p.Group != gone.ID {
			continue // it went elsewhere before
		}
		s.setGroup(p, keep.ID)
		s.coverOpen(p)
		s.enlist(keep, p, "L-12")
		s.dirtyGroup(keep)
		s.touch(keep.ID)
	}
	keep.Own.Absorbing = orNone(slices.DeleteFunc(slices.Clone(keep.Own.Absorbing), func(id headstart.GroupID) bool { return id == gone.ID }))
	s.dirtyGroup(keep)
}
