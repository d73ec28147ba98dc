package probes

import (
	"container/heap"
	"context"
	"time"

	"headstart"
)

// notSeen is what a probe found that we could not make.
const notSeen = "not checked: the prober is isolated"

// blinded makes of what r found while we are isolated what it is worth: nothing, but
// for a target that answered.
func (l *loop) blinded(r *run) bool {
	if !l.sentry.isolated || r.found.works() || r.job.spec.self {
		return false
	}
	r.found = finding{verdict: headstart.Unknown, reason: notSeen, took: r.found.took, at: r.found.at}
	return true
}

// note keeps since when r's job has not worked; its first failure is a reason to look
// whether we do.
func (l *loop) note(r *run) {
	j := r.job
	switch {
	case r.found.works():
		j.failing = time.Time{}
	case j.failing.IsZero():
		j.failing = r.found.at
		if !j.spec.self {
			l.sentry.alarm(time.Now())
		}
	}
}

// works reports whether the target did what it is for.
func (f *finding) works() bool { return f.verdict == headstart.OK || f.verdict == headstart.Warn }

// tell lets a change of r's job leave; a failure not before a witness stands for it.
func (l *loop) tell(r *run, before judge) {
	s, now := l.sentry, time.Now()
	if was, held := s.held[r.job]; held {
		delete(s.held, r.job)
		if before = was.before; before.confirmed == r.found.verdict {
			return // over before anybody heard of it
		}
	}
	if r.found.works() || r.job.spec.self || s.stands(now) {
		l.append(r.job, r.found)
		return
	}
	s.held[r.job] = holding{r.found, before}
	s.hold(now)
}

// answer lets the answer to an ask leave, in the same way.
func (l *loop) answer(r *run) {
	s, now := l.sentry, time.Now()
	if r.found.works() || r.job.spec.self || s.isolated || s.stands(now) {
		l.fleet.journal.add(r.job.spec.id, l.fleet.check(&r.job.spec, r.found, true))
		return
	}
	s.asked = append(s.asked, r)
	s.hold(now)
}

func (l *loop) append(j *job, found finding) {
	l.fleet.logger.Info("check changed", "probe", j.spec.id, "asset", j.spec.asset, "outcome", found.verdict, "reason", found.reason)
	l.fleet.journal.add(j.spec.id, l.fleet.check(&j.spec, found, false))
}

// looked decides what one look at the witnesses means.
func (l *loop) looked(ctx context.Context, g glance) {
	s, now := l.sentry, time.Now()
	s.looking = false
	if ctx.Err() != nil {
		return
	}
	switch {
	case g.heard:
		s.met, s.heard = true, now
		l.recover(now)
		l.release()
	case !g.asked, !s.met && l.answered:
		l.release() // nobody to vouch for us: what fails, fails
	case s.isolated, l.isolate(now):
	case s.holds() && now.Sub(s.since) >= holdMost:
		l.release()
	}
	if !s.holds() {
		s.since = time.Time{}
	}
	s.next = now.Add(lookAgain)
	if g.heard || !g.asked {
		s.next = now.Add(glanceMost)
	}
}

// release lets go what was held back.
func (l *loop) release() {
	s := l.sentry
	for _, j := range l.fleet.jobs { // in an order
		if h, ok := s.held[j]; ok {
			l.append(j, h.found)
		}
	}
	for _, r := range s.asked {
		l.fleet.journal.add(r.job.spec.id, l.fleet.check(&r.job.spec, r.found, true))
	}
	clear(s.held)
	s.asked, s.since = nil, time.Time{}
}

// isolate reports whether it is us who are cut off. Then nothing of what was seen
// meanwhile counts, and one check says why.
func (l *loop) isolate(now time.Time) bool {
	s := l.sentry
	var x stopped
	for _, j := range l.fleet.jobs {
		x.count(j, now)
	}
	if !x.stormy() {
		return false
	}
	s.told = headstart.Down
	s.isolate(true)
	l.fleet.mu.Lock()
	for _, j := range l.fleet.jobs {
		if j.spec.self {
			continue
		}
		if h, ok := s.held[j]; ok {
			j.judge = h.before
		}
		j.judge.forget()
		j.failing = time.Time{}
		j.see(finding{verdict: headstart.Unknown, reason: notSeen, at: now})
	}
	l.fleet.mu.Unlock()
	for _, r := range s.asked {
		r.found = finding{verdict: headstart.Unknown, reason: notSeen, took: r.found.took, at: r.found.at}
		l.fleet.journal.add(r.job.spec.id, l.fleet.check(&r.job.spec, r.found, true))
	}
	clear(s.held)
	s.asked, s.since = nil, time.Time{}
	reason := "no answer from " + s.names() + " while " + x.String() + " stopped working"
	l.fleet.logger.Error("prober isolated; nothing else is told until a witness answers", "probe", headstart.ProberIsolated, "reason", reason)
	l.tellOfUs(headstart.Down, reason, x.first)
	return true
}

// recover ends an isolation: probes go on as usual, and those of long intervals look
// soon.
func (l *loop) recover(now time.Time) {
	s := l.sentry
	if s.told != headstart.OK {
		s.told = headstart.OK
		l.tellOfUs(headstart.OK, "", now)
	}
	if !s.isolated {
		return
	}
	s.isolate(false)
	l.fleet.logger.Info("prober no longer isolated", "probe", headstart.ProberIsolated)
	for _, j := range l.calendar {
		if soon := now.Add(phase(j.spec.id, min(j.spec.interval, time.Minute))); soon.Before(j.due) {
			j.due = soon
		}
	}
	heap.Init(&l.calendar)
}

// tellOfUs says whether we are cut off.
func (l *loop) tellOfUs(v headstart.Verdict, reason string, at time.Time) {
	o := &l.fleet.options
	l.sentry.said = headstart.Check{
		Probe: headstart.ProberIsolated, Verdict: v, Reason: reason, Agent: o.Agent, Replica: o.Replica, ObservedAt: at.UTC(),
	}
	l.fleet.journal.add(headstart.ProberIsolated, l.sentry.said)
}
