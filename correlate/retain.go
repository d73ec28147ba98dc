package correlate

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"headstart"
)

// keepTickets is how long a ticket and its links stay known after the log last said
// something of it, unless the configuration says otherwise (retention.links).
const keepTickets = 90 * 24 * time.Hour

// retirePart is how many tickets one unit forgets (ruling 1).
const retirePart = headstart.MostForgotten

// ticketsKey is the subject of the one retainTimer.
const ticketsKey = "tickets"

// heardOf takes note that the log says something of t.
func (s *State) heardOf(t *headstart.TicketState) {
	t.HeardAt = s.now.Time()
	if !s.armed(retainTimer, ticketsKey) {
		s.at(instantOf(s.retained(t)), retainTimer, ticketsKey, "")
	}
}

// retained is when t is forgotten if nothing more is heard of it: in whole days,
// rounded up.
func (s *State) retained(t *headstart.TicketState) time.Time {
	const day = 24 * time.Hour
	keep := keepTickets
	if s.raw != nil {
		keep = cmp.Or(time.Duration(s.raw.KeepLinks), keepTickets)
	}
	heard := t.HeardAt
	if heard.IsZero() { // of a version that did not say
		heard = t.SeenAt
	}
	due := heard.Add((keep + day - 1) / day * day)
	if midnight := due.Truncate(day); midnight.Before(due) {
		return midnight.Add(day)
	}
	return due
}

// retain sets when the next ticket is forgotten.
func (s *State) retain() {
	var next time.Time
	now := s.now.Time()
	for _, t := range s.tickets {
		due := s.retained(t)
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
		if !s.retained(t).After(s.now.Time()) && !s.inUse(t) {
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
