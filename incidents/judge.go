package incidents

import (
	"fmt"
	"slices"
	"strings"

	"headstart"
)

// judgeDraft publishes what may stand by itself, and keeps the draft of what may
// not up to date.
func (b *book) judgeDraft(i *incident, a *headstart.Announcement) {
	why := b.againstFirst(i, a)
	u := b.compose(i, a, headstart.Investigating, "rule", nil)
	u.Why = append(why, u.Why...)
	if len(u.Why) == 0 {
		u.Approver = "announce.policy.investigating"
		b.publish(i, a, u, headstart.HowPage, "A-25")
		if due := i.OpenedAt.Add(b.config.after(i.Priority)); due.After(b.now) {
			b.pushAt(i, due)
		} else {
			b.pushAt(i, b.now) // the evidence came late, or the place was hit late
		}
		return
	}
	if a.Draft == nil || !slices.Equal(a.Draft.Why, u.Why) || a.Draft.Text[a.Languages[0]].Title != u.Text[a.Languages[0]].Title {
		a.Draft = u
		b.decide(i, headstart.Decision{Rule: "A-24", Outcome: "drafted", Subject: a.Audience, Facts: reasons(u.Why)})
		b.say(i, a, u, headstart.HowDraft)
		b.dirty.put(headstart.TableAnnouncements, a.ID, a)
	}
}

// basis is all that the first notice of an incident depends on: while it stays the
// same, composing again gives the same. A storm asks for each of its thousands of
// members, and composing is the dearest thing the book does. It only saves work,
// so nothing of it needs a row.
type basis struct {
	scope                     int
	service, cause, effect    string
	single, attended          bool
	since, promised, lookFrom int64 // Unix seconds
	expected                  int64 // the same; zero: not known
	day                       int   // of the year: "today" is a word
	grounds                   grounds
	also                      string // the same of others that the notice speaks for
}

func (b *book) basis(i *incident) basis {
	return basis{
		scope: b.scope(i).n, service: i.X.Service, cause: i.Cause.Asset, effect: i.effect(),
		single: i.single(), attended: b.attended(i), expected: b.expected(i),
		since: i.StartedAt.Unix(), promised: b.promise(i, nil, headstart.Investigating).Unix(), lookFrom: b.lookFrom(i).Unix(), day: b.now.In(b.zone).YearDay(),
		grounds: b.grounds(i),
	}
}

// grounds are what stands against a message going out by itself.
type grounds struct {
	points                       int // of evidence; -1: enough
	confidential, hushed, paused bool
	stale                        bool                // nothing was heard of it for too long
	silenced                     string              // by whom, in words; empty: something is heard
	kind                         headstart.CauseKind // surge, storm or manual; else empty
}

func (b *book) grounds(i *incident) grounds {
	s := grounds{points: -1, confidential: i.Confidential, hushed: b.hushed(i), stale: i.Stale}
	g := b.groups.Group(i.Group)
	machine := 0
	if g != nil {
		machine, s.paused = g.Points, g.Paused
		if g.Silenced {
			s.silenced = b.silenced(g)
		}
	}
	if points := machine + i.ticketPoint(); points < b.config.Evidence || machine == 0 {
		s.points = points
	}
	switch k := i.Cause.Kind; k {
	case headstart.CauseSurge, headstart.CauseStorm, headstart.CauseManual:
		s.kind = k
	default: // a machine knows the cause
	}
	return s
}

// alsoOn adds what a notice that speaks for others depends on besides.
func (s basis) alsoOn(b *book, i *incident, a *headstart.Announcement) basis {
	for _, o := range b.spoken(i, a, false) {
		if o != i {
			s.also += fmt.Sprint(o.ID, o.Priority, o.People, b.basis(o))
		}
	}
	return s
}

// againstFirst lists what stands against the first words of a going out by themselves, of
// any of those it speaks for.
func (b *book) againstFirst(i *incident, a *headstart.Announcement) []string {
	why := b.against(i, headstart.Investigating)
	for _, o := range b.spoken(i, a, false) {
		if o == i {
			continue
		}
		for _, w := range b.against(o, headstart.Investigating) {
			if !slices.Contains(why, w) {
				why = append(why, string(o.ID)+": "+w)
			}
		}
	}
	return why
}

// against lists what stands against a message going out by itself, in the words
// of the draft that then waits. Empty: it may.
func (b *book) against(i *incident, phase headstart.Phase) []string {
	s := b.grounds(i)
	var why []string
	if s.points >= 0 {
		why = append(why, fmt.Sprintf(b.because("bewijs %d van %d", "evidence %d of %d"), s.points, b.config.Evidence))
	}
	if s.confidential {
		why = append(why, b.because("vertrouwelijk", "confidential"))
	}
	if s.hushed {
		why = append(why, b.because("berichten staan stil", "hushed"))
	}
	if s.silenced != "" {
		why = append(why, s.silenced)
	}
	if s.paused {
		why = append(why, b.because("alles wat faalt valt binnen onderhoud", "all that fails is inside maintenance"))
	}
	if s.stale {
		why = append(why, b.because("er is al te lang niets van gehoord", "nothing was heard of it for too long"))
	}
	if s.kind != "" {
		why = append(why, b.because("oorzaak is ", "cause is ")+b.inWords(string(s.kind)))
	}
	if b.config.policy(string(phase)) != auto {
		why = append(why, b.because("volgens de instellingen keurt een mens dit goed", "policy wants approval"))
	}
	return why
}

// sayUnheard writes into the timeline, once, that i hits nothing the catalog can name
// an audience for: a person who knows better names one.
func (b *book) sayUnheard(i *incident, unheard bool) {
	if unheard && !i.X.Unheard {
		b.decide(i, headstart.Decision{Rule: "A-24", Outcome: "no_audience", Subject: string(i.ID)})
	}
	i.X.Unheard = unheard
}

// silenced says who silenced all that fails, and why: the desk judges by it
// whether users must hear all the same (ruling 17).
func (b *book) silenced(g *headstart.Group) string {
	why := b.because(allSilenced[0], allSilenced[1])
	said := make([]string, len(g.SilencedBy))
	for n, m := range g.SilencedBy {
		said[n] = m.Words(b.language(), b.zone)
	}
	switch {
	case len(said) == 0:
		return why
	case g.SilencedBy[0].Inhibited: // no "by whom" follows
		return why + ", " + strings.Join(said, ", ")
	}
	return why + " " + strings.Join(said, ", ")
}

// because gives a reason in the desk's language: drafts and timeline show it.
func (b *book) because(nl, en string) string {
	if b.language() == "en" {
		return en
	}
	return nl
}

// plainWords opens a reason that is a hit of the language gate; unlike an empty
// slot it never blocks a person.
func (b *book) plainWords() string { return b.because("gewone woorden: ", "plain words: ") }

func (b *book) hushed(i *incident) bool { return b.now.Before(b.hush) || b.now.Before(i.X.Hush) }
