package headstart

import (
	"cmp"
	"slices"
)

// Tickets returns all tickets known, newest first.
func (v *View) Tickets() []TicketState {
	v.mu.RLock()
	defer v.mu.RUnlock()
	out := values(v.tickets, func(a, b TicketState) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(a.Key(), b.Key()))
	})
	for i := range out {
		v.number(&out[i])
	}
	return out
}

// Ticket returns one ticket by Key.
func (v *View) Ticket(key string) (TicketState, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	t := v.tickets[key]
	if t == nil {
		return TicketState{}, false
	}
	out := *t
	v.number(&out)
	return out, true
}

// number fills in the incident each candidate group became.
func (v *View) number(t *TicketState) {
	t.Links = slices.Clone(t.Links)
	for i := range t.Links {
		l := &t.Links[i]
		l.Incident = v.byGroup[l.Group]
		if inc := v.incidents[l.Incident]; inc != nil {
			l.Ref = inc.Ref
		}
	}
}
