package correlate

import (
	"math"
	"slices"
	"time"

	"headstart"
)

// Bounds on asking (ruling 21): each asset at most once a minute, and of what
// hangs on one asset only as many as decide whether it is to be suspected, so
// that a parent with thousands behind it causes no storm of its own.
const (
	askEvery  = time.Minute
	askAtMost = 64
	askMargin = 4 // of those asked some may answer, and still enough be silent
)

// ask requests a look at an asset now, if a probe of ours could give one; who and
// why together say why.
func (s *State) ask(id, who, why string) { s.askFor(s.known(id), id, who, why) }

func (s *State) askFor(a *asset, id, who, why string) {
	if a == nil || !a.Probed {
		return
	}
	if last := a.seen().Asked; !last.IsZero() && s.now.Sub(last) < askEvery {
		return
	}
	a.set(func(x *seen) { x.Asked = s.now })
	s.dirtyAsset(a)
	why = who + why
	c := s.say(headstart.Asked, "S-05", "asked", id, "why", why)
	c.Ask = &headstart.Ask{Asset: id, Why: why}
}

// askAround asks what would tell whose fault a new failure is: the asset itself
// where nobody said whether it can be reached, what it hangs on, and what else
// hangs on that.
func (s *State) askAround(p *problem) {
	if p.Class != reachability && p.Class != 0 {
		return
	}
	if p.Class == 0 {
		s.ask(p.Asset, p.Asset, " fails and nobody said whether it can be reached")
	}
	s.askOver(p.node)
}

// askAbove asks one level up from what fails, or was found silent.
func (s *State) askAbove(id string) { s.askOver(s.topo.nodes[id]) }

func (s *State) askOver(n *node) {
	if n == nil {
		return
	}
	if n.only != nil {
		s.askFor(n.only.known, n.only.id, n.id, " behind it fails")
		s.askBeside(n.only, n)
		return
	}
	for i, g := range n.parents {
		for k, parent := range g {
			if up := n.up[i][k]; up != nil {
				s.askFor(up.known, parent, n.id, " behind it fails")
				s.askBeside(up, n)
			} else {
				s.ask(parent, n.id, " behind it fails")
			}
		}
	}
}

// askBeside asks what hangs on parent and does not fail yet, but for one.
func (s *State) askBeside(parent, but *node) {
	if parent.watched == 0 {
		return // nobody could be asked
	}
	left := min(askAtMost, s.enough(parent)+askMargin)
	for _, kid := range parent.below {
		if left == 0 {
			return
		}
		s.topo.looks++
		if kid != but && len(kid.failing) == 0 {
			s.askFor(kid.known, kid.id, but.id, " beside it fails")
			left--
		}
	}
}

// askMembers asks what a cause that is back had cut off.
func (s *State) askMembers(g *group) {
	for i, key := range s.OpenMembers(g.ID) {
		if i == askAtMost {
			return
		}
		s.ask(s.problems[key].Asset, "", "what it hangs on is back")
	}
}

// enough is how many of what hangs on n must be silent for n to be suspected.
func (s *State) enough(n *node) int {
	share := math.Ceil(float64(s.cfg.Suspect.Share * float64(len(n.sole))))
	return max(s.cfg.Suspect.Children, int(share))
}

// askedAnswer takes the answer to an ask. It is one raw attempt: evidence, which
// opens nothing (ruling 21). What was found silent is asked about one level up.
func (s *State) askedAnswer(id, check string, healthy bool) {
	if healthy {
		s.answered(id, check)
		return
	}
	s.silent(id, check)
	if s.failsBehind(id) {
		s.askAbove(id)
		return
	}
	// Nobody watches what it hangs on: enough silence behind that says the same.
	up := s.topo.wayUp(id)
	if a := s.known(up); up != "" && (a == nil || !a.Probed) && s.suspicious(up, id, s.now) != nil {
		s.askAbove(up)
	}
}

// failsBehind reports whether something right behind an asset fails.
func (s *State) failsBehind(id string) bool {
	n := s.topo.nodes[id]
	if n == nil {
		return false
	}
	return slices.ContainsFunc(n.below, func(kid *node) bool { return len(kid.failing) > 0 })
}
