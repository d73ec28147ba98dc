package correlate

import (
	"slices"
	"strings"
	"time"

	"headstart"
)

// goneAfter is how long every source of an expired member must have given signs
// of life without reporting it again, for the member to end (ruling 15).
const goneAfter = 30 * time.Minute

// steady is now on the clock that stands still while nobody looks (ruling 5).
// Silence is measured on it: what nobody could have heard counts for nothing.
func (s *State) steady() instant { return s.now.Add(-s.clock.Shift) }

// hear notes that origin holds the alert: who did must all be alive before its
// absence means anything, and a stale group is stale no longer.
func (s *State) hear(a *alert, origin string, end instant) {
	origin = strings.ToValidUTF8(origin, "\uFFFD") // as a watchdog's key
	held := a.Trace.held()
	if n, has := slices.BinarySearch(held, origin); !has {
		a.Trace.Held = s.holders.all(slices.Insert(slices.Clip(held), n, origin))
		s.dirtyTrace(a)
	}
	// Until when an origin holds it tells all about one that names an end.
	if now := s.steady(); end.IsZero() && now.Sub(a.Trace.past().Heard) >= hearEvery {
		a.Trace.set(func(x *past) { x.Heard = now })
		s.dirtyTrace(a)
	}
	if a.Problem == "" || !a.Firing {
		return
	}
	if p := s.problems[a.Problem]; p != nil {
		s.wake(p)
	}
}

// hearEvery bounds how often a repeat that promises nothing new is written down.
const hearEvery = time.Minute

// heldBy remembers whose word kept an alert of p alive, now that it expired.
func (s *State) heldBy(p *problem, a *alert) {
	held := append(slices.Clone(p.Mem.seldom().Held), a.Trace.held()...)
	slices.Sort(held)
	p.Mem.set(func(x *seldom) { x.Held = orNone(slices.Compact(held)) })
	p.Mem.Heard = s.steady()
	s.dirtyMemory(p)
}

// unmentioned ends a member whose alert expired, once every source that held it has been
// alive for goneAfter without reporting it again. A source without a watchdog
// proves nothing by its silence; such a member ends as stale, if ever. Our own
// probe is asked once more before; asked: it was.
func (s *State) unmentioned(p *problem, asked bool) {
	if p == nil || p.State != problemOpen || !p.Expired || p.Mem.Down || len(p.Mem.seldom().Held) == 0 {
		return
	}
	g := s.follow(p.Group)
	since := p.Mem.Heard
	for _, from := range p.Mem.seldom().Held {
		w := s.watchdogs[from]
		switch {
		case w == nil:
			return
		case !s.armed(watchdogTimer, from): // blind: nothing ends through it
			since = s.steady()
		case w.Since.After(since):
			since = w.Since
		}
	}
	if a := s.known(p.Asset); a != nil && a.Silent.After(a.seen().Answered) && a.seen().Heard.After(since) && isAbout(p) {
		since = a.seen().Heard // our own probe says that it fails
	}
	if left := since.Add(goneAfter).Sub(s.steady()); left > 0 {
		s.after(left, goneTimer, string(p.Key))
		return
	}
	if slices.Contains(g.Own.Tops, p.Key) && g.Firing > s.failingTops(g) {
		return // what is behind it still fails and speaks for it; see lastTops
	}
	if !asked && s.asks(p.Asset) {
		s.at(s.now.Add(answerTime), goneTimer, string(p.Key), "asked")
		return
	}
	s.noLongerReported(g, p)
}

// answerTime is what our probes get to answer before silence ends anything: they
// log changes only, so what they see failing for hours is silent in the log.
const answerTime = time.Minute

// asks asks an asset, and reports whether a probe of ours was there to be asked.
func (s *State) asks(id string) bool {
	before := len(s.changes)
	s.ask(id, "", "its alert is no longer reported")
	return len(s.changes) > before
}

// isAbout reports whether an answer of its asset says anything about p.
func isAbout(p *problem) bool {
	return p.Class != capacity && p.Class != environment
}

func (s *State) noLongerReported(g *group, p *problem) {
	s.endUnproved(g, p)
	c := s.say(headstart.MemberCleared, "D-02", "no_longer_reported", string(p.Key), "sources", strings.Join(p.Mem.seldom().Held, ", "), "minutes", itoa(int(goneAfter/time.Minute)))
	c.Group, c.Problem = g.ID, p.Key
	switch {
	case !s.isLive(g), g.Own.ByHand: // a person ends it, or did
	case g.Firing == 0:
		s.closeUnproved(g, "no_longer_reported")
	default:
		s.lastTops(g)
	}
}

// endUnproved takes a failing member off the failing ones although nothing proved
// that it works (ruling 14).
func (s *State) endUnproved(g *group, p *problem) {
	if p.Unstable || len(p.Mem.flips()) > 0 {
		s.forgetFlips(p)
	}
	g.Firing--
	s.count(g, p, -1)
	s.setState(p, problemHealthy)
	p.Cleared, p.Expired = s.now, false
	p.mute(nil)
	p.Mem.workOver()
	p.Mem.Down = false
	p.Mem.set(func(x *seldom) { x.Gone = s.now })
	g.Own.Unproved = true
	s.recut()
	s.dirtyMemory(p)
	s.touch(g.ID)
	s.dirtyGroup(g)
	s.after(s.recall(), forgetTimer, problemPrefix+string(p.Key))
	if g.Firing == 0 {
		s.endSuspects(g)
	}
}

func (s *State) failingTops(g *group) int {
	n := 0
	for _, q := range s.topsOf(g) {
		if q.State == problemOpen {
			n++
		}
	}
	return n
}

// lastTops looks again at expired causes of g once nothing else of it fails any
// more and that has held: they waited for what is behind them.
func (s *State) lastTops(g *group) {
	if g.Firing > s.failingTops(g) {
		return
	}
	for _, q := range s.topsOf(g) {
		if q.State == problemOpen && q.Expired && !s.armed(goneTimer, string(q.Key)) {
			s.after(time.Duration(s.cfg.Hold), goneTimer, string(q.Key))
		}
	}
}

// unproved reports whether a member of g ended by silence since g opened, or was
// last reopened, and has not failed again since.
func (s *State) unproved(g *group) bool {
	if !g.Own.Unproved {
		return false
	}
	for _, id := range append([]headstart.GroupID{g.ID}, g.Own.Absorbing...) {
		for _, m := range s.groups[id].members.all() {
			if p := s.problems[m.Problem]; p != nil && m.Left.IsZero() && p.Mem.goneSince(g.Own.Reopened) {
				return true
			}
		}
	}
	return false
}

// closeUnproved ends a group of which nobody proved that all works: it is closed
// and never called resolved (ruling 15).
func (s *State) closeUnproved(g *group, reason string) {
	s.file(g, false)
	s.setGroupState(g, headstart.Closed)
	g.ResolvedAt, g.ClosedAt, g.impact = s.now.Time(), s.now.Time(), nil
	g.CloseReason, g.Proved, g.Stale, g.Own.Splitting = reason, false, false, false
	g.Points, g.Silenced = 0, false // as of any group that holds nothing
	for _, k := range []timerKind{holdTimer, recoverTimer, splitTimer, staleTimer} {
		s.cancel(k, subjectOf(g.ID))
	}
	c := s.say(headstart.GroupClosed, "R-13", reason, label(g), "members", itoa(g.Total))
	c.Group = g.ID
}

// reopens reports whether the same cause, failing again now, brings g back under
// its number: within reopen of its end. What a person or silence ended is no
// exception; only who declared it over is.
func (s *State) reopens(g *group) bool {
	over := g.State == headstart.Resolved || g.State == headstart.Closed && g.CloseReason != "resolved" && g.CloseReason != "by_hand"
	return over && s.ago(g.ResolvedAt) <= time.Duration(s.cfg.Reopen)
}
