package correlate

import (
	"slices"
	"strings"
	"time"

	"headstart"
)

// suppress puts a settled problem aside when planned work or a closed period
// covers it now (M-06). It is judged at the end of settle, so a window that
// starts seconds late still counts. It reports whether p is dealt with.
func (s *State) suppress(p *problem) bool {
	c := s.coverOf(p)
	switch {
	case c != nil && wellNow(p):
		how := p.Mem.seldom().Well
		s.forgetFlips(p)
		s.finish(p, how)
	case c != nil:
		s.putAside(p, c)
	case p.Expired && p.Mem.seldom().Released != "" && !p.Mem.Down:
		s.lapse(p)
	default:
		return false
	}
	return true
}

// suppressCauses deals with those of tops that are pending and open nothing; true:
// the picture changed. A suppressed cause suppresses what is behind it.
func (s *State) suppressCauses(tops []string) bool {
	some := false
	var room [2]*problem
	for _, q := range s.appendTops(room[:0], tops) {
		if q != nil && q.State == problemPending && s.suppress(q) {
			s.stopSettling(q)
			s.recut() // also of one that lapsed
			some = true
		}
	}
	return some
}

// putAside records that p fails and opens nothing for now.
func (s *State) putAside(p *problem, c *cover) {
	if p.Unstable || len(p.Mem.flips()) > 0 {
		s.forgetFlips(p)
	}
	since := s.now
	if was := p.suppressed(); was != nil {
		since = instantOf(was.Since)
	}
	s.unkeep(p)
	s.setGroup(p, 0)
	why := &headstart.Suppression{By: c.by, Since: since.Time(), Until: c.until.Time()}
	p.Mem.set(func(x *seldom) { x.Suppressed, x.Holds, x.Released = why, c.uses, "" })
	s.workBegan(p, c)
	s.setState(p, problemSuppressed)
	s.dirtyMemory(p)
	s.recut()
	period, closed := strings.CutPrefix(c.by, closedBy)
	if !closed {
		s.say(headstart.Noted, "M-06", "suppressed", string(p.Key), "window", c.by, "until", clockTime(c.until)).Problem = p.Key
		return
	}
	s.say(headstart.Noted, "M-06", "closed", string(p.Key), "period", period, "until", clockTime(c.until)).Problem = p.Key
	s.openAt(c.until)
}

// workBegan keeps when the work began that took p first: of windows that overlap
// the last decides, but the failure is the doing of the first. A closed period is
// no work.
func (s *State) workBegan(p *problem, c *cover) {
	w := s.windows[c.by]
	p.Mem.set(func(x *seldom) {
		switch {
		case w == nil:
			x.Work = 0
		case x.Work.IsZero() || instantOf(w.StartsAt) < x.Work:
			x.Work = instantOf(w.StartsAt)
		}
	})
}

// takeBack gives p the state to: nothing suppresses it any more.
func (s *State) takeBack(p *problem, to problemState) {
	s.setState(p, to)
	s.recut()
}

// backInside notes that a suppressed problem is over: a resolve always passes.
func (s *State) backInside(p *problem, how string) {
	by := p.suppressed().By
	s.takeBack(p, problemHealthy)
	p.Cleared, p.Expired = s.now, false
	p.mute(nil)
	p.Mem.workOver()
	s.after(s.recall(), forgetTimer, problemPrefix+string(p.Key))
	s.say(headstart.Noted, "M-06", "recovered", string(p.Key), "window", planName(by), "failed", clockTime(p.Onset), "how", how).Problem = p.Key
}

// planName is what people call a cover: the window's id, or the period's name.
func planName(by string) string { return strings.TrimPrefix(by, closedBy) }

// releasePart is how many suppressed problems one unit looks at: at most five
// rows each keep it below 200 operations (ruling 1).
const releasePart = 30

// release looks again at what a hold keeps aside, from the problem after from on:
// its window ended or was changed, or a closed period is over.
func (s *State) release(hold, from string) {
	keys := firstAfter(s.kept[hold], headstart.ProblemKey(from), releasePart+1)
	more := len(keys) > releasePart
	if more {
		keys = keys[:releasePart]
		// Set before the timers below, so that all are pending before the first of
		// them is judged and a cause explains what is behind it.
		s.at(s.now, releaseTimer, hold, string(keys[releasePart-1]))
	}
	for _, key := range keys {
		s.lookAgain(s.problems[key])
	}
	if hold == closedHold && !more {
		s.nextOpening()
	}
}

// firstAfter returns the first n keys of set that come after from, in order. It
// does not sort the whole set: it may hold thousands, and is asked part by part.
func firstAfter(set map[headstart.ProblemKey]struct{}, from headstart.ProblemKey, n int) []headstart.ProblemKey {
	keys := make([]headstart.ProblemKey, 0, n+1)
	for key := range set {
		if key <= from || len(keys) == n && key >= keys[n-1] {
			continue
		}
		at, _ := slices.BinarySearch(keys, key)
		keys = slices.Insert(keys, at, key)
		keys = keys[:min(len(keys), n)]
	}
	return keys
}

// lookAgain hands a suppressed problem to what still covers it: the last of
// overlapping windows decides. Without any it is pending and judged again, after
// a time to settle, since work that ends on time is undone in its last minute.
func (s *State) lookAgain(p *problem) {
	was := p.suppressed()
	if was == nil { // its prober is back
		s.settleAt(p, s.now)
		return
	}
	switch c := s.coverOf(p); {
	case c == nil:
	case c.by != was.By || c.until != instantOf(was.Until):
		s.putAside(p, c)
		return
	default:
		s.unkeep(p)
		p.Mem.set(func(x *seldom) { x.Holds = c.uses })
		s.keep(p)
		s.dirtyMemory(p)
		return
	}
	s.takeBack(p, problemPending)
	p.Mem.set(func(x *seldom) { x.Released = was.By })
	s.say(headstart.Noted, "M-06", "released", string(p.Key), "window", planName(was.By), "since", clockTime(instantOf(was.Since))).Problem = p.Key
	s.ask(p.Asset, "", "what suppressed its failure is over")
	wait := s.settleTime(p)
	if p.Mem.AtOnce {
		wait = 0
	}
	s.settleAt(p, s.now.Add(wait))
}

// settleTime is how long a new failure of p waits before it is judged. What the
// catalog joins to nothing has no neighbours to be asked: whether others fail like
// it (G-09) takes as long to show as without probes.
func (s *State) settleTime(p *problem) time.Duration {
	n := p.node
	if a := s.rowOf(p); a != nil && a.Probed && (n == nil || len(n.kids)+len(n.above) > 0 || len(s.alikes(p)) == 0) {
		return time.Duration(s.cfg.SettleProbed)
	}
	return time.Duration(s.cfg.Settle)
}

// lapse ends what nobody spoke of any more when its window was over: silence
// opens nothing (ruling 14).
func (s *State) lapse(p *problem) {
	s.takeBack(p, problemHealthy)
	p.Cleared = s.now
	p.mute(nil)
	s.after(s.recall(), forgetTimer, problemPrefix+string(p.Key))
	s.say(headstart.Noted, "M-06", "lapsed", string(p.Key), "window", planName(p.Mem.seldom().Released), "failed", clockTime(p.Onset)).Problem = p.Key
	p.Mem.workOver()
	s.dirtyMemory(p)
}

// noteWork is told that p became a failing member of g. A group that opens, or is
// headed, by what planned work left broken is a maintenance overrun; one inside a
// window that nobody approved says so.
func (s *State) noteWork(g *group, p *problem) {
	rare := p.Mem.seldom()
	by, began := rare.Released, rare.Work
	if by != "" {
		p.Mem.workOver()
		s.dirtyMemory(p)
	}
	born := s.born.has(g.ID)
	if !born && g.Top != p.Key {
		return
	}
	// What failed well before the work began is not the work's doing.
	if w := s.windows[by]; w != nil && g.Overrun == nil && !p.Onset.Add(time.Duration(s.cfg.Settle)).Before(began) {
		g.Overrun = &headstart.Overrun{Window: w.ID, Owner: w.Owner}
		s.dirtyGroup(g)
		x := plannedWord{g.ID, "left_broken", []string{"window", w.ID}}
		if w.Owner != "" {
			x = plannedWord{g.ID, "overrun", []string{"window", w.ID, "owner", w.Owner}}
		}
		s.planned = append(s.planned, x)
	}
	if c := s.workOn(p, true); c != nil && born && !s.announced(g.ID, "proposed") {
		s.planned = append(s.planned, plannedWord{g.ID, "proposed", []string{"window", c.by, "until", clockTime(c.until)}})
	}
}

// plannedWord is a decision of M-06 about a group, kept until all else that this
// event decided about it is said: it opens the group first.
type plannedWord struct {
	group   headstart.GroupID
	outcome string
	facts   []string
}

func (s *State) announced(id headstart.GroupID, outcome string) bool {
	for _, w := range s.planned {
		if w.group == id && w.outcome == outcome {
			return true
		}
	}
	return false
}

// sayPlanned says what noteWork kept.
func (s *State) sayPlanned() {
	for _, w := range s.planned {
		if g := s.follow(w.group); g != nil {
			s.say(headstart.PlanChanged, "M-06", w.outcome, label(g), w.facts...).Group = g.ID
		}
	}
	s.planned = s.planned[:0]
}

// explainsAside reports whether a suppressed problem says that an asset is down:
// planned work took that way, so another failure is to blame for the rest.
func (s *State) explainsAside(asset string) bool {
	for key := range s.aside[asset] { // any of them suffices, so map order decides nothing
		p := s.problems[key]
		if (p.Class == reachability || p.Mem.Down) && !s.answeredSince(asset, p.Onset) {
			return true
		}
	}
	return false
}
