package correlate

import (
	"headstart"
)

// memory is correlation's own part of a problem. Its row is memoryRow.
type memory struct {
	Down     bool              // our own probe says so
	Waits    bool              // pending longer, since that prober is isolated (D-16)
	AtOnce   bool              // one of its alerts is to page at once (ruling 16)
	Listed   bool              // its asset was in the catalog when it failed
	Covered  bool              // open, and inside planned work (M-06)
	Alone    bool              // open, and nothing of the catalog explains it
	known    bool              // its row was written, or loaded
	gone     bool              // the problem was forgotten
	LastTop  headstart.GroupID // the last group it was the cause of
	Received instant           // when the record that made it fail first arrived
	Heard    instant           // on the steady clock, when it failed, or fell silent at its sources
	flip     int64             // the only one of its flips; zero: it has none, or several

	rare *seldom // nil: none of it
}

// seldom is what is known of few problems; thousands of a storm do without.
type seldom struct {
	By     string    // whose probe says that it is down, as Check.Prober names it
	Method string    // how our probe looks, by its kind; empty: an alert says so
	Held   []string  // the sources at which it fell silent
	Gone   instant   // when silence alone ended it (ruling 15)
	Causes []instant // at which it became the cause of a group, oldest first
	Flips  []int64   // see memory.flips; nil: it has one or none

	Muted      []string               // see problem.muted
	Suppressed *headstart.Suppression // see problem.suppressed

	// Of an unstable problem (F-04).
	Well string  // it was last said to be well, and how; empty while it fails
	Fell instant // when it last failed

	// M-06.
	Holds    []string // that keep it aside, sorted
	Released string   // what suppressed it before it was pending again
	Work     instant  // when the planned work began that took it first
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
		m.set(func(x *seldom) { x.Released, x.Work = "", 0 })
	}
}

// goneSince reports whether silence alone ended it at t or later.
func (m *memory) goneSince(t instant) bool {
	at := m.seldom().Gone
	return !at.IsZero() && !at.Before(t)
}

func (x *seldom) empty() bool {
	return x.By == "" && x.Method == "" && x.Held == nil && x.Gone.IsZero() && x.Causes == nil && x.Flips == nil && x.Muted == nil &&
		x.Suppressed == nil && x.Well == "" && x.Fell.IsZero() && x.Holds == nil && x.Released == "" && x.Work.IsZero()
}

// memoryRow is the row of a memory.
type memoryRow struct {
	V        int               `json:"v"`
	Down     bool              `json:"down,omitempty"`
	By       string            `json:"by,omitempty"`
	Method   string            `json:"method,omitempty"`
	Waits    bool              `json:"waits,omitempty"`
	AtOnce   bool              `json:"at_once,omitempty"`
	Listed   bool              `json:"listed,omitempty"`
	Received instant           `json:"received,omitzero"`
	LastTop  headstart.GroupID `json:"last_top,omitempty"`
	Heard    instant           `json:"heard,omitzero"`
	Held     []string          `json:"held,omitempty"`
	Gone     instant           `json:"gone,omitzero"`
	Causes   []instant         `json:"causes,omitempty"`
	Flips    []int64           `json:"flips,omitempty"`
	Well     string            `json:"well,omitempty"`
	Fell     instant           `json:"fell,omitzero"`
	Covered  bool              `json:"covered,omitempty"`
	Holds    []string          `json:"holds,omitempty"`
	Released string            `json:"released,omitempty"`
	Work     instant           `json:"work,omitzero"`
	Alone    bool              `json:"alone,omitempty"`
}

// load takes a row over.
func (m *memory) load(r *memoryRow) {
	m.Down, m.Waits, m.AtOnce, m.Listed, m.Covered, m.Alone = r.Down, r.Waits, r.AtOnce, r.Listed, r.Covered, r.Alone
	m.LastTop, m.Received, m.Heard = r.LastTop, r.Received, r.Heard
	m.set(func(x *seldom) {
		x.Method = r.Method
		x.By, x.Held, x.Gone, x.Causes, x.Well, x.Fell = r.By, r.Held, r.Gone, r.Causes, r.Well, r.Fell
		x.Holds, x.Released, x.Work = r.Holds, r.Released, r.Work
	})
	m.setFlips(r.Flips)
	m.known = true
}

// flips are its latest changes, in Unix milliseconds of the log (F-04).
func (m *memory) flips() []int64 {
	if m.flip != 0 {
		return []int64{m.flip}
	}
	return m.seldom().Flips
}

// setFlips keeps a list, the usual one without memory of its own.
func (m *memory) setFlips(list []int64) {
	m.flip = 0
	if len(list) == 1 && list[0] != 0 {
		m.flip, list = list[0], nil
	}
	if list = orNone(list); list != nil || m.rare != nil {
		m.set(func(x *seldom) { x.Flips = list })
	}
}
