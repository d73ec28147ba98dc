package correlate

import (
	"slices"
	"time"

	"headstart"
)

// silence is a Silence made ready for use.
type silence struct {
	headstart.Silence
	match matchers
	todo  []string // fingerprints the walk of mute has still to look at
}

func newSilence(m headstart.Silence) *silence {
	return &silence{Silence: m, match: silenceMatchers(m.Matchers)}
}

func (m *silence) active(now instant) bool { return m.Status(now.Time()) == "active" }

// hushes reports whether m mutes an alert while it is active.
func (s *State) hushes(a *alert, m *silence) bool {
	if ofRule(m.ID) {
		i := s.inhibitor.of[m.ID]
		return i != nil && i.covers(s.labels(a))
	}
	if fp := m.Inhibits(); fp != "" {
		return fp == a.Fingerprint
	}
	return m.match.all(s.labels(a))
}

// silenceMemory is how long a silence is kept once it is over, as long as
// Alertmanager keeps its own, so that it can be looked up and made anew.
const silenceMemory = 5 * 24 * time.Hour

// applySilence takes a silence over, in whatever state it is now (ruling 17).
func (s *State) applySilence(in *headstart.Silence) {
	old := s.silences[in.ID]
	if in.ID == "" || in.Deleted && (old == nil || old.Over) {
		return
	}
	x := *asStored(in)
	if in.Deleted {
		x = old.Silence
		x.EndsAt, x.Every = s.now.Time(), ""
		if x.StartsAt.After(x.EndsAt) {
			x.StartsAt = x.EndsAt
		}
	}
	x.StartsAt, x.EndsAt = sane(x.StartsAt).Time(), sane(x.EndsAt).Time()
	x.UpdatedAt, x.Over = s.now.Time(), false
	if !in.Deleted {
		s.begins(&x)
	}
	m := newSilence(x)
	s.silences[x.ID] = m
	s.current(m)
	s.mark(headstart.TableSilences, x.ID)
	if old != nil && old.active(s.now) && m.active(s.now) && slices.Equal(old.Matchers, m.Matchers) {
		s.waitFor(m) // it mutes what it muted
		s.reword(&old.Silence, &m.Silence)
		return
	}
	s.mute(x.ID, "")
}

// current keeps the index of the silences that alerts must be compared with.
func (s *State) current(m *silence) {
	delete(s.muting, m.ID)
	if !m.Over && m.Inhibits() == "" {
		s.muting[m.ID] = m
	}
}

// mutePart is how many alerts one unit of a silence marks (ruling 1).
const mutePart = 60

// mute marks the alerts that a silence covers while it is active and unmarks
// them when it is not, from the fingerprint after from on; it goes on in parts,
// and comes back when the silence begins or ends.
func (s *State) mute(id, from string) {
	if id == allInhibitions {
		s.renewInhibitions(from)
		return
	}
	m := s.silences[id]
	if m == nil {
		return
	}
	if m.todo == nil {
		m.todo = s.wrong(m, from)
	}
	for n := 0; len(m.todo) > 0; {
		a := s.alerts[m.todo[0]]
		if s.isWrong(m, a) {
			if n == mutePart {
				s.at(s.now, muteTimer, id, from)
				return
			}
			s.setMuted(a, id, !slices.Contains(a.silenced(), id))
			from, n = a.Fingerprint, n+1
		}
		m.todo = m.todo[1:]
	}
	m.todo = nil
	s.waitFor(m)
}

// wrong lists the alerts beyond from that are marked where they should not be,
// or not where they should.
func (s *State) wrong(m *silence, from string) []string {
	among := s.alerts
	if ofRule(m.ID) {
		if i := s.inhibitor.of[m.ID]; i != nil {
			among = s.targets(i)
		}
	} else if fp := m.Inhibits(); fp != "" {
		return []string{fp}
	}
	var out []string
	for fp, a := range among {
		if fp > from && s.isWrong(m, a) {
			out = append(out, fp)
		}
	}
	slices.Sort(out)
	return out
}

func (s *State) isWrong(m *silence, a *alert) bool {
	return a != nil && a.Firing && slices.Contains(a.silenced(), m.ID) != (m.active(s.now) && s.hushes(a, m))
}

// waitFor sets the time at which something of m changes by itself, or lets it go.
func (s *State) waitFor(m *silence) {
	memory := silenceMemory
	if m.Inhibits() != "" {
		memory = 0
	}
	switch m.Status(s.now.Time()) {
	case "pending":
		s.at(instantOf(m.StartsAt), muteTimer, m.ID, "")
		return
	case "active":
		s.cancel(muteTimer, m.ID)
		if !m.EndsAt.IsZero() {
			s.at(instantOf(m.EndsAt), muteTimer, m.ID, "")
		}
		return
	}
	s.mark(headstart.TableSilences, m.ID)
	if !m.Over && s.comesBack(&m.Silence) {
		s.at(instantOf(m.StartsAt), muteTimer, m.ID, "")
		return
	}
	if m.Over || memory == 0 {
		s.cancel(muteTimer, m.ID)
		delete(s.silences, m.ID)
		delete(s.muting, m.ID)
		return
	}
	m.Over = true
	s.current(m)
	s.after(memory, muteTimer, m.ID)
}

func (s *State) setMuted(a *alert, id string, on bool) {
	// A new slice each time: readers may hold the old one.
	list := slices.DeleteFunc(slices.Clone(a.silenced()), func(x string) bool { return x == id })
	if on {
		list = append(list, id)
		slices.Sort(list)
	}
	list = orNone(list)
	s.dirtyAlert(a)
	p := s.problems[a.Problem]
	if p == nil {
		a.silence(list)
		return
	}
	s.change(p, func() { a.silence(list) })
	if list == nil {
		s.heardAmongOthers(p, a)
	}
}

// silencedBy returns the ids of the active silences that cover a.
func (s *State) silencedBy(a *alert) []string {
	var ids []string
	for id, m := range s.muting {
		if m.active(s.now) && s.hushes(a, m) {
			ids = append(ids, id)
		}
	}
	if len(s.silences) > 0 {
		if id := headstart.InhibitionID(a.Fingerprint); s.silences[id] != nil && s.silences[id].active(s.now) {
			ids = append(ids, id)
		}
	}
	ids = append(ids, s.inhibitions(a)...)
	slices.Sort(ids)
	return ids
}
