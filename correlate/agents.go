package correlate

import (
	"strings"
	"time"

	"headstart"
)

// accept reports whether c is to be applied. What a site agent spooled arrives at
// least once: its answer may be lost, a proxy may send it again, a failover may
// replay it. Its number says whether it was applied before.
func (s *State) accept(c *headstart.Check) bool {
	if c.Agent == "" || c.Spool == "" {
		return true
	}
	a := s.agent(c.Agent)
	if !a.Accept(c.Spool, c.Seq) {
		return false
	}
	s.mark(headstart.TableAssets, agentPrefix+c.Agent)
	return true
}

// agentLives notes whether a site agent gives signs of life (D-15).
func (s *State) agentLives(c *headstart.Check, lives bool) {
	a := s.agent(c.Agent)
	if a.Asset == c.Asset && a.Silent == !lives {
		return
	}
	a.Asset, a.Silent, a.Since = c.Asset, !lives, time.Time{}
	if a.Silent {
		a.Since = s.observedAt(c).Time()
	}
	s.mark(headstart.TableAssets, agentPrefix+c.Agent)
	s.recut()
}

// saidBy is the prober whose word a check is: that an agent is silent is our own.
func saidBy(c *headstart.Check) string {
	if c.Kind == headstart.KindAgent {
		return ""
	}
	return c.Prober()
}

func (s *State) agent(name string) *headstart.Agent {
	a := s.agents[name]
	if a == nil {
		a = &headstart.Agent{V: 1}
		s.agents[name] = a
	}
	return a
}

// silentAgent returns the agent whose silence p is, or nil.
func (s *State) silentAgent(p *problem) *headstart.Agent {
	name, ok := strings.CutPrefix(p.Check, agentPrefix)
	if a := s.agents[name]; ok && a != nil && a.Silent && a.Asset == p.Asset {
		return a
	}
	return nil
}

// isAgent reports whether p is about an agent's signs of life, now or ever.
func (s *State) isAgent(p *problem) bool {
	name, ok := strings.CutPrefix(p.Check, agentPrefix)
	return ok && s.agents[name] != nil
}

// agentFacts are the facts of the decision that an agent is cut off.
func (s *State) agentFacts(a *headstart.Agent) []string {
	return []string{"since", clockTime(instantOf(a.Since)), "above", s.topo.waysUp(a.Asset)}
}

// outOfSight reports whether nothing but silent agents looked at an asset: what
// has become of it since nobody can say, so it counts neither as silent nor as
// answering.
func (s *State) outOfSight(id string) bool {
	a := s.known(id)
	if len(a.seen().Answers) == 0 {
		return false
	}
	for check := range a.seen().Answers { // each must agree: the order decides nothing
		_, name, by := strings.Cut(check, "@")
		if of := s.agents[name]; !by || of == nil || !of.Silent {
			return false
		}
	}
	return true
}

// observedAt is when a check was made, on the clock of our log. An agent's clock
// may be off by as much as it was when it sent what it had.
func (s *State) observedAt(c *headstart.Check) instant {
	at := sane(c.ObservedAt)
	if sent := sane(c.SentAt); !at.IsZero() && !sent.IsZero() {
		at = sane(at.Add(s.received.Sub(sent)).Time())
	}
	return at
}

// sentAt is what a source's clock said when a check left it: after the line was
// cut that is much later than when it was made.
func (s *State) sentAt(c *headstart.Check) instant {
	if c.SentAt.IsZero() {
		return sane(c.ObservedAt)
	}
	return sane(c.SentAt)
}
