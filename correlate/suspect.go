package correlate

import (
	"slices"
	"time"

	"headstart"
)

// suspectPrefix opens the key of the problem that stands for a suspected cause.
// No source can use it: all their keys have a check after a slash.
const suspectPrefix = "suspected:"

// suspicion says that an asset nobody reports is probably down, since what hangs
// on it fell silent together.
type suspicion struct {
	asset  string
	silent int     // of what hangs on it alone
	of     int     // how much hangs on it alone
	since  instant // the first of them
	last   instant // the last of them
}

// suspect looks for a cause that nobody monitors (C-08). If what p hangs on, or
// something further up, is to be suspected, p joins its group.
func (s *State) suspect(p *problem) bool {
	if s.worst(s.besides(p)) != p {
		return false
	}
	x := s.climb(p.Asset, p.Onset)
	if x == nil {
		return false
	}
	g := s.accuse(x, p)
	if p.State == problemPending {
		facts := s.behindFacts(p, []string{x.asset})
		s.join(p, g, "silent", facts[:]...)
		s.absorb(g, p.Asset)
	}
	return true
}

// climb returns the topmost asset above id to be suspected, or nil. It asks level
// by level before anything is opened: were the lower one opened first, the order
// of arrival would show, and two messages would go out.
func (s *State) climb(id string, onset instant) *suspicion {
	var best *suspicion
	for range maxDepth {
		x := s.suspicious(s.topo.wayUp(id), id, onset)
		if x == nil {
			break
		}
		best, id, onset = x, x.asset, x.since
	}
	return best
}

// suspicious reports whether an asset is probably down, now that kid behind it is
// known to be silent since onset: enough of what hangs on it alone fell silent
// within the window of each other, and it was not heard since the first of them.
// What has another way up tells nothing. Nil: it is not.
func (s *State) suspicious(id, kid string, onset instant) *suspicion {
	n := s.topo.nodes[id]
	if n == nil || s.top(id) != nil {
		return nil
	}
	x := s.silentBehind(n, kid, onset)
	share := float64(s.cfg.Suspect.Share * float64(x.of))
	if x.silent < s.cfg.Suspect.Children || float64(x.silent) < share || s.heardSince(id, x.since) {
		return nil
	}
	return &x
}

// silentBehind counts what hangs on n alone and fell silent together with kid.
func (s *State) silentBehind(n *node, kid string, onset instant) suspicion {
	window := s.suspectWindow(n)
	var silent []instant
	of := 0
	for _, k := range n.sole {
		s.topo.looks++
		at, is := onset, true
		if k != kid {
			at, is = s.silentSince(k)
			if is && s.excused(k) {
				continue
			}
		}
		// A service is silent only when somebody says so; of what only a silent
		// agent looks at nobody can say either.
		if is || s.topo.isDevice(k) && !s.outOfSight(k) {
			of++
		}
		if is && at.Sub(onset).Abs() <= window {
			silent = append(silent, at)
		}
	}
	first, last, count := densest(silent, onset, window)
	return suspicion{asset: n.id, silent: count, of: of, since: first, last: last}
}

// densest returns the first and the last of the most times that lie within window
// of each other, onset among them; of several such sets the earliest.
func densest(times []instant, onset instant, window time.Duration) (first, last instant, count int) {
	slices.Sort(times)
	for i, from := range times {
		if from.After(onset) {
			break
		}
		n := 0
		for _, at := range times[i:] {
			if at.Sub(from) > window {
				break
			}
			n++
		}
		if n > count && !onset.After(from.Add(window)) {
			first, last, count = from, times[i+n-1], n
		}
	}
	return first, last, count
}

// silentSince says since when an asset is silent: its own failing problem says so,
// or the answer to an ask (ruling 21).
func (s *State) silentSince(id string) (instant, bool) {
	if q := s.top(id); q != nil {
		return q.Onset, true
	}
	a := s.known(id)
	if a == nil || a.Silent.IsZero() || len(a.seen().Answers) > 0 {
		return 0, false
	}
	return a.Silent, true
}

// excused reports whether an asset's silence is accounted for, so that it says
// nothing of what it hangs on: it stands in a closed building and is switched off,
// planned work takes it away, or the prober that found it silent is cut off itself.
// None of these waits for the asset's own problem to settle.
func (s *State) excused(id string) bool {
	q := s.top(id)
	if q != nil && s.accounted(q) {
		return true
	}
	if len(s.plans) > 0 && longer(s.work(id, false), s.workAbove(id, false, 0)) != nil {
		return true
	}
	return s.everCloses() && s.isAttended(id) && s.closedNow(s.topo.location(id)) != nil
}

// accounted reports whether a pending problem will be put aside, or waits for its
// prober: it says nothing of others.
func (s *State) accounted(p *problem) bool { return s.coverOf(p) != nil || s.inDoubt(p) }

// heardSince reports whether an asset gave any healthy answer at t or later.
func (s *State) heardSince(id string, t instant) bool {
	last := s.known(id).seen().Answered
	return !last.IsZero() && !last.Before(t)
}

// accuse makes an asset the suspected cause of p and of what it explains besides:
// of the group it had within reopen, of the oldest young group it explains, or of
// a new one, which it returns.
func (s *State) accuse(x *suspicion, p *problem) *group {
	q := s.stand(x)
	facts := s.suspectFacts(x)
	g := s.placeSuspect(q, p, facts)
	s.hang(q, g)
	g = s.absorb(g, "")
	s.ask(x.asset, "", "what hangs on it is silent")
	s.askAbove(x.asset)
	return g
}

// stand makes the problem of a suspected asset fail.
func (s *State) stand(x *suspicion) *problem {
	key := headstart.ProblemKey(suspectPrefix + x.asset)
	q := s.problems[key]
	if q == nil {
		q = s.newProblem(problem{Key: key, Asset: x.asset, setting: s.settings.keep(setting{Check: "suspected"}), Class: reachability})
	}
	says := *q.setting
	says.Location = s.topo.location(x.asset)
	q.setting = s.settings.keep(says)
	q.Mem.Listed = true
	s.dirtyMemory(q)
	q.Onset, q.Began, q.Cleared = x.since, x.since, 0
	s.remember(problemPrefix, string(key))
	s.setState(q, problemSuspected)
	s.recut()
	return q
}

// placeSuspect returns the group of a suspected cause q, whose first known
// symptom is p.
func (s *State) placeSuspect(q, p *problem, facts []string) *group {
	old := s.follow(q.Mem.LastTop)
	if old != nil && !slices.Contains(old.Own.Tops, q.Key) {
		old = nil // its cause is another one since
	}
	switch {
	case old != nil && s.isLive(old):
		if old.State != headstart.Open {
			s.returned(old)
		}
		s.sayOf(old, headstart.ImpactChanged, "C-08", "again", q.Asset, facts...)
		return old
	case old != nil && s.reopens(old):
		facts = append(facts, "until", clockTime(instantOf(old.ResolvedAt).Add(time.Duration(s.cfg.Reopen))))
		s.reopen(old)
		s.add(p, old, "C-08")
		c := s.sayOf(old, headstart.GroupReopened, "C-08", "reopened", q.Asset, facts...)
		c.Problem, c.Alert = p.Key, firstAlert(p)
		s.moreAlerts(old, p)
		return old
	}
	if g := s.manual(q.Asset); g != nil {
		return g
	}
	for _, id := range sortedGroups(s.below[q.Asset]) {
		if o := s.groups[id]; s.mayMerge(o, o) && s.young(o) && s.cutBy(o, []string{q.Asset}) {
			s.sayOf(o, headstart.ImpactChanged, "C-08", "late", q.Asset, facts...)
			s.recause(o, []*problem{q})
			return o
		}
	}
	if o := s.headless(q.Asset); o != nil {
		s.sayOf(o, headstart.ImpactChanged, "C-08", "late", q.Asset, facts...)
		s.recause(o, []*problem{q})
		return o
	}
	return s.openSuspected(q, p, old, facts)
}

// openSuspected opens a group whose cause is suspected, with p as its first member.
func (s *State) openSuspected(q, p *problem, old *group, facts []string) *group {
	g := s.newGroup(p)
	g.Cause = headstart.Cause{Asset: q.Asset, Also: []string{}, Kind: headstart.CauseSuspected}
	outcome := "suspected"
	if old != nil {
		outcome, g.RecurrenceOf = "recurred", old.ID
	}
	s.setTops(g, []*problem{q})
	s.add(p, g, "C-08")
	c := s.sayOf(g, headstart.GroupOpened, "C-08", outcome, q.Asset, facts...)
	c.Problem, c.Alert, c.Other = p.Key, firstAlert(p), g.RecurrenceOf
	s.moreAlerts(g, p)
	s.recurs(g)
	s.file(g, true)
	return g
}

// suspectFacts are what a suspicion rests on. The margin is how much later the
// last of the silent could have come: beyond it they were not one event.
func (s *State) suspectFacts(x *suspicion) []string {
	margin := s.suspectWindow(s.topo.nodes[x.asset]) - x.last.Sub(x.since)
	return []string{
		"silent", itoa(x.silent), "of", itoa(x.of), "since", clockTime(x.since), "answered", s.lastAnswer(x.asset), "margin", margin.String(),
	}
}

// lastAnswer is when an asset last gave a healthy answer, for facts; "" when it
// never did.
func (s *State) lastAnswer(id string) string { return s.known(id).lastAnswer() }

func (a *asset) lastAnswer() string {
	if !a.everAnswered() {
		return ""
	}
	return clockTime(a.rare.Answered)
}

// sayOf records a decision about a group.
func (s *State) sayOf(g *group, kind headstart.ChangeKind, rule, outcome, subject string, facts ...string) *headstart.Change {
	c := s.say(kind, rule, outcome, subject, facts...)
	c.Group = g.ID
	return c
}

// suspectWindow is how far apart the silence of what hangs on n may begin and
// still be one event: as long as the configuration says, and never less than our
// slowest probe behind n takes to notice.
func (s *State) suspectWindow(n *node) time.Duration {
	return max(time.Duration(s.cfg.Suspect.Window), n.slowest)
}
