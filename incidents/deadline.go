package incidents

import (
	"cmp"
	"container/heap"
	"time"
)

// deadline is something the book will do at Due, whether or not anything is
// heard. Its number orders equal ones; it is also the row's key.
type deadline struct {
	V    int       `json:"v"`
	N    uint64    `json:"n"`
	Due  time.Time `json:"due"` // on the steady clock if it Moves, else on the log clock
	Do   string    `json:"do"`
	Key  string    `json:"key"` // what it is about
	Gen  int       `json:"gen"` // outdated when the subject's generation moved on
	Move bool      `json:"move,omitempty"`
	From string    `json:"from,omitempty"` // where a round goes on
	Arg  string    `json:"arg,omitempty"`  // what else it needs

	index int
}

// What deadlines do.
const (
	doPush     = "push"      // announcement: its push is due
	doResolve  = "resolve"   // incident: all has been well for long enough
	doChecked  = "checked"   // incident: the closing draft waits for an hour
	doSchedule = "schedule"  // announcement: an approved message goes out
	doPromise  = "promise"   // announcement: the next message was promised for now
	doWarn     = "warn"      // incident: its owner is warned of a promise
	doOffer    = "offer"     // incident: of each announcement that promised it, see offerOne
	doETA      = "eta"       // incident: it was expected to work now
	doTellETA  = "tell_eta"  // incident: users of each announcement are told when it will
	doPriority = "priority"  // incident: a lower priority may show
	doHush     = "hush"      // incident, or all: what was held is judged again
	doForget   = "forget"    // outcome: the row goes
	doHours    = "hours"     // incident: its owner's hours end, or he is back
	doAllHours = "all_hours" // the same for all incidents, after the one it names
	doEscalate = "escalate"  // incident: nobody is on it for too long
	doRetire   = "retire"    // incident, or all: it is forgotten
	doFade     = "fade"      // names, notes of the desk and the audit: what is old enough is forgotten
	doWrite    = "write"     // incident: its tickets are looked at again
	doTell     = "tell"      // announcement: what was held for the quiet hours
	doLapse    = "lapse"     // a confirmation no incident explains is forgotten
	doDigest   = "digest"    // what waits for the digest of now
	doLate     = "late"      // message: from now on too late for users; see blind
	doWork     = "work"      // window: what users are told of planned work is looked at
	doAllWork  = "all_work"  // the same for all windows, after the one it names
	doSayWork  = "say_work"  // window: what a person writes of it, for further audiences

	doReport      = "report"       // edition of the morning report: it is owed
	doReportWatch = "report_watch" // edition: what did not arrive by now is an alert

	// Rounds that go on: of an incident, for each of its announcements (see round).
	doJudge       = "judge"
	doCorrect     = "correct"
	doClosing     = "closing"
	doCloseByHand = "close_by_hand"
	doReopen      = "reopen"
	doMerge       = "merge"
	doMute        = "mute"
	doStale       = "stale"
	doHeard       = "heard"
	doSuspend     = "suspend"
	doRenew       = "renew"
	doAskReopen   = "ask_reopen" // people say that it is not over
	doDescribe    = "describe"
	doCarry       = "carry"      // what speaks for others too goes on with one that is not over
	doRelease     = "release"    // incident: it speaks for itself again to an audience
	doAnnounce    = "announce"   // what a person writes, for further audiences
	doPage        = "page"       // the page, to further receivers
	doLook        = "look"       // incident: receivers that were held back may be paged
	doAllLook     = "all_look"   // the same for all incidents, after the one it names
	doHandOver    = "hand_over"  // the pages of a merged incident
	doTakeOver    = "take_over"  // notices of planned work, to the incident it left
	doHold        = "hold"       // what is owed to users, for a hush of all
	doHoldTimes   = "hold_times" // of what goes out by itself, for a hush of all
	doUnschedule  = "unschedule"
	doOverdue     = "overdue" // what is owed to users and old after a blind interval
)

// agenda holds the deadlines, earliest first. Deadlines that move stand on a
// steady clock, which is the log clock less the time nobody was looking
// (ruling 5); so one number moves them all.
type agenda struct {
	fixed, moving queue
	shift         time.Duration // log clock minus steady clock
	last          uint64
	dirty         map[uint64]*deadline // nil: gone
	written       int                  // rows changed by the unit, for spent
}

func newAgenda() *agenda { return &agenda{dirty: map[uint64]*deadline{}} }

// add sets a deadline at the log-clock time due and returns it.
func (a *agenda) add(due time.Time, do, key string, gen int, moves bool) *deadline {
	a.last++
	a.written++
	d := &deadline{V: 1, N: a.last, Due: due, Do: do, Key: key, Gen: gen, Move: moves}
	if moves {
		d.Due = due.Add(-a.shift)
	}
	a.push(d)
	a.dirty[d.N] = d
	return d
}

func (a *agenda) push(d *deadline) {
	if d.Move {
		heap.Push(&a.moving, d)
	} else {
		heap.Push(&a.fixed, d)
	}
}

// next returns the earliest deadline and when it is due on the log clock.
func (a *agenda) next() (*deadline, time.Time) {
	var first *deadline
	var due time.Time
	if len(a.fixed) > 0 {
		first, due = a.fixed[0], a.fixed[0].Due
	}
	if len(a.moving) > 0 {
		m := a.moving[0]
		at := m.Due.Add(a.shift)
		if first == nil || at.Before(due) || at.Equal(due) && m.N < first.N {
			first, due = m, at
		}
	}
	return first, due
}

// pop removes d, which next returned.
func (a *agenda) pop(d *deadline) {
	if d.Move {
		heap.Remove(&a.moving, d.index)
	} else {
		heap.Remove(&a.fixed, d.index)
	}
	a.dirty[d.N] = nil
	a.written++
}

// queue is a heap with a total order, so a replay fires it the same way.
type queue []*deadline

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	return cmp.Or(q[i].Due.Compare(q[j].Due), cmp.Compare(q[i].N, q[j].N)) < 0
}

func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].index, q[j].index = i, j
}

func (q *queue) Push(x any) {
	d := x.(*deadline)
	d.index = len(*q)
	*q = append(*q, d)
}

func (q *queue) Pop() any {
	old := *q
	d := old[len(old)-1]
	*q = old[:len(old)-1]
	return d
}
