package correlate

import (
	"slices"
	"time"

	"headstart"
)

// stormKey is the row of the storm, and the subject of its timer.
const stormKey = "storm"

// stormRow is the one row that tells whether more fails than people can look at one
// by one (U-10).
type stormRow struct {
	V        int               `json:"v"`
	Times    []instant         `json:"times,omitempty"`    // of the latest unexplained causes, at most storm.causes + 1
	Umbrella headstart.GroupID `json:"umbrella,omitempty"` // that collects while the storm lasts; zero: calm
	Since    instant           `json:"since,omitzero"`
	Causes   int               `json:"causes,omitempty"` // unexplained causes since it began
}

// sheltered counts an unexplained cause that is about to open a group, and puts
// it under the umbrella while there is a storm (U-10). Nil: it opens its own.
func (s *State) sheltered(p *problem) *group {
	s.oneMore()
	if s.storm.Umbrella == 0 {
		if !s.stormy() {
			return nil
		}
		if s.outranks(p) {
			return nil // the next one that does not will find the storm
		}
		return s.openUmbrella(p)
	}
	if s.outranks(p) {
		return nil
	}
	g := s.follow(s.storm.Umbrella)
	switch {
	case g != nil && s.isLive(g) && !g.Pinned && g.Cause.Kind == headstart.CauseStorm:
	case g != nil && g.State == headstart.Resolved && g.CloseReason == "resolved" && !g.Pinned:
		s.reopen(g)
		s.say(headstart.GroupReopened, "U-10", "reopened", string(p.Key)).Group = g.ID
	default:
		return s.openUmbrella(p) // a person ended it, or made something else of it
	}
	s.shelter(p, g)
	return g
}

// outranks reports whether p opens a group of its own in any storm: it pages at
// once by its author's word, things hang on it, or something vital suffers. An
// alert nobody could place is not waited for either, but a storm of thousands
// of those is folded like any other: each of their receivers is told of the
// umbrella.
func (s *State) outranks(p *problem) bool {
	if isOurs(p) {
		return true
	}
	for _, a := range p.Alerts.list() {
		if s.says(a, s.placer.pageAtOnce) {
			return true
		}
	}
	n := s.topo.nodes[p.Asset]
	if n == nil {
		return s.vital(p.Service)
	}
	if len(n.kids) > 0 || s.vital(n.id) || s.vital(p.Service) {
		return true
	}
	return n.device != nil && slices.ContainsFunc(n.device.Services, s.vital)
}

func (s *State) vital(service string) bool {
	n := s.topo.nodes[service]
	return n != nil && n.service != nil && n.service.Criticality == headstart.Vital
}

// oneMore notes that a cause which nothing explains comes now.
func (s *State) oneMore() {
	x := &s.storm
	x.Times = append(slices.Clone(x.Times), s.now)
	if over := len(x.Times) - max(s.cfg.Storm.Causes+1, s.cfg.Storm.Calm.Causes); over > 0 {
		x.Times = x.Times[over:]
	}
	s.dirtyStorm()
	if x.Umbrella != 0 {
		x.Causes++
		s.stayStormy()
	}
}

// stormy reports whether more than storm.causes came within storm.within.
func (s *State) stormy() bool {
	n := len(s.storm.Times) - (s.cfg.Storm.Causes + 1)
	return n >= 0 && s.now.Sub(s.storm.Times[n]) <= time.Duration(s.cfg.Storm.Within)
}

// stayStormy puts the end of the storm off while too many still come: it is over
// once fewer than calm.causes came per calm.per for all of calm.for.
func (s *State) stayStormy() {
	calm := s.cfg.Storm.Calm
	n := len(s.storm.Times) - calm.Causes
	if n < 0 || s.now.Sub(s.storm.Times[n]) > time.Duration(calm.Per) {
		return
	}
	s.at(s.storm.Times[n].Add(time.Duration(calm.Per)+time.Duration(calm.For)), stormTimer, stormKey, "")
}

// openUmbrella enters a storm: from here on one group collects what nothing
// explains. It has no asset as its cause.
func (s *State) openUmbrella(p *problem) *group {
	g := s.newGroup(p)
	reason := s.inWords("meer dan ", "more than ") + itoa(s.cfg.Storm.Causes) + s.inWords(" losse oorzaken binnen ", " separate causes within ") + s.cfg.Storm.Within.String()
	g.Cause = headstart.Cause{Also: []string{}, Kind: headstart.CauseStorm, Reason: reason}
	x := &s.storm
	if x.Umbrella == 0 {
		x.Since, x.Causes = s.now, len(x.Times)
	}
	x.Umbrella = g.ID
	s.dirtyStorm()
	s.stayStormy()
	if !s.armed(stormTimer, stormKey) { // calm is asked for more than a storm is made of
		s.after(time.Duration(s.cfg.Storm.Calm.For), stormTimer, stormKey)
	}
	s.add(p, g, "U-10")
	s.alone(p, true)
	c := s.say(headstart.GroupOpened, "U-10", "entered", string(p.Key), "causes", itoa(x.Causes), "within", s.cfg.Storm.Within.String(), "limit", itoa(s.cfg.Storm.Causes))
	c.Group, c.Problem, c.Alert = g.ID, p.Key, firstAlert(p)
	s.moreAlerts(g, p)
	return g
}

// shelter adds p to the umbrella.
func (s *State) shelter(p *problem, g *group) {
	s.add(p, g, "U-10")
	s.alone(p, true)
	c := s.say(headstart.MemberJoined, "U-10", "joined", string(p.Key), "causes", itoa(s.storm.Causes))
	c.Group, c.Problem, c.Alert = g.ID, p.Key, firstAlert(p)
	s.moreAlerts(g, p)
	if g.State == headstart.Holding {
		s.returned(g)
	}
}

// calmed ends the storm: nothing joins its umbrella any more, which lives on
// until its members clear.
func (s *State) calmed() {
	x := &s.storm
	calm := s.cfg.Storm.Calm
	facts := []string{"causes", itoa(x.Causes), "since", clockTime(x.Since), "calm", itoa(calm.Causes), "per", calm.Per.String(), "for", calm.For.String()}
	g := s.follow(x.Umbrella)
	x.Umbrella, x.Since, x.Causes = 0, 0, 0
	s.dirtyStorm()
	if g == nil {
		return
	}
	s.say(headstart.ImpactChanged, "U-10", "ended", label(g), facts...).Group = g.ID
}
