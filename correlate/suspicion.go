package correlate

import (
	"slices"

	"headstart"
)

// Suspect opens a group of kind surge for what people on the organisation's own network
// confirm together while no group hits it (K-12, ruling 42): they report it, and no
// check of ours sees it. Like a surge of tickets it is no evidence, a person ends it,
// and what monitoring finds later becomes one with it under its number.
func (s *State) Suspect(ev headstart.Event, x headstart.Suspicion) []headstart.Change {
	s.begin(sane(ev.At), sane(ev.Received))
	k := scope{x.Service, x.Location}
	if s.covering(k) == nil {
		s.suspicion(k, x)
	}
	return s.end()
}

func (s *State) suspicion(k scope, x headstart.Suspicion) {
	reason := itoa(x.Devices) + s.inWords(" mensen melden het zelf; de bewaking ziet niets", " people say so themselves; monitoring sees nothing")
	p := s.reportProblem(k, x.Since, reason)
	if p.State == problemOpen && s.live(p.Group) != nil {
		return
	}
	g := s.newGroup(p)
	g.Cause = headstart.Cause{Also: []string{}, Kind: headstart.CauseSurge, Reason: reason}
	g.Own.ByHand = true // people alone never tell that it is over
	g.Own.Reports = []headstart.ProblemKey{p.Key}
	s.surges[g.ID] = struct{}{}
	s.add(p, g, "K-12")
	facts := []string{"devices", itoa(x.Devices), "window", minutes(x.Within), "what", s.scopeName(k), "since", clockTime(instantOf(x.Since))}
	s.sayOf(g, headstart.GroupOpened, "K-12", "opened", string(p.Key), slices.Clip(facts)...).Problem = p.Key
}
