package correlate

import (
	"slices"
	"time"

	"headstart"
)

// noLongerHeard is how long a stale group waits for a word before it is closed.
const noLongerHeard = 24 * time.Hour

// listen looks, once per stale, whether anything was heard of the failing members
// of a group (R-12, ruling 15). It reads them all and writes nothing: a refresh of
// an alert costs nothing here.
func (s *State) listen(g *group, asked bool) {
	stale := time.Duration(s.cfg.Stale)
	switch {
	case g == nil || !s.isLive(g) || g.Own.ByHand: // a person ends it
		return
	case g.Stale:
		s.endSilent(g)
		return
	case g.Firing == 0: // it holds, or comes back
		s.after(stale, staleTimer, subjectOf(g.ID))
		return
	}
	if quiet := s.steady().Sub(s.lastHeard(g)); quiet < stale {
		s.after(stale-quiet, staleTimer, subjectOf(g.ID))
		return
	}
	if !asked && s.askFailing(g) {
		s.at(s.now.Add(answerTime), staleTimer, subjectOf(g.ID), "asked")
		return
	}
	g.Stale = true
	s.dirtyGroup(g)
	s.touch(g.ID)
	s.say(headstart.GroupStale, "R-12", "stale", label(g), "failing", itoa(g.Firing), "silent", s.cfg.Stale.String()).Group = g.ID
	s.after(noLongerHeard, staleTimer, subjectOf(g.ID))
}

// lastHeard returns, on the steady clock, when a failing member of g was last
// heard of.
func (s *State) lastHeard(g *group) instant {
	var last instant
	for p := range s.openOf(g) {
		if t := s.memberHeard(p); t.After(last) {
			last = t
		}
	}
	return last
}

// memberHeard is the latest of: when it failed, when its alert expired, when a
// probe of ours last learned anything of its asset; and now, while one of its
// alerts is held alive.
func (s *State) memberHeard(p *problem) instant {
	if isOurs(p) || s.silentAgent(p) != nil {
		return s.steady() // it is about silence
	}
	last := p.Mem.Heard
	if heard := s.known(p.Asset).seen().Heard; heard.After(last) {
		last = heard
	}
	for _, a := range p.Alerts.list() {
		last = max(last, s.alertHeard(a))
	}
	return last
}

// alertHeard is when a living alert was last heard of: now, while an origin holds
// it until a time to come, or holds it for good and gives signs of life. A webhook
// that sends none is heard with each repeat.
func (s *State) alertHeard(a *alert) instant {
	for _, x := range a.origins.list() {
		if !x.until.IsZero() || s.armed(watchdogTimer, x.by.name) {
			return s.steady()
		}
	}
	return a.Trace.past().Heard
}

// askFailing asks the first assets of a group that can be asked.
func (s *State) askFailing(g *group) bool {
	before := len(s.changes)
	for i, key := range s.OpenMembers(g.ID) {
		if i == askAtMost {
			break
		}
		s.ask(s.problems[key].Asset, "", "nothing was heard of it for "+s.cfg.Stale.String())
	}
	return len(s.changes) > before
}

// wake ends that the group of p is stale: something was heard of it.
func (s *State) wake(p *problem) {
	if g := s.live(p.Group); g != nil {
		s.woken(g)
	}
}

func (s *State) woken(g *group) {
	if !g.Stale {
		return
	}
	g.Stale = false
	s.dirtyGroup(g)
	s.touch(g.ID)
	s.say(headstart.GroupHeard, "R-12", "heard", label(g)).Group = g.ID
	s.after(time.Duration(s.cfg.Stale), staleTimer, subjectOf(g.ID))
}

// hearAsset notes that a probe of ours learned something of an asset.
func (s *State) hearAsset(id string) {
	if id == "" {
		return
	}
	a := s.asset(id)
	a.set(func(x *seen) { x.Heard = s.steady() })
	s.dirtyAsset(a)
	for _, key := range s.failingKeys(id) {
		if p := s.problems[key]; p.State == problemOpen {
			s.wake(p)
		}
	}
}

// endPart is what one unit of the end of a silent group may cost, in rows
// (ruling 1): four for an alert, four for a member.
const endPart = 160

// endSilent ends the next members of a group that stayed silent, and with the last
// the group itself. Their alerts end too, so that one that is sent again is a new
// episode and not a repeat.
func (s *State) endSilent(g *group) {
	cost := 0
	for _, key := range s.OpenMembers(g.ID) {
		p := s.problems[key]
		for _, a := range slices.Clone(p.Alerts.list()) {
			if cost += 4; cost > endPart {
				s.after(0, staleTimer, subjectOf(g.ID))
				return
			}
			s.endAlert(a, false)
		}
		if cost += 4; cost > endPart {
			s.after(0, staleTimer, subjectOf(g.ID))
			return
		}
		s.endUnproved(g, p)
	}
	s.closeUnproved(g, "no_longer_heard")
}
