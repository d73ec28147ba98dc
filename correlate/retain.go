package correlate

import (
	"maps"
	"slices"
	"time"

	"headstart"
)

// retirePart is how many tickets one unit forgets (ruling 1).
const retirePart = headstart.MostForgotten

// ticketsKey is the subject of the one retainTimer.
const ticketsKey = "tickets"

// heardOf takes note that the log says something of t.
func (s *State) heardOf(t *headstart.TicketState) {
	t.HeardAt = s.now.Time()
	if !s.armed(retainTimer, ticketsKey) {
		s.at(instantOf(s.raw.TicketGoes(t)), retainTimer, ticketsKey, "")
	}
}

// retain sets when the next ticket is forgotten.
func (s *State) retain() {
	var next time.Time
	now := s.now.Time()
	for _, t := range s.tickets {
		due := s.raw.TicketGoes(t)
		if !due.After(now) { // it belongs to something that is not over yet
			due = now.Truncate(24 * time.Hour).Add(24 * time.Hour)
		}
		if next.IsZero() || due.Before(next) {
			next = due
		}
	}
	if next.IsZero() {
		s.cancel(retainTimer, ticketsKey)
		return
	}
	s.at(instantOf(next), retainTimer, ticketsKey, "")
}

// retireTickets forgets the next tickets whose time is up, but those that belong to
// an incident which is not over.
func (s *State) retireTickets() {
	var keys []string
	for key, t := range s.tickets {
		if s.mayRetire(t) && !s.waitsForExport(t) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys[:min(len(keys), retirePart)] {
		s.dropTicket(key)
	}
	if len(keys) > retirePart {
		s.at(s.now, retainTimer, ticketsKey, "")
		return
	}
	s.retain()
}

// mayRetire reports whether the time of t is up, and what it belongs to is over.
func (s *State) mayRetire(t *headstart.TicketState) bool {
	return !s.raw.TicketGoes(t).After(s.now.Time()) && !s.inUse(t)
}

// waitsForExport reports whether the link of t is to stand in a file first. A ticket
// without one holds nothing of ours.
func (s *State) waitsForExport(t *headstart.TicketState) bool {
	return s.raw != nil && s.raw.ExportFirst && t.Linked() != nil
}

// exported forgets the tickets whose links stand in a file as they are now.
func (s *State) exported(x *headstart.Exported) {
	if x == nil {
		return
	}
	for _, item := range x.Items[:min(len(x.Items), headstart.MostExported)] {
		t := s.tickets[item.Ticket]
		if t == nil || !s.mayRetire(t) {
			continue
		}
		if l := t.Linked(); l != nil && uint64(l.Group) == item.Stood {
			s.dropTicket(item.Ticket)
		}
	}
	s.retain()
}

func (s *State) inUse(t *headstart.TicketState) bool {
	l := t.Linked()
	return l != nil && s.live(l.Group) != nil
}

// dropTicket forgets a ticket. What people said of its links still counts, without
// saying of which ticket it was.
func (s *State) dropTicket(key string) {
	s.teach(s.tickets[key], -1)
	delete(s.tickets, key)
	s.dirtyTicket(key)
	if r := s.reports[key]; r != nil {
		delete(s.reports, key)
		s.recent = slices.DeleteFunc(s.recent, func(x *report) bool { return x == r })
		s.dirtyReport(r)
	}
	for n := range s.reviews.List {
		if s.reviews.List[n].Ticket == key {
			s.reviews.List = slices.Clone(s.reviews.List)
			s.reviews.List[n].Ticket = ""
			s.mark(headstart.TableMemory, reviewsKey)
		}
	}
	s.changes = append(s.changes, headstart.Change{Kind: headstart.TicketGone, Ticket: key})
}

// forgetAsked forgets tickets on a person's request, and the words they helped to
// teach: the next refit learns from the others alone whether they still hold.
func (s *State) forgetAsked(f *headstart.Forget) {
	if f == nil {
		return
	}
	asked := map[string]struct{}{}
	for _, key := range f.Tickets {
		if s.tickets[key] != nil {
			asked[key] = struct{}{}
		}
	}
	for key, t := range s.tickets {
		if slices.Contains(f.Requesters, t.Requester.ID) && t.Requester.ID != "" {
			asked[key] = struct{}{}
		}
	}
	for n, key := range slices.Sorted(maps.Keys(asked)) {
		if n == headstart.MostForgotten {
			break // who asks, asks again
		}
		if e := s.tickets[key].Evidence; e != nil {
			s.unlearn(e.Stems)
		}
		s.dropTicket(key)
	}
	if len(asked) > 0 {
		s.retain()
	}
}

// unlearn takes learned words out of the model.
func (s *State) unlearn(stems []string) {
	weights := maps.Clone(s.model.Weights)
	for _, stem := range stems {
		delete(weights, wordPrefix+stem)
	}
	if len(weights) == len(s.model.Weights) {
		return
	}
	s.model.Weights = orNoneMap(weights)
	s.model.unpack()
	s.mark(headstart.TableMemory, modelKey)
}
