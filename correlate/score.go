package correlate

import (
	"math"
	"slices"
	"strconv"

	"headstart"
)

// scored is how well a ticket fits a group, and what that rests on.
type scored struct {
	g     *group
	x     vector
	score float64 // a chance, rounded to 1e-4
}

// score says how well a ticket fits a group.
func (s *State) score(a *asked, g *group) scored {
	c := scored{g: g, x: a.own}
	where := s.where(g)
	here := s.scorePlace(&c.x, a, where)
	s.scoreService(&c.x, a, g, here, len(where) == 0)
	s.scorePeople(&c.x, a, g)
	s.scoreFloor(&c.x, a, g)
	s.scoreTime(&c.x, a, g)
	c.x[similar] = s.likeConfirmed(a.e, g)
	c.score = round(1 / (1 + math.Exp(-s.model.weights.sum(&c.x))))
	return c
}

// scorePlace reports whether the ticket is about a place that g hits, and only
// such places: a place in the text outranks where the requester sits.
func (s *State) scorePlace(x *vector, a *asked, where []string) bool {
	switch {
	case len(where) == 0:
		x[everywhere] = 1
		return false
	case len(a.places) == 0:
		x[placeUnknown] = 1
		return false
	}
	here := slices.ContainsFunc(a.places, func(p place) bool { return s.touches(p, where) })
	switch {
	case here && a.inText:
		x[placeInText] = 1
	case here:
		x[placeOfCaller] = 1
	case a.inText:
		x[otherInText] = 1
	default:
		x[otherOfCaller] = 1
	}
	return here
}

// touches reports whether p is one of places, lies in one, or holds one.
func (s *State) touches(p place, places []string) bool {
	for _, at := range places {
		if slices.Contains(p.line, at) {
			return true
		}
		if l := s.topo.places[at]; l != nil && l.Parent != "" && slices.Contains(s.topo.lineOf(at), p.id) {
			return true
		}
	}
	return false
}

// scoreService adds what the text says of the group's services and devices.
func (s *State) scoreService(x *vector, a *asked, g *group, here, wide bool) {
	var direct, behind, other float64
	network, asks := false, false // whether g is about the network; asked once, when it matters
	for _, m := range a.mentions {
		switch s.related(m, g) {
		case isDevice:
			x[deviceNamed] = 1
			direct = max(direct, m.Strength)
		case isService:
			direct = max(direct, m.Strength)
		case hangsOnIt:
			behind = max(behind, m.Strength)
		default:
			if !asks {
				asks, network = true, s.aboutNetwork(g)
			}
			if !network || !m.node.network() { // people cannot tell one network from another
				other = max(other, m.Strength)
			}
		}
	}
	if !asks && direct < plain {
		network = s.aboutNetwork(g)
	}
	if network && direct < plain {
		if here && (a.broken || len(a.mentions) > 0) {
			x[networkHere] = 1
			other = float64(other * .5)
		} else if wide && other < plain {
			x[networkUnclear] = 1
		}
	}
	x[service] = direct
	if direct >= 1 {
		x[serviceNamed] = 1
	}
	if direct < plain {
		x[dependant] = behind
	}
	x[rival] = max(0, other-max(direct, behind))
	if direct == 0 && behind == 0 {
		x[noService] = 1
	}
	x[malfunctionService] = float64(x[malfunction] * min(max(direct, float64(behind*.5)), 1))
}

// plain is from which strength on a text is about a service.
const plain = .5

// relation is what something a text names is to a group.
type relation int

const (
	isRival relation = iota
	isService
	isDevice
	hangsOnIt
)

func (s *State) related(m mention, g *group) relation {
	if m.ID == g.Cause.Asset || slices.Contains(g.Services, m.ID) {
		if m.node != nil && m.node.device != nil {
			return isDevice
		}
		return isService
	}
	n := m.node
	switch {
	case n == nil:
		return isRival
	case n.device != nil && s.memberAsset(g, m.ID):
		return isDevice
	case n.device != nil && !s.oneDevice(g) && slices.ContainsFunc(n.device.Services, func(id string) bool { return slices.Contains(g.Services, id) }):
		return isService // a printer while all printing is down
	case slices.ContainsFunc(n.above, func(up string) bool { return up == g.Cause.Asset || slices.Contains(g.Services, up) }):
		return hangsOnIt
	}
	return isRival
}

// memberAsset reports whether an asset is a member of g.
func (s *State) memberAsset(g *group, asset string) bool {
	return slices.ContainsFunc(g.members, func(m *headstart.Member) bool { return m.Asset == asset && m.Left.IsZero() })
}

// oneDevice reports whether g is about one device that people stand in front of,
// such as a printer: another one of its kind is another matter.
func (s *State) oneDevice(g *group) bool { return s.isAttended(g.Cause.Asset) }

// scorePeople counts departments where somebody said whom g hits, and whether the
// requester's works with what is hit.
func (s *State) scorePeople(x *vector, a *asked, g *group) {
	if a.department == "" {
		return
	}
	if told := audience(g); len(told) > 0 {
		if slices.Contains(told, a.department) {
			x[department] = 1
		} else {
			x[otherDepartment] = 1
		}
	}
	if slices.ContainsFunc(a.uses, func(id string) bool { return slices.Contains(g.Services, id) }) {
		x[departmentUses] = 1
	}
}

// scoreFloor compares the floor a text names with that of the device g is about.
func (s *State) scoreFloor(x *vector, a *asked, g *group) {
	if len(a.e.Floors) == 0 {
		return
	}
	n := s.topo.nodes[g.Cause.Asset]
	if n == nil || n.device == nil || n.device.Floor == nil {
		return
	}
	if slices.Contains(a.e.Floors, *n.device.Floor) {
		x[floorHere] = 1
	} else {
		x[otherFloor] = 1
	}
}

func (s *State) scoreTime(x *vector, a *asked, g *group) {
	since := a.t.Since()
	if early := g.OpenedAt.Sub(since); early > 0 {
		x[minutesEarly] = early.Minutes() / beforeOpening.Minutes()
	}
	if !g.ResolvedAt.IsZero() && since.After(g.ResolvedAt) {
		x[hoursLate] = since.Sub(g.ResolvedAt).Hours()
	}
}

// networkKinds are devices that carry the network.
var networkKinds = map[string]bool{
	"switch": true, "router": true, "firewall": true, "access-point": true, "accesspoint": true, "ap": true, "wlan-controller": true, "modem": true,
}

func (n *node) network() bool {
	switch {
	case n == nil:
		return false
	case n.service != nil:
		return n.service.Kind == headstart.KindNetwork
	}
	return networkKinds[n.device.Kind]
}

// aboutNetwork reports whether g is about the network itself.
func (s *State) aboutNetwork(g *group) bool {
	return s.topo.nodes[g.Cause.Asset].network() || slices.ContainsFunc(g.Services, func(id string) bool { return s.topo.nodes[id].network() })
}

// round cuts a score to 1e-4 before anything compares it (ruling 10).
func round(x float64) float64 { return math.Round(x*1e4) / 1e4 }

func score(x float64) string { return strconv.FormatFloat(x, 'f', 4, 64) }
