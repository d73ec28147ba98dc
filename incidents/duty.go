package incidents

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"headstart"
)

// An owner whose hours are over is no owner (ruling 28). Shortly before, the incident
// is offered to whoever works then; what nobody took is his again when he comes back.

// offerAhead is how long before the end of an owner's hours a hand-over is offered.
const offerAhead = 30 * time.Minute

// hours are what an incident remembers of its owner's.
type hours struct {
	Gen   int    `json:"gen,omitempty"`   // outdates deadlines of owners before
	Ahead bool   `json:"ahead,omitempty"` // it was given to him for when his hours begin
	Left  string `json:"left,omitempty"`  // the owner whose hours ended, while nobody took it
}

// onDuty reports whether the owner of i works now. Nobody knows the hours of who is not
// on the duty list: he goes by those of the places the incident hits.
func (b *book) onDuty(i *incident) bool {
	if b.roster.Of(i.Owner) == nil {
		return i.Owner != "" && b.openNow(i)
	}
	return b.roster.Works(i.Owner, b.now)
}

// own gives i to somebody, or to nobody, and follows his hours.
func (b *book) own(i *incident, name string) {
	i.Owner = name
	i.X.Hours = hours{Gen: i.X.Hours.Gen}
	i.X.Watch.next(b.now)
	b.followHours(i)
	b.dirty.incident(i)
}

// followHours sets when the hours of the owner of i are looked at next.
func (b *book) followHours(i *incident) {
	h := &i.X.Hours
	h.Gen++
	h.Ahead = false
	if !i.Live() || b.config.OnCall || b.roster.Of(i.Owner) == nil {
		return
	}
	due := b.roster.Until(i.Owner, b.now)
	if due.IsZero() {
		h.Ahead = true
		due = b.roster.From(i.Owner, b.now)
	} else if due = due.Add(-offerAhead); due.Before(b.now) {
		due = b.now
	}
	if !due.IsZero() {
		b.agenda.add(due, doHours, string(i.ID), h.Gen, false)
	}
}

// hoursDue looks at the hours of the owner of i, of whoever it was when gen was.
func (b *book) hoursDue(i *incident, gen int) {
	h := &i.X.Hours
	if gen != h.Gen || !i.Live() || b.config.OnCall {
		return
	}
	if i.Owner == "" {
		b.comesBack(i)
		return
	}
	until := b.roster.Until(i.Owner, b.now)
	switch {
	case until.IsZero() && h.Ahead, until.Sub(b.now) > offerAhead:
		b.followHours(i)
	case until.IsZero():
		b.leaves(i)
	default:
		h.Ahead = false
		b.offerHandover(i, until)
		b.agenda.add(until, doHours, string(i.ID), h.Gen, false)
	}
}

// leaves ends the ownership of somebody whose hours are over.
func (b *book) leaves(i *incident) {
	owner := i.Owner
	back := b.roster.From(owner, b.now)
	b.decide(i, headstart.Decision{Rule: ruleDuty, Outcome: "off_duty", By: "rule", Facts: facts("owner", owner, "starts", stampOf(back))})
	b.own(i, "")
	h := &i.X.Hours
	h.Left = owner
	now := b.now
	b.remind(i, "handover", headstart.DeskNote{
		Closes: headstart.ClosesOwner, To: b.roster.Next(owner, b.now),
		Said: &headstart.Decision{At: b.now, Rule: ruleDuty, Outcome: "unowned_todo", By: "rule", Facts: facts("incident", string(i.ID), "since", stamp(&now))},
	})
	if !back.IsZero() {
		b.agenda.add(back, doHours, string(i.ID), h.Gen, false)
	}
	b.judge(i) // no text says any more that somebody is on it
}

// comesBack gives i back to the owner who left, unless somebody is on it by now.
func (b *book) comesBack(i *incident) {
	owner := i.X.Hours.Left
	if owner == "" || b.acknowledged(i) || !b.roster.Works(owner, b.now) {
		return
	}
	b.decide(i, headstart.Decision{Rule: ruleDuty, Outcome: "back_on_duty", By: "rule", Facts: facts("owner", owner)})
	b.own(i, owner)
	b.judge(i)
}

// offerHandover asks the desk to hand i over before until.
func (b *book) offerHandover(i *incident, until time.Time) {
	next := b.roster.Next(i.Owner, until)
	d := headstart.Decision{
		At: b.now, Rule: ruleDuty, Outcome: "handover_offered", By: "rule",
		Facts: facts("incident", string(i.ID), "owner", i.Owner, "until", stamp(&until), "next", next),
	}
	if next == "" {
		d.Outcome = "handover_nobody"
	}
	b.remind(i, "handover", headstart.DeskNote{
		Closes: headstart.ClosesOwner, Owner: i.Owner, To: next, For: i.Owner, Due: until, Said: &d,
	})
	b.decide(i, d)
}

// lookAtHours follows the hours of all owners anew, in parts, since the duty list or
// what goes by it changed. From is the number of the last incident looked at.
func (b *book) lookAtHours(from int) {
	for n, i := range slices.SortedFunc(maps.Values(b.live), func(x, y *incident) int { return cmp.Compare(x.Seq, y.Seq) }) {
		if i.Seq <= from {
			continue
		}
		if n > 0 && b.spent() >= enough {
			b.agenda.add(b.now, doAllHours, "", i.Seq-1, false)
			return
		}
		listed := b.roster.Of(i.Owner) != nil
		if listed && !i.X.Hours.Ahead && !b.config.OnCall && !b.roster.Works(i.Owner, b.now) {
			b.leaves(i)
		} else if i.Owner != "" {
			b.followHours(i)
		}
		b.attend(i)
		b.dirty.incident(i)
	}
}

// dutyRules is what decides about hours and escalation, to see a change of it.
func (b *book) dutyRules() string {
	return string(encode([]any{b.log.Desk, b.log.SupportGroups, b.escalation, b.config.OnCall, b.log.Calendar, b.log.Timezone}))
}

// stampOf is stamp for a time that may be zero.
func stampOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return stamp(&t)
}
