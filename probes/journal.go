package probes

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"headstart"
)

// journal appends checks to the log, in order, and goes on trying while the
// store is down. Of each probe it holds at most the newest state and the newest
// answer to an ask, so its memory is bounded by the fleet, not by the outage.
type journal struct {
	logger *slog.Logger
	news   chan struct{} // holds one token when something waits

	mu     sync.Mutex
	seq    uint64
	first  uint64 // of waits that may still wait
	waits  map[uint64]entry
	newest map[entryKey]uint64
}

// entryKey names what a newer entry replaces.
type entryKey struct {
	probe string
	asked bool
}

type entry struct {
	key   entryKey
	check headstart.Check
}

// Retries wait from retryFirst, doubling up to retryMost.
const (
	retryFirst = 100 * time.Millisecond
	retryMost  = 10 * time.Second

	perRecord = headstart.MaxOps // checks appended at once
)

func newJournal(logger *slog.Logger) *journal {
	return &journal{
		logger: logger, news: make(chan struct{}, 1), first: 1,
		waits: map[uint64]entry{}, newest: map[entryKey]uint64{},
	}
}

// add owes the log a check of the probe id. It never blocks.
func (j *journal) add(id string, c headstart.Check) {
	j.mu.Lock()
	k := entryKey{id, c.Asked}
	if old, ok := j.newest[k]; ok {
		delete(j.waits, old)
	}
	j.seq++
	j.waits[j.seq], j.newest[k] = entry{k, c}, j.seq
	j.mu.Unlock()
	select {
	case j.news <- struct{}{}:
	default:
	}
}

// run appends what is owed until ctx ends. What is left then is lost with the
// process: after the next start the first verdicts say it again. The way into the log
// comes with each run, because a journal outlives reloads and what appends does not.
func (j *journal) run(ctx context.Context, appendTo func(context.Context, headstart.Append) (headstart.Offset, error)) {
	wait := retryFirst
	for {
		seqs, checks := j.peek()
		if len(checks) == 0 {
			select {
			case <-j.news:
			case <-ctx.Done():
				return
			}
			continue
		}
		if _, err := appendTo(ctx, record(checks)); err != nil {
			if ctx.Err() != nil {
				return
			}
			j.logger.Warn("checks not appended, trying again", "checks", len(checks), "err", err, "duration", wait)
			select {
			case <-time.After(wait):
			case <-ctx.Done():
				return
			}
			wait = min(2*wait, retryMost)
			continue
		}
		wait = retryFirst
		j.done(seqs)
	}
}

// peek returns the oldest entries that still wait.
func (j *journal) peek() (seqs []uint64, checks []headstart.Check) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for s := j.first; s <= j.seq && len(seqs) < perRecord; s++ {
		e, ok := j.waits[s]
		if !ok { // replaced, or done
			if s == j.first {
				j.first++
			}
			continue
		}
		seqs, checks = append(seqs, s), append(checks, e.check)
	}
	return seqs, checks
}

// done strikes off what was appended, unless something newer has replaced it.
func (j *journal) done(seqs []uint64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, s := range seqs {
		e, ok := j.waits[s]
		if !ok {
			continue
		}
		delete(j.waits, s)
		delete(j.newest, e.key)
	}
}

// record is one entry of the log with all of checks.
func record(checks []headstart.Check) headstart.Append {
	lines := make([]headstart.Line, len(checks))
	for i := range checks {
		lines[i].Check = &checks[i]
	}
	return headstart.Append{Data: headstart.NewRecord(time.Now(), lines...).Encode()}
}
