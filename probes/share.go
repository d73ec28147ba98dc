package probes

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"headstart"
)

// Fleets of one configuration share the probes: each runs what Assign gave it, and tells
// the others what it found, for pages, and which jobs pushed.

// duty is what a fleet was told to run. The loop takes it.
type duty struct {
	mu   sync.Mutex
	mine func(id string) bool
	anew bool
}

// Assign says which probes this fleet runs from now on, by id. What it gives away it
// forgets, so that, given back, it tells its first verdict again. With anew it forgets all:
// others may have told of its probes meanwhile. It returns at once; the loop follows.
func (f *Fleet) Assign(mine func(id string) bool, anew bool) {
	f.duty.mu.Lock()
	f.duty.mine, f.duty.anew = mine, anew || f.duty.anew
	f.duty.mu.Unlock()
	select {
	case f.news <- struct{}{}:
	default:
	}
}

// Isolated reports whether this fleet found that it is cut off itself: what it is given
// then is unknown until a witness answers again.
func (f *Fleet) Isolated() bool { return f.sentry != nil && f.sentry.shown.Load() }

// assign takes the duty in force.
func (l *loop) assign() {
	d := &l.fleet.duty
	d.mu.Lock()
	mine, anew := d.mine, d.anew
	d.anew = false
	d.mu.Unlock()
	if anew && l.sentry.isolated { // the others thought us gone, and said that we are cut off no more
		l.fleet.journal.add(headstart.ProberIsolated, l.sentry.said)
	}
	l.fleet.mu.Lock()
	defer l.fleet.mu.Unlock()
	for _, j := range l.fleet.jobs {
		if j.away = !mine(j.spec.id); !j.away && !anew {
			continue
		}
		if !j.last.at.IsZero() {
			heard := j.last // until the other one says more
			j.heard = &heard
		}
		j.judge, j.last, j.failing = judge{}, kept{}, time.Time{}
		delete(l.sentry.held, j)
		l.fleet.journal.forget(j.spec.id)
	}
}

// pass lets a slot go by: the replica that has the probe runs it.
func (l *loop) pass(j *job) {
	j.slot, _ = slot(j.slot.Add(j.spec.interval), time.Now(), j.spec.interval)
	j.due = j.slot
	l.calendar.add(j)
}

// forget drops what is not appended yet of the schedule of the probe id.
func (j *journal) forget(id string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	k := entryKey{id, false}
	if seq, ok := j.newest[k]; ok {
		delete(j.waits, seq)
		delete(j.newest, k)
	}
}

// told is what a fleet tells the others.
type told struct {
	V      int                              `json:"v"`
	Runs   map[string]headstart.CheckResult `json:"runs"`   // id of the probe: its last run
	Pushes map[string]pushed                `json:"pushes"` // name of the probe: what its job said last
}

// Bounds on what another fleet tells.
const (
	mostTold     = 64 << 20 // bytes, unpacked
	mostToldRuns = 200_000
)

// Tell is what the other fleets are to know of this one.
func (f *Fleet) Tell() ([]byte, error) {
	say := told{V: 1, Runs: map[string]headstart.CheckResult{}, Pushes: f.pushes.all()}
	f.mu.Lock()
	for _, j := range f.jobs {
		if !j.away && !j.last.at.IsZero() {
			say.Runs[j.spec.id] = j.spec.result(j.last.finding())
		}
	}
	f.mu.Unlock()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	err := errors.Join(json.NewEncoder(z).Encode(say), z.Close())
	return b.Bytes(), err
}

// Hear takes in what another fleet tells. Of a job the newest push counts, of a probe that
// another one has, the newest run.
func (f *Fleet) Hear(data []byte) error {
	say, err := decodeTold(data)
	if err != nil {
		return err
	}
	f.pushes.merge(say.Pushes, time.Now())
	f.mu.Lock()
	defer f.mu.Unlock()
	for id, r := range say.Runs {
		if j := f.byID[id]; j != nil && j.away && (j.heard == nil || r.At.After(j.heard.at)) {
			heard := keep(finding{
				verdict: r.Verdict, reason: r.Reason, conditions: r.Conditions, values: r.Values, at: r.At,
				took: time.Duration(r.DurationSeconds * float64(time.Second)),
			})
			j.heard = &heard
		}
	}
	return nil
}

func decodeTold(data []byte) (told, error) {
	var say told
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return told{}, fmt.Errorf("read what a replica tells of its probes: %w", err)
	}
	if err := json.NewDecoder(io.LimitReader(z, mostTold)).Decode(&say); err != nil {
		return told{}, fmt.Errorf("read what a replica tells of its probes: %w", err)
	}
	if n := len(say.Runs); say.V != 1 || n > mostToldRuns {
		return told{}, fmt.Errorf("a replica tells of %d probes in version %d; at most %d in version 1 are read", n, say.V, mostToldRuns)
	}
	for id, r := range say.Runs {
		switch r.Verdict {
		case headstart.OK, headstart.Warn, headstart.Down, headstart.Unknown:
		default:
			delete(say.Runs, id)
		}
	}
	return say, nil
}
