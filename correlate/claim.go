package correlate

import (
	"slices"
	"time"

	"headstart"
)

// collects reports whether g has no cause: what fails alike (G-09), or a storm
// (U-10).
func (g *group) collects() bool {
	return g.Cause.Kind == headstart.CauseStorm || g.Cause.Kind == headstart.CauseNone && g.Top == ""
}

// succeed gives a late cause the oldest young collection that it explains most
// of, instead of opening a group of its own (L-12). Nil when there is none.
func (s *State) succeed(p *problem) *group {
	g := s.headless(p.Asset)
	if g == nil {
		return nil
	}
	s.join(p, g, "late", "age", s.ago(g.OpenedAt).String())
	s.recause(g, []*problem{p})
	return s.absorb(g, "")
}

// headless returns the oldest collection most of which an asset explains, if it
// is down; nil when there is none.
func (s *State) headless(asset string) *group {
	if len(s.loose[asset]) == 0 {
		return nil
	}
	explained := s.explainedBy(asset, []string{asset})
	for _, id := range sortedGroups(explained) {
		if g := s.groups[id]; s.heads(explained, g) && s.mayMerge(g, g) {
			return g
		}
	}
	return nil
}

// claim takes out of collections what the cause of g explains at or below asset,
// now that it is known (L-12). A collection of failures alike goes into g whole
// when most of it is explained, and a storm's when nearly all of it is: what is
// not explained is split off once the cause is back. The oldest number
// survives; claim returns the group that does. merged says how many groups this
// unit merged before.
func (s *State) claim(g *group, asset string, merged int) *group {
	if len(s.loose[asset]) == 0 || g.collects() {
		return g
	}
	tops := s.topsOf(g)
	if len(tops) == 0 {
		return g
	}
	if merged > absorbPart/3 { // merges took most of the unit (ruling 1)
		s.after(0, absorbTimer, subjectOf(g.ID))
		return g
	}
	explained := s.explainedBy(asset, assetsOf(tops))
	for _, id := range sortedGroups(explained) {
		o := s.groups[id]
		if o == g || !s.heads(explained, o) || !s.mayMerge(o, g) {
			continue
		}
		keep, gone := o, g
		if g.ID < o.ID {
			keep, gone = g, o
		}
		g = s.merge(keep, gone, "merged")
		s.recause(g, tops)
	}
	return s.claimMembers(g, asset, tops, explained)
}

// explainedBy counts, by collection, the failing members at or below asset whose
// cause tops are. One that failed long ago keeps its group: a late cause is one
// that comes within late_cause.
func (s *State) explainedBy(asset string, tops []string) map[headstart.GroupID]int {
	count := map[headstart.GroupID]int{}
	s.topo.looks += len(s.loose[asset])
	for key := range s.loose[asset] {
		p := s.problems[key]
		if g := s.live(p.Group); g != nil && g.collects() && s.late(p) && slices.Equal(s.causes(p), tops) {
			count[g.ID]++
		}
	}
	return count
}

func (s *State) late(p *problem) bool {
	return s.now.Sub(p.Onset) <= time.Duration(s.cfg.LateCause+s.cfg.Settle)
}

// heads reports whether a cause explains enough of o to be the cause of o.
func (s *State) heads(explained map[headstart.GroupID]int, o *group) bool {
	if o.Cause.Kind == headstart.CauseStorm {
		return 10*explained[o.ID] >= 9*o.Firing // all but what failed beside it by chance
	}
	return 2*explained[o.ID] > o.Firing
}

// claimPart is how many members one unit takes out: at most about four rows
// each keep it below 200 operations (ruling 1).
const claimPart = 30

// claimMembers takes single members out of collections that stay.
func (s *State) claimMembers(g *group, asset string, tops []*problem, explained map[headstart.GroupID]int) *group {
	names := assetsOf(tops)
	moved := 0
	defer s.remains(g, explained)
	for _, key := range sortedKeys(s.loose[asset]) {
		p := s.problems[key]
		o := s.live(p.Group)
		switch {
		case o == g && slices.Equal(s.causes(p), names):
			s.alone(p, false) // it came along with a collection, and now has a cause
			moved++
		case o == nil || o == g || explained[o.ID] == 0 || !s.late(p) || !slices.Equal(s.causes(p), names) || !s.mayMerge(o, g):
			continue
		default:
			s.takeOut(p, o)
			s.join(p, g, "claimed", "cause", label(g), "was", label(o))
			moved++
		}
		if moved == claimPart {
			s.after(0, absorbTimer, subjectOf(g.ID))
			return g
		}
	}
	return g
}

// remains brings what is left of collections in order.
func (s *State) remains(g *group, explained map[headstart.GroupID]int) {
	for _, id := range sortedGroups(explained) {
		if o := s.groups[id]; o != g && s.isLive(o) {
			s.rebuildImpact(o)
			s.emptied(o)
		}
	}
}
