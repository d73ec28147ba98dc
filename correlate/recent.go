package correlate

import (
	"time"

	"headstart"
)

// A history grows to a hundred thousand groups, of which a few hundred are live, or over
// since yesterday: these are recent. Whoever looks for what happens now goes through
// them; who asks about then goes through all.

// stillRecent is how long a group is recent after all was well again.
const stillRecent = 24 * time.Hour

// keepRecent takes a group that changed, or was loaded.
func (s *State) keepRecent(g *group) { s.ofLate[g.ID] = g }

// leavePast lets those go that have been over for long enough.
func (s *State) leavePast() {
	for id, g := range s.ofLate {
		merged := g.State == headstart.Merged
		if s.isLive(g) || !merged && (g.ResolvedAt.IsZero() || s.ago(g.ResolvedAt) <= stillRecent) {
			continue
		}
		delete(s.ofLate, id)
		if !merged {
			s.past = max(s.past, nanos(g.ResolvedAt))
		}
	}
}

// liveGroups are the groups that are not over, by number.
func (s *State) liveGroups() []headstart.GroupID {
	s.leavePast()
	ids := map[headstart.GroupID]struct{}{}
	for id, g := range s.ofLate {
		if s.isLive(g) {
			ids[id] = struct{}{}
		}
	}
	return sortedGroups(ids)
}
