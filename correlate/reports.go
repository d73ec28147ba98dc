package correlate

import (
	"cmp"
	"slices"
	"time"

	"headstart"
)

// report is a ticket that tells of a malfunction which no incident covers: a row,
// kept until it is learned.
type report struct {
	V         int       `json:"v"`
	Ticket    string    `json:"ticket"`
	At        time.Time `json:"at"` // when the user reported
	Requester string    `json:"requester,omitempty"`
	Shared    bool      `json:"shared,omitempty"`
	Service   string    `json:"service,omitempty"`
	Location  string    `json:"location,omitempty"`

	// Surge is the group it was part of; zero: none. What came in a surge is never
	// learned, or an outage would teach itself normal.
	Surge headstart.GroupID `json:"surge,omitempty"`
	Alarm bool              `json:"alarm,omitempty"`
}

// onceIn is in which time a requester counts once, and a shared one twice.
const onceIn = time.Hour

// reported takes a new ticket down as a report (K-11), if it is one: it tells of a
// malfunction, no open incident has it, and its requester did not report just now.
func (s *State) reported(t *headstart.TicketState) *report {
	if intent(t.Evidence) < 0 || s.covered(t) {
		return nil
	}
	r := &report{V: 1, Ticket: t.Key(), At: t.Since(), Requester: t.Requester.ID, Shared: t.Requester.Shared, Service: s.topo.serviceOf(t.Evidence), Location: s.topo.whereOf(t)}
	if r.At.After(s.now.Time()) {
		r.At = s.now.Time()
	}
	if r.Service == "" && r.Location == "" {
		return nil
	}
	again := 0
	for _, x := range s.between(r.At.Add(-onceIn), r.At.Add(onceIn)) {
		if x.Requester == r.Requester {
			again++
		}
	}
	if again > 1 || again == 1 && !r.Shared {
		return nil
	}
	s.reports[r.Ticket] = r
	n, _ := slices.BinarySearchFunc(s.recent, r, byTime)
	s.recent = slices.Insert(s.recent, n, r)
	s.dirtyReport(r)
	return r
}

func byTime(a, b *report) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Ticket, b.Ticket)) }

// covered reports whether an open incident that monitoring knows of has t: by a
// person, or because it would be linked by itself.
func (s *State) covered(t *headstart.TicketState) bool {
	return slices.ContainsFunc(t.Links, func(l headstart.Link) bool {
		g := s.live(l.Group)
		return g != nil && (l.Verdict == "linked" || l.Verdict == "" && l.Band == headstart.BandAuto && g.Cause.Kind != headstart.CauseSurge)
	})
}

// between returns the reports after from and up to until, in order of time.
func (s *State) between(from, until time.Time) []*report {
	after := func(t time.Time) int {
		n, _ := slices.BinarySearchFunc(s.recent, t, func(r *report, t time.Time) int {
			if r.At.After(t) {
				return 1
			}
			return -1
		})
		return n
	}
	return s.recent[after(from):max(after(from), after(until))]
}

func (s *State) countSince(from, until time.Time) float64 {
	return float64(len(s.between(from, until)))
}

// learnPart is how many reports one unit learns: at most five rows each keep it
// below 200 operations (ruling 1).
const learnPart = 25

// learnOld takes reports that had their day into the baseline, but those a person
// linked, or that came in a surge.
func (s *State) learnOld() {
	if s.profile.Since.IsZero() {
		local := s.now.Time().In(s.zone)
		y, m, d := local.Date()
		s.profile.Since = time.Date(y, m, d+8-cmp.Or(int(local.Weekday()), 7), 0, 0, 0, 0, s.zone).UTC()
		s.profile.Week, _ = s.weekOf(s.profile.Since)
		s.dirtyProfile()
	}
	until := s.now.Add(-learnAfter).Time()
	n := 0
	for n < min(len(s.recent), learnPart) && !s.recent[n].At.After(until) {
		r := s.recent[n]
		if t := s.tickets[r.Ticket]; !r.Alarm && (t == nil || !linkedOrSure(t)) {
			s.learn(r)
		}
		delete(s.reports, r.Ticket)
		s.dirtyReport(r)
		n++
	}
	s.recent = slices.Delete(s.recent, 0, n)
	if week, _ := s.weekOf(until); n < learnPart && week > s.profile.Week {
		s.roll(week)
	}
}

// linkedOrSure reports whether a ticket belongs to an incident.
func linkedOrSure(t *headstart.TicketState) bool {
	return t.Linked() != nil || slices.ContainsFunc(t.Links, func(l headstart.Link) bool { return l.Verdict == "" && l.Band == headstart.BandAuto })
}
