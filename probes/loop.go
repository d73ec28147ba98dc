package probes

import (
	"context"
	"sync/atomic"
	"time"

	"headstart"
)

// mode is why a probe runs.
type mode byte

const (
	scheduled mode = iota
	asked          // by the engine or a person, about one asset (ruling 21)
	now            // `check`: once, for a person to read
)

// run is one run of a probe, from being due to its finding.
type run struct {
	job   *job
	mode  mode
	due   time.Time
	found finding
	tell  func(finding) // of mode now
}

// loop is the one goroutine that decides what runs when. It owns the calendar,
// the limits and the jobs; runs come back to it over a channel.
type loop struct {
	fleet    *Fleet
	calendar calendar
	gate     gate
	back     chan *run
	requests chan []*run
	stopped  chan struct{}
	idle     chan *run // workers that rest take their next run here
	resting  atomic.Int32

	sentry    *sentry
	answered  bool // a target out there has answered since the start
	flying    int
	lastAsked map[string]time.Time // by asset
}

func newLoop(f *Fleet) *loop {
	return &loop{
		fleet: f, gate: newGate(), back: make(chan *run), requests: make(chan []*run),
		stopped: make(chan struct{}), idle: make(chan *run), lastAsked: map[string]time.Time{}, sentry: newSentry(nil, nil),
	}
}

// schedule puts jobs into the calendar, each in its phase counted from base.
func (l *loop) schedule(jobs []*job, base time.Time) {
	now := time.Now()
	for _, j := range jobs {
		j.slot, _ = slot(base.Add(phase(j.spec.id, j.spec.interval)), now, j.spec.interval)
		j.due = j.slot
		l.calendar.add(j)
	}
}

// run works until ctx ends, then waits for what is in flight.
func (l *loop) run(ctx context.Context) {
	defer close(l.stopped)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		timer.Reset(min(l.start(ctx), l.sentry.start(ctx, time.Now())))
		select {
		case <-timer.C:
		case g := <-l.sentry.seen:
			l.looked(ctx, g)
		case r := <-l.back:
			l.finish(ctx, r)
		case <-l.fleet.news:
			l.assign()
		case a := <-l.fleet.asks:
			l.ask(ctx, a)
		case runs := <-l.requests:
			for _, r := range runs {
				l.admit(ctx, r)
			}
		case <-ctx.Done():
		}
	}
	l.drain()
}

// drain waits for what is in flight: it sees the end of the context too. What
// does not is left to itself.
func (l *loop) drain() {
	patience := time.NewTimer(killAfter)
	defer patience.Stop()
	for l.flying > 0 || l.sentry.looking {
		select {
		case r := <-l.back:
			l.flying--
			r.report()
		case <-l.sentry.seen:
			l.sentry.looking = false
		case <-patience.C:
			return
		}
	}
}

// together is how early a job may run to run with one that is due: a large fleet has one
// due each millisecond, and to wake for each would cost more than a run that does nothing.
const together = 20 * time.Millisecond

// start admits every job that is due, and returns how long until the next is.
func (l *loop) start(ctx context.Context) time.Duration {
	now := time.Now()
	if wait := l.calendar.wait(now); wait > 0 {
		return wait
	}
	for {
		j := l.calendar.next(now.Add(together))
		if j == nil {
			return l.calendar.wait(time.Now())
		}
		if j.away {
			l.pass(j)
			continue
		}
		l.admit(ctx, &run{job: j, mode: scheduled, due: j.due})
	}
}

// admit starts r, or lets it wait for a limit it would exceed.
func (l *loop) admit(ctx context.Context, r *run) {
	if !l.gate.enter(r) {
		return
	}
	l.flying++
	if r.mode == scheduled {
		l.fleet.metrics.late.Observe(max(0, time.Since(r.due).Seconds()))
	}
	l.launch(ctx, r)
}

// finish takes the finding of r in and starts what waited for it.
func (l *loop) finish(ctx context.Context, r *run) {
	l.flying--
	if ctx.Err() != nil { // cut off: it found nothing, and nothing follows
		r.report()
		return
	}
	if r.mode == scheduled {
		r.found = r.found.onSchedule()
	}
	blinded := l.blinded(r)
	if !r.job.spec.self && r.found.works() {
		l.answered = true
	}
	if r.mode == scheduled && r.job.away { // given away while it ran: the other one tells
		l.pass(r.job)
		l.next(ctx, r)
		return
	}
	l.fleet.keep(r.job, r.found)
	l.fleet.metrics.runs.WithLabelValues(r.job.spec.kind, string(r.found.verdict)).Inc()
	switch r.mode {
	case scheduled:
		if !blinded {
			l.note(r)
			l.judge(r)
		}
		missed := r.job.reschedule(r.due, time.Now())
		l.fleet.metrics.skipped.Add(float64(missed))
		l.calendar.add(r.job)
	case asked:
		l.answer(r)
	case now:
		r.report()
	}
	l.next(ctx, r)
}

// next starts what waited for r to end.
func (l *loop) next(ctx context.Context, r *run) {
	for _, waiting := range l.gate.leave(r) {
		l.admit(ctx, waiting)
	}
}

// judge tells the verdict of r's job if this run confirmed a new one.
func (l *loop) judge(r *run) {
	s := &r.job.spec
	before := r.job.judge
	l.fleet.mu.Lock()
	changed := r.job.judge.take(r.found.verdict, r.found.at, s.fails, s.successes)
	l.fleet.mu.Unlock()
	if changed {
		l.tell(r, before)
	}
}

// askedTwice is how long an asset is not asked again: one answer serves both.
const askedTwice = 2 * time.Second

// ask runs the probes of an asset, ahead of all others. The answer is evidence
// and never judged.
func (l *loop) ask(ctx context.Context, a headstart.Ask) {
	at := time.Now()
	if last, ok := l.lastAsked[a.Asset]; ok && at.Sub(last) < askedTwice {
		return
	}
	for asset, last := range l.lastAsked {
		if at.Sub(last) >= askedTwice {
			delete(l.lastAsked, asset)
		}
	}
	l.lastAsked[a.Asset] = at
	for _, j := range l.fleet.byAsset[a.Asset] {
		if j.away {
			continue // each replica hears the ask; the one that has the probe answers
		}
		l.admit(ctx, &run{job: j, mode: asked, due: at})
	}
}

// report gives the finding to whoever waits for it.
func (r *run) report() {
	if r.tell != nil {
		r.tell(r.found)
	}
}
