package incidents

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"headstart"
)

// An incident nobody takes, or whose owner is silent, is brought to its support group
// and then, each time after as long again, to one group of the next line. What is over,
// silenced, in planned work or hushed waits (rulings 17, 30).

// ruleDuty is the number of the decisions about hours, hand-over and escalation.
const ruleDuty = "O-28"

// Why an incident is escalated.
const (
	unowned = "unowned"
	silent  = "silent_owner"
)

// vigil is how far an incident is with being escalated. A round begins with each owner,
// with none, and when the incident comes back; in a round each line is asked once, so
// pages are bounded by lines and rounds.
type vigil struct {
	Gen      int       `json:"gen,omitempty"`      // outdates deadlines set before
	For      string    `json:"for,omitempty"`      // why; empty: somebody is on it
	Priority string    `json:"priority,omitempty"` // as the deadline was set for
	Since    time.Time `json:"since,omitzero"`     // when the round began
	Acted    time.Time `json:"acted,omitzero"`     // when the owner last did something in it
	Round    int       `json:"round,omitempty"`
	Step     int       `json:"step,omitempty"` // how many groups were asked in it
	Line     int       `json:"line,omitempty"` // of the group asked last
	Over     bool      `json:"over,omitempty"` // no group is left in it
	Waits    bool      `json:"waits,omitempty"`
}

// next begins a round.
func (w *vigil) next(now time.Time) {
	*w = vigil{Gen: w.Gen + 1, Round: w.Round + 1, Since: now}
}

// acts takes note that a person did something to i: its owner is not silent, and what
// nobody owns has somebody on it.
func (b *book) acts(i *incident, c *headstart.Command) {
	if i.Live() && (c.By == i.Owner || i.Owner == "" && b.acknowledged(i)) {
		i.X.Watch.Acted = b.now
	}
}

// acknowledged reports whether somebody said that he is on it since it has no owner.
func (b *book) acknowledged(i *incident) bool {
	return i.AcknowledgedAt != nil && !i.AcknowledgedAt.Before(i.X.Watch.Since)
}

// unattended is why i is escalated if it stays as it is; empty: it is not.
func (b *book) unattended(i *incident) string {
	listed := b.roster.Of(i.Owner) != nil
	switch {
	case !i.Live() || !b.escalates():
		return ""
	case i.Owner == "" && !b.acknowledged(i):
		return unowned
	case listed && !b.config.OnCall && !b.roster.Works(i.Owner, b.now) && i.X.Watch.Acted.IsZero():
		return unowned // given to him for later, and he is not here
	}
	return silent
}

// escalates reports whether there is anybody to escalate to.
func (b *book) escalates() bool { return len(b.log.SupportGroups) > 0 || b.deskChannel() != "" }

// attend sets when i is escalated, if nothing happens meanwhile, and what the desk is
// told of it. It is asked after every change.
func (b *book) attend(i *incident) {
	b.closeNotes(i)
	b.tellDesk(i)
	w := &i.X.Watch
	why := b.unattended(i)
	if why == w.For && (why == "" || i.Priority == w.Priority) {
		return
	}
	begins := w.For == ""
	w.For, w.Priority, w.Waits = why, i.Priority, false
	w.Gen++
	b.dirty.incident(i)
	if w.Since.IsZero() { // of a version that escalated nothing
		w.Since = i.OpenedAt
	}
	if patience := b.patience(w); patience > 0 && !w.Over {
		due := headstart.Later(w.Since, w.Acted).Add(patience)
		if begins { // nobody watched it before, so nobody was late
			due = headstart.Later(due, b.now.Add(patience))
		}
		b.escalateAt(i, due)
	}
}

// patience is how long w waits; zero: it is not escalated.
func (b *book) patience(w *vigil) time.Duration {
	switch w.For {
	case unowned:
		return time.Duration(b.escalation.Unowned[w.Priority])
	case silent:
		return time.Duration(b.escalation.SilentOwner[w.Priority])
	}
	return 0
}

// escalateAt sets the deadline. It moves: nobody could act while we did not look, and a
// start after an outage of ours is no time to call everybody (ruling 5).
func (b *book) escalateAt(i *incident, due time.Time) {
	if due.Before(b.now) {
		due = b.now
	}
	b.agenda.add(due, doEscalate, string(i.ID), i.X.Watch.Gen, true)
}

// escalateDue brings i to the next group, unless something happened meanwhile.
func (b *book) escalateDue(i *incident, gen int) {
	w := &i.X.Watch
	b.dirty.incident(i)
	if why := b.unattended(i); gen != w.Gen || why != w.For {
		return // attend follows
	}
	patience := b.patience(w)
	if patience <= 0 || w.Over {
		return
	}
	if due := w.Acted.Add(patience); w.For == silent && due.After(b.now) {
		b.escalateAt(i, due)
		return
	}
	if b.paused(i) || len(i.SilencedBy) > 0 || b.hushed(i) {
		b.escalateAt(i, b.now.Add(max(patience, time.Minute)))
		return
	}
	if w.Step == 0 {
		b.alarmDesk(i)
	}
	b.askGroup(i, patience)
}

// askGroup pages the next group that answers now. None does: it waits for the first
// that will.
func (b *book) askGroup(i *incident, patience time.Duration) {
	w := &i.X.Watch
	local := b.now.In(b.zone)
	var opens time.Time
	for _, g := range b.ladder(i) {
		if b.config.OnCall || g.Open(local, b.calendar) {
			b.escalateTo(i, g)
			b.escalateAt(i, b.now.Add(patience))
			return
		}
		if at := g.NextOpen(local, b.calendar); !at.IsZero() && (opens.IsZero() || at.Before(opens)) {
			opens = at
		}
	}
	if !opens.IsZero() {
		if !w.Waits {
			b.decide(i, headstart.Decision{Rule: ruleDuty, Outcome: "escalation_waits", Facts: facts("why", w.For, "until", stamp(&opens))})
		}
		w.Waits = true
		b.escalateAt(i, opens)
		return
	}
	w.Over = true
	b.decide(i, headstart.Decision{Rule: ruleDuty, Outcome: "escalation_ended", Facts: facts("why", w.For, "steps", itoa(w.Step))})
}

// ladder are the groups that may be asked next, best first: that of the incident and
// others of its line, then those of the lines after it. Of a line one is asked.
func (b *book) ladder(i *incident) []*headstart.SupportGroup {
	w := &i.X.Watch
	own := b.groupOf(i)
	var out []*headstart.SupportGroup
	for n := range b.log.SupportGroups {
		g := &b.log.SupportGroups[n]
		first := w.Step == 0 && (own == nil || g.Line >= own.Line)
		if g.Receiver != "" && (first || w.Step > 0 && g.Line > w.Line) {
			out = append(out, g)
		}
	}
	slices.SortStableFunc(out, func(x, y *headstart.SupportGroup) int {
		return cmp.Or(cmp.Compare(x.Line, y.Line), -compareBool(x == own, y == own))
	})
	return out
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// groupOf is the support group of an incident: the one it was given to, else that of
// what fails, else of the services it hits; nil: the catalog names none.
func (b *book) groupOf(i *incident) *headstart.SupportGroup {
	named := []string{i.SupportGroup}
	of := func(service string) {
		if s := b.services[service]; s != nil {
			named = append(named, s.SupportGroup)
		}
	}
	for _, asset := range append([]string{i.Cause.Asset}, i.Cause.Also...) {
		of(asset)
		if d := b.devices[asset]; d != nil {
			named = append(named, d.SupportGroup)
			for _, s := range d.Services {
				of(s)
			}
		}
	}
	of(i.X.Service)
	for _, s := range i.Services {
		of(s)
	}
	for _, id := range named {
		if g := b.groupNamed(id); g != nil {
			return g
		}
	}
	return nil
}

// groupNamed is the support group of an id, or nil.
func (b *book) groupNamed(id string) *headstart.SupportGroup {
	at := slices.IndexFunc(b.log.SupportGroups, func(g headstart.SupportGroup) bool { return g.ID == id })
	if at < 0 {
		return nil
	}
	return &b.log.SupportGroups[at]
}

// escalateTo pages one group, under the name its receiver may know the incident by.
func (b *book) escalateTo(i *incident, g *headstart.SupportGroup) {
	w := &i.X.Watch
	w.Step, w.Line, w.Waits = w.Step+1, g.Line, false
	since := headstart.Later(w.Since, w.Acted)
	b.decide(i, headstart.Decision{Rule: ruleDuty, Outcome: w.For, Subject: g.ID, Facts: facts(
		"since", stamp(&since), "step", itoa(w.Step), "line", itoa(g.Line), "receiver", g.Receiver, "round", itoa(w.Round))})
	i.SupportGroup = cmp.Or(i.SupportGroup, g.ID)
	said := map[string]string{
		unowned: b.because("%s (%s): niemand heeft dit opgepakt sinds %s", "%s (%s): nobody has taken this since %s"),
		silent:  b.because("%s (%s): wie eraan werkt liet niets horen sinds %s", "%s (%s): whoever works on it was not heard since %s"),
	}[w.For]
	summary := fmt.Sprintf(said, i.ID, i.Priority, b.clockWords(since))
	got, known := i.knows(g.Receiver)
	if was, has := i.X.Paged[g.Receiver]; has {
		got.N = was.N // of a page closed before: its numbers go on
	}
	page := receipt{N: got.N + 1, Priority: i.Priority, UID: got.UID, Called: got.Called || !known}
	if !veiled(i, page, w.For) {
		summary += ". " + i.Title.In(b.language())
	}
	labels := map[string]string{"alertname": map[string]string{unowned: "IncidentUnowned", silent: "OwnerSilent"}[w.For], "incident": string(i.ID)}
	if cause := b.pageCause(i, page, w.For); cause != "" {
		labels["asset"] = cause
	}
	b.pageOne(i, g.Receiver, page, w.For, []headstart.NoticeAlert{{
		Labels: labels, Annotations: map[string]string{"summary": summary}, StartsAt: b.now, Generator: b.deskURL(i),
	}})
}
