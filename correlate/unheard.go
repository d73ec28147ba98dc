package correlate

import (
	"slices"
	"strings"

	"headstart"
)

// An alert that a rule may mute pages nobody before what mutes it had its time, as long as
// a failure takes to settle: rules are written for alerts that come together, and they come
// in any order. A failure that settles waits anyway; an alert that joins what is open
// already is unheard meanwhile. It is among its problem's alerts all the same: it counts,
// and it ends, as any other.
//
// Who waits is who has a quietTimer of these names. An older version that takes over knows
// that kind of timer, and does nothing when such a one fires.
const (
	unheardAlert = "unheard:"    // and a fingerprint
	unheardOf    = "unheard-of:" // and the key of a problem that was judged before it settled: all of it
)

// hearLater lets a, which came now, wait, unless p settles for as long.
func (s *State) hearLater(p *problem, a *alert, x *sighting) {
	if x.atOnce || !s.inhibitor.mutes(x.labels) {
		return
	}
	wait := s.settleTime(p)
	due := s.now.Add(wait)
	if wait > 0 && (p.settle == nil || s.dueOf(p.settle).Before(due)) {
		s.at(due, quietTimer, unheardAlert+a.Fingerprint, "")
	}
}

// hurry ends the time p takes to settle, for it is judged now. What may mute its alerts
// keeps that time.
func (s *State) hurry(p *problem) {
	t := p.settle
	if t == nil {
		return
	}
	due := s.dueOf(t)
	s.stopSettling(p)
	if due.After(s.now) && slices.ContainsFunc(p.Alerts.list(), s.mayBeMuted) {
		s.at(due, quietTimer, unheardOf+string(p.Key), "")
	}
}

// dueOf is when a timer that waits for something to be seen fires on the log clock.
func (s *State) dueOf(t *timer) instant { return t.Due.Add(s.clock.Shift) }

// mayBeMuted reports whether a rule may mute a, which does not page at once.
func (s *State) mayBeMuted(a *alert) bool {
	labels := s.labels(a)
	return s.inhibitor.mutes(labels) && !s.placer.pageAtOnce.any(labels)
}

// unheard reports whether an alert of p waits.
func (s *State) unheard(p *problem, a *alert) bool {
	if len(s.timers.of[quietTimer]) == 0 {
		return false // nearly always
	}
	return s.armed(quietTimer, unheardAlert+a.Fingerprint) || s.armed(quietTimer, unheardOf+string(p.Key)) && s.mayBeMuted(a)
}

// cancelHearing lets an alert, or all of a problem, wait no more: it is over.
func (s *State) cancelHearing(prefix, id string) {
	if len(s.timers.of[quietTimer]) > 0 {
		s.cancel(quietTimer, prefix+id)
	}
}

// wasQuiet fires a quietTimer.
func (s *State) wasQuiet(subject string) {
	if fp, is := strings.CutPrefix(subject, unheardAlert); is {
		s.heardAtLast(s.alerts[fp])
		return
	}
	key, is := strings.CutPrefix(subject, unheardOf)
	if !is {
		s.quiet(headstart.ProblemKey(subject))
		return
	}
	if p := s.problems[headstart.ProblemKey(key)]; p != nil {
		n := slices.IndexFunc(p.Alerts.list(), func(a *alert) bool { return s.mayBeMuted(a) && len(a.silenced()) == 0 && !s.unheard(p, a) })
		if n >= 0 { // one tells of all: whoever is paged for p is looked up then
			s.heardAtLast(p.Alerts.list()[n])
		}
	}
}

// heardAtLast tells that nothing muted a in time: it pages from now on (ruling 16).
func (s *State) heardAtLast(a *alert) {
	if a == nil || !a.Firing || len(a.silenced()) > 0 {
		return // what ends its silence tells of it
	}
	p := s.problems[a.Problem]
	if p == nil || p.State != problemOpen {
		return // it pages when it is judged
	}
	if g := s.live(p.Group); g != nil {
		c := s.say(headstart.AlertSeen, "S-05", "uninhibited", string(p.Key), "alert", a.Fingerprint, "settle", s.settleTime(p).String())
		c.Group, c.Problem, c.Alert = g.ID, p.Key, a.Fingerprint
	}
}

// heardAmongOthers tells that a, of p, is silenced no more while others of its group are
// heard; where all were silenced, the group's own word tells of it (P-17).
func (s *State) heardAmongOthers(p *problem, a *alert) {
	g := s.live(p.Group)
	if g == nil || g.Silenced || p.State != problemOpen || s.unheard(p, a) {
		return
	}
	c := s.say(headstart.AlertSeen, "P-17", "alert_heard", string(p.Key), "alert", a.Fingerprint)
	c.Group, c.Problem, c.Alert = g.ID, p.Key, a.Fingerprint
}
