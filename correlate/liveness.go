package correlate

import (
	"slices"

	"headstart"
)

// heard notes that an origin holds the alert alive until end; zero: until it
// says otherwise.
func (s *State) heard(a *alert, origin string, end instant) {
	s.unblind(a)
	s.hear(a, origin, end)
	until, known := a.origins.until(origin)
	if known && (until == end || until.IsZero() || !end.IsZero() && end.Before(until)) {
		return // a copy that was overtaken on its way
	}
	a.origins.hold(s.holders.of(origin), end)
	a.UpdatedAt = s.now
	s.dirtyAlert(a)
	if !end.IsZero() && a.expiry == nil {
		s.expireAt(a, end)
	}
}

// unblind moves until when each origin holds the alert by the time in which
// nobody looked since that was written.
func (s *State) unblind(a *alert) {
	d := s.clock.Shift - a.Trace.past().Shift
	if d == 0 {
		return
	}
	list := a.origins.list()
	for i := range list {
		if until := &list[i].until; !until.IsZero() {
			*until = until.Add(d)
		}
	}
	a.Trace.set(func(x *past) { x.Shift = s.clock.Shift })
	s.dirtyAlert(a)
	s.dirtyTrace(a)
}

// applyRefresh extends how long origins hold alerts; it decides nothing.
func (s *State) applyRefresh(list []headstart.Refresh) {
	for _, r := range list {
		a := s.alerts[r.Fingerprint]
		if r.Gone {
			s.gone(a)
			continue
		}
		end := sane(r.EndsAt)
		if a == nil || !a.Firing || end.IsZero() || !end.After(s.now) {
			continue
		}
		s.heard(a, r.Source, end)
	}
}

// gone takes it that no Alertmanager lists the alert any more (ruling 14). It
// proves nothing: an origin that named an end holds the alert until then.
func (s *State) gone(a *alert) {
	if a == nil || !a.Firing {
		return
	}
	s.unblind(a)
	if !a.origins.release(func(x hold) bool { return x.until.IsZero() }) {
		return
	}
	s.dirtyAlert(a)
	s.say(headstart.Noted, "D-02", "unlisted", a.Fingerprint)
	if s.alive(a) {
		return
	}
	a.Trace.set(func(x *past) { x.Promised = s.now }) // a resolve delivered late, of before now, still proves it
	s.dirtyTrace(a)
	s.over(a, false)
}

// alive reports whether an origin still holds the alert, and forgets those
// whose time has passed.
func (s *State) alive(a *alert) bool {
	if a.origins.release(func(x hold) bool { return !x.until.IsZero() && !x.until.After(s.now) }) {
		s.dirtyAlert(a)
	}
	return len(a.origins.list()) > 0
}

// expire looks at an alert when the longest promise made for it may be over.
func (s *State) expire(a *alert) {
	if a == nil || !a.Firing {
		return
	}
	s.unblind(a)
	last := a.origins.latest()
	if !s.alive(a) {
		a.Trace.set(func(x *past) { x.Promised = last })
		s.dirtyTrace(a)
		s.over(a, false)
		return
	}
	if last.After(s.now) {
		s.expireAt(a, last)
	}
}

// over ends an alert: resolved when a sender proved it, else expired, which is
// not the same (ruling 14).
func (s *State) over(a *alert, proved bool) {
	p := s.endAlert(a, proved)
	if p == nil {
		return
	}
	if !proved {
		s.heldBy(p, a)
	}
	switch {
	case len(p.Alerts.list()) > 0 || p.Mem.Down: // something else still says that it fails
	case proved:
		if p.Class == reachability {
			s.answered(p.Asset, p.Check)
		}
		s.clear(p, "resolved")
	default:
		s.expired(p)
	}
}

// endAlert ends an alert and returns its problem, which no longer lists it.
func (s *State) endAlert(a *alert, proved bool) *problem {
	a.Firing, a.Expired, a.EndedAt, a.UpdatedAt, a.origins = false, !proved, s.now, s.now, holds{}
	if a.expiry != nil {
		s.endTimer(a.expiry)
	}
	s.cancelHearing(unheardAlert, a.Fingerprint)
	s.dirtyAlert(a)
	s.inhibit(a, false)
	s.endsAfter(alertMemory, a.Fingerprint)
	p := s.problems[a.Problem]
	if p == nil {
		return nil
	}
	if n, has := p.alert(a); has {
		s.change(p, func() {
			p.Alerts.set(slices.Delete(p.Alerts.list(), n, n+1))
			if len(p.Alerts.list()) == 0 && !(proved && p.Mem.Down) { // if it is over, finish drops it
				p.mute(a.silenced())
			}
		})
		s.dirtyProblem(p)
	}
	return p
}

// expired marks a problem nobody speaks of any more. It stays as it is and asks
// our probe; a healthy answer clears it, and the silence of sources that live ends
// it (ruling 15).
func (s *State) expired(p *problem) {
	if p.State == problemHealthy || p.Expired {
		return
	}
	p.Expired = true
	s.dirtyProblem(p)
	c := s.say(headstart.Noted, "D-02", "expired", string(p.Key))
	if g := s.live(p.Group); g != nil {
		c.Group = g.ID
		s.touch(g.ID)
	}
	s.ask(p.Asset, "", "its alert is no longer reported")
	s.after(goneAfter, goneTimer, string(p.Key))
}
