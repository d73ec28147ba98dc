package incidents

import (
	"maps"
	"slices"

	"headstart"
)

// ticketMatched follows a change in a ticket's candidates: which incidents it
// is linked to or suggested for, and what that does to the head start.
func (b *book) ticketMatched(key string) {
	t := b.groups.Ticket(key)
	if t == nil {
		return
	}
	now := b.candidates(t)
	gone := slices.DeleteFunc(slices.Clone(b.byTicket[key]), func(id headstart.IncidentID) bool {
		_, has := now[id]
		return has
	})
	for _, id := range slices.Sorted(maps.Keys(now)) {
		i, is := b.incidents[id], now[id]
		b.answered(i, key)
		was, had := i.X.Tickets[key]
		if had && was == is {
			continue
		}
		b.setTicket(i, key, is)
		if !had && b.matched != nil {
			b.matched(b.bandOf(t, id))
		}
		b.relinked(i, key, was.Linked, is.Linked)
	}
	for _, id := range gone {
		i := b.incidents[id]
		b.answered(i, key)
		was := i.X.Tickets[key]
		b.dropTicket(i, key)
		b.relinked(i, key, was.Linked, false)
	}
}

// relinked follows whether the ticket is one of i's: what is written into it, and what i
// and its priority make of it.
func (b *book) relinked(i *incident, key string, was, is bool) {
	switch {
	case is && !was:
		i.X.Late = b.now
		b.writeTicket(i, key)
	case was && !is:
		b.takeBackTicket(i, key)
	}
	b.count(i)
	b.judge(i)
}

// bandOf is how well a candidate matched; none: nothing but a person's word says so.
func (b *book) bandOf(t *headstart.TicketState, id headstart.IncidentID) headstart.Band {
	for _, l := range t.Links {
		if b.byGroup[l.Group] == id && l.Band != "" {
			return l.Band
		}
	}
	return headstart.BandNone
}

// candidates are the incidents t is linked to or suggested for.
func (b *book) candidates(t *headstart.TicketState) map[headstart.IncidentID]ticket {
	out := map[headstart.IncidentID]ticket{}
	for _, l := range t.Links {
		i := b.incident(l.Group)
		for i != nil && i.MergedInto != "" {
			i = b.incidents[i.MergedInto]
		}
		if i == nil || l.Verdict == "rejected" || l.Verdict == "" && (l.Band == headstart.BandNone || t.Linked() != nil) {
			continue
		}
		out[i.ID] = ticket{
			Linked: l.Verdict == "linked", Since: t.Since(), Requester: requester(t),
			Left: t.Timeless(),
		}
	}
	return out
}

// requester is who reported, for counting different people; a shared one never
// makes the difference (ruling 32).
func requester(t *headstart.TicketState) string {
	if t.Requester.Shared {
		return ""
	}
	return t.Requester.ID
}

// ticketPoint is the evidence of linked tickets: one point once at least two
// different requesters reported (ruling 24).
func (i *incident) ticketPoint() int {
	people := map[string]bool{}
	for _, t := range i.X.Tickets {
		if t.Linked && t.Requester != "" {
			people[t.Requester] = true
		}
	}
	if len(people) >= 2 {
		return 1
	}
	return 0
}

func (b *book) setTicket(i *incident, key string, t ticket) {
	if i.X.Tickets == nil {
		i.X.Tickets = map[string]ticket{}
	}
	i.X.Tickets[key] = t
	if at, has := slices.BinarySearch(b.byTicket[key], i.ID); !has {
		b.byTicket[key] = slices.Insert(b.byTicket[key], at, i.ID)
	}
}

func (b *book) dropTicket(i *incident, key string) {
	delete(i.X.Tickets, key)
	if len(i.X.Tickets) == 0 {
		i.X.Tickets = nil
	}
	if at, has := slices.BinarySearch(b.byTicket[key], i.ID); has {
		b.byTicket[key] = slices.Delete(b.byTicket[key], at, at+1)
	}
	if len(b.byTicket[key]) == 0 {
		delete(b.byTicket, key)
	}
}

func (i *incident) setPaged(receiver string, r receipt) {
	if i.X.Paged == nil {
		i.X.Paged = map[string]receipt{}
	}
	i.X.Paged[receiver] = r
}
