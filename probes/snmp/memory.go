package snmp

import (
	"math"
	"sync"
	"time"
)

// memory is what a device's earlier answers leave behind. The zero memory has seen
// nothing. It lives as long as the process and passes a reload.
type memory struct {
	mu sync.Mutex
	past
}

// past is never changed once it is kept: each answer makes the next one.
type past struct {
	moment
	met bool // it has answered
	roster
	history map[string]history // of links, by name
	values  map[string]counted // counters, by OID
}

// history is what is remembered of a link.
type history struct {
	counts  counts
	rates   rates  // as last measured
	changed uint32 // ifLastChange; zero: not told
	up      bool
	alias   string
	by      []string  // of the link
	exact   bool      // of the link
	gone    time.Time // since when the device has no such interface; zero: it has
	fastest float64   // Mbit/s, of the last day
	fast    time.Time // when it last ran that fast
}

// counted is a counter at one moment.
type counted struct {
	moment
	value any
	rate  float64 // a second, as last measured
	rated bool
}

// moment is a time by our clock and, where the device tells it, by its own.
type moment struct {
	at    time.Time
	up    uint32 // sysUpTime, hundredths of a second
	timed bool   // it told that
}

// until is how many seconds lie between m and n, by the device's clock if it has one,
// and whether that clock began anew between them.
func (m moment) until(n moment) (seconds float64, jumped bool) {
	if m.at.IsZero() {
		return 0, false
	}
	ours := n.at.Sub(m.at).Seconds()
	if !m.timed || !n.timed {
		return ours, false
	}
	theirs := float64(n.up-m.up) / 100 // wraps every 497 days, as the clock does
	if math.Abs(theirs-ours) > max(10, ours/10) {
		return ours, true
	}
	return theirs, false
}

// Adopt goes on with what old knows: the same device under a new configuration.
func (d *Device) Adopt(old *Device) {
	d.Agent.Adopt(old.Agent)
	p := old.memory.recall()
	p.roster = roster{} // other links may be watched
	d.memory.keep(p)
}

func (m *memory) recall() past {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.past
}

func (m *memory) keep(p past) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.past = p
}

// misses reports whether an interface is gone that may come back.
func (p past) misses() bool {
	for _, h := range p.history {
		if !h.gone.IsZero() {
			return true
		}
	}
	return false
}

// names of the watched links, as last seen.
func (p past) names() []string {
	var names []string
	for _, l := range p.links {
		names = append(names, titled(l.name, p.history[l.name].alias))
	}
	return names
}
