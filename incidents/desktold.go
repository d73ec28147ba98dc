package incidents

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"headstart"
)

// The desk itself is told through desk.channel: of what is big and new, of what nobody
// takes, of messages that wait for a person and of promises. Each incident is one
// message there, edited in place where the channel can; what is worth a sound is
// counted. No word of a ticket goes there, and of what is confidential only its number.

// Bounds of what the desk is told: sounds of one incident, edits of its message, and
// incidents that begin a message within an hour. Beyond the last the board is enough.
const (
	mostSounds = 12
	mostEdits  = 100
	mostAlarms = 30
)

// deskTold is what the desk was told of an incident.
type deskTold struct {
	N       int             `json:"n,omitempty"`      // messages and edits so far
	Sounds  int             `json:"sounds,omitempty"` // of these, those that are heard
	Big     bool            `json:"big,omitempty"`    // it was told as a P1 or P2
	Waiting bool            `json:"waiting,omitempty"`
	Missed  time.Time       `json:"missed,omitzero"` // the promise it was told to be missed last
	Why     string          `json:"why,omitempty"`   // the latest thing worth a sound, in words
	Said    string          `json:"said,omitempty"`  // how it was told last
	Post    json.RawMessage `json:"post,omitempty"`  // of the channel, to edit it
	Full    bool            `json:"full,omitempty"`  // too many began with it
}

// IsZero reports whether the desk was told nothing: such a row does not say so.
func (d *deskTold) IsZero() bool { return d == nil || reflect.ValueOf(*d).IsZero() }

// desk is what the desk was told of an incident. Of most that are over it was nothing, and
// they have none: a hundred thousand may be in memory.
func (x *extra) desk() *deskTold {
	if x.Desk == nil {
		x.Desk = &deskTold{}
	}
	return x.Desk
}

// deskChannel is where the desk is told; empty: nowhere.
func (b *book) deskChannel() string {
	if b.log.Desk == nil {
		return ""
	}
	return b.log.Desk.Channel
}

// tellDesk tells the desk what changed of i. It is asked after every change.
func (b *book) tellDesk(i *incident) {
	if b.deskChannel() == "" {
		return
	}
	d := i.X.desk()
	if i.State == headstart.Merged && d.N == 0 {
		return
	}
	if i.Live() && !b.paused(i) && len(i.SilencedBy) == 0 {
		b.soundNew(i)
		b.soundMissed(i)
	}
	if d.N > 0 {
		b.sayToDesk(i, "")
	}
}

// soundNew tells of an incident that is big, or of which a message waits.
func (b *book) soundNew(i *incident) {
	d := i.X.desk()
	waits := b.waiting(i) > 0
	begins := waits && !d.Waiting
	if waits != d.Waiting {
		d.Waiting = waits
		b.dirty.incident(i)
	}
	switch big := i.Priority <= "P2"; {
	case big && !d.Big:
		d.Big = true
		b.sayToDesk(i, "opened")
	case begins:
		b.sayToDesk(i, "waiting")
	}
}

// soundMissed tells of a promise that was not kept.
func (b *book) soundMissed(i *incident) {
	for _, a := range b.told[i.ID] {
		if a.Missed != nil && a.Missed.After(i.X.desk().Missed) {
			i.X.desk().Missed = *a.Missed
			b.sayToDesk(i, "missed")
		}
	}
}

// alarmDesk tells that nobody is on i.
func (b *book) alarmDesk(i *incident) {
	if b.deskChannel() != "" {
		b.sayToDesk(i, i.X.Watch.For)
	}
}

// sayToDesk owes the desk's channel the message about i as it is now: heard, with the
// reason, or an edit in place where reason is empty and something changed.
func (b *book) sayToDesk(i *incident, reason string) {
	d := i.X.desk()
	if reason != "" {
		b.dirty.incident(i) // what it was told of is taken down though nothing may go out
		if d.Sounds >= mostSounds || d.N == 0 && !b.mayAlarm(i) {
			return
		}
		d.Why = b.deskReason(i, reason)
	}
	text := b.deskText(i)
	said := text.Title + "\n" + text.Body
	switch {
	case d.N >= mostEdits, reason == "" && (said == d.Said || !b.deskEdits()):
		return
	case reason != "":
		d.Sounds++
		b.decide(i, headstart.Decision{Rule: ruleDuty, Outcome: "desk_told", Subject: b.deskChannel(), Facts: facts("reason", reason)})
	}
	d.N++
	d.Said = said
	lang := b.language()
	b.dirty.incident(i)
	b.owe(&headstart.Notice{
		V: 1, Key: fmt.Sprintf("%s/desk/%d/%s", i.UID, d.N, b.deskChannel()), Plane: headstart.PlaneDesk, At: b.now,
		Incident: i.ID, UID: i.UID, Priority: i.Priority, Audience: "desk", Channel: b.deskChannel(), N: d.N, Reason: reason,
		Silent: reason == "", Languages: []string{lang}, Text: map[string]headstart.Text{lang: text}, Severity: i.Severity(),
		Final: !i.Live(), Page: b.deskURL(i), Handle: d.Post,
	})
}

// deskEdits reports whether the desk's channel can edit what it posted.
func (b *book) deskEdits() bool {
	return slices.ContainsFunc(b.log.Channels, func(ch headstart.ChannelInfo) bool { return ch.Name == b.deskChannel() && ch.Update })
}

// mayAlarm reports whether another incident may begin a message; that it may not is
// noted once.
func (b *book) mayAlarm(i *incident) bool {
	b.alarms = slices.DeleteFunc(b.alarms, func(t time.Time) bool { return !t.After(b.now.Add(-time.Hour)) })
	if len(b.alarms) == 0 {
		b.alarms = nil // as a row gives it back
	}
	b.dirty.touchClock()
	if len(b.alarms) < mostAlarms {
		b.alarms = append(b.alarms, b.now.UTC())
		return true
	}
	if !i.X.desk().Full {
		i.X.desk().Full = true
		b.decide(i, headstart.Decision{Rule: ruleDuty, Outcome: "desk_full", Subject: b.deskChannel(), Facts: facts("limit", itoa(mostAlarms))})
	}
	return false
}

// deskReason says why the desk is told.
func (b *book) deskReason(i *incident, reason string) string {
	w := &i.X.Watch
	switch reason {
	case "opened":
		return b.because("Nieuw", "New")
	case "waiting":
		return b.because("Een bericht wacht op een mens", "A message waits for a person")
	case unowned:
		return b.because("Niemand heeft dit opgepakt sinds ", "Nobody has taken this since ") + b.clockWords(w.Since)
	case silent:
		return b.because("Wie eraan werkt liet niets horen sinds ", "Whoever works on it was not heard since ") + b.clockWords(headstart.Later(w.Since, w.Acted))
	case "missed":
		return b.because("Het beloofde bericht is er niet: ", "The promised message is missing: ") + b.clockWords(i.X.desk().Missed)
	}
	return b.because("Gebruikers wachten op een bericht om ", "Users expect a message at ") + b.clockWords(i.X.Warned)
}

// deskText is what the desk reads of i.
func (b *book) deskText(i *incident) headstart.Text {
	d := i.X.desk()
	title := i.Title.In(b.language())
	if i.Confidential {
		title = b.because("vertrouwelijk", "confidential")
	}
	t := headstart.Text{Title: fmt.Sprintf("%s %s: %s", i.ID, i.Priority, title)}
	add := func(nl, en, text string) {
		if text != "" {
			t.Lines = append(t.Lines, headstart.TextLine{Label: b.because(nl, en), Text: text})
		}
	}
	state := d.Why
	if !i.Live() {
		state = b.because("Voorbij sinds ", "Over since ") + b.clockWords(b.overSince(i))
	}
	add("", "", state)
	if !i.Confidential {
		add("Raakt", "Hits", b.deskHits(i))
		add("Eigenaar", "Owner", i.Owner)
		if n := b.waiting(i); n > 0 {
			add("Wacht op goedkeuring", "Waits for approval", itoa(n))
		}
	}
	var body []string
	for _, l := range t.Lines {
		body = append(body, strings.TrimPrefix(l.Label+": "+l.Text, ": "))
	}
	t.Body = strings.Join(body, "\n")
	t.Subject = t.Title
	t.Short = shortened(t.Title+". "+state, 160)
	return t
}

func (b *book) overSince(i *incident) time.Time {
	if i.ResolvedAt != nil {
		return *i.ResolvedAt
	}
	return b.now
}

// deskHits says whom and where i hits.
func (b *book) deskHits(i *incident) string {
	var parts []string
	if i.People > 0 {
		parts = append(parts, fmt.Sprintf(b.because("± %d mensen", "± %d people"), i.People))
	}
	const most = 3
	for n, id := range i.Locations {
		if n == most {
			parts = append(parts, fmt.Sprintf(b.because("en nog %d plekken", "and %d more places"), len(i.Locations)-most))
			break
		}
		name := id
		if l := b.places[id]; l != nil && l.Name.In(b.language()) != "" {
			name = l.Name.In(b.language())
		}
		parts = append(parts, name)
	}
	return strings.Join(parts, ", ")
}

func shortened(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
