package correlate

import (
	"slices"
)

// cut returns what an asset is cut off by: the topmost failing assets above it,
// several when every member of a redundancy group fails for its own reason; the
// asset itself when it is down and nothing above explains it; nil when it is not
// cut off. The answer is not the caller's to change.
func (s *State) cut(asset string, depth int) []string {
	if n := s.topo.nodes[asset]; n != nil {
		return s.cutNode(n, depth)
	}
	if depth <= maxDepth && s.top(asset) != nil {
		return []string{asset}
	}
	return nil
}

// cutNode remembers what it found until the next recut: with redundancy groups
// plain recursion would take 2^depth steps.
func (s *State) cutNode(n *node, depth int) []string {
	if n.cutGen == s.cutGen {
		return n.cutBy
	}
	if depth > maxDepth {
		return nil
	}
	n.cutGen, n.cutBy = s.cutGen, nil // a cycle, were there one, explains nothing
	tops := s.cutAbove(n, depth)
	if tops == nil && s.worst(n.failing) != nil {
		tops = n.self
	}
	n.cutBy = tops
	return tops
}

// recut forgets what cuts assets off: something failed, or answered.
func (s *State) recut() { s.cutGen++ }

func (s *State) cutAbove(n *node, depth int) []string {
	ways := 1
	if n.only == nil {
		ways = len(n.parents)
	}
	for i := range ways {
		tops := s.groupCut(n, i, depth+1)
		// What answered after its cause went down, and is not down itself since, is
		// not cut off by it.
		if tops != nil && (!n.known.everAnswered() || s.worst(n.failing) != nil || !n.known.answeredSince(s.since(tops))) {
			return tops
		}
	}
	return nil
}

// groupCut returns what cuts off the whole redundancy group i above n, or nil
// while one member of it works.
func (s *State) groupCut(n *node, i, depth int) []string {
	if n.only != nil { // nearly always, so without a look at the lists
		s.topo.looks++
		return s.cutNode(n.only, depth)
	}
	var tops []string
	group := n.parents[i]
	for k, member := range group {
		s.topo.looks++
		var by []string
		if up := n.up[i][k]; up != nil {
			by = s.cutNode(up, depth)
		} else {
			by = s.cut(member, depth)
		}
		switch {
		case by == nil && !s.explainsAside(member):
			return nil
		case len(group) == 1:
			return by
		}
		tops = append(tops, by...)
	}
	slices.Sort(tops)
	return slices.Compact(tops)
}

// since is when the last of tops went down: from then on all of them are.
func (s *State) since(tops []string) instant {
	var last instant
	for _, a := range tops {
		if q := s.top(a); q != nil && fell(q).After(last) {
			last = fell(q)
		}
	}
	return last
}

// top returns the problem that says an asset is down, or nil while it answers:
// the open one before a pending one, then the earliest.
func (s *State) top(asset string) *problem { return s.worst(s.failingOf(asset)) }

// worst is top among what fails of one asset.
func (s *State) worst(failing []*problem) *problem {
	var best *problem
	for _, p := range failing { // the order below is total, so that of the list decides nothing
		if s.explains(p) && (best == nil || surer(p, best)) {
			best = p
		}
	}
	return best
}

func surer(p, q *problem) bool {
	if (p.State == problemOpen) != (q.State == problemOpen) {
		return p.State == problemOpen
	}
	if p.Onset != q.Onset {
		return p.Onset.Before(q.Onset)
	}
	return p.Key < q.Key
}

// explains reports whether a failing problem can be the cause of others: it is
// about reachability, or nobody said what it is about and our own probe of that
// asset agrees (ruling 18). Several ways of asking an asset may disagree: an
// answer after the onset proves that the way to it is open. What a prober saw that is
// cut off itself explains nothing (D-16).
func (s *State) explains(p *problem) bool {
	if s.inDoubt(p) {
		return false
	}
	a := s.rowOf(p)
	if p.Unstable && s.refuted(p) || !p.Unstable && a.answeredSince(p.Onset) {
		return false
	}
	switch {
	case p.Class == reachability:
		return true
	case p.Class != 0 || len(p.Alerts.list()) == 0:
		return false
	}
	if a != nil && a.Silent.After(p.Onset) {
		return true
	}
	return slices.ContainsFunc(s.besides(p), func(q *problem) bool { return q.Mem.Down })
}

// answeredSince reports whether one of the ways of asking an asset found it
// healthy after t, and has not found otherwise since.
func (s *State) answeredSince(asset string, t instant) bool {
	return s.known(asset).answeredSince(t)
}

// everAnswered spares the look at when a cause went down, of what nobody asks.
func (a *asset) everAnswered() bool { return a != nil && a.rare != nil && !a.rare.Answered.IsZero() }

func (a *asset) answeredSince(t instant) bool {
	if !a.everAnswered() || !a.rare.Answered.After(t) {
		return false
	}
	for _, at := range a.rare.Answers {
		if at.After(t) {
			return true
		}
	}
	return false
}

// causes returns what explains a failing problem: the assets above it, or its
// own asset being down; nil when it stands for itself.
func (s *State) causes(p *problem) []string {
	if p.Asset == "" {
		return nil
	}
	var tops []string
	if p.node != nil {
		tops = s.cutNode(p.node, 0)
	} else {
		tops = s.cut(p.Asset, 0)
	}
	if len(tops) == 1 && tops[0] == p.Asset && s.worst(s.besides(p)) == p {
		return nil
	}
	return tops
}

// partners returns the causes, p's asset among them, that together cut off
// something below p's asset: both uplinks of a switch, say. Nil when p alone is
// the matter.
func (s *State) partners(p *problem) []string {
	n := s.topo.nodes[p.Asset]
	if n == nil || s.top(p.Asset) != p {
		return nil
	}
	for _, kid := range n.below {
		s.topo.looks++
		for i, g := range kid.parents {
			if len(g) < 2 || !slices.Contains(g, p.Asset) {
				continue
			}
			if tops := s.groupCut(kid, i, 0); len(tops) > 1 && slices.Contains(tops, p.Asset) {
				return tops
			}
		}
	}
	return nil
}
