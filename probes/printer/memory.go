package printer

import (
	"maps"
	"slices"
	"sync"
	"time"

	"headstart"
	"headstart/probes/printer/ipp"
)

// memory is what a printer's earlier answers leave behind. The zero memory has seen
// nothing. It lives as long as the process and passes a reload.
type memory struct {
	mu sync.Mutex
	past
}

type past struct {
	contact

	asked  bool                 // it was asked before, whether or not it answered
	since  map[string]time.Time // conditions that keep people from printing, since when
	always bool                 // it has not printed since it was first asked: nobody knows since when
	opened bool                 // what keeps it from printing has counted as an incident, and does so until it prints

	zero  map[slot]time.Time // empty trays, since when
	usage map[string]usage   // of supplies
}

// contact is how the printer was reached so far.
type contact struct {
	met   bool      // it has answered
	place ipp.Place // where IPP answered last
}

// reached is the contact so far.
func (m *memory) reached() contact {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.contact
}

// reach notes what an answer taught of the contact.
func (m *memory) reach(note func(*contact)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	note(&m.contact)
}

// Adopt goes on with what old knows: the same printer under a new configuration.
func (p *Printer) Adopt(old *Printer) {
	old.memory.mu.Lock()
	defer old.memory.mu.Unlock()
	p.memory.mu.Lock()
	defer p.memory.mu.Unlock()
	p.memory.past = old.memory.past
	if !slices.Equal(p.Ways, old.Ways) {
		p.memory.contact = contact{} // it is to be asked elsewhere
	}
}

// hold makes of every incident of list that has not lasted long enough, or that
// begins while nobody is there, a line of the report. unsure: the printer may have
// been an incident before this process began.
func (m *memory) hold(list []told, now time.Time, counts bool) (held []told, unsure bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	since, ripe := m.lasting(list, now)
	m.since = since
	m.always = len(since) > 0 && (m.always || !m.asked)
	// A jammed printer that somebody switches off is one outage, and the end of the
	// working day does not mend it.
	m.opened = len(since) > 0 && (m.opened || ripe && counts)
	m.asked = true
	for _, t := range list {
		if at, stops := since[t.name]; stops && (!m.opened || now.Sub(at) < t.hold && ripe) {
			t.effect = headstart.EffectReport
		}
		held = append(held, t)
	}
	return held, m.always && !m.opened
}

// lasting returns since when each incident of list has been there, and whether one of
// them has lasted long enough.
func (m *memory) lasting(list []told, now time.Time) (since map[string]time.Time, ripe bool) {
	since = map[string]time.Time{}
	for _, t := range list {
		if t.effect != headstart.EffectIncident {
			continue
		}
		at, before := m.since[t.name]
		if !before {
			at = now
		}
		since[t.name] = at
		ripe = ripe || now.Sub(at) >= t.hold
	}
	return since, ripe
}

// slot is a tray as one protocol knows it.
type slot struct{ source, tray string }

// unusedAfter is how long a tray stands empty until nobody counts on it any more.
const unusedAfter = 7 * 24 * time.Hour

// leaveUnused takes trays out of readings that have stood empty for a week: nobody
// fills them.
func (m *memory) leaveUnused(readings []reading, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	empty := maps.Clone(m.zero) // a protocol that is silent today has not filled a tray
	if empty == nil {
		empty = map[slot]time.Time{}
	}
	for i := range readings {
		r := &readings[i]
		maps.DeleteFunc(empty, func(s slot, _ time.Time) bool { return s.source == r.source })
		r.trays = slices.DeleteFunc(r.trays, func(t tray) bool {
			if !t.empty() {
				return false
			}
			key := slot{r.source, t.name}
			since, before := m.zero[key]
			if !before {
				since = now
			}
			empty[key] = since
			return now.Sub(since) > unusedAfter
		})
	}
	m.zero = empty
}
