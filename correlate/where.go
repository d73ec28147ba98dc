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
	case n.serves():
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
func (n *node) serves() bool {
	return serving[n.device.Kind] || slices.ContainsFunc(n.below, func(kid *node) bool {
		return kid.service != nil && len(kid.service.Locations) == 0 && slices.ContainsFunc(kid.parents, func(or []string) bool { return len(or) == 1 && or[0] == n.id })
	})
}

// audience is who a person said g hits; nil: nobody said.
func audience(g *group) []string {
	if g.Own.Said == nil {
		return nil
	}
	return g.Own.Said.Departments
}
