package correlate

import (
	"time"

	"headstart"
)

// keepWindow is how long planned work that is over stays known. The status page
// shows ninety days of it; work that comes every night would otherwise fill the
// state for as long as the service lives.
const keepWindow = 100 * 24 * time.Hour

// retire forgets a window that has been over for long enough, and comes back for
// one that has not.
func (s *State) retire(id string) {
	w := s.windows[id]
	if w == nil {
		return
	}
	if end := instantOf(w.EndsAt).Add(keepWindow); s.now.Before(end) {
		s.at(end, retireTimer, id, "")
		return
	}
	delete(s.windows, id)
	s.mark(headstart.TableMaintenance, id)
}
