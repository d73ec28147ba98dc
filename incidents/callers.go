package incidents

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"headstart"
)

// afterEnd is how long after the end somebody may still call about an outage, as a
// ticket may still belong to it (ruling 32).
const afterEnd = 4 * time.Hour

// confirm counts one "Ik heb dit ook" or "Bij mij werkt het" of a reader of the page,
// once per device, or a caller of a log file. It is never evidence (ruling 24), but
// who has it keeps an incident from being called over by itself (ruling 27c).
func (b *book) confirm(c *headstart.Confirm) {
	i := b.find(c.Incident)
	for i != nil && i.MergedInto != "" { // the page they pressed on may be old
		i = b.incidents[i.MergedInto]
	}
	if i == nil || len(c.Device) > longestName {
		return
	}
	i = b.meant(i, c.Service)
	if byVoice(c.Channel) {
		b.called(i, c.Channel, "")
		return
	}
	if c.Service != "" && len(i.Services) > 0 && !slices.Contains(i.Services, c.Service) {
		return // they chose another service: this is not what they have
	}
	key := string(i.ID) + "/" + c.Device
	if _, seen := b.confirms[key]; seen || c.Device == "" {
		return
	}
	b.putConfirm(key, b.now)
	if c.Works {
		i.WorksFor++
		b.dirty.incident(i)
		return
	}
	i.Confirmations++
	b.alsoHas(i, c.Channel, "")
	b.saysNo(i, key)
}

// meant is what a reader has who pressed at a notice of i: of several that it speaks for
// the one of the service they chose, and one that is live before one that is over.
func (b *book) meant(i *incident, service string) *incident {
	hits := func(o *incident) bool {
		return service == "" || len(o.Services) == 0 || slices.Contains(o.Services, service)
	}
	if i.Live() && hits(i) {
		return i
	}
	for _, o := range b.toldTogether(i) {
		if o.Live() && hits(o) && (!hits(i) || o.AnnouncedAt != nil) {
			return o
		}
	}
	return i
}

// byVoice reports whether people come that way without leaving a ticket.
func byVoice(channel string) bool { return channel == "phone" || channel == "walk_in" }

// confirmByHand counts somebody who told the desk and made no ticket, or takes one
// back that was counted by mistake. Nobody asks who it was.
func (b *book) confirmByHand(i *incident, c *headstart.Command) error {
	channel := cmp.Or(c.Channel, "phone")
	if c.Ticket != "" {
		return b.stillFails(i, c)
	}
	switch {
	case !byVoice(channel):
		return fmt.Errorf(b.because("kanaal %.20q; schrijf phone of walk_in. Wie schreef heeft een melding: koppel die", "channel %.20q; write phone or walk_in. Whoever wrote has a ticket: link that"), channel)
	case c.Value != nil && !*c.Value:
		return b.uncall(i, c)
	case i.ResolvedAt != nil && b.now.Sub(*i.ResolvedAt) >= afterEnd:
		return fmt.Errorf(b.because("%s is voorbij sinds %s; een beller van nu heeft iets anders, of heropen haar", "%s is over since %s; a call of now is about something else, or reopen it"), i.ID, b.clockWords(*i.ResolvedAt))
	}
	b.called(i, channel, c.By)
	return nil
}

func (b *book) called(i *incident, channel, by string) {
	i.Callers++
	if i.FirstCallerAt == nil {
		i.FirstCallerAt = at(b.now)
	}
	b.alsoHas(i, channel, by)
	b.saysNo(i, "")
}

func (b *book) alsoHas(i *incident, channel, by string) {
	i.X.Late = b.now
	b.decide(i, headstart.Decision{Rule: "H-01", Outcome: "confirmed", By: by, Facts: facts("channel", channel)})
	b.dirty.incident(i)
}

// uncall takes the last caller back.
func (b *book) uncall(i *incident, c *headstart.Command) error {
	if i.Callers == 0 {
		return fmt.Errorf(b.because("van %s is geen beller geteld, dus er valt niets terug te nemen", "no caller of %s is counted, so none can be taken back"), i.ID)
	}
	if i.Callers--; i.Callers == 0 {
		i.FirstCallerAt = nil
	}
	b.act1(i, c, "caller_taken_back")
	return nil
}
