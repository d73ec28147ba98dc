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

	storeys     map[storey]int32      // numbers of those where devices are
	locations   map[string]int32      // numbers of those where devices and departments are
	spots       []spot                // where people miss a service
	missed      []int32               // their numbers, a span of them for each device
	departments map[string]int32      // by id: their place in the catalog
	settled     map[string][]settling // by location: departments there
	users       map[string][]int32    // by service: departments that use it
}

// node is a device or a service with its place in the graph. Here is what every
// failure needs of it, in three lines of the processor's cache, in the order in which
// it is asked for: a storm comes to its assets in no order, so each line is a wait.
type node struct {
	id   string
	only *node // what it hangs on, if that is one thing of the catalog and nothing else

	// Indexes of State, kept here so that the many looks at what is above and
	// beside a failure follow pointers; see rebind.
	failing []*problem  // its pending, open and suspected problems, in no order
	room    [1]*problem // for failing, since nearly always one thing of it fails
	known   *asset      // its row; nil: none

	// What cuts it off, as of one generation of State.
	cutGen uint64
	cutBy  []string

	crowds []*crowd // where it is when it cannot be reached; nil: not asked yet (see crowdsOf)
	device *headstart.Device

	location string // of a device
	service  *headstart.Service
	people   int   // of a device
	n        int32 // its place in the catalog, devices first
	watched  int32 // how many right behind it a probe of ours watches
	storey   int32 // the number of where it stands, of a device
	spots    span  // of a device, in the order of its services
	bears    bool  // it is, or has behind it, a service or what a department uses
	leads    bool  // something hangs on it

	*wiring
}

// wiring is what hangs on a node and what it hangs on, of which most failures need
// nothing.
type wiring struct {
	kids    []string // sorted
	parents headstart.Dependencies
	up      [][]*node // parents as nodes; nil for what is not in the catalog
	below   []*node   // kids as nodes
	sole    []string  // those of kids that have no other way up, sorted
	above   []string  // all ancestors, sorted
	bearing []*node   // those of below that bear
	self    []string  // its id, as what cuts it off

	// slowest is how long what is behind this node may go unnoticed by our probes.
	slowest time.Duration
}

func newTopology(c *headstart.Catalog) *topology {
	t := &topology{catalog: c, nodes: make(map[string]*node, len(c.Devices)+len(c.Services)), places: make(map[string]*headstart.Location, len(c.Locations)), locations: map[string]int32{"": 0}}
	for i := range c.Locations {
		t.places[c.Locations[i].ID] = &c.Locations[i]
	}
	nodes := make([]node, len(c.Devices)+len(c.Services)) // one after the other, as they are asked for
	wires := make([]wiring, len(nodes))
	for i := range c.Devices {
		d := &c.Devices[i]
		wires[i] = wiring{self: []string{d.ID}, parents: d.DependsOn}
		nodes[i] = node{n: int32(i), id: d.ID, device: d, location: d.Location, people: d.People, wiring: &wires[i]}
		t.nodes[d.ID] = &nodes[i]
	}
	for i := range c.Services {
		s, n := &c.Services[i], len(c.Devices)+i
		wires[n] = wiring{self: []string{s.ID}, parents: s.DependsOn}
		nodes[n] = node{n: int32(n), id: s.ID, service: s, wiring: &wires[n]}
		t.nodes[s.ID] = &nodes[n]
	}
	t.link()
	for _, n := range t.nodes {
		n.sole = slices.DeleteFunc(slices.Clone(n.kids), func(kid string) bool { return t.wayUp(kid) != n.id })
		n.above = t.ancestors(n)
	}
	t.rise()
	t.population = population(t)
	t.inhabit()
	t.crew()
	t.burden()
	return t
}

// shareNames lets all that stands at a place, or bears a service, name it by the same text:
// compared it is the same without a look at it.
func shareNames(c *headstart.Catalog) {
	ids := make(map[string]string, len(c.Locations)+len(c.Services))
	for i := range c.Locations {
		ids[c.Locations[i].ID] = c.Locations[i].ID
	}
	for i := range c.Services {
		ids[c.Services[i].ID] = c.Services[i].ID
	}
	for i := range c.Devices {
		d := &c.Devices[i]
		if id, known := ids[d.Location]; known {
			d.Location = id
		}
		for k, service := range d.Services {
			if id, known := ids[service]; known {
				d.Services[k] = id
			}
		}
	}
}

// rise numbers the storeys where devices stand.
func (t *topology) rise() {
	t.storeys = map[storey]int32{}
	for i := range t.catalog.Devices {
		d := &t.catalog.Devices[i]
		here := storey{d.Location, floorOf(d)}
		n, known := t.storeys[here]
		if !known {
			n = int32(len(t.storeys))
			t.storeys[here] = n
		}
		t.nodes[d.ID].storey = n
	}
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
		n.only = t.nodes[t.wayUp(n.id)]
		slices.Sort(n.kids)
		n.kids = slices.Compact(n.kids)
		n.leads = len(n.kids) > 0
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
