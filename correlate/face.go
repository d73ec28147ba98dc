package correlate

import (
	"slices"

	"headstart"
)

// face is a group made ready to be compared with many tickets: an index, made
// anew when what it was made of is no longer what the group has.
type face struct {
	topo      *topology
	cause     string
	services  []string
	locations []string
	said      *said

	where     []string // see where
	audience  []string // see audience
	network   bool     // it is about the network itself
	software  bool     // it hits a program
	oneDevice bool     // it is about one device that people stand in front of
	floor     *int     // of the device it is about

	// What is asked again and again is answered once: by a service's place in the
	// catalog, and by a location's.
	relations []relation
	here      []answer
	used      []answer // by a department's place
}

// answer is what one asked before.
type answer int8

const (
	unasked answer = iota
	yes
	no
)

// faceOf returns the face of g.
func (s *State) faceOf(g *group) *face {
	for len(s.faces) <= int(g.ID) {
		s.faces = append(s.faces, nil)
	}
	f := s.faces[g.ID]
	if f == nil || f.topo != s.topo || f.cause != g.Cause.Asset || f.said != g.Own.Said || !sameList(f.services, g.Services) || !sameList(f.locations, g.Locations) {
		f = s.newFace(g)
		s.faces[g.ID] = f
	}
	return f
}

// sameList reports whether two lists are one; a group's are never changed in place.
func sameList(a, b []string) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

func (s *State) newFace(g *group) *face {
	f := &face{
		topo: s.topo, cause: g.Cause.Asset, services: g.Services, locations: g.Locations, said: g.Own.Said,
		where: s.where(g), audience: audience(g),
		network:   s.aboutNetwork(g),
		software:  slices.ContainsFunc(g.Services, func(id string) bool { return s.topo.nodes[id].software() }),
		oneDevice: s.isAttended(g.Cause.Asset),
		relations: make([]relation, len(s.topo.catalog.Services)),
		here:      make([]answer, len(s.topo.catalog.Locations)),
		used:      make([]answer, len(s.topo.catalog.Departments)),
	}
	if n := s.topo.nodes[g.Cause.Asset]; n != nil && n.device != nil {
		f.floor = n.device.Floor
	}
	return f
}

// software reports whether n is a program that people work with.
func (n *node) software() bool {
	return n != nil && n.service != nil && n.service.Kind == headstart.KindApplication
}

// relation is what something a text names is to a group.
type relation int8

const (
	isUnasked relation = iota
	isRival
	isService
	isDevice
	hangsOnIt
)

// related says what m is to g.
func (s *State) related(m mention, g *group, f *face) relation {
	n := m.node
	if n == nil || n.service == nil {
		return s.relate(m.ID, n, g, f)
	}
	at := int(n.n) - len(s.topo.catalog.Devices)
	if f.relations[at] == isUnasked {
		f.relations[at] = s.relate(m.ID, n, g, f)
	}
	return f.relations[at]
}

func (s *State) relate(id string, n *node, g *group, f *face) relation {
	if id == g.Cause.Asset || slices.Contains(g.Services, id) {
		if n != nil && n.device != nil {
			return isDevice
		}
		return isService
	}
	switch {
	case n == nil:
		return isRival
	case n.device != nil && s.memberAsset(g, id):
		return isDevice
	case n.device != nil && !f.oneDevice && slices.ContainsFunc(n.device.Services, func(id string) bool { return slices.Contains(g.Services, id) }):
		return isService // a printer while all printing is down
	case slices.ContainsFunc(n.above, func(up string) bool { return up == g.Cause.Asset || slices.Contains(g.Services, up) }):
		return hangsOnIt
	}
	return isRival
}

// memberAsset reports whether an asset is a member of g.
func (s *State) memberAsset(g *group, asset string) bool {
	for _, m := range g.members.all() {
		if m.Asset() == asset && m.Left.IsZero() {
			return true
		}
	}
	return false
}

// at reports whether p is one of the places of f, lies in one, or holds one.
func (f *face) at(p place) bool {
	if p.n < 0 {
		return f.touches(p)
	}
	if f.here[p.n] == unasked {
		f.here[p.n] = no
		if f.touches(p) {
			f.here[p.n] = yes
		}
	}
	return f.here[p.n] == yes
}

// usedBy reports whether a department uses a service that g hits.
func (f *face) usedBy(department int, uses []string, g *group) bool {
	if f.used[department] == unasked {
		f.used[department] = no
		if slices.ContainsFunc(uses, func(id string) bool { return slices.Contains(g.Services, id) }) {
			f.used[department] = yes
		}
	}
	return f.used[department] == yes
}

func (f *face) touches(p place) bool {
	for _, at := range f.where {
		if slices.Contains(p.line, at) {
			return true
		}
		if l := f.topo.places[at]; l != nil && l.Parent != "" && slices.Contains(f.topo.lineOf(at), p.id) {
			return true
		}
	}
	return false
}
