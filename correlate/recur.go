package correlate

import (
	"strconv"
	"time"

	"github.com/prometheus/common/model"

	"headstart"
)

// problemMemory is how long, at least, a problem that is over is remembered.
const problemMemory = 31 * 24 * time.Hour

// recall is how long a problem that is over is remembered: as long as a recurrence
// is looked for.
func (s *State) recall() time.Duration {
	d := problemMemory
	for _, r := range s.cfg.Recurrence {
		d = max(d, time.Duration(r.Within))
	}
	return d
}

// mostCauses bounds what is remembered of a problem that is a cause again and
// again.
const mostCauses = 64

// counted notes that q is the cause of a group now. One that went into another
// with the same cause, or was reopened, is one outage.
func (s *State) counted(q *problem, g *group) {
	if s.follow(q.Mem.LastTop) == g {
		return
	}
	q.Mem.set(func(x *seldom) {
		was := x.Causes
		x.Causes = append(was[max(0, len(was)-mostCauses+1):len(was):len(was)], s.now)
	})
	s.dirtyMemory(q)
}

// recurs makes a group a problem candidate when its cause was the cause of enough
// groups within the time the configuration names. The first rule that fits
// is told; it is said once a group.
func (s *State) recurs(g *group) {
	q := s.problems[g.Top]
	if q == nil || g.ProblemCandidate != nil {
		return
	}
	for _, r := range s.cfg.Recurrence {
		n := 0
		for _, at := range q.Mem.seldom().Causes {
			if s.now.Sub(at) <= time.Duration(r.Within) {
				n++
			}
		}
		if n < r.Count {
			continue
		}
		g.ProblemCandidate = &headstart.ProblemCandidate{Count: n, Days: days(r.Within)}
		s.dirtyGroup(g)
		c := s.say(headstart.GroupRecurs, "R-11", "problem_candidate", label(g), "count", itoa(n), "days", strconv.Itoa(days(r.Within)), "needed", itoa(r.Count))
		c.Group, c.Problem = g.ID, q.Key
		return
	}
}

// days is a duration in whole days, rounded up: so people count recurrences.
func days(d model.Duration) int {
	const day = 24 * time.Hour
	return int((time.Duration(d) + day - 1) / day)
}
