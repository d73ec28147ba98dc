package headstart

import (
	"cmp"
	"maps"
	"slices"
	"sync"
)

// Topology is a catalog ready to be walked: what hangs on what, and what stands
// where. It never changes. Lists are in order of ids and are not the caller's.
type Topology struct {
	Catalog *Catalog

	ids    []string        // of all assets
	list   []*TopologyNode // in order of ids
	nodes  map[string]*TopologyNode
	parent map[string]string   // of locations
	inside map[string][]string // locations by the one around them; "" around the outermost
	at     map[string][]string // devices by location
}

// TopologyNode is one asset with what is right beside it.
type TopologyNode struct {
	ID       string
	Device   *Device  // nil of a service
	Service  *Service // nil of a device
	Needs    Dependencies
	Above    []*TopologyNode // what it names in Needs and the catalog has
	Below    []*TopologyNode // what names it
	Serves   []*TopologyNode // of a device: services that people reach through it
	ServedBy []*TopologyNode // of a service
	Location string
	N        int // its place in Nodes
	KindN    int // equal of nodes of one kind
}

// Kind is that of a device, or "service".
func (n *TopologyNode) Kind() string {
	switch {
	case n.Service != nil:
		return "service"
	case n.Device.Kind == "":
		return "device"
	}
	return n.Device.Kind
}

// Confidential reports whether only some may know of it (ruling 30).
func (n *TopologyNode) Confidential() bool {
	return n.Device != nil && n.Device.Confidential || n.Service != nil && n.Service.Confidential
}

// Name is its name in a language, else its id.
func (n *TopologyNode) Name(lang string) string {
	names, _ := n.names()
	return names.Or(n.ID, lang)
}

// Called is every name people may know it by: its id, names, aliases and address.
func (n *TopologyNode) Called() []string {
	names, aliases := n.names()
	out := append([]string{n.ID}, aliases...)
	for _, lang := range []string{"", "nl", "en"} {
		if name := names[lang]; name != "" {
			out = append(out, name)
		}
	}
	if n.Device != nil && n.Device.Address != "" {
		out = append(out, n.Device.Address)
	}
	return out
}

func (n *TopologyNode) names() (Names, []string) {
	if n.Service != nil {
		return n.Service.Name, n.Service.Aliases
	}
	return n.Device.Name, n.Device.Aliases
}

// NewTopology indexes c, which nobody changes from then on.
func NewTopology(c *Catalog) *Topology {
	t := &Topology{
		Catalog: c, nodes: make(map[string]*TopologyNode, len(c.Devices)+len(c.Services)),
		parent: make(map[string]string, len(c.Locations)), inside: map[string][]string{}, at: map[string][]string{},
	}
	all := make([]TopologyNode, 0, len(c.Devices)+len(c.Services))
	for i := range c.Devices {
		d := &c.Devices[i]
		all = append(all, TopologyNode{ID: d.ID, Device: d, Needs: d.DependsOn, Location: d.Location})
		t.at[d.Location] = append(t.at[d.Location], d.ID)
	}
	for i := range c.Services {
		s := &c.Services[i]
		all = append(all, TopologyNode{ID: s.ID, Service: s, Needs: s.DependsOn})
	}
	for i := range all {
		t.nodes[all[i].ID] = &all[i]
	}
	for i := range c.Locations {
		l := &c.Locations[i]
		t.parent[l.ID] = l.Parent
		t.inside[l.Parent] = append(t.inside[l.Parent], l.ID)
	}
	t.ids = slices.Sorted(maps.Keys(t.nodes))
	t.list = make([]*TopologyNode, len(t.ids))
	kinds := map[string]int{}
	for n, id := range t.ids {
		node := t.nodes[id]
		node.N, t.list[n] = n, node
		kind, known := kinds[node.Kind()]
		if !known {
			kind = len(kinds) + 1
			kinds[node.Kind()] = kind
		}
		node.KindN = kind
	}
	t.link(all)
	for _, lists := range []map[string][]string{t.at, t.inside} {
		for k := range lists {
			slices.Sort(lists[k])
		}
	}
	return t
}

// link lets each node know those beside it, once and in order of their ids.
func (t *Topology) link(all []TopologyNode) {
	for i := range all {
		n := &all[i]
		for _, group := range n.Needs {
			t.hang(n, group)
		}
		if n.Device != nil {
			t.serve(n, n.Device.Services)
		}
	}
	for i := range all {
		n := &all[i]
		for _, list := range []*[]*TopologyNode{&n.Above, &n.Below, &n.Serves, &n.ServedBy} {
			slices.SortFunc(*list, func(a, b *TopologyNode) int { return cmp.Compare(a.N, b.N) })
			*list = slices.Compact(*list)
		}
	}
}

// hang puts n below the assets it needs; nothing hangs on itself.
func (t *Topology) hang(n *TopologyNode, needs []string) {
	for _, id := range needs {
		if up := t.nodes[id]; up != nil && up != n {
			up.Below, n.Above = append(up.Below, n), append(n.Above, up)
		}
	}
}

// serve lets the services know that n is a device of theirs.
func (t *Topology) serve(n *TopologyNode, services []string) {
	for _, id := range services {
		if s := t.nodes[id]; s != nil && s != n {
			n.Serves, s.ServedBy = append(n.Serves, s), append(s.ServedBy, n)
		}
	}
}

// Node returns an asset, or nil.
func (t *Topology) Node(id string) *TopologyNode { return t.nodes[id] }

// Nodes returns all assets in order of their ids; node n has place n.
func (t *Topology) Nodes() []*TopologyNode { return t.list }

// At returns the devices that stand right at a location; "": nowhere.
func (t *Topology) At(location string) []string { return t.at[location] }

// Parent returns the location right around one; "": none.
func (t *Topology) Parent(location string) string { return t.parent[location] }

// Inside returns the locations right inside one; "": those that lie in none.
func (t *Topology) Inside(location string) []string { return t.inside[location] }

// Within returns a location and all that lie in it, the outer before the inner. It
// ends on a catalog whose locations lie in a circle, too.
func (t *Topology) Within(location string) []string {
	seen := map[string]bool{location: true}
	out := []string{location}
	for n := 0; n < len(out); n++ { // out grows meanwhile
		for _, id := range t.inside[out[n]] {
			if !seen[id] {
				seen[id] = true
				out = append(out, id)
			}
		}
	}
	return out
}

// topologyCache keeps the topology of the catalog it was last asked for.
type topologyCache struct {
	mu   sync.Mutex
	last *Topology
}

// Topology returns the catalog the engine decides with, indexed once for as long as
// it holds.
func (v *View) Topology() *Topology {
	catalog := v.Catalog()
	v.topology.mu.Lock()
	defer v.topology.mu.Unlock()
	if t := v.topology.last; t != nil && t.Catalog == catalog {
		return t
	}
	v.topology.last = NewTopology(catalog)
	return v.topology.last
}
