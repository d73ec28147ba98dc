package probes

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"headstart"
)

// killAfter is how long past its timeout a run may take before it is abandoned.
const killAfter = time.Second

// mostResting is how many workers are kept for the runs to come: a fresh one grows its
// stack anew each time, which costs as much as a small probe.
const mostResting = 64

// launch has a worker make r.
func (l *loop) launch(ctx context.Context, r *run) {
	select {
	case l.idle <- r:
	default:
		go l.work(ctx, r)
	}
}

// work makes r, and then whatever comes, unless enough others rest.
func (l *loop) work(ctx context.Context, r *run) {
	for {
		l.fly(ctx, r)
		if l.resting.Add(1) > mostResting {
			l.resting.Add(-1)
			return
		}
		select {
		case r = <-l.idle:
			l.resting.Add(-1)
		case <-l.stopped:
			return
		}
	}
}

// fly makes one run and hands it back to the loop: when it is done, or abandoned
// after its time if it does not end.
func (l *loop) fly(ctx context.Context, r *run) {
	var over atomic.Bool
	land := func(f finding) {
		if !over.CompareAndSwap(false, true) {
			return
		}
		r.found = f
		select {
		case l.back <- r:
		case <-l.stopped:
		}
	}
	if !r.job.hung.CompareAndSwap(false, true) {
		land(finding{verdict: headstart.Unknown, reason: "the attempt before still hangs", at: time.Now()})
		return
	}
	limit := r.limit()
	kill := time.AfterFunc(limit, func() {
		land(finding{verdict: headstart.Unknown, reason: fmt.Sprintf("abandoned after %s", limit), took: limit, at: time.Now()})
	})
	f := l.fleet.perform(ctx, r)
	r.job.hung.Store(false) // before it lands: the next run may follow at once
	kill.Stop()
	land(f)
}

// limit is how long r may take at most.
func (r *run) limit() time.Duration {
	timeout := r.job.spec.timeout
	if r.mode == asked {
		return 2*min(timeout, askTimeout) + askAgain + killAfter
	}
	return timeout + killAfter
}

// askAgain is the wait between the two attempts of an ask.
const askAgain = time.Second

// perform makes the attempts of one run.
func (f *Fleet) perform(ctx context.Context, r *run) finding {
	s := &r.job.spec
	if r.mode != asked {
		return attempt(ctx, f.probe, s, false)
	}
	found := attempt(ctx, f.probe, s, true)
	if !found.silent {
		return found
	}
	select { // silence may be one lost packet; a refusal is an answer
	case <-ctx.Done():
		return found
	case <-time.After(askAgain):
		return attempt(ctx, f.probe, s, true)
	}
}
