package correlate

import (
	"slices"

	"headstart"
)

// applyCheck takes a confirmed change of one of our probes, or the answer to an
// ask. Unknown means the probe could not be made: it changes nothing.
func (s *State) applyCheck(c *headstart.Check) {
	id := c.Asset
	if id == "" {
		id = c.Service
	}
	if !s.accept(c) {
		return // the line was cut when the answer was on its way: it came twice
	}
	if c.IsIsolation() {
		s.isolation(c)
		return
	}
	healthy := c.Verdict == headstart.OK || c.Verdict == headstart.Warn
	if !healthy && c.Verdict != headstart.Down {
		return
	}
	if c.Kind == headstart.KindAgent {
		s.agentLives(c, healthy)
	} else {
		s.watched(id)
	}
	s.hearAsset(id)
	if c.Asked {
		s.askedAnswer(id, c.Probe, healthy)
		return
	}
	key := headstart.ProblemKey(id + "/" + c.Probe)
	p := s.problems[key]
	if healthy {
		s.answered(id, c.Probe)
		if p != nil {
			s.checkClears(p)
		}
		return
	}
	if !hurts(c) {
		if p != nil { // a line in the morning report, no longer more
			s.checkClears(p)
		}
		return
	}
	if p == nil {
		p = s.newProblem(problem{Key: key, Asset: id, setting: s.settings.keep(setting{Check: c.Probe})})
	}
	s.checkFails(p, c)
}

// hurts reports whether a failing check means that people cannot work: it names
// no conditions, or one with the effect incident.
func hurts(c *headstart.Check) bool {
	return len(c.Conditions) == 0 || slices.ContainsFunc(c.Conditions, func(x headstart.Condition) bool {
		return x.Effect == headstart.EffectIncident
	})
}

func (s *State) checkFails(p *problem, c *headstart.Check) {
	p.Probed, p.Reason, p.Expired = true, c.Reason, false
	s.dirtyProblem(p)
	again := p.Mem.Down
	s.change(p, func() {
		s.placeCheck(p, c)
		p.Mem.Down = true
		p.mute(nil)
		if by := saidBy(c); p.Mem.seldom().By != by || p.Mem.seldom().Method != c.Kind {
			p.Mem.set(func(x *seldom) { x.By, x.Method = by, c.Kind })
			s.dirtyMemory(p)
		}
	})
	if again {
		return // the log delivered it twice
	}
	s.dirtyMemory(p)
	if c.Kind != headstart.KindAgent { // that one is about an agent, by our own clock
		s.clocked(c.Agent, s.sentAt(c))
	}
	if p.Class == reachability {
		s.silent(p.Asset, p.Check)
	}
	if p.State == problemOpen {
		s.falls(p)
		return // an alert was first, or it comes and goes
	}
	began := s.observedAt(c)
	if began.IsZero() || began.After(s.now) {
		began = s.now
	}
	s.fail(p, began, false)
}

// placeCheck says where a failing check belongs and what it is about.
func (s *State) placeCheck(p *problem, c *headstart.Check) {
	says := *p.setting
	says.Service, says.Location = c.Service, c.Location
	if says.Service == "" && s.topo.isService(p.Asset) {
		says.Service = p.Asset
	}
	if says.Location == "" {
		says.Location = s.topo.location(p.Asset)
	}
	p.setting = s.settings.keep(says)
	if about := s.classOf(c); about != 0 {
		p.Class = about
	}
}

func (s *State) checkClears(p *problem) {
	if !p.Mem.Down {
		return
	}
	s.change(p, func() { p.Mem.Down = false })
	s.dirtyMemory(p)
	if len(p.Alerts.list()) > 0 {
		return // its alerts still say otherwise
	}
	s.clear(p, "check")
}

// classOf says what a failing check is about.
func (s *State) classOf(c *headstart.Check) class {
	unreachable := slices.ContainsFunc(c.Conditions, func(x headstart.Condition) bool { return x.Name == "unreachable" })
	switch {
	case c.Kind == "icmp", c.Kind == headstart.KindAgent, unreachable:
		return reachability
	case c.Kind == "" && len(c.Conditions) == 0 && s.topo.isDevice(c.Asset):
		return reachability
	case c.Service != "" && !s.topo.isDevice(c.Asset), s.topo.isService(c.Asset):
		return serviceClass
	}
	return 0
}

// watched notes that a probe of ours watches an asset.
func (s *State) watched(id string) {
	a := s.asset(id)
	if !a.Probed {
		a.Probed = true
		s.topo.nodes[id].watch()
		s.dirtyAsset(a)
	}
}

// answered notes a healthy answer of an asset to check. It proves that the way
// there is open: a suspicion of it is dropped, and members that went silent at
// their source are over (ruling 15).
func (s *State) answered(id, check string) {
	if id == "" {
		return
	}
	a := s.asset(id)
	a.set(func(x *seen) {
		x.Answered = s.now
		if x.Answers == nil {
			x.Answers = map[string]instant{}
		}
		x.Answers[check] = s.now
	})
	s.dirtyAsset(a)
	s.recut()
	for _, key := range slices.Concat(s.failingKeys(id), sortedKeys(s.aside[id])) {
		p := s.problems[key]
		if p.Expired && p.Class != capacity && p.Class != environment {
			s.clear(p, "check")
		}
	}
	s.acquit(id)
	s.doubt(id)
}

// silent notes that an asset did not answer to check.
func (s *State) silent(id, check string) {
	if id == "" {
		return
	}
	s.fellSilent(s.asset(id), check)
}

func (s *State) fellSilent(a *asset, check string) {
	a.Silent = s.now
	if a.rare != nil {
		a.set(func(x *seen) {
			if delete(x.Answers, check); len(x.Answers) == 0 {
				x.Answers = nil
			}
		})
	}
	s.dirtyAsset(a)
	s.recut()
}

// asset returns the row of an asset, assetOf that of the asset of p; one that had none
// gets it.
func (s *State) asset(id string) *asset    { return s.assetAt(s.topo.nodes[id], id) }
func (s *State) assetOf(p *problem) *asset { return s.assetAt(p.node, p.Asset) }

func (s *State) assetAt(n *node, id string) *asset {
	if n == nil { // it is outside the catalog
		if s.assets[id] == nil {
			s.assets[id] = s.newAsset(id)
		}
		return s.assets[id]
	}
	if n.known == nil {
		n.known = s.newAsset(id)
	}
	return n.known
}

func (s *State) newAsset(id string) *asset {
	a := &asset{id: id}
	s.dirtyAsset(a)
	return a
}
