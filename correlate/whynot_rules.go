package correlate

import (
	"slices"
	"strings"
	"time"

	"headstart"
)

func joinAssets(assets []string) string { return strings.Join(assets, ", ") }

// uplinks: both causes are members of one redundancy group; only when all of it
// is down they are jointly the cause of what hangs on it (ruling 34).
func (x *apart) uplinks() bool {
	s := x.s
	a, b := x.head(x.a), x.head(x.b)
	n := s.topo.nodes[a.Asset]
	if n == nil || a.Asset == b.Asset {
		return false
	}
	for _, kid := range n.kids {
		for _, group := range s.topo.nodes[kid].parents {
			if !slices.Contains(group, a.Asset) || !slices.Contains(group, b.Asset) {
				continue
			}
			for _, m := range group {
				if s.cut(m, 0) == nil && !s.explainsAside(m) {
					return x.say("T-07", "way_left", "asset", kid, "works", m)
				}
			}
		}
	}
	return false
}

// suspicion: both hang on one asset that nobody reports.
func (x *apart) suspicion() bool {
	s := x.s
	a, b := x.head(x.a), x.head(x.b)
	up := s.topo.wayUp(a.Asset)
	if up == "" || up != s.topo.wayUp(b.Asset) || s.top(up) != nil {
		return false
	}
	for _, p := range []*problem{a, b} {
		switch {
		case p.State == headstart.ProblemHealthy:
			return x.say("C-08", "back", "asset", p.Asset, "cause", up, "until", clockTime(p.Cleared))
		case s.top(p.Asset) == nil:
			return x.say("C-08", "not_silent", "asset", p.Asset, "cause", up, "check", p.Check)
		}
	}
	window := s.suspectWindow(s.topo.nodes[up])
	since := s.top(a.Asset).Onset
	if gap := s.top(b.Asset).Onset.Sub(since).Abs(); gap > window {
		return x.say("C-08", "outside", "cause", up, "gap", gap.String(), "window", window.String(), "margin", (gap - window).String())
	}
	silent := s.silentBehind(s.topo.nodes[up], a.Asset, since)
	share := float64(s.cfg.Suspect.Share * float64(silent.of))
	have := []string{"cause", up, "have", itoa(silent.silent), "of", itoa(silent.of)}
	switch {
	case silent.silent < s.cfg.Suspect.Children:
		return x.say("C-08", "few", append(have, "need", itoa(s.cfg.Suspect.Children))...)
	case float64(silent.silent) < share:
		return x.say("C-08", "share", append(have, "need", itoa(ceil(share)))...)
	case s.heardSince(up, silent.since):
		return x.say("C-08", "heard", "cause", up, "answered", s.lastAnswer(up), "since", clockTime(silent.since), "margin", s.assets[up].Answered.Sub(silent.since).String())
	}
	return x.say("C-08", "not_again", "cause", up)
}

// ceil rounds a share of assets up; 1e-9 is the noise of the product.
func ceil(share float64) int {
	n := int(share)
	if float64(n) < share-1e-9 {
		n++
	}
	return n
}

// storm: only in a storm one umbrella takes what nothing else explains.
func (x *apart) storm() bool { return false }

func (x *apart) likeness() bool { return false }

var _ = time.Second
