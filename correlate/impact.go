package correlate

import (
	"slices"

	"headstart"
)

// impact is what a live group hits: an index, grown as members join and rebuilt
// from the members' rows. Who ever belonged counts, so that the closing message
// goes to those who got the first one.
type impact struct {
	counted   numbers  // assets whose people are counted, by their place in the catalog
	affected  numbers  // assets that are down, or lost all they need of something
	assets    int      // how many are counted
	services  []string // sorted, as locations are
	locations []string
	people    map[int32]int // by spot of the topology: devices' head-counts
	whole     bool          // a whole service is affected, not just some devices of it

	// Kept as members join, so that the thousandth costs what the first did. Each
	// new service or location makes the lists of the row due; in between only a
	// head-count grows.
	due         bool
	departments []string         // hit, sorted
	stances     map[int32]stance // of departments, by their place in the catalog; none: nothing of it is hit
	byDevices   map[int32]int    // by number of a location: the most that one service loses there
	byUse       map[int32]int    // by number of a location: people of departments that use what is hit
	total       int              // people, counted once per location

	// Of the failing members.
	points int                    // one for each observation, two for an end-to-end check of a service (ruling 24)
	seen   map[observation][2]int // of probes: how many fail that are worth one, and two
	silent int                    // about reachability
	loud   int                    // not silenced (ruling 17)
	bare   int                    // not covered by planned work (M-06)

	mutes map[string]int // silence, or all inhibitions: how many alerts of theirs it mutes
}

func newImpact() *impact {
	return &impact{
		counted: numbers{}, affected: numbers{}, people: map[int32]int{}, mutes: map[string]int{}, seen: map[observation][2]int{},
		stances: map[int32]stance{}, byDevices: map[int32]int{}, byUse: map[int32]int{}, due: true,
	}
}

// touch marks a group whose figures may have changed in this event.
func (s *State) touch(id headstart.GroupID) { s.touched.add(id) }

// hit adds a member to what g hits.
func (s *State) hit(g *group, p *problem) {
	if g = s.follow(g.ID); g == nil || g.impact == nil {
		return
	}
	if s.isAgent(p) {
		return // that nobody looks hits nobody; what else fails there says whom it hits
	}
	i, n := g.impact, p.node
	if n != nil {
		i.device(s.topo, n)
	}
	if n == nil || n.device == nil || n.location != p.Location {
		i.place(s.topo, p.Location)
	}
	i.serve(s.topo, p.Service)
	if n != nil && p.Class != capacity && p.Class != environment {
		i.affect(s.topo, n)
	}
}

// device adds the services, the location and the people of a member's device.
func (i *impact) device(t *topology, n *node) {
	if !i.counted.add(n.n) {
		return
	}
	i.assets++
	if n.service != nil {
		i.serve(t, n.id)
		return
	}
	spots := t.spotsOf(n)
	if len(spots) == 0 || t.spots[spots[0]].service == "" {
		i.place(t, n.location)
	}
	for _, at := range spots {
		if _, known := i.people[at]; !known {
			i.place(t, n.location)
			i.serve(t, t.spots[at].service)
		}
		i.lose(t, at, n.people)
	}
}

// place adds a location that is hit, serve a service.
func (i *impact) place(t *topology, id string) {
	if !i.include(&i.locations, id) {
		return
	}
	if len(i.locations) == 1 {
		i.somewhere(t) // who uses a service is no longer hit wherever it sits
	}
	for _, x := range t.settled[id] {
		i.regard(t, x.department, func(st *stance) {
			if st.at < 0 || x.nth < st.at {
				st.at = x.nth
			}
		})
	}
}

func (i *impact) serve(t *topology, id string) {
	if i.include(&i.services, id) {
		for _, d := range t.users[id] {
			i.regard(t, d, func(st *stance) { st.uses = true })
		}
	}
}

// include reports whether id is new to a set, and adds it.
func (i *impact) include(set *[]string, id string) bool {
	n, has := slices.BinarySearch(*set, id)
	if id == "" || has {
		return false
	}
	*set = slices.Insert(*set, n, id)
	i.due = true
	return true
}

// affect follows a failing asset down to the services that cannot work without
// it: those for which all members of a redundancy group are affected. What no
// service is behind is left out: a core may have all of an organisation below it.
func (i *impact) affect(t *topology, n *node) {
	if !n.bears || !i.affected.add(n.n) {
		return
	}
	if n.service != nil {
		i.serve(t, n.id)
		if i.due = true; !i.whole {
			i.whole = true
			i.recount()
		}
	}
	for _, d := range t.users[n.id] {
		i.regard(t, d, func(st *stance) { st.gone = true })
	}
	for _, kid := range n.bearing {
		t.looks++
		if slices.ContainsFunc(kid.up, func(g []*node) bool { return len(g) > 0 && allIn(g, i.affected) }) {
			i.affect(t, kid)
		}
	}
}

func allIn(nodes []*node, set numbers) bool {
	for _, n := range nodes {
		if n == nil {
			return false // nothing is known of it
		}
		if !set.has(n.n) {
			return false
		}
	}
	return true
}

// count adds a failing member to the points of evidence, or
// takes it away.
func (s *State) count(g *group, p *problem, sign int) {
	if g = s.follow(g.ID); g == nil || g.impact == nil {
		return
	}
	g.impact.weigh(p, sign)
	if s.isLoud(p) {
		g.impact.loud += sign
	}
	if !p.Mem.Covered {
		g.impact.bare += sign
	}
	if p.Class == reachability {
		g.impact.silent += sign
	}
	for _, id := range s.mutedBy(p) {
		if headstart.Inhibited(id) != "" {
			id = headstart.InhibitionID("") // all are one: thousands of alerts may have one each
		}
		if g.impact.mutes[id] += sign; g.impact.mutes[id] == 0 {
			delete(g.impact.mutes, id)
		}
	}
}

// change alters what the figures of a failing member depend on.
func (s *State) change(p *problem, alter func()) {
	s.scatter(p)
	defer s.crowd(p)
	g := s.follow(p.Group)
	if g == nil || p.State != problemOpen {
		alter()
		return
	}
	class, service, location := p.Class, p.Service, p.Location
	s.count(g, p, -1)
	alter()
	s.count(g, p, 1)
	s.touch(g.ID)
	if g.impact != nil && (p.Class != class || p.Service != service || p.Location != location) {
		s.rebuildImpact(g)
	}
}

// observation is what counts once as evidence, by however many probes it is made.
type observation struct{ asset, method string }

// weigh adds what a failing member is worth as evidence, or takes it away: two pings of
// one asset are one observation. Of alerts nobody knows how they look, so that each name
// counts.
func (i *impact) weigh(p *problem, sign int) {
	worth, method := pointsOf(p), p.Mem.seldom().Method
	if worth == 0 || method == "" {
		i.points += sign * worth
		return
	}
	key := observation{p.Asset, method}
	n := i.seen[key]
	before := most(n)
	n[worth-1] += sign
	i.points += most(n) - before
	if i.seen[key] = n; n == [2]int{} {
		delete(i.seen, key)
	}
}

// most is what one observation is worth.
func most(n [2]int) int {
	switch {
	case n[1] > 0:
		return 2
	case n[0] > 0:
		return 1
	}
	return 0
}

// pointsOf is the evidence one failing observation is worth (ruling 24).
func pointsOf(p *problem) int {
	if isOurs(p) || p.Class == userReport {
		return 0 // users are counted by their tickets, and that nobody looks is no evidence that people cannot work
	}
	if p.Mem.Down && p.Class == serviceClass {
		return 2
	}
	return 1
}

// mergeImpact adds what gone hits to keep: its members, and those of the groups
// that were on their way into it.
func (s *State) mergeImpact(keep, gone *group, going []headstart.GroupID) {
	if gone.Own.Said != nil {
		keep.Own.Said = keep.Own.Said.with(gone.Own.Said)
		s.rebuildImpact(keep)
		return
	}
	s.addImpact(keep, going)
}

// addImpact adds the members that the rows of groups name to the index of g.
func (s *State) addImpact(g *group, ids []headstart.GroupID) {
	for _, id := range ids {
		for _, m := range s.groups[id].members.all() {
			if p := s.problems[m.Problem]; p != nil && m.Left.IsZero() {
				s.hit(g, p)
			}
		}
		for _, p := range s.groups[id].open {
			s.count(g, p, 1)
		}
	}
}

// rebuildImpact makes the index of a live group from its members.
func (s *State) rebuildImpact(g *group) {
	g.impact = newImpact()
	if said := g.Own.Said; said != nil {
		i := g.impact
		for _, x := range said.Departments {
			i.name(s.topo, x)
		}
		for _, x := range said.Services {
			i.serve(s.topo, x)
		}
		for _, x := range said.Locations {
			i.place(s.topo, x)
		}
		if n := s.topo.nodes[g.Cause.Asset]; n != nil && g.Cause.Kind == headstart.CauseManual {
			i.device(s.topo, n)
			i.affect(s.topo, n)
		}
	}
	s.addImpact(g, append([]headstart.GroupID{g.ID}, g.Own.Absorbing...))
	s.touch(g.ID)
}
