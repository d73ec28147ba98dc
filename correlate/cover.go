package correlate

import (
	"slices"
)

// cover is what suppresses a problem for now (M-06).
type cover struct {
	by    string // id of a window, or closedBy and the name of a period
	until instant
	uses  []string // keys of State.kept: whatever of it ends, the problem is looked at again
}

const (
	closedBy   = "closed:" // opens cover.by of a closed period
	closedHold = "closed"
	windowHold = "window/" // opens the hold of a window
)

// coverOf returns what suppresses p now, or nil: planned work, or the closed
// period of where it stands. The one that lasts longer decides.
func (s *State) coverOf(p *problem) *cover { return longer(s.workOn(p, false), s.closure(p)) }

// longer returns the cover that lasts longer; of equal ones the first by name.
func longer(a, b *cover) *cover {
	switch {
	case a == nil:
		return b
	case b == nil || a.until.After(b.until) || a.until == b.until && a.by <= b.by:
		return a
	}
	return b
}

// workOn returns the planned work that takes p away now, or nil: a window that
// names its asset, its service or its place, or that covers every way to its
// asset. proposed asks for windows nobody approved, which suppress nothing.
func (s *State) workOn(p *problem, proposed bool) *cover {
	if len(s.plans) == 0 || isOurs(p) {
		return nil
	}
	best := longer(s.named(p.Service, proposed), s.workAt(p.Location, proposed))
	if p.Asset == "" {
		return best
	}
	best = longer(best, s.work(p.Asset, proposed))
	if needsWay(p) {
		best = longer(best, s.workAbove(p.Asset, proposed, 0))
	}
	return best
}

// needsWay reports whether a problem may come about because nothing reaches its
// asset. What an asset says of itself (toner, heat, a paper jam that our own probe
// read off it) has come through, so the way to it is no excuse.
func needsWay(p *problem) bool {
	switch p.Class {
	case capacity, environment:
		return false
	case reachability, serviceClass, userReport:
		return true
	}
	return len(p.Alerts.list()) > 0 || !p.Probed
}

// work returns the window that names an asset or a place it stands in.
func (s *State) work(asset string, proposed bool) *cover {
	return longer(s.named(asset, proposed), s.workAt(s.topo.location(asset), proposed))
}

// workAbove returns the planned work on all ways to an asset: on a whole
// redundancy group above it. Work on one uplink leaves what has the other.
func (s *State) workAbove(asset string, proposed bool, depth int) *cover {
	n := s.topo.nodes[asset]
	if n == nil || depth > maxDepth {
		return nil
	}
	memo := coverID{asset, proposed}
	if c, known := s.covers[memo]; known {
		return c
	}
	s.covers[memo] = nil // a cycle, were there one, covers nothing
	var best *cover
	for _, group := range n.parents {
		best = longer(best, s.workOnAll(group, proposed, depth+1))
	}
	s.covers[memo] = best
	return best
}

// workOnAll returns the cover of a whole redundancy group: it ends with the
// first member that is back.
func (s *State) workOnAll(group []string, proposed bool, depth int) *cover {
	var first *cover
	for _, member := range group {
		c := longer(s.work(member, proposed), s.workAbove(member, proposed, depth))
		if c == nil {
			return nil
		}
		if first == nil {
			x := *c
			first = &x
			continue
		}
		uses := set(append(slices.Clone(first.uses), c.uses...))
		if c.until.Before(first.until) {
			first.by, first.until = c.by, c.until
		}
		first.uses = uses
	}
	return first
}

// workAt returns the window that names a place or one it lies in.
func (s *State) workAt(location string, proposed bool) *cover {
	var best *cover
	for range maxDepth {
		if location == "" {
			break
		}
		best = longer(best, s.named(location, proposed))
		l := s.topo.places[location]
		if l == nil {
			break
		}
		location = l.Parent
	}
	return best
}

// named returns the window that names id and lasts longest, or nil. Ids are
// unique over assets, services and places, so one index serves all of them.
func (s *State) named(id string, proposed bool) *cover {
	var best *cover
	for wid := range s.plans[id] { // longer is a total order, so map order decides nothing
		if w := s.windows[wid]; w.Proposed == proposed && s.now >= instantOf(w.StartsAt) && s.now < instantOf(w.EndsAt) {
			best = longer(best, &cover{by: wid, until: instantOf(w.EndsAt), uses: []string{windowHold + wid}})
		}
	}
	return best
}

// coverID is a key of the covers remembered within one event.
type coverID struct {
	asset    string
	proposed bool
}
