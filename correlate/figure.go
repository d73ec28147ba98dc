package correlate

import (
	"slices"

	"headstart"
)

// refigure brings the figures of the groups this event touched up to date, and
// says what changed of them (P-13).
func (s *State) refigure() {
	s.figuring = append(s.figuring[:0], s.touched...)
	for _, id := range s.figuring {
		if g := s.groups[id]; g != nil && g.impact != nil {
			s.figure(g)
		}
	}
}

// figure brings the row of g in line with its index, and says what changed.
func (s *State) figure(g *group) {
	i := g.impact
	where, whom := false, false
	if i.due {
		i.due = false
		where = copyIfOther(&g.Services, i.services)
		where = copyIfOther(&g.Locations, i.locations) || where
		whom = copyIfOther(&g.Departments, i.departments)
	}
	points, muted := s.points(g), s.figureMutes(g)
	impact := where || whom || i.total != g.People
	if impact || points != g.Points {
		g.People, g.Points = i.total, points
		s.dirtyGroup(g)
	}
	s.figurePause(g)
	if s.born.has(g.ID) {
		if g.Silenced {
			s.saySilenced(g)
		}
		return
	}
	// A member that only adds people is told of by its own change.
	if impact && (where || whom || !s.spokenOf(g.ID)) {
		s.sayImpact(g, where)
	}
	if muted {
		s.saySilenced(g)
	}
}

// copyIfOther makes a list equal to another, and reports whether it was not.
func copyIfOther(to *[]string, from []string) bool {
	if slices.Equal(*to, from) {
		return false
	}
	*to = slices.Clone(from)
	return true
}

// points is the evidence the failing members of g are worth together.
func (s *State) points(g *group) int {
	points := g.impact.points
	switch g.Cause.Kind {
	case headstart.CauseObserved, headstart.CauseSuspected, headstart.CauseJoint:
	default:
		return points
	}
	counted, suspected := 0, 0 // of the cause: members, and what nobody reported
	for _, key := range g.Own.Tops {
		switch top := s.problems[key]; {
		case top == nil:
		case top.State == problemOpen:
			counted++
		case top.State == problemSuspected:
			suspected++
		}
	}
	switch { // the cause of three silent dependants counts for two
	case g.impact.silent-counted < 3:
		return points
	case counted > 0:
		return points + 1
	case suspected > 0:
		return points + 2
	}
	return points
}

// sayImpact tells what g hits now; where: services or locations changed, so
// tickets may match that did not.
func (s *State) sayImpact(g *group, where bool) {
	c := s.say(headstart.ImpactChanged, "P-13", "impact", label(g), "services", itoa(len(g.Services)), "locations", itoa(len(g.Locations)), "people", itoa(g.People))
	c.Group = g.ID
	if where {
		s.after(0, matchTimer, subjectOf(g.ID))
	}
}

// spokenOf reports whether this event already decided something about a group.
func (s *State) spokenOf(id headstart.GroupID) bool {
	return slices.ContainsFunc(s.changes, func(c headstart.Change) bool { return c.Group == id })
}
