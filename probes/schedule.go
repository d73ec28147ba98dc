package probes

import (
	"container/heap"
	"hash/fnv"
	"sync/atomic"
	"time"
)

// job is one probe as the loop keeps it. Only the loop changes it, but for
// hung; judge, last and trend are changed under the fleet's lock.
type job struct {
	spec  spec
	judge judge
	last  kept // zero before the first run
	trend trend

	away  bool  // another replica runs it on schedule
	heard *kept // what that one found last; nil: nothing was heard

	failing time.Time // since when each run has failed, or could not be made; zero: the last one worked

	slot time.Time // the upcoming slot of its phase
	due  time.Time // when it runs next: slot, or earlier to confirm a failure

	flying bool        // a run is in flight
	behind []*run      // runs that wait for it: a probe never overlaps itself
	hung   atomic.Bool // a run has not ended yet, be it abandoned
}

// epoch is the beginning of Unix time on the monotonic clock of now, from which phases
// count: replicas that share the probes have the same slots, and no clock that is set
// moves them.
func epoch(now time.Time) time.Time { return now.Add(-time.Duration(now.UnixNano())) }

// backOffMost is the longest interval of a probe that has been down for long.
const backOffMost = 5 * time.Minute

// reschedule sets when j runs next, after a run that was due then and ended
// now, and returns how many slots were missed.
func (j *job) reschedule(due, now time.Time) (missed int) {
	every := j.spec.interval
	if j.judge.backOff() {
		every = max(every, min(2*every, backOffMost))
	}
	from := j.slot
	if due.Equal(j.slot) {
		from = from.Add(every) // this run was that slot's
	}
	j.slot, missed = slot(from, now, every)
	j.due = j.slot
	if again := now.Add(recheckAfter(j.spec.interval)); j.judge.recheck() && again.Before(j.due) {
		j.due = again
	}
	return missed
}

// recheckAfter is how soon a first failure is checked again (ruling 21).
func recheckAfter(interval time.Duration) time.Duration { return min(interval/4, 10*time.Second) }

// slot returns the first of from, from+every, ... that is not before now, and
// how many are. Missed slots are not made up for: that would be a burst.
func slot(from, now time.Time, every time.Duration) (next time.Time, missed int) {
	if !from.Before(now) {
		return from, 0
	}
	n := (now.Sub(from) + every - 1) / every
	return from.Add(n * every), int(n)
}

// phase is the place of a probe within its interval: the same after every
// start, spread evenly over a fleet.
func phase(id string, interval time.Duration) time.Duration {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id)) // never fails
	x := h.Sum64()
	// FNV of ids that differ only at their end comes out clustered; the steps of
	// MurmurHash3's finaliser spread it.
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	return time.Duration(x % uint64(interval))
}

// calendar is the jobs that wait, the next one first.
type calendar []*job

func (c calendar) Len() int           { return len(c) }
func (c calendar) Less(i, k int) bool { return c[i].due.Before(c[k].due) }
func (c calendar) Swap(i, k int)      { c[i], c[k] = c[k], c[i] }
func (c *calendar) Push(x any)        { *c = append(*c, x.(*job)) }
func (c *calendar) Pop() any {
	old := *c
	j := old[len(old)-1]
	*c = old[:len(old)-1]
	return j
}

func (c *calendar) add(j *job) { heap.Push(c, j) }

// wait is how long until the first job is due; with no job at all, an hour.
func (c *calendar) wait(now time.Time) time.Duration {
	if len(*c) == 0 {
		return time.Hour
	}
	return (*c)[0].due.Sub(now)
}

// next takes the first job off that is due by a time; nil: none is.
func (c *calendar) next(by time.Time) *job {
	if len(*c) == 0 || (*c)[0].due.After(by) {
		return nil
	}
	return heap.Pop(c).(*job)
}
