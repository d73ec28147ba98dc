package correlate

import (
	"slices"

	"headstart"
)

// where returns the places in which users notice g; nil when that is everywhere.
// They are not those where its devices stand: a server in the basement of one
// building prints for all of them.
func (s *State) where(g *group) []string {
	if said := g.Own.Said; said != nil && len(said.Locations) > 0 && g.Cause.Kind == headstart.CauseManual {
		return said.Locations
	}
	n := s.topo.nodes[g.Cause.Asset]
	switch {
	case n == nil:
		return g.Locations
	case n.service != nil:
		return n.service.Locations
	case s.serves(n):
		return nil
	}
	return g.Locations
}

// serving are kinds of devices that people use from wherever they are.
var serving = map[string]bool{
	"server": true, "vm": true, "virtual-machine": true, "host": true, "hypervisor": true, "storage": true, "nas": true, "san": true, "database": true, "cluster": true, "appliance": true,
}

// serves reports whether a device is used from everywhere: by what it is, or
// because a service cannot do without it.
func (s *State) serves(n *node) bool {
	return serving[n.device.Kind] || n.device.Kind == "gateway" && s.anywhere(n) || slices.ContainsFunc(n.below, func(kid *node) bool {
		return kid.service != nil && len(kid.service.Locations) == 0 && slices.ContainsFunc(kid.parents, func(or []string) bool { return len(or) == 1 && or[0] == n.id })
	})
}

// anywhere reports whether people use all services of a device from wherever they
// are: what lets them in from home stands in one building.
func (s *State) anywhere(n *node) bool {
	return len(n.device.Services) > 0 && !slices.ContainsFunc(n.device.Services, func(id string) bool {
		x := s.topo.nodes[id]
		return x == nil || x.service == nil || len(x.service.Locations) > 0 || !farReaching[x.service.Kind]
	})
}

// farReaching are kinds of services that no place keeps.
var farReaching = map[headstart.ServiceKind]bool{
	headstart.KindVPN: true, headstart.KindLogin: true, headstart.KindMail: true, headstart.KindM365: true, headstart.KindFileshare: true, headstart.KindApplication: true,
}

// audience is who a person said g hits; nil: nobody said.
func audience(g *group) []string {
	if g.Own.Said == nil {
		return nil
	}
	return g.Own.Said.Departments
}
