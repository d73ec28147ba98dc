package demo

import (
	"cmp"
	"fmt"
	"time"

	"headstart"
)

// Fact is something the service did that a reader of its pages can see.
type Fact struct {
	At       time.Time // of the demonstration's clock
	Kind     FactKind
	Incident headstart.IncidentID
	Text     string // in words
}

// FactKind is what a Fact is about.
type FactKind string

// The kinds of facts.
const (
	Opened    FactKind = "opened"    // an incident
	Renamed   FactKind = "renamed"   // its cause is another than was thought
	Published FactKind = "published" // a message stands on the status page
	Linked    FactKind = "linked"    // tickets look like it
	Joined    FactKind = "joined"    // it went into another one
	Ended     FactKind = "ended"
)

// Teller notes what is new on a view. It is used by one goroutine.
type Teller struct {
	language string
	known    map[headstart.IncidentID]told
	updates  map[string]int
}

type told struct {
	cause   string
	tickets int
	over    bool
}

// NewTeller returns a Teller to whom all is new.
func NewTeller(language string) *Teller {
	return &Teller{language: language, known: map[headstart.IncidentID]told{}, updates: map[string]int{}}
}

// Look returns what is new since the last Look, in the order of incidents.
func (t *Teller) Look(view *headstart.View) (facts []Fact) {
	list := view.Incidents()
	for n := range list {
		facts = append(facts, t.incident(&list[n])...)
	}
	for _, a := range view.Announcements() {
		facts = append(facts, t.announcement(&a)...)
	}
	return facts
}

func (t *Teller) incident(i *headstart.Incident) (facts []Fact) {
	was, known := t.known[i.ID]
	now := told{cause: i.Cause.Asset, tickets: i.Tickets.Linked + i.Tickets.Suggested, over: !i.Live()}
	t.known[i.ID] = now
	title := cmp.Or(i.Title[t.language], i.Title["nl"], i.Title["en"])
	add := func(at time.Time, kind FactKind, nl, en string) {
		facts = append(facts, Fact{at, kind, i.ID, t.say(nl, en)})
	}
	cause := ""
	if i.Cause.Asset != "" {
		cause = t.say(", vermoedelijk door ", ", probably because of ") + i.Cause.Asset
	}
	if !known {
		add(i.OpenedAt, Opened, fmt.Sprintf("NIEUWE STORING %s (%s): %s%s", i.ID, i.Priority, title, cause), fmt.Sprintf("NEW INCIDENT %s (%s): %s%s", i.ID, i.Priority, title, cause))
	}
	if known && was.cause != now.cause && cause != "" {
		add(time.Time{}, Renamed, fmt.Sprintf("%s heeft een andere oorzaak dan gedacht%s", i.ID, cause), fmt.Sprintf("%s has another cause than was thought%s", i.ID, cause))
	}
	if now.tickets > was.tickets {
		add(time.Time{}, Linked, fmt.Sprintf("%s: meldingen die erover lijken te gaan: %d", i.ID, now.tickets), fmt.Sprintf("%s: tickets that look like it: %d", i.ID, now.tickets))
	}
	switch {
	case !known || !now.over || was.over:
	case i.MergedInto != "":
		add(time.Time{}, Joined, fmt.Sprintf("%s hoort bij %s: één oorzaak, één storing", i.ID, i.MergedInto), fmt.Sprintf("%s is part of %s: one cause, one incident", i.ID, i.MergedInto))
	default:
		add(time.Time{}, Ended, fmt.Sprintf("%s is voorbij", i.ID), fmt.Sprintf("%s is over", i.ID))
	}
	return facts
}

func (t *Teller) announcement(a *headstart.Announcement) (facts []Fact) {
	for ; t.updates[a.ID] < len(a.Updates); t.updates[a.ID]++ {
		u := a.Updates[t.updates[a.ID]]
		text := u.Text[t.language]
		if text.Title == "" {
			for _, other := range u.Text {
				text = other
			}
		}
		facts = append(facts, Fact{u.At, Published, a.Incident, fmt.Sprintf("%s %s (%s): “%s”", t.say("BERICHT", "MESSAGE"), a.Ref(), a.Audience, text.Title)})
	}
	return facts
}

func (t *Teller) say(nl, en string) string {
	if t.language == "nl" {
		return nl
	}
	return en
}
