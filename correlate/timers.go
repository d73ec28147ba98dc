package correlate

import (
	"fmt"
	"slices"
	"time"

	"headstart"
)

// timerKind says what happens at a deadline. Those that wait for something to be
// seen, or not to be, come first; see blinds. Rows name kinds by their words.
type timerKind uint8

const (
	settleTimer   timerKind = iota // problem: judge it
	expireTimer                    // alert: nobody holds it alive any more
	holdTimer                      // group: believe that all is back
	recoverTimer                   // group: split off what did not follow
	quietTimer                     // unstable problem: believe what was said last; alert: nothing came that mutes it
	watchdogTimer                  // source of alerts: it has been silent for too long
	goneTimer                      // expired problem: its sources lived on without reporting it
	staleTimer                     // group: was anything heard of it, or is it over
	stormTimer                     // the storm: it has been calm for long enough
	doubtTimer                     // asset: it answers while what it hangs on is down

	closeTimer   // group: reopen has passed
	moveTimer    // merged group: move the next members
	takeTimer    // group split off by hand: take the next members over
	figureTimer  // configuration: bring the figures of the next groups up to date
	splitTimer   // recovering group: judge the next that stayed
	absorbTimer  // group: look at the next groups its cause explains
	matchTimer   // group: match the next recent tickets
	muteTimer    // silence: begins, ends, or goes on with the next alerts
	windowTimer  // planned work: begins or ends
	retireTimer  // planned work: over for so long that it is forgotten
	sweepTimer   // planned work: look at the next open problems
	releaseTimer // hold: look again at the next problems it keeps aside
	closedTimer  // the first of the closed places opens
	gatherTimer  // group of what fails alike: bring in the next that came before it
	forgetTimer  // alert or problem long over
	delistTimer  // catalog: end the next problems of assets that left it
	retainTimer  // tickets: forget those nothing was heard of for so long
)

// timerKinds is how many there are.
const timerKinds = int(retainTimer) + 1

var timerWords = [timerKinds]string{
	settleTimer:   "settle",
	expireTimer:   "expire",
	holdTimer:     "hold",
	recoverTimer:  "recover",
	quietTimer:    "quiet",
	watchdogTimer: "watchdog",
	goneTimer:     "gone",
	staleTimer:    "stale",
	stormTimer:    "storm",
	doubtTimer:    "doubt",
	closeTimer:    "close",
	moveTimer:     "move",
	takeTimer:     "take",
	figureTimer:   "figure",
	splitTimer:    "split",
	absorbTimer:   "absorb",
	matchTimer:    "match",
	muteTimer:     "mute",
	windowTimer:   "window",
	retireTimer:   "retire",
	sweepTimer:    "sweep",
	releaseTimer:  "release",
	closedTimer:   "closed",
	gatherTimer:   "gather",
	forgetTimer:   "forget",
	delistTimer:   "delist",
	retainTimer:   "retain",
}

// blinds reports whether time in which nobody looked does not count (ruling 5).
// Deadlines of these kinds are kept on a clock that stands still meanwhile.
func (k timerKind) blinds() bool { return k <= doubtTimer }

func (k timerKind) String() string { return timerWords[k] }

// MarshalText gives the word of a row.
func (k timerKind) MarshalText() ([]byte, error) { return []byte(timerWords[k]), nil }

// UnmarshalText reads the word of a row.
func (k *timerKind) UnmarshalText(b []byte) error {
	n := slices.Index(timerWords[:], string(b))
	if n < 0 {
		return fmt.Errorf("no kind of timer is called %q", b)
	}
	*k = timerKind(n) //nolint:gosec // below timerKinds
	return nil
}

// timer is one deadline: a row of TableTimers. A (kind, subject) has at most one;
// setting another replaces it, so a timer that fires is never out of date.
type timer struct {
	N      uint64   // running number: breaks ties
	Due    instant  // on the clock of its kind
	about  occasion // the problem of a settleTimer, the alert of an expireTimer, an errand
	Kind   timerKind
	over   bool // it fired, or was cancelled
	listed bool // its row is in dirty
}

// occasion is what a timer is about.
type occasion interface {
	subject() string // names it
	kept() **timer   // where it keeps its timer; nil: the index by subject does
}

func (p *problem) subject() string { return string(p.Key) }
func (p *problem) kept() **timer   { return &p.settle }
func (a *alert) subject() string   { return a.Fingerprint }
func (a *alert) kept() **timer     { return &a.expiry }

// errand is what a timer is about of which there are few.
type errand struct {
	name string
	from string // where a continued walk goes on
}

func (e *errand) subject() string { return e.name }
func (e *errand) kept() **timer   { return nil }

func (t *timer) subject() string { return t.about.subject() }

// from is where a continued walk goes on.
func (t *timer) from() string {
	if e, is := t.about.(*errand); is {
		return e.from
	}
	return ""
}

// timerRow is the row of a timer.
type timerRow struct {
	V       int       `json:"v"`
	N       uint64    `json:"n"`
	Due     instant   `json:"due"`
	Kind    timerKind `json:"kind"`
	Subject string    `json:"subject"`
	From    string    `json:"from,omitempty"`
}

// timer takes a row over.
func (r *timerRow) timer() *timer {
	return &timer{N: r.N, Due: r.Due, about: &errand{r.Subject, r.From}, Kind: r.Kind}
}

// timers are two queues: those that a blind interval moves, and those it does
// not. Moving all of the first is one addition to shift.
type timers struct {
	of      [timerKinds]map[string]*timer // by subject; but see State.timer
	most    [timerKinds]int               // how many there were at once
	queues  [2]queue
	endings endings
}

// manyTimers is from how many of a kind on their index is made anew once all are
// gone: a map keeps the size that a storm gave it.
const manyTimers = 1000

func newTimers() timers {
	t := timers{endings: endings{most: mostEnded}}
	for k := range t.of {
		t.of[k] = map[string]*timer{}
	}
	return t
}

func (t *timers) queue(k timerKind) *queue {
	if k.blinds() {
		return &t.queues[0]
	}
	return &t.queues[1]
}

// next returns the earliest timer and when it is due on the log clock; nil
// without any.
func (t *timers) next(shift time.Duration) (*timer, instant) {
	x, y := t.queues[0].first(), t.queues[1].first()
	switch {
	case x == nil && y == nil:
		return nil, 0
	case x == nil:
		return y, y.Due
	}
	due := x.Due.Add(shift)
	if y != nil && (y.Due.Before(due) || y.Due == due && y.N < x.N) {
		return y, y.Due
	}
	return x, due
}

// timer returns the timer of (kind, subject), or nil. The kinds of which a storm
// sets thousands are found at what they are about.
func (s *State) timer(kind timerKind, subject string) *timer {
	switch kind {
	case settleTimer:
		if p := s.problems[headstart.ProblemKey(subject)]; p != nil {
			return p.settle
		}
	case expireTimer:
		if a := s.alerts[subject]; a != nil {
			return a.expiry
		}
	default:
	}
	return s.timers.of[kind][subject]
}

// fileTimer files a timer under its (kind, subject), which must be free.
func (s *State) fileTimer(x *timer) {
	if at := x.about.kept(); at != nil {
		*at = x
	} else {
		s.timers.of[x.Kind][x.subject()] = x
		s.timers.endings.add(x)
	}
}

// endTimer takes a timer out of all indexes: it fires, or is cancelled.
func (s *State) endTimer(x *timer) {
	t := &s.timers
	if at := x.about.kept(); at != nil {
		*at = nil
	} else {
		of := t.of[x.Kind]
		t.most[x.Kind] = max(t.most[x.Kind], len(of))
		if delete(of, x.subject()); len(of) == 0 && t.most[x.Kind] > manyTimers {
			t.of[x.Kind], t.most[x.Kind] = map[string]*timer{}, 0
		}
	}
	s.stop(x)
	t.endings.lose(x)
}

func (s *State) stop(x *timer) {
	x.over = true
	s.timers.queue(x.Kind).lose()
	s.dirtyTimer(x)
}

// after sets the timer of (kind, subject) to d from now, replacing the one it had.
func (s *State) after(d time.Duration, kind timerKind, subject string) {
	s.at(s.now.Add(d), kind, subject, "")
}

// at sets the timer of (kind, subject) to due on the log clock.
func (s *State) at(due instant, kind timerKind, subject, from string) {
	s.cancel(kind, subject)
	x := &timer{Kind: kind, about: &errand{subject, from}}
	s.bindTimer(x)
	s.start(x, due)
}

// bindTimer lets what a timer is about keep it, where that is usual.
func (s *State) bindTimer(x *timer) {
	switch x.Kind {
	case settleTimer:
		if p := s.problems[headstart.ProblemKey(x.subject())]; p != nil {
			x.about = p
		}
	case expireTimer:
		if a := s.alerts[x.subject()]; a != nil {
			x.about = a
		}
	default:
	}
}

// settleAt has p judged at due on the log clock, and at no other time.
func (s *State) settleAt(p *problem, due instant) {
	s.stopSettling(p)
	s.start(&timer{Kind: settleTimer, about: p}, due)
}

// expireAt has a, which has no such timer, looked at on due.
func (s *State) expireAt(a *alert, due instant) {
	x := &a.roomExpiry
	if x.N != 0 {
		x = new(timer) // the queue, or the rows that changed, may have the first one yet
	}
	*x = timer{Kind: expireTimer, about: a}
	s.start(x, due)
}

// start sets a timer that knows what it is about.
func (s *State) start(x *timer, due instant) {
	if x.Kind.blinds() {
		due = due.Add(-s.clock.Shift)
	}
	s.clock.Timers++
	s.dirtyClock()
	x.N, x.Due = s.clock.Timers, due
	s.timers.queue(x.Kind).push(x)
	s.dirtyTimer(x)
	s.fileTimer(x)
}

// stopSettling cancels the timer at which p is judged.
func (s *State) stopSettling(p *problem) {
	if t := p.settle; t != nil {
		s.endTimer(t)
	}
}

func (s *State) cancel(kind timerKind, subject string) {
	if t := s.timer(kind, subject); t != nil {
		s.endTimer(t)
	}
}

func (s *State) armed(kind timerKind, subject string) bool { return s.timer(kind, subject) != nil }

// remember keeps an alert or a problem after all: it fails again.
func (s *State) remember(prefix, id string) {
	if len(s.timers.of[forgetTimer]) > 0 {
		s.cancel(forgetTimer, prefix+id)
	}
}
