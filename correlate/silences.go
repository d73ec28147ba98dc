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
}

func newSilence(m headstart.Silence) *silence {
	return &silence{Silence: m, match: silenceMatchers(m.Matchers)}
}

func (m *silence) active(now time.Time) bool {
	return !now.Before(m.StartsAt) && (m.EndsAt.IsZero() || now.Before(m.EndsAt))
}

// applySilence takes a silence over, in whatever state it is now (ruling 17).
func (s *State) applySilence(in *headstart.Silence) {
	if in.ID == "" {
		return
	}
	x := *in
	x.StartsAt, x.EndsAt = sane(in.StartsAt), sane(in.EndsAt)
	s.silences[x.ID] = newSilence(x)
	if x.Deleted {
		delete(s.silences, x.ID)
	}
	s.mark(headstart.TableSilences, x.ID)
	s.mute(x.ID, "")
}

// mutePart is how many alerts one unit of a silence marks (ruling 1).
const mutePart = 60

// mute marks the alerts that a silence matches while it is active and unmarks
// them when it is not, from the fingerprint after from on; it goes on in parts,
// and comes back when the silence begins or ends.
func (s *State) mute(id, from string) {
	m := s.silences[id]
	on := m != nil && m.active(s.now)
	var wrong []string
	for fp, a := range s.alerts {
		if fp > from && a.Firing && slices.Contains(a.Silenced, id) != (on && m.match.all(a.Labels)) {
			wrong = append(wrong, fp)
		}
	}
	slices.Sort(wrong)
	part := wrong[:min(len(wrong), mutePart)]
	for _, fp := range part {
		s.setMuted(s.alerts[fp], id, on)
	}
	switch {
	case len(wrong) > len(part):
		s.at(s.now, muteTimer, id, part[len(part)-1])
	case m == nil:
		s.cancel(muteTimer, id)
	case s.now.Before(m.StartsAt):
		s.at(m.StartsAt, muteTimer, id, "")
	case on && !m.EndsAt.IsZero():
		s.at(m.EndsAt, muteTimer, id, "")
	case !on:
		delete(s.silences, id)
		s.mark(headstart.TableSilences, id)
	}
}

func (s *State) setMuted(a *alert, id string, on bool) {
	// A new slice each time: readers may hold the old one.
	list := slices.DeleteFunc(slices.Clone(a.Silenced), func(x string) bool { return x == id })
	if on {
		list = append(list, id)
		slices.Sort(list)
	}
	list = orNone(list)
	s.dirtyAlert(a)
	if p := s.problems[a.Problem]; p != nil {
		s.change(p, func() { a.Silenced = list })
	} else {
		a.Silenced = list
	}
}

// silencedBy returns the ids of the active silences that match labels.
func (s *State) silencedBy(labels map[string]string) []string {
	var ids []string
	for id, m := range s.silences {
		if m.active(s.now) && m.match.all(labels) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// isLoud reports whether a failing member is not silenced: a probe of ours says
// that it fails, or one of its living alerts is matched by no silence.
func (s *State) isLoud(p *problem) bool {
	if p.Mem.Down || len(p.Alerts) == 0 {
		return true
	}
	return slices.ContainsFunc(p.Alerts, func(fp string) bool {
		a := s.alerts[fp]
		return a == nil || len(a.Silenced) == 0
	})
}

// applyMaintenance keeps a window, so that readers see it.
func (s *State) applyMaintenance(in *headstart.MaintenanceWindow) {
	if in.ID == "" {
		return
	}
	w := asStored(in)
	w.StartsAt, w.EndsAt = sane(in.StartsAt), sane(in.EndsAt)
	s.windows[w.ID] = w
	s.mark(headstart.TableMaintenance, w.ID)
}
