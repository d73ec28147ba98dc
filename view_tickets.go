package headstart

import (
	"cmp"
	"slices"
	"strings"
)

// ticketRows are the tickets of a View in the order they are listed in, the oldest
// first: a new one then comes at the end. The zero value has to be filled before use.
type ticketRows struct {
	rows   []ticketRow
	sorted bool // rows holds each ticket at its place
	stale  bool // some incident has another number than tickets say
}

// ticketRow is a ticket with its key, which would be put together anew in each comparison.
type ticketRow struct {
	key string
	t   *TicketState
}

func (a ticketRow) compare(b ticketRow) int {
	return cmp.Or(a.t.CreatedAt.Compare(b.t.CreatedAt), strings.Compare(b.key, a.key))
}

// Tickets returns all tickets known, newest first. The list belongs to the caller; the
// tickets are the view's, which hands the same ones to everybody: they must not be changed.
func (v *View) Tickets() []*TicketState {
	if out, ready := v.ticketsListed(); ready {
		return out
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.listTickets()
	return v.listed.newestFirst()
}

// ticketsListed is the list if nothing has changed that it has to be made anew for.
func (v *View) ticketsListed() (out []*TicketState, ready bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if !v.listed.sorted || v.listed.stale {
		return nil, false
	}
	return v.listed.newestFirst(), true
}

func (l *ticketRows) newestFirst() []*TicketState {
	out := make([]*TicketState, 0, len(l.rows))
	for _, r := range slices.Backward(l.rows) {
		out = append(out, r.t)
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
	return *v.numbered(t), true
}

// listTickets makes the list whole and lets each ticket say the number of its incidents.
func (v *View) listTickets() {
	l := &v.listed
	if !l.sorted {
		l.rows = make([]ticketRow, 0, len(v.tickets))
		for key, t := range v.tickets {
			l.rows = append(l.rows, ticketRow{key, t})
		}
		slices.SortFunc(l.rows, ticketRow.compare)
	}
	for n := range l.rows {
		r := &l.rows[n]
		if t := v.numbered(r.t); t != r.t {
			r.t, v.tickets[r.key] = t, t
		}
	}
	l.sorted, l.stale = true, false
}

// setTicket puts or removes a ticket, in the list too if there is one.
func (v *View) setTicket(op FeedOp) error {
	old := v.tickets[op.Key]
	if err := sharing(v.tickets, op.Key, op.Val, v.shareTicket); err != nil {
		return err
	}
	t := v.tickets[op.Key]
	if t != nil {
		t = v.numbered(t)
		v.tickets[op.Key] = t
	}
	if v.listed.sorted {
		v.listed.replace(op.Key, old, t)
	}
	return nil
}

// replace puts now where was stood; nil: there was none, or there is none any more.
func (l *ticketRows) replace(key string, was, now *TicketState) {
	if was != nil {
		n, _ := slices.BinarySearchFunc(l.rows, ticketRow{key, was}, ticketRow.compare)
		if now != nil && now.CreatedAt.Equal(was.CreatedAt) {
			l.rows[n].t = now
			return
		}
		l.rows = slices.Delete(l.rows, n, n+1)
	}
	if now != nil {
		n, _ := slices.BinarySearchFunc(l.rows, ticketRow{key, now}, ticketRow.compare)
		l.rows = slices.Insert(l.rows, n, ticketRow{key, now})
	}
}

// numbered is t with the incident that each candidate group became: t itself where it
// says so already, since readers may hold it.
func (v *View) numbered(t *TicketState) *TicketState {
	changed := func(l Link) bool {
		id, ref := v.incidentOf(l.Group)
		return l.Incident != id || l.Ref != ref
	}
	if !slices.ContainsFunc(t.Links, changed) {
		return t
	}
	out := *t
	out.Links = slices.Clone(t.Links)
	for i := range out.Links {
		l := &out.Links[i]
		l.Incident, l.Ref = v.incidentOf(l.Group)
	}
	return &out
}

// incidentOf is the incident that a group became, and its ref; both empty: none yet.
func (v *View) incidentOf(group GroupID) (IncidentID, string) {
	id := v.byGroup[group]
	if i := v.incidents[id]; i != nil {
		return id, i.Ref
	}
	return id, ""
}
