package incidents

import (
	"errors"
	"strings"
	"time"

	"headstart"
)

// count brings ticket counts and head start of i up to date.
func (b *book) count(i *incident) {
	b.countTickets(i)
	was := i.LeadSeconds
	i.LeadSeconds = nil
	if i.Tickets.FirstAt != nil && i.AnnouncedAt != nil {
		lead := int64(i.Tickets.FirstAt.Sub(*i.AnnouncedAt) / time.Second)
		i.LeadSeconds = &lead
	}
	if i.LeadLeftOut != nil {
		i.LeadLeftOut = &headstart.LeftOut{Reason: i.LeadLeftOut.Reason, At: i.LeadLeftOut.At, Seconds: i.LeadSeconds}
		i.LeadSeconds = nil
	}
	b.sayLead(i, was)
	i.tag(tagGap, i.LeadSeconds != nil && *i.LeadSeconds < 0)
	b.dirty.incident(i)
}

func (b *book) countTickets(i *incident) {
	p := &i.X.Past
	i.Tickets = headstart.TicketCounts{Linked: p.Linked, LeftOut: p.Left}
	if !p.First.IsZero() {
		i.Tickets.FirstAt = at(p.First)
	}
	for _, t := range i.X.Tickets {
		switch {
		case !t.Linked:
			i.Tickets.Suggested++
			continue
		case t.Left:
			i.Tickets.LeftOut++
		case i.Tickets.FirstAt == nil || t.Since.Before(*i.Tickets.FirstAt):
			i.Tickets.FirstAt = at(t.Since)
		}
		i.Tickets.Linked++
	}
}

// sayLead writes into the timeline how the head start came to be what it is: a call
// that is logged late may change it long after the end (ruling 32).
func (b *book) sayLead(i *incident, was *int64) {
	now := i.LeadSeconds
	if now == nil || was != nil && *was == *now {
		return
	}
	outcome, lead := "lead", time.Duration(*now)*time.Second
	if lead < 0 {
		outcome = "users_first"
	}
	b.decide(i, headstart.Decision{Rule: "L-32", Outcome: outcome, Facts: facts(
		"lead", lead.Abs().String(), "reported", stamp(i.Tickets.FirstAt), "announced", stamp(i.AnnouncedAt),
	)})
}

// leaveLead takes the head start of i out of the figures, with a person's reason, or
// back in.
func (b *book) leaveLead(i *incident, c *headstart.Command) error {
	counts := c.Value == nil || *c.Value
	reason := strings.TrimSpace(c.Text)
	switch {
	case counts && i.LeadLeftOut == nil:
		return nil // it counts
	case counts:
		i.LeadLeftOut = nil
		b.act1(i, c, "lead_counted")
		return nil
	case reason == "":
		return errors.New(b.because("er staat geen reden bij; schrijf waarom de voorsprong niet meetelt", "no reason is given; write why the head start is left out of the figures"))
	case i.LeadLeftOut != nil && i.LeadLeftOut.Reason == reason:
		return nil
	}
	i.LeadLeftOut = &headstart.LeftOut{Reason: reason, At: b.now}
	b.act1(i, c, "lead_left_out", "text", reason)
	return nil
}
