package correlate

import (
	"slices"
	"time"

	"headstart"
)

// maxDepth bounds how far up a failure is explained; real networks have six
// levels, and the catalog loader refuses cycles.
const maxDepth = 12

// topology is the catalog as decisions need it. It never changes; a new config
// line makes a new one.
type topology struct {
	// looks is how many assets, departments and problems decisions looked at, beside
	// what their events were about. It decides nothing; TestStormIsFlat holds that it
	// does not grow with what fails.
	looks int

	catalog    *headstart.Catalog
	nodes      map[string]*node
	places     map[string]*headstart.Location
	population map[kindred]int

	departments map[string]int32      // by id: their place in the catalog
	settled     map[string][]settling // by location: departments there
	users       map[string][]int32    // by service: departments that use it
}

// node is a device or a service with its place in the graph.
type node struct {
	id      string
	n       int32 // its place in the catalog, devices first
	parents headstart.Dependencies
	up      [][]*node // parents as nodes; nil for what is not in the catalog
	kids    []string  // sorted
	below   []*node   // kids as nodes
	sole    []string  // those of kids that have no other way up, sorted
	above   []string  // all ancestors, sorted
	bears   bool      // it is, or has behind it, a service or what a department uses
	bearing []*node   // those of below that bear

	// slowest is how long what is behind this node may go unnoticed by our probes.
	slowest time.Duration
	device  *headstart.Device
	service *headstart.Service

	// Indexes of State, kept here so that the many looks at what is above and
	// beside a failure follow pointers; see rebind.
	failing []*problem // its pending, open and suspected problems, in no order
	known   *asset     // its row; nil: none
	watched int        // how many right behind it a probe of ours watches
	crowds  []*crowd   // where it is when it cannot be reached; nil: not asked yet (see crowdsOf)

	// What cuts it off, as of one generation of State.
	cutGen uint64
	cutBy  []string
	self   []string // its id, as what cuts it off
}

func newTopology(c *headstart.Catalog) *topology {
	t := &topology{catalog: c, nodes: make(map[string]*node, len(c.Devices)+len(c.Services)), places: make(map[string]*headstart.Location, len(c.Locations))}
	for i := range c.Locations {
		t.places[c.Locations[i].ID] = &c.Locations[i]
	}
	for i := range c.Devices {
		d := &c.Devices[i]
		t.nodes[d.ID] = &node{n: int32(i), id: d.ID, self: []string{d.ID}, parents: d.DependsOn, device: d}
	}
	for i := range c.Services {
		s := &c.Services[i]
		t.nodes[s.ID] = &node{n: int32(len(c.Devices) + i), id: s.ID, self: []string{s.ID}, parents: s.DependsOn, service: s}
	}
	t.link()
	for _, n := range t.nodes {
		n.sole = slices.DeleteFunc(slices.Clone(n.kids), func(kid string) bool { return t.wayUp(kid) != n.id })
		n.above = t.ancestors(n)
	}
	t.population = population(t)
	t.inhabit()
	t.burden()
	return t
}

// link tells every node what hangs on it.
func (t *topology) link() {
	for _, n := range t.nodes {
		n.up = make([][]*node, len(n.parents))
		for i, g := range n.parents {
			n.up[i] = make([]*node, len(g))
			for k, p := range g {
				if up := t.nodes[p]; up != nil {
					n.up[i][k] = up
					up.kids = append(up.kids, n.id)
				}
			}
		}
	}
	for _, n := range t.nodes {
		slices.Sort(n.kids)
		n.kids = slices.Compact(n.kids)
		n.below = make([]*node, len(n.kids))
		for i, kid := range n.kids {
			n.below[i] = t.nodes[kid]
		}
	}
}

// burden marks what services, or what departments use, hang on.
func (t *topology) burden() {
	for _, n := range t.nodes {
		if n.service != nil || t.users[n.id] != nil {
			n.bear()
		}
	}
	for _, n := range t.nodes {
		for _, kid := range n.below {
			if kid.bears {
				n.bearing = append(n.bearing, kid)
			}
		}
	}
}

func (n *node) bear() {
	if n == nil || n.bears {
		return
	}
	n.bears = true
	for _, group := range n.up {
		for _, up := range group {
			up.bear()
		}
	}
}

// noticed takes over after how many seconds our probes know that assets fail.
func (t *topology) noticed(after map[string]int) {
	for id, seconds := range after {
		n := t.nodes[id]
		if n == nil || seconds <= 0 {
			continue
		}
		d := min(time.Duration(min(seconds, int(longest/1e9)))*time.Second, time.Duration(longest))
		for _, up := range n.above {
			t.nodes[up].slowest = max(t.nodes[up].slowest, d)
		}
	}
}

func (t *topology) ancestors(n *node) []string {
	seen := map[string]bool{n.id: true}
	var out []string
	level := []*node{n}
	for depth := 0; depth < maxDepth && len(level) > 0; depth++ {
		level = t.parentsOf(level, seen)
		for _, up := range level {
			out = append(out, up.id)
		}
	}
	slices.Sort(out)
	return out
}

// parentsOf returns the nodes right above a level that were not seen, and marks
// them.
func (t *topology) parentsOf(level []*node, seen map[string]bool) []*node {
	var above []*node
	for _, n := range level {
		for _, p := range slices.Concat(n.parents...) {
			if up := t.nodes[p]; up != nil && !seen[p] {
				seen[p] = true
				above = append(above, up)
			}
		}
	}
	return above
}

// wayUp returns what an asset hangs on if that is one asset and nothing else;
// "" where there is another way, or more than one thing it needs.
func (t *topology) wayUp(asset string) string {
	n := t.nodes[asset]
	if n == nil || len(n.parents) != 1 || len(n.parents[0]) != 1 || t.nodes[n.parents[0][0]] == nil {
		return ""
	}
	return n.parents[0][0]
}

// location of an asset, or "".
func (t *topology) location(asset string) string {
	if n := t.nodes[asset]; n != nil && n.device != nil {
		return n.device.Location
	}
	return ""
}

func (t *topology) isDevice(asset string) bool {
	n := t.nodes[asset]
	return n != nil && n.device != nil
}

func (t *topology) isService(asset string) bool {
	n := t.nodes[asset]
	return n != nil && n.service != nil
}

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
	for i := range n.parents {
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
func (s *State) since(tops []string) time.Time {
	var last time.Time
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
	if (p.State == headstart.ProblemOpen) != (q.State == headstart.ProblemOpen) {
		return p.State == headstart.ProblemOpen
	}
	if !p.Onset.Equal(q.Onset) {
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
	case p.Class == headstart.Reachability:
		return true
	case p.Class != "" || len(p.Alerts) == 0:
		return false
	}
	if a != nil && a.Silent.After(p.Onset) {
		return true
	}
	return slices.ContainsFunc(s.besides(p), func(q *problem) bool { return q.Mem.Down })
}

// answeredSince reports whether one of the ways of asking an asset found it
// healthy after t, and has not found otherwise since.
func (s *State) answeredSince(asset string, t time.Time) bool {
	return s.known(asset).answeredSince(t)
}

// everAnswered spares the look at when a cause went down, of what nobody asks.
func (a *asset) everAnswered() bool { return a != nil && a.rare != nil && !a.rare.Answered.IsZero() }

func (a *asset) answeredSince(t time.Time) bool {
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
