package correlate

import (
	"time"

	"headstart"
)

// memory is correlation's own part of a problem. Its row is memoryRow.
type memory struct {
	V        int16
	Down     bool              // our own probe says so
	Waits    bool              // pending longer, since that prober is isolated (D-16)
	AtOnce   bool              // one of its alerts is to page at once (ruling 16)
	Listed   bool              // its asset was in the catalog when it failed
	Covered  bool              // open, and inside planned work (M-06)
	Alone    bool              // open, and nothing of the catalog explains it
	LastTop  headstart.GroupID // the last group it was the cause of
	Received time.Time         // when the record that made it fail first arrived
	Heard    time.Time         // on the steady clock, when it failed, or fell silent at its sources
	Flips    []int64           // its latest changes, Unix milliseconds of the log (F-04)

	rare *seldom // nil: none of it
}

// seldom is what is known of few problems; thousands of a storm do without.
type seldom struct {
	By     string      // the agent whose probe says that it is down; empty: this service
	Held   []string    // the sources at which it fell silent
	Gone   time.Time   // when silence alone ended it (ruling 15)
	Causes []time.Time // at which it became the cause of a group, oldest first

	// Of an unstable problem (F-04).
	Well string    // it was last said to be well, and how; empty while it fails
	Fell time.Time // when it last failed

	// M-06.
	Holds    []string  // that keep it aside, sorted
	Released string    // what suppressed it before it was pending again
	Work     time.Time // when the planned work began that took it first
}

// seldom returns what is known of few problems.
func (m *memory) seldom() seldom {
	if m.rare == nil {
		return seldom{}
	}
	return *m.rare
}

// set changes what is known of few problems.
func (m *memory) set(change func(*seldom)) {
	if m.rare == nil {
		m.rare = &seldom{}
	}
	if change(m.rare); m.rare.empty() {
		m.rare = nil
	}
}

// workOver forgets the planned work that kept it aside.
func (m *memory) workOver() {
	if m.rare != nil {
		m.set(func(x *seldom) { x.Released, x.Work = "", time.Time{} })
	}
}

// goneSince reports whether silence alone ended it at t or later.
func (m *memory) goneSince(t time.Time) bool {
	at := m.seldom().Gone
	return !at.IsZero() && !at.Before(t)
}

func (x *seldom) empty() bool {
	return x.By == "" && x.Held == nil && x.Gone.IsZero() && x.Causes == nil && x.Well == "" && x.Fell.IsZero() &&
		x.Holds == nil && x.Released == "" && x.Work.IsZero()
}

// memoryRow is the row of a memory.
type memoryRow struct {
	V        int               `json:"v"`
	Down     bool              `json:"down,omitempty"`
	By       string            `json:"by,omitempty"`
	Waits    bool              `json:"waits,omitempty"`
	AtOnce   bool              `json:"at_once,omitempty"`
	Listed   bool              `json:"listed,omitempty"`
	Received time.Time         `json:"received,omitzero"`
	LastTop  headstart.GroupID `json:"last_top,omitempty"`
	Heard    time.Time         `json:"heard,omitzero"`
	Held     []string          `json:"held,omitempty"`
	Gone     time.Time         `json:"gone,omitzero"`
	Causes   []time.Time       `json:"causes,omitempty"`
	Flips    []int64           `json:"flips,omitempty"`
	Well     string            `json:"well,omitempty"`
	Fell     time.Time         `json:"fell,omitzero"`
	Covered  bool              `json:"covered,omitempty"`
	Holds    []string          `json:"holds,omitempty"`
	Released string            `json:"released,omitempty"`
	Work     time.Time         `json:"work,omitzero"`
	Alone    bool              `json:"alone,omitempty"`
}

// memory takes a row over.
func (r *memoryRow) memory() memory {
	m := memory{
		V: int16(r.V), Down: r.Down, Waits: r.Waits, AtOnce: r.AtOnce, Listed: r.Listed, Covered: r.Covered, Alone: r.Alone,
		LastTop: r.LastTop, Received: r.Received, Heard: r.Heard, Flips: r.Flips,
	}
	m.set(func(x *seldom) {
		*x = seldom{
			By: r.By, Held: r.Held, Gone: r.Gone, Causes: r.Causes, Well: r.Well, Fell: r.Fell,
			Holds: r.Holds, Released: r.Released, Work: r.Work,
		}
	})
	return m
}
