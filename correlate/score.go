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
	c := scored{g: g}
	of := s.subjectOf(g)
	c.score = chance(s.odds(a, &of, &c.x))
	return c
}

// odds fills in the features and adds them up.
func (s *State) odds(a *asked, of *subject, x *vector) float64 {
	g, f := of.g, of.f
	*x = a.own
	here := scorePlace(x, a, f)
	s.scoreService(x, a, g, f, here)
	scorePeople(x, a, g, f)
	scoreFloor(x, a, f)
	scoreTime(x, a, g)
	x[similar] = of.like.likens(a.e)
	return a.alone + s.model.weights.part(x, bias, malfunction)
}

// chance is the probability of log-odds, rounded.
func chance(odds float64) float64 { return round(1 / (1 + math.Exp(-odds))) }

// leastOddsOf are log-odds below which no chance rounds to p.
func leastOddsOf(p float64) float64 {
	p -= 1e-4
	if p <= 0 {
		return math.Inf(-1)
	}
	return math.Log(p / (1 - p))
}

// scorePlace reports whether the ticket is about a place that the group hits, and
// only such places: a place in the text outranks where the requester sits.
func scorePlace(x *vector, a *asked, f *face) bool {
	switch {
	case len(f.where) == 0:
		x[everywhere] = 1
		return false
	case len(a.places) == 0:
		x[placeUnknown] = 1
		return false
	}
	here := slices.ContainsFunc(a.places, f.at)
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

// plain is from which strength on a text is about a service.
const plain = .5

// scoreService adds what the text says of the group's services and devices.
func (s *State) scoreService(x *vector, a *asked, g *group, f *face, here bool) {
	direct, behind, other := s.strengths(x, a, g, f)
	if f.network && direct < plain {
		if here && (a.broken || len(a.mentions) > 0) {
			x[networkHere] = 1
			other = float64(other * .5)
		} else if len(f.where) == 0 && other < plain {
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
	if surplus := max(0, other-max(direct, behind)); other < plain {
		x[rivalWeak] = surplus
	} else {
		x[rival] = surplus
	}
	if direct >= plain {
		scoreNamed(x, a)
	} else if behind < plain {
		scoreUnnamed(x, a, g, f)
	}
	if direct == 0 && behind == 0 {
		x[noService] = 1
	}
	x[malfunctionService] = float64(x[malfunction] * min(max(direct, float64(behind*.5)), 1))
}

// scoreNamed tells a bare name, which is a complaint, from a text about the service
// that reports no fault.
func scoreNamed(x *vector, a *asked) {
	switch {
	case a.complains:
	case a.e.Length <= bareWords:
		x[nameAlone] = 1
	default:
		x[noFault] = 1
	}
}

// scoreUnnamed is what speaks for g where the text does not name what it hits: the
// fewer incidents it could be about, the more.
func scoreUnnamed(x *vector, a *asked, g *group, f *face) {
	x[oneOfMany] = a.crowded
	if f.software && a.aboutSoftware {
		x[software] = 1
	}
	if a.of >= 0 && f.usedBy(a.of, a.uses, g) {
		x[departmentUses] = 1
	}
}

// strengths is how strongly the text names what g hits, what hangs on that, and what
// is something else.
func (s *State) strengths(x *vector, a *asked, g *group, f *face) (direct, behind, other float64) {
	for i := range a.mentions {
		m := &a.mentions[i]
		switch s.related(*m, g, f) {
		case isDevice:
			x[deviceNamed] = 1
			direct = max(direct, m.Strength)
		case isService:
			direct = max(direct, m.Strength)
		case hangsOnIt:
			behind = max(behind, m.Strength)
		default:
			if !f.network || !m.network { // people cannot tell one network from another
				other = max(other, m.Strength)
			}
		}
	}
	return direct, behind, other
}

// scorePeople counts departments where somebody said whom g hits.
func scorePeople(x *vector, a *asked, g *group, f *face) {
	if a.department == "" {
		return
	}
	if len(f.audience) > 0 {
		if slices.Contains(f.audience, a.department) {
			x[department] = 1
		} else {
			x[otherDepartment] = 1
		}
	}
}

// scoreFloor compares the floor a text names with that of the device g is about.
func scoreFloor(x *vector, a *asked, f *face) {
	switch {
	case len(a.e.Floors) == 0 || f.floor == nil:
	case slices.Contains(a.e.Floors, *f.floor):
		x[floorHere] = 1
	default:
		x[otherFloor] = 1
	}
}

func scoreTime(x *vector, a *asked, g *group) {
	switch {
	case a.since.Before(g.OpenedAt):
		x[minutesEarly] = g.OpenedAt.Sub(a.since).Minutes() / beforeOpening.Minutes()
	case !g.ResolvedAt.IsZero() && a.since.After(g.ResolvedAt):
		x[hoursLate] = a.since.Sub(g.ResolvedAt).Hours()
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
