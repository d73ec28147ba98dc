package correlate

import (
	"slices"
	"time"

	"headstart"
)

// WhyNot says why two groups are not one: the joining rule that comes nearest to
// them, and the first of its conditions that does not hold at the time at. The
// rules are walked in the order in which they decide: what a person said, time,
// topology (T-07, L-12), suspicion (C-08), likeness (G-09); an umbrella (U-10)
// and a surge (K-11) are looked at before topology, as they have no asset. The
// outcome names the condition; "one" means that they are one already.
//
// It changes nothing that is stored; false: one of the groups is not known.
func (s *State) WhyNot(at time.Time, a, b headstart.GroupID) (headstart.Decision, bool) {
	if s.groups[a] == nil || s.groups[b] == nil {
		return headstart.Decision{}, false
	}
	s.begin(sane(at), sane(at))
	x := &apart{s: s, a: s.groups[a], b: s.groups[b]}
	for _, rule := range []func() bool{x.hand, x.time, x.storm, x.surge, x.topology, x.uplinks, x.suspicion, x.likeness} {
		if rule() {
			return x.found, true
		}
	}
	x.say("T-07", "unrelated", "above", s.topo.waysUp(x.head(x.a).Asset), "other_above", s.topo.waysUp(x.head(x.b).Asset))
	return x.found, true
}

// apart looks for what keeps two groups apart. Each rule reports whether it could
// have joined them, and then the first of its conditions that failed is found.
type apart struct {
	s     *State
	a, b  *group
	found headstart.Decision
}

// say is the answer; facts come in pairs. The groups are named by their causes.
func (x *apart) say(rule, outcome string, facts ...string) bool {
	x.found = headstart.Decision{V: 1, At: x.s.now.Time(), Rule: rule, Outcome: outcome, Subject: label(x.b)}
	for i := 0; i+1 < len(facts); i += 2 {
		if facts[i+1] != "" {
			x.found.Facts = append(x.found.Facts, headstart.Fact{Name: facts[i], Value: facts[i+1]})
		}
	}
	return true
}

// hand: a person joined them, or keeps them apart.
func (x *apart) hand() bool {
	a, b := x.s.follow(x.a.ID), x.s.follow(x.b.ID)
	if a == b {
		return x.say("L-12", "one", "cause", label(a))
	}
	x.a, x.b = a, b
	if a.isApart(b) >= 0 || b.isApart(a) >= 0 {
		return x.say("H-20", "apart", "cause", label(a))
	}
	for _, g := range []*group{a, b} {
		switch {
		case g.Pinned:
			return x.say("H-20", "fixed", "cause", label(g))
		case g.Own.ByHand && g.Cause.Kind != headstart.CauseSurge || g.Cause.Kind == headstart.CauseManual:
			return x.say("H-20", "manual", "cause", label(g))
		}
	}
	return false
}

// time: one was over before the other began; within reopen the same cause would
// have brought the first back.
func (x *apart) time() bool {
	a, b := x.a, x.b
	if b.StartedAt.Before(a.StartedAt) {
		a, b = b, a
	}
	over := a.ResolvedAt
	if x.s.isLive(a) || over.IsZero() || b.OpenedAt.Before(over) {
		return false
	}
	if b.RecurrenceOf == a.ID {
		return x.say("R-10", "too_late", append([]string{"cause", label(b)}, x.reopened(a, b)...)...)
	}
	return x.say("R-09", "over", "cause", label(a), "until", clockTime(instantOf(over)), "since", clockTime(instantOf(b.StartedAt)), "margin", b.StartedAt.Sub(over).Abs().String())
}

func (x *apart) reopened(a, b *group) []string {
	until := a.ResolvedAt.Add(time.Duration(x.s.cfg.Reopen))
	return []string{"until", clockTime(instantOf(until)), "margin", b.OpenedAt.Sub(until).Abs().String(), "reopen", x.s.cfg.Reopen.String()}
}

// head is the problem that stands for a group: its cause, else one that fails,
// else the one that opened it. It may be one that is forgotten by now.
func (x *apart) head(g *group) *problem {
	keys := append(slices.Clone(g.Own.Tops), x.s.OpenMembers(g.ID)...)
	for _, key := range append(keys, g.Opener) {
		if p := x.s.problems[key]; p != nil {
			return p
		}
	}
	return &problem{Key: g.Opener, Asset: g.Cause.Asset, setting: &setting{}}
}

// topology: the cause of one stands above the cause of the other, or is on the
// same asset.
func (x *apart) topology() bool {
	s := x.s
	if up, low := x.head(x.a), x.head(x.b); x.above(up.Asset, low.Asset) {
		return x.behind(x.a, x.b, up, low)
	} else if x.above(low.Asset, up.Asset) {
		return x.behind(x.b, x.a, low, up)
	} else if up.Asset == "" || up.Asset != low.Asset {
		for _, p := range []*problem{up, low} {
			if p.Unplaced {
				return x.say("P-16", "nowhere", "asset", string(p.Key))
			}
		}
		return false
	}
	return x.oneAsset(s)
}

func (x *apart) above(up, low string) bool {
	n := x.s.topo.nodes[low]
	if n == nil {
		return false
	}
	_, is := slices.BinarySearch(n.above, up)
	return is
}

// oneAsset: of two failures of one asset one must say that it cannot be reached.
func (x *apart) oneAsset(s *State) bool {
	p, q := x.head(x.a), x.head(x.b)
	for _, f := range []*problem{p, q} {
		if f.Class == reachability && s.answeredSince(f.Asset, f.Onset) {
			return x.say("T-07", "answers", "cause", f.Asset, "answered", s.lastAnswer(f.Asset), "since", clockTime(f.Onset))
		}
	}
	if s.top(p.Asset) == nil {
		return x.say("T-07", "not_down", "asset", p.Asset, "check", p.Check, "other", q.Check)
	}
	return x.late(x.a, x.b, p)
}

// behind: low of group g hangs on up of group over. Walks the conditions of T-07,
// then of L-12.
func (x *apart) behind(over, g *group, up, low *problem) bool {
	s := x.s
	switch {
	case up.State == problemHealthy:
		return x.say("T-07", "back", "cause", up.Asset, "until", clockTime(up.Cleared))
	case low.State == problemHealthy:
		return x.say("T-07", "back", "cause", low.Asset, "until", clockTime(low.Cleared))
	case up.State != problemSuspected && !s.explains(up) && up.Class == reachability:
		return x.say("T-07", "answers", "cause", up.Asset, "answered", s.lastAnswer(up.Asset), "since", clockTime(up.Onset))
	case up.State != problemSuspected && !s.explains(up):
		return x.say("T-07", "not_down", "asset", up.Asset, "check", up.Check)
	}
	tops := s.cut(low.Asset, 0)
	switch {
	case slices.Contains(tops, up.Asset) && !slices.Equal(tops, []string{low.Asset}):
		return x.late(over, g, up)
	case x.blocked(low.Asset, up, 0):
		return true
	case len(tops) > 0 && !slices.Equal(tops, []string{low.Asset}):
		return x.say("T-07", "other_cause", "asset", low.Asset, "cause", joinAssets(tops))
	}
	return x.late(over, g, up)
}

// blocked looks on the way from an asset up to a cause for what keeps it open.
func (x *apart) blocked(asset string, up *problem, depth int) bool {
	s := x.s
	n := s.topo.nodes[asset]
	if n == nil || depth > maxDepth {
		return false
	}
	for _, group := range n.parents {
		leads := slices.IndexFunc(group, func(m string) bool { return x.leads(up, m) })
		if leads < 0 {
			continue
		}
		if works := slices.IndexFunc(group, func(m string) bool { return !x.leads(up, m) && x.works(m) }); works >= 0 {
			return x.say("T-07", "redundant", "asset", asset, "works", group[works], "cause", up.Asset)
		}
		since := s.since([]string{up.Asset})
		if s.top(asset) == nil && s.answeredSince(asset, since) {
			answered := s.known(asset).seen().Answered
			return x.say("T-07", "answered", "asset", asset, "answered", clockTime(answered), "cause", up.Asset, "since", clockTime(since), "margin", answered.Sub(since).String())
		}
		if group[leads] != up.Asset && x.blocked(group[leads], up, depth+1) {
			return true
		}
	}
	return false
}

// leads reports whether the way up through m comes by the cause.
func (x *apart) leads(up *problem, m string) bool { return m == up.Asset || x.above(up.Asset, m) }

// works reports whether an asset is not cut off, nor taken by planned work.
func (x *apart) works(m string) bool { return x.s.cut(m, 0) == nil && !x.s.explainsAside(m) }

// late: one would explain the other; the older of them is no longer changed by a
// rule once it is older than late_cause (L-12).
func (x *apart) late(over, g *group, up *problem) bool {
	s := x.s
	age := over.OpenedAt.Sub(g.OpenedAt)
	limit := time.Duration(s.cfg.LateCause)
	switch {
	case age > limit && over.Overrun != nil:
		return x.say("M-06", "held_back", "cause", up.Asset, "window", over.Overrun.Window, "age", age.String(), "late_cause", s.cfg.LateCause.String(), "margin", (age - limit).String())
	case age > limit:
		return x.say("L-12", "too_old", "cause", up.Asset, "age", age.String(), "late_cause", s.cfg.LateCause.String(), "margin", (age - limit).String())
	}
	return x.say("T-07", "not_again", "cause", up.Asset, "since", clockTime(instantOf(g.OpenedAt)))
}
