package correlate

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"headstart"
)

// applyMaintenance takes planned work over: new, moved, shortened or cancelled,
// at any time of its life (M-06).
func (s *State) applyMaintenance(in *headstart.MaintenanceWindow) {
	if in.ID == "" {
		return
	}
	w := asStored(in)
	w.StartsAt, w.EndsAt = sane(in.StartsAt).Time(), sane(in.EndsAt).Time()
	w.Changes, w.ChangedAt = 0, s.now.Time()
	old := s.windows[w.ID]
	if old != nil {
		w.Changes, w.ChangedAt = old.Changes, old.ChangedAt // until it proves to be a change
	}
	if old != nil && w.Cancelled && !w.EndsAt.After(w.StartsAt) {
		x := *old // who calls it off need not know what it was
		x.Cancelled = true
		w = &x
	}
	if !w.EndsAt.After(w.StartsAt) {
		s.say(headstart.Noted, "M-06", "ignored", w.ID, "starts", clockTime(instantOf(w.StartsAt)), "ends", clockTime(instantOf(w.EndsAt)))
		return
	}
	if old != nil && bytes.Equal(encode(old), encode(w)) {
		return
	}
	if old != nil {
		w.Changes, w.ChangedAt = old.Changes+1, s.now.Time()
		s.unplan(old)
	}
	s.windows[w.ID] = w
	s.mark(headstart.TableMaintenance, w.ID)
	s.boundary(w.ID)
}

// boundary follows a window that began, ended or was changed. What it holds back
// is looked at again, and so is what fails openly: messages pause and go on.
func (s *State) boundary(id string) {
	w := s.windows[id]
	if w == nil {
		return
	}
	switch {
	case w.Cancelled || s.now >= instantOf(w.EndsAt):
		s.unplan(w)
		s.cancel(windowTimer, id)
		s.retire(id)
	case s.now < instantOf(w.StartsAt):
		s.plan(w)
		s.at(instantOf(w.StartsAt), windowTimer, id, "")
	default:
		s.plan(w)
		s.at(instantOf(w.EndsAt), windowTimer, id, "")
	}
	s.covers = emptied(s.covers)
	if len(s.open) > 0 {
		s.after(0, sweepTimer, id)
	}
	if len(s.kept[windowHold+id]) > 0 {
		s.after(0, releaseTimer, windowHold+id)
	}
}

// plan puts a window that is not over into the index by what it names.
func (s *State) plan(w *headstart.MaintenanceWindow) {
	for _, id := range slices.Concat(w.Assets, w.Services, w.Locations) {
		if id != "" {
			put(s.plans, id, w.ID)
		}
	}
}

// planAll makes the index of windows that are not over: those with a deadline.
func (s *State) planAll() {
	for id, w := range s.windows {
		if s.armed(windowTimer, id) {
			s.plan(w)
		}
	}
}

func (s *State) unplan(w *headstart.MaintenanceWindow) {
	for _, id := range slices.Concat(w.Assets, w.Services, w.Locations) {
		drop(s.plans, id, w.ID)
	}
}

// Bounds of one unit that goes over open problems (ruling 1): members it changes,
// and members it looks at.
const (
	sweepPart = 40
	sweepLook = 2000
)

// sweep marks which open problems planned work covers, group by group, from the
// member that from names on. It goes on in parts.
func (s *State) sweep(id, from string) {
	var first headstart.GroupID
	var n int
	if from != "" {
		if _, err := fmt.Sscanf(from, "%d/%d", &first, &n); err != nil {
			return // never: it is what the line below wrote
		}
	}
	looks, changes := sweepLook, sweepPart
	for _, gid := range slices.Sorted(maps.Keys(s.open)) {
		switch {
		case gid < first:
			continue
		case gid > first:
			n = 0
		}
		if n = s.sweepGroup(s.groups[gid], n, &looks, &changes); looks == 0 || changes == 0 {
			s.at(s.now, sweepTimer, id, fmt.Sprintf("%d/%d", gid, n))
			return
		}
	}
}

// sweepGroup looks at the members of one group from n on, until looks or changes
// are used up, and returns where it stopped.
func (s *State) sweepGroup(g *group, n int, looks, changes *int) int {
	for ; n < g.members.len() && *looks > 0 && *changes > 0; n++ {
		*looks--
		p := s.problems[g.members.at(n).Problem]
		if p != nil && p.Group == g.ID && p.State == problemOpen && s.coverOpen(p) {
			*changes--
		}
	}
	return n
}

// coverOpen marks whether planned work covers an open problem; it reports whether
// that changed. Closed periods do not count: who reported it before still waits.
func (s *State) coverOpen(p *problem) bool {
	covered := s.workOn(p, false) != nil
	if covered == p.Mem.Covered {
		return false
	}
	s.change(p, func() { p.Mem.Covered = covered })
	s.dirtyMemory(p)
	return true
}

// figurePause keeps a group's messages back while planned work covers everything
// that fails in it.
func (s *State) figurePause(g *group) {
	paused := g.Firing > 0 && g.impact.bare == 0
	if paused == g.Paused {
		return
	}
	g.Paused = paused
	s.dirtyGroup(g)
	if !paused && g.Firing == 0 {
		return // all is back, which is told
	}
	outcome, facts := "resumed", []string(nil)
	if paused {
		outcome = "paused"
		if c := s.coverIn(g); c != nil {
			facts = []string{"window", c.by, "until", clockTime(c.until)}
		}
	}
	s.say(headstart.PlanChanged, "M-06", outcome, label(g), facts...).Group = g.ID
}

// coverIn returns the cover of the cause of g, or of a member that fails.
func (s *State) coverIn(g *group) *cover {
	if p := s.problems[g.Top]; p != nil && p.State == problemOpen {
		return s.workOn(p, false)
	}
	for _, m := range g.members.all() {
		if p := s.problems[m.Problem]; p != nil && p.State == problemOpen && s.follow(p.Group) == g {
			return s.workOn(p, false)
		}
	}
	return nil
}
