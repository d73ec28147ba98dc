package correlate

import (
	"math"
	"slices"
	"time"

	"headstart"
)

// tenth is the decimal logarithm of a probability, to four digits.
func tenth(p float64) float64 { return math.Round(math.Log10(p)*1e4) / 1e4 }

// meetSurges lets monitoring that sees at last what users reported before it be
// one incident with their reports (K-11). The oldest number survives, and the head
// start, which is negative, is told. It reports whether anything merged.
func (s *State) meetSurges() bool {
	if len(s.surges) == 0 {
		return false
	}
	met := false
	for _, id := range slices.Clone(s.touched) {
		g := s.groups[id]
		if g == nil || !s.isLive(g) || g.Firing == 0 || g.Cause.Kind == headstart.CauseStorm || g.Cause.Kind == headstart.CauseSurge {
			continue
		}
		for _, sid := range sortedGroups(s.surges) {
			if x := s.groups[sid]; x != g && s.isLive(x) && s.sameAs(x, g) {
				g = s.meet(x, g)
				met = true
			}
		}
	}
	return met
}

// sameAs reports whether g is what the reports of the surge x are about.
func (s *State) sameAs(x, g *group) bool {
	if x.Cause.Kind != headstart.CauseSurge || x.Pinned || !s.mayMerge(g, g) {
		return false
	}
	same := slices.ContainsFunc(x.Own.Reports, func(key headstart.ProblemKey) bool {
		p := s.problems[key]
		return p != nil && p.State == problemOpen && s.now.Sub(p.Onset) <= surgeQuiet && covers(g, scope{p.Service, p.Location})
	})
	return same && !s.keptApart(x, g) // asked last: it tells a refusal
}

// meet makes one of the surge x and of g, which monitoring sees.
func (s *State) meet(x, g *group) *group {
	cause, tops, like := g.Cause, s.topsOf(g), g.Own.Like
	first := s.firstOnset(g)
	facts := []string{"reports", label(x), "cause", label(g), "since", clockTime(instantOf(x.StartedAt)), "lead", itoa(int(instantOf(x.StartedAt).Sub(first) / time.Second))}
	keep, gone := x, g
	if g.ID < x.ID {
		keep, gone = g, x
	}
	x.Own.ByHand = false // monitoring tells when it is over
	s.unlike(g)
	s.merge(keep, gone, "seen")
	s.ruledBy("K-11")
	switch {
	case keep == g:
		if like != nil {
			g.Own.Like = like
			s.fileLike(g)
		}
	case len(tops) > 0 && cause.Kind != headstart.CauseNone:
		s.recause(keep, tops)
		keep.Cause.Kind = cause.Kind
	default:
		keep.Cause, keep.Own.Like = cause, like
		if like != nil {
			s.fileLike(keep)
		}
		s.sayOf(keep, headstart.CauseChanged, "K-11", "cause", label(keep), "was", label(x))
	}
	s.dirtyGroup(keep)
	s.sayOf(keep, headstart.ImpactChanged, "K-11", "met", label(keep), facts...)
	return keep
}

// firstOnset is when monitoring first saw anything of g.
func (s *State) firstOnset(g *group) instant {
	first := s.now
	for _, key := range g.Own.Tops {
		if q := s.problems[key]; q != nil && q.Onset.Before(first) {
			first = q.Onset
		}
	}
	if q := s.problems[g.Opener]; q != nil && q.Onset.Before(first) {
		first = q.Onset
	}
	return first
}

// followReports ends the reports in a group once all that monitoring sees of it is
// clear: users do not take theirs back. It reports whether there were any.
func (s *State) followReports(g *group) bool {
	if g.Own.ByHand {
		return false
	}
	open := s.onlyReports(g)
	for _, key := range open {
		s.clear(s.problems[key], "followed")
	}
	return len(open) > 0
}

// onlyReports are the failing members of a group of which monitoring sees nothing more: users'
// reports. Nil: it sees more, or nothing fails.
func (s *State) onlyReports(g *group) []headstart.ProblemKey {
	open := s.OpenMembers(g.ID)
	if slices.ContainsFunc(open, func(key headstart.ProblemKey) bool { return s.problems[key].Class != userReport }) {
		return nil
	}
	return open
}

// endReports ends the reports in a group that a person ends.
func (s *State) endReports(g *group) {
	for _, key := range g.Own.Reports {
		if p := s.problems[key]; p != nil && s.follow(p.Group) == g {
			s.endReport(p)
		}
	}
}

// endReport ends the reports of a scope without a word: a person ended the
// incident they were in.
func (s *State) endReport(p *problem) {
	if p.State != problemOpen {
		return
	}
	g := s.follow(p.Group)
	s.count(g, p, -1)
	g.Firing--
	s.touch(g.ID)
	s.dirtyGroup(g)
	s.setState(p, problemHealthy)
	p.Cleared = s.now
	s.after(s.recall(), forgetTimer, problemPrefix+string(p.Key))
}
