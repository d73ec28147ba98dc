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
			if n := slices.IndexFunc(group, x.works); n >= 0 {
				return x.say("T-07", "way_left", "asset", kid, "works", group[n])
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
		case p.State == problemHealthy:
			return x.say("C-08", "back", "asset", p.Asset, "cause", up, "until", clockTime(p.Cleared))
		case s.top(p.Asset) == nil:
			return x.say("C-08", "not_silent", "asset", p.Asset, "cause", up, "check", p.Check)
		}
	}
	window := s.suspectWindow(s.topo.nodes[up])
	since := s.top(a.Asset).Onset
	if gap := s.top(b.Asset).Onset.Sub(since).Abs(); gap > window {
		return x.say("C-08", "outside", "cause", up, "gap", gap.String(), "limit", window.String(), "margin", (gap - window).String())
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
		return x.say("C-08", "heard", "cause", up, "answered", s.lastAnswer(up), "since", clockTime(silent.since), "margin", s.known(up).seen().Answered.Sub(silent.since).String())
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

// likeness: both are among what nothing explains and what fails alike is one.
func (x *apart) likeness() bool {
	s := x.s
	a, b := x.head(x.a), x.head(x.b)
	of, other := s.alikes(a), s.alikes(b)
	if len(of) == 0 || len(other) == 0 {
		return false
	}
	k, l := of[len(of)-1], other[len(other)-1] // the narrowest
	gap, limit := a.Onset.Sub(b.Onset).Abs(), time.Duration(s.cfg.Group.Gap)
	switch {
	case k.Location != l.Location:
		return x.say("G-09", "location", "where", k.Location, "other_where", l.Location)
	case k.Class != l.Class:
		return x.say("G-09", "class", "class", a.Check, "other_class", b.Check)
	case k.Service != l.Service:
		return x.say("G-09", "service", "service", k.Service, "other_service", l.Service)
	case gap > limit:
		return x.say("G-09", "gap", "gap", gap.String(), "limit", limit.String(), "margin", (gap - limit).String())
	}
	if s.alikeTo(a, k) == nil {
		have := len(assetsIn(s.alikeAt(k, a.Onset, limit)))
		return x.say("G-09", "few", "where", k.Location, "have", itoa(have), "of", itoa(s.among(k, "")), "need", itoa(s.needed(k)))
	}
	return x.say("G-09", "not_again")
}

// storm: one of them is the umbrella, which takes what nothing else explains.
func (x *apart) storm() bool {
	g, other := x.a, x.b
	if other.Cause.Kind == headstart.CauseStorm {
		g, other = other, g
	}
	if g.Cause.Kind != headstart.CauseStorm {
		return false
	}
	p := x.head(other)
	if x.s.outranks(p) {
		return x.say("U-10", "own", "asset", p.Asset)
	}
	return x.say("U-10", "calm", "asset", p.Asset)
}

// surge: one of them is what users report; it meets what covers the service and
// the place of the reports.
func (x *apart) surge() bool {
	g, other := x.a, x.b
	if other.Cause.Kind == headstart.CauseSurge {
		g, other = other, g
	}
	if g.Cause.Kind != headstart.CauseSurge {
		return false
	}
	for _, key := range g.Own.Reports {
		p := x.s.problems[key]
		if p != nil && covers(other, scope{p.Service, p.Location}) {
			return x.say("K-11", "not_again", "cause", label(other))
		}
	}
	return x.say("K-11", "elsewhere", "service", x.head(g).Service, "cause", label(other))
}
