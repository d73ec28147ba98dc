package incidents

import (
	"errors"
	"slices"
	"strings"
	"time"

	"headstart"
)

// past is what an incident keeps of tickets that are not known any more: how many
// were linked to it, and when the first of those was reported.
type past struct {
	Linked int       `json:"linked,omitempty"`
	Left   int       `json:"left,omitempty"` // of these, left out of the head start
	First  time.Time `json:"first,omitzero"`
}

func (p *past) add(t ticket) {
	if !t.Linked {
		return
	}
	one := past{Linked: 1, First: t.Since}
	if t.Left {
		one.Left, one.First = 1, time.Time{}
	}
	p.join(&one)
}

// join adds those of another incident, or of one ticket.
func (p *past) join(q *past) {
	p.Linked += q.Linked
	p.Left += q.Left
	if p.First.IsZero() || !q.First.IsZero() && q.First.Before(p.First) {
		p.First = q.First
	}
}

// ticketGone forgets a ticket that correlation does not know any more: who reported
// it, what was written into it, what still waits to be, and where timelines name it.
// How many tickets an incident had stays.
func (b *book) ticketGone(key string) {
	concerned := slices.Clone(b.byTicket[key])
	for _, id := range concerned {
		i := b.incidents[id]
		i.X.Past.add(i.X.Tickets[key])
		b.dropTicket(i, key)
	}
	for _, i := range b.incidents { // nothing is decided here, so map order decides nothing
		if _, has := i.X.Written[key]; !has {
			continue
		}
		delete(i.X.Written, key)
		i.X.No = nil
		if len(i.X.Written) == 0 {
			i.X.Written = nil
		}
		b.dirty.incident(i)
	}
	b.strikeTicket(func(n *headstart.Notice) bool { return n.Source+"/"+n.Ticket == key })
	b.unburyIf(func(n *headstart.Notice) bool {
		return n.Plane == headstart.PlaneTickets && n.Source+"/"+n.Ticket == key
	})
	b.unticketRows(key)
	for _, id := range concerned {
		b.count(b.incidents[id])
		b.judge(b.incidents[id])
	}
}

// unticketRows takes a ticket out of the timelines that name it.
func (b *book) unticketRows(key string) {
	_, id, _ := strings.Cut(key, "/")
	rest := b.personal[:0]
	for _, e := range b.personal {
		if t := ticketOf(&e.Decision); t == key || t == id {
			unticket(&e.Decision)
			b.rewrite(e)
		}
		if names(&e.Decision) {
			rest = append(rest, e)
		}
	}
	clear(b.personal[len(rest):])
	b.personal = rest
}

// forget carries out a request to forget tickets, and takes down that it was made,
// without saying whom it was about.
func (b *book) forget(c *headstart.Command, regroup func(group, into headstart.GroupID) ([]headstart.Change, error)) error {
	changes, err := regroup(0, 0)
	if err != nil {
		return err
	}
	entry := &headstart.AuditEntry{V: 1, At: b.now, By: c.By, Do: c.Do}
	if c.Forget != nil {
		entry.Marks = c.Forget.Marks
	}
	for _, ch := range changes {
		if ch.Kind == headstart.TicketGone {
			entry.Tickets++
		}
		b.apply(ch)
	}
	b.putAudit(c.ID, entry)
	return nil
}

// rejectAlias takes down that a person will not have a word in the catalog: it is
// known by its keyed hash alone.
func (b *book) rejectAlias(c *headstart.Command) error {
	if c.Ref == "" {
		return errors.New("no alias is named; write the id of the proposal as ref")
	}
	for _, e := range b.audit { // whether any has it: the order decides nothing
		if e.Alias == c.Ref {
			return nil
		}
	}
	b.putAudit(c.ID, &headstart.AuditEntry{V: 1, At: b.now, By: c.By, Do: c.Do, Alias: c.Ref})
	return nil
}
