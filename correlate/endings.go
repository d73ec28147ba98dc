package correlate

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// How long alerts that ended are remembered, and how many.
const (
	tombstone   = time.Hour      // the end of an episode whose firing was never seen
	alertMemory = 24 * time.Hour // an alert that fired and ended

	// mostEnded is how many are remembered: labels that are new with each episode
	// (a pod, a job, a request) would fill the memory in a day. Beyond it those that
	// ended longest ago are forgotten before their time. What that may cost is a
	// problem opened anew by an alert that a sender without ends reports late.
	mostEnded = 50_000

	// forgottenAtOnce bounds the work of one event, and is more than it can add: a state
	// with too many, written before there was a bound, shrinks.
	forgottenAtOnce = 2
)

// endings are the timers at which ended alerts are forgotten, in the order in which
// they were set.
type endings struct {
	list []*timer // some of them over
	live int      // those that are not
	most int      // mostEnded; tests have fewer
}

// ofEnding reports whether x is when an ended alert is forgotten.
func ofEnding(x *timer) bool {
	return x.Kind == forgetTimer && strings.HasPrefix(x.subject(), alertPrefix)
}

// add takes a timer that is set.
func (e *endings) add(x *timer) {
	if !ofEnding(x) {
		return
	}
	e.list = append(e.list, x)
	e.live++
}

// lose takes note that a timer is over.
func (e *endings) lose(x *timer) {
	if !ofEnding(x) {
		return
	}
	if e.live--; len(e.list) > manyTimers && e.live < len(e.list)/2 {
		e.list = slices.DeleteFunc(e.list, func(t *timer) bool { return t.over })
	}
}

// oldest is the one set longest ago; nil without any.
func (e *endings) oldest() *timer {
	for len(e.list) > 0 && e.list[0].over {
		e.list = e.list[1:]
	}
	if len(e.list) == 0 {
		return nil
	}
	return e.list[0]
}

// inOrder sorts what was loaded in any order.
func (e *endings) inOrder() {
	slices.SortFunc(e.list, func(a, b *timer) int { return cmp.Compare(a.N, b.N) })
}

// endsAfter remembers an alert that ended for d, and forgets those that ended longest
// ago when they are too many.
func (s *State) endsAfter(d time.Duration, fp string) {
	s.after(d, forgetTimer, alertPrefix+fp)
	for range forgottenAtOnce {
		if s.timers.endings.live <= s.timers.endings.most {
			return
		}
		x := s.timers.endings.oldest()
		s.endTimer(x)
		s.forget(x.subject())
	}
}

// recalls is for how long we know what ended: all of alertMemory, unless there was too
// much of it.
func (s *State) recalls() time.Duration {
	if s.timers.endings.live < s.timers.endings.most {
		return alertMemory
	}
	a := s.alerts[strings.TrimPrefix(s.timers.endings.oldest().subject(), alertPrefix)]
	if a == nil {
		return alertMemory
	}
	return min(s.now.Sub(a.UpdatedAt), alertMemory)
}
