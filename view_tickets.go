package headstart

import (
	"cmp"
	"slices"
	"strings"
)

// Tickets returns all tickets known, newest first.
func (v *View) Tickets() []TicketState {
	v.mu.RLock()
	defer v.mu.RUnlock()
	type row struct { // a ticket is large, and there are thousands: sorted are these
		key string
		t   *TicketState
	}
	rows := make([]row, 0, len(v.tickets))
	for key, t := range v.tickets {
		rows = append(rows, row{key, t})
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(b.t.CreatedAt.Compare(a.t.CreatedAt), strings.Compare(a.key, b.key))
	})
	out := make([]TicketState, len(rows))
	for i := range rows {
		out[i] = *rows[i].t
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
