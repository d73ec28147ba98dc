package correlate

import (
	"slices"
	"time"

	"headstart"
)

// When a ticket can be about a group.
const (
	beforeOpening = 30 * time.Minute // users notice before monitoring does
	afterResolve  = 4 * time.Hour    // the desk registers calls later (ruling 32)
	rematchPart   = 500              // tickets a unit matches at most (ruling 10)
)

// applyTicket takes over what the ticket system last showed. A copy older than
// what is known is left alone.
func (s *State) applyTicket(in *headstart.Ticket) {
	if in.ID == "" {
		return
	}
	t := s.tickets[in.Key()]
	arrived := t == nil
	switch {
	case t == nil:
		t = &headstart.TicketState{V: 1, SeenAt: s.now.Time()}
		s.tickets[in.Key()] = t
	case in.UpdatedAt.Before(t.UpdatedAt):
		return
	}
	evidence, was, heard := t.Evidence, callOf(t), t.Reopens+t.Contacts
	var before *headstart.Ticket
	if !arrived {
		copied := t.Ticket
		before = &copied
	}
	s.teach(t, -1)
	t.Ticket = *asStored(in)
	s.said.Share(&t.Ticket)
	t.Title, t.Body = "", "" // never kept (ruling 7)
	for _, at := range []*time.Time{&t.CreatedAt, &t.ReportedAt, &t.UpdatedAt, &t.FirstResponseAt, &t.SolvedAt} {
		*at = sane(*at).Time()
	}
	if t.CreatedAt.IsZero() {
		t.CreatedAt = s.now.Time()
	}
	t.Course = t.Course.Follow(before, &t.Ticket, s.now.Time())
	if t.Evidence == nil {
		t.Evidence = evidence
	}
	s.teach(t, 1)
	s.heardOf(t)
	s.dirtyTicket(t.Key())
	said := len(s.changes)
	s.match(t)
	if len(s.changes) == said && callOf(t) != was && len(t.Links) > 0 { // head starts count from it (ruling 32)
		s.say(headstart.TicketMatched, "E-21", "reported", t.Key(), "reported", t.Since().UTC().Format(time.RFC3339Nano)).Ticket = t.Key()
	}
	if len(s.changes) == said && !arrived && t.Reopens+t.Contacts > heard && t.Linked() != nil { // it may be an answer to ours
		s.say(headstart.TicketMatched, "E-21", "contacted", t.Key()).Ticket = t.Key()
	}
	if arrived {
		s.surge(t)
	}
}

// call is what a head start knows of a ticket.
type call struct {
	since  time.Time
	left   bool // Timeless
	who    string
	shared bool
}

func callOf(t *headstart.TicketState) call {
	return call{t.Since(), t.Timeless(), t.Requester.ID, t.Requester.Shared}
}

// matchNext matches tickets anew because of g: it opened, or hits something it did
// not. These are the open ones that nobody linked and that it can be about, and
// those with a link to it. It goes on after the ticket from.
func (s *State) matchNext(g *group, from string) {
	if g == nil || len(s.tickets) == 0 { // of a storm without tickets nothing is made ready a thousand times
		return
	}
	var keys []string
	subject := s.subjectOf(g)
	for key, t := range s.tickets {
		if when := whenOf(t); key > from && (subject.couldBe(&when) && !t.Solved() && !linkedByHand(t) || s.linksInto(t, g) || s.ofSurge(t, g)) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	part := keys[:min(len(keys), rematchPart)]
	ready := s.readySubjects()
	for _, key := range part {
		s.matchWith(s.tickets[key], ready)
	}
	if len(keys) > len(part) {
		s.at(s.now, matchTimer, subjectOf(g.ID), part[len(part)-1])
	}
}

func linkedByHand(t *headstart.TicketState) bool {
	l := t.Linked()
	return l != nil && l.By != byRule
}

// linksInto reports whether a ticket has a link to a group that went into g.
func (s *State) linksInto(t *headstart.TicketState, g *group) bool {
	return slices.ContainsFunc(t.Links, func(l headstart.Link) bool { return l.Group != g.ID && s.follow(l.Group) == g })
}
