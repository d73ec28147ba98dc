package probes

import (
	"context"
	"time"

	"headstart"
)

// CheckNow runs the probes that match filter once, now, ahead of the schedule
// and within its limits, and returns what they found in the order of the
// configuration. It neither confirms nor appends anything. progress, if not
// nil, is called after each run, from one goroutine. When ctx ends, those not
// done are Unknown.
func (f *Fleet) CheckNow(ctx context.Context, filter Filter, progress func(done, total int)) []headstart.CheckResult {
	jobs := f.matching(filter)
	l, release := f.borrowLoop(ctx, jobs)
	defer release()
	results := make([]headstart.CheckResult, len(jobs))
	type answer struct {
		i     int
		found finding
	}
	answers := make(chan answer, len(jobs)) // roomy: the loop must never wait for us
	runs := make([]*run, len(jobs))
	for i, j := range jobs {
		results[i] = j.spec.result(finding{verdict: headstart.Unknown, reason: "cut off before it was done"})
		runs[i] = &run{job: j, mode: now, due: time.Now(), tell: func(found finding) { answers <- answer{i, found} }}
	}
	select {
	case l.requests <- runs:
	case <-l.stopped:
		return results
	case <-ctx.Done():
		return results
	}
	for done := range jobs {
		select {
		case a := <-answers:
			results[a.i] = jobs[a.i].spec.result(a.found)
		case <-l.stopped:
			return results
		case <-ctx.Done():
			return results
		}
		if progress != nil {
			progress(done+1, len(jobs))
		}
	}
	return results
}

// borrowLoop returns the loop that runs or, where none does, one of its own
// until release. That one gets copies of the jobs: Run may start meanwhile.
func (f *Fleet) borrowLoop(ctx context.Context, jobs []*job) (l *loop, release func()) {
	f.mu.Lock()
	l = f.loop
	f.mu.Unlock()
	if l != nil {
		return l, func() {}
	}
	for i, j := range jobs {
		jobs[i] = &job{spec: j.spec}
	}
	l = newLoop(f)
	ctx, cancel := context.WithCancel(ctx)
	go l.run(ctx)
	return l, func() { cancel(); <-l.stopped }
}
