package correlate

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"headstart"
)

// attended are the kinds of device that people stand or sit at. With nobody
// there they are switched off, and that is no news (ruling 23). Networks, servers
// and services never belong here: they must work on Monday.
var attended = map[string]struct{}{
	"printer": {}, "mfp": {}, "copier": {}, "scanner": {}, "plotter": {},
	"workstation": {}, "pc": {}, "desktop": {}, "laptop": {}, "thin-client": {}, "terminal": {},
	"kiosk": {}, "pos": {}, "display": {}, "screen": {}, "signage": {}, "projector": {}, "beamer": {},
	"phone": {}, "label-printer": {},
}

// zoneOf returns the zone a calendar is meant in.
func zoneOf(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(cmp.Or(name, "Europe/Amsterdam"))
	if err != nil {
		return nil, fmt.Errorf("timezone %q is not known; write such as Europe/Amsterdam: %w", name, err)
	}
	return zone, nil
}

// isAttended reports whether an asset is a device that people stand at.
func (s *State) isAttended(asset string) bool {
	n := s.topo.nodes[asset]
	if n == nil || n.device == nil {
		return false
	}
	_, is := attended[strings.ReplaceAll(strings.ToLower(n.device.Kind), "_", "-")]
	return is
}

// closure returns the closed period that p falls in now, or nil. It does not hold
// for what is to page at once: of calendars ruling 16 says nothing.
func (s *State) closure(p *problem) *cover {
	if !s.everCloses() || p.Mem.AtOnce || !s.isAttended(p.Asset) {
		return nil
	}
	at := cmp.Or(s.topo.location(p.Asset), p.Location)
	h := s.closedNow(at)
	if h == nil {
		return nil
	}
	return &cover{by: closedBy + cmp.Or(h.Name, h.From), until: instantOf(s.opens(s.now.Time().In(s.zone), at)), uses: []string{closedHold}}
}

// closedNow returns the period that closes a place today, or nil.
func (s *State) closedNow(location string) *headstart.Holiday {
	if !s.everCloses() {
		return nil
	}
	return s.closedOn(s.now.Time().In(s.zone), location)
}

func (s *State) everCloses() bool { return s.calendar != nil && len(s.calendar.Holidays) > 0 }

// closedOn returns the period that closes a place, or one it lies in, on t's day.
func (s *State) closedOn(t time.Time, location string) *headstart.Holiday {
	for range maxDepth {
		if h := s.calendar.Closed(t, location); h != nil {
			return h
		}
		l := s.topo.places[location]
		if l == nil || l.Parent == "" {
			return nil
		}
		location = l.Parent
	}
	return nil
}

// longestClosure is after how many closed days a place is looked at again anyway.
const longestClosure = 366

// opens returns the midnight, on the clocks there, of the first day after t on
// which a place is not closed.
func (s *State) opens(t time.Time, location string) time.Time {
	y, m, d := t.Date()
	for n := 1; ; n++ {
		noon := time.Date(y, m, d+n, 12, 0, 0, 0, t.Location())
		if n < longestClosure && s.closedOn(noon, location) != nil {
			continue
		}
		midnight := time.Date(y, m, d+n, 0, 0, 0, 0, t.Location())
		if midnight.Day() != noon.Day() { // the clocks skip it
			midnight = midnight.Add(time.Hour)
		}
		return midnight.UTC()
	}
}

// openAt has what closed periods hold back looked at again no later than at t.
func (s *State) openAt(t instant) {
	if x := s.timer(closedTimer, closedHold); x == nil || t.Before(x.Due) {
		s.at(t, closedTimer, closedHold, "")
	}
}

// nextOpening sets when the first of the places that are still closed opens.
func (s *State) nextOpening() {
	var first instant
	for key := range s.kept[closedHold] { // the earliest, so map order decides nothing
		if until := instantOf(s.problems[key].suppressed().Until); first.IsZero() || until.Before(first) {
			first = until
		}
	}
	if !first.IsZero() {
		s.openAt(first)
	}
}

// recheckPlans looks again at what closed periods hold back, and at which open
// problems planned work covers, since calendar and catalog may be others now. What
// a window holds back keeps its reason until the window is over.
func (s *State) recheckPlans() {
	s.covers = emptied(s.covers)
	if len(s.kept[closedHold]) > 0 {
		s.after(0, releaseTimer, closedHold)
	}
	if len(s.plans) > 0 && len(s.open) > 0 {
		s.after(0, sweepTimer, "")
	}
}
