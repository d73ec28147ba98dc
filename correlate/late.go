package correlate

import (
	"slices"
	"strings"
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
	for _, asset := range assets {
		for _, id := range sortedGroups(s.below[asset]) {
			o := s.groups[id]
			if o == g || !s.isLive(o) || !s.mayMerge(o, g) || s.now.Sub(o.OpenedAt) > time.Duration(s.cfg.LateCause) || !s.explained(o, g) {
				continue
			}
			tops := s.topsOf(g)
			keep, gone := o, g
			if g.ID < o.ID {
				keep, gone = g, o
			}
			g = s.merge(keep, gone, "merged")
			s.recause(g, tops)
		}
	}
	return g
}

// explained reports whether what cuts off the cause of o is what g is about.
func (s *State) explained(o, g *group) bool {
	q := s.problems[o.Top]
	if q == nil || q.State == headstart.ProblemHealthy || g.Top == "" {
		return false
	}
	tops := s.causes(q)
	return tops != nil && slices.Equal(tops, assetsOf(s.topsOf(g)))
}

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
// pinned, opened or split apart stays as it is.
func (s *State) mayMerge(a, b *group) bool {
	for _, g := range []*group{a, b} {
		if g.Pinned || g.Own.ByHand || g.Cause.Kind == headstart.CauseManual {
			return false
		}
	}
	return !slices.Contains(a.Own.Apart, b.ID) && !slices.Contains(b.Own.Apart, a.ID)
}

// merge lets gone go into keep. What counts moves at once; the rows of the
// members follow in parts (ruling 1), and readers follow MergedInto meanwhile.
func (s *State) merge(keep, gone *group, outcome string) *group {
	s.file(gone, false)
	s.setGroupState(gone, headstart.Merged)
	gone.MergedInto = keep.ID
	for _, k := range []timerKind{holdTimer, recoverTimer, splitTimer, closeTimer, matchTimer} {
		s.cancel(k, subjectOf(gone.ID))
	}
	gone.Own.Splitting = false
	keep.Firing += gone.Firing
	gone.Firing = 0
	s.mergeImpact(keep, gone)
	keep.Own.Absorbing = append(append(keep.Own.Absorbing, gone.ID), gone.Own.Absorbing...)
	gone.Own.Absorbing = nil
	slices.Sort(keep.Own.Absorbing)
	keep.Own.Apart = union(keep.Own.Apart, gone.Own.Apart)
	keep.Confidential = keep.Confidential || gone.Confidential
	s.startedAt(keep, gone.StartedAt)
	c := s.say(headstart.GroupMerged, "L-12", outcome, gone.Cause.Asset, "cause", strings.Join(append([]string{keep.Cause.Asset}, keep.Cause.Also...), ", "))
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

func union(a, b []headstart.GroupID) []headstart.GroupID {
	if len(b) == 0 {
		return a
	}
	out := append(slices.Clone(a), b...)
	slices.Sort(out)
	return slices.Compact(out)
}

// moveNext moves the next members of a merged group to where it went.
func (s *State) moveNext(gone *group) {
	if gone == nil || gone.State != headstart.Merged {
		return
	}
	keep := s.follow(gone.ID)
	moved := 0
	for _, m := range gone.members {
		if !m.Left.IsZero() {
			continue
		}
		if moved == splitPart {
			s.after(0, moveTimer, subjectOf(gone.ID))
			return
		}
		moved++
		m.Left = s.now
		s.dirtyMember(m)
		p := s.problems[m.Problem]
		if p == nil || p.Group != gone.ID {
			continue // it went elsewhere before
		}
		s.setGroup(p, keep.ID)
		s.enlist(keep, p, "L-12")
		s.dirtyGroup(keep)
		s.touch(keep.ID)
	}
	keep.Own.Absorbing = slices.DeleteFunc(keep.Own.Absorbing, func(id headstart.GroupID) bool { return id == gone.ID })
	s.dirtyGroup(keep)
}
