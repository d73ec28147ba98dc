package correlate

import (
	"slices"

	"headstart"
)

// rebind binds problems and rows of assets to the nodes of a new catalog, or of
// what was loaded, and files anew what fails. The rows of assets were with the
// nodes of the catalog before; nil: there was none.
func (s *State) rebind(was *topology) {
	clear(s.strays)
	if was != nil {
		for _, n := range was.nodes {
			if n.known != nil {
				s.assets[n.id] = n.known
			}
		}
	}
	for id, n := range s.topo.nodes {
		n.failing, n.known, n.watched = nil, s.assets[id], 0
		delete(s.assets, id)
	}
	for _, n := range s.topo.nodes {
		if n.known != nil && n.known.Probed {
			n.watch()
		}
	}
	for _, p := range s.problems {
		p.node = s.topo.nodes[p.Asset]
		if fails(p) {
			s.fileFailing(p)
		}
	}
}

// fails reports whether p belongs into the index of what fails by asset.
func fails(p *problem) bool {
	return p.Asset != "" && (p.State == problemPending || p.State == problemOpen || p.State == problemSuspected)
}

// failingOf returns what fails of an asset, in no order: what it is used for must
// have one of its own.
func (s *State) failingOf(asset string) []*problem {
	if n := s.topo.nodes[asset]; n != nil {
		return n.failing
	}
	return s.strays[asset]
}

// besides returns what fails of the asset of p, p itself included.
func (s *State) besides(p *problem) []*problem {
	if p.node != nil {
		return p.node.failing
	}
	return s.strays[p.Asset]
}

// failingKeys returns what fails of an asset, by key.
func (s *State) failingKeys(asset string) []headstart.ProblemKey {
	var keys []headstart.ProblemKey
	for _, p := range s.failingOf(asset) {
		keys = append(keys, p.Key)
	}
	slices.Sort(keys)
	return keys
}

func (s *State) fileFailing(p *problem) {
	switch {
	case p.node != nil && !slices.Contains(p.node.failing, p):
		if p.node.failing == nil {
			p.node.failing = p.node.room[:0]
		}
		p.node.failing = append(p.node.failing, p)
	case p.node == nil && !slices.Contains(s.strays[p.Asset], p):
		s.strays[p.Asset] = append(s.strays[p.Asset], p)
	}
}

func (s *State) unfileFailing(p *problem) {
	if p.node != nil {
		p.node.failing = pluck(p.node.failing, p)
		return
	}
	if left := pluck(s.strays[p.Asset], p); len(left) > 0 {
		s.strays[p.Asset] = left
	} else {
		delete(s.strays, p.Asset)
	}
}

// pluck takes x out of a list whose order says nothing.
func pluck[T comparable](list []T, x T) []T {
	n := slices.Index(list, x)
	if n < 0 {
		return list
	}
	last := len(list) - 1
	list[n] = list[last]
	clear(list[last:])
	return list[:last]
}

// watch tells what n hangs on that a probe of ours watches n.
func (n *node) watch() {
	if n == nil {
		return
	}
	for _, group := range n.up {
		for _, up := range group {
			if up != nil {
				up.watched++
			}
		}
	}
}

// known returns the row of an asset, or nil.
func (s *State) known(id string) *asset {
	if n := s.topo.nodes[id]; n != nil {
		return n.known
	}
	return s.assets[id]
}

// rowOf returns the row of the asset of p, or nil.
func (s *State) rowOf(p *problem) *asset {
	if p.node != nil {
		return p.node.known
	}
	return s.assets[p.Asset] // it is outside the catalog
}
