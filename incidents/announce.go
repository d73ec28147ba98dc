package incidents

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"headstart"
)

// inWords says a word of our own JSON in the desk's language.
func (b *book) inWords(word string) string {
	if w, has := words[word]; has {
		return b.because(w[0], w[1])
	}
	return word
}

var words = map[string][2]string{
	string(headstart.CauseSurge):  {"een golf van meldingen", "surge"},
	string(headstart.CauseStorm):  {"een vloed van signalen", "storm"},
	string(headstart.CauseManual): {"door een mens genoemd", "manual"},
	string(headstart.CauseNone):   {"onbekend", "none"},
	"no_longer_reported":          {"niet meer gemeld door de bewaking", "no longer reported"},
	"no_longer_heard":             {"niets meer van gehoord", "no longer heard"},
	"by_hand":                     {"met de hand gesloten", "closed by hand"},
}

// empty ends a reason that is an empty slot: no person can send that.
func (b *book) empty() string { return b.because(" ontbreekt", " is empty") }

// lacking refuses u while slots of it are empty; a gate hit or a long short text never
// blocks a person.
func (b *book) lacking(u *headstart.Update) error {
	if len(u.Missing) == 0 {
		return nil
	}
	slots := make([]string, len(u.Missing))
	for n, m := range u.Missing {
		slots[n] = m + b.empty()
	}
	return fmt.Errorf("the %s message cannot go out: %s", u.Phase, strings.Join(slots, "; "))
}

// compose renders an update in every language of the announcement. The variables
// in vars are a person's and win over those of the state.
func (b *book) compose(i *incident, a *headstart.Announcement, phase headstart.Phase, by string, vars map[string]string) *headstart.Update {
	return b.composeBy(i, a, phase, by, vars, nil)
}

// composeBy is compose for a promise that stands already; nil: a new one.
func (b *book) composeBy(i *incident, a *headstart.Announcement, phase headstart.Phase, by string, vars map[string]string, next *time.Time) *headstart.Update {
	u := &headstart.Update{N: len(a.Updates), Phase: phase, At: b.now, Final: phase.Final(), By: by, Text: map[string]headstart.Text{}, People: b.peopleOf(i, a)}
	if !u.Final {
		u.NextUpdateBy = cmp.Or(next, at(b.promise(i, a, phase)))
	}
	b.render(i, a, u, func(w *headstart.Wording) {
		w.ByPerson = by != "rule" || phase == headstart.Solved && len(b.againstEnd(i, a)) > 0 // then it waits for one
		w.NotSeen = b.notSeen(i, a, phase)
		w.Type(vars)
	})
	if len(vars) > 0 && u.Basis != nil {
		u.Basis.Typed = maps.Clone(vars)
	}
	return u
}

// notSeen reports whether nothing proves what a message of phase would say of the end.
func (b *book) notSeen(i *incident, a *headstart.Announcement, phase headstart.Phase) bool {
	if phase == headstart.Progress && b.allOf(i, a, isStale) {
		return true
	}
	return slices.ContainsFunc(b.spoken(i, a, phase.Final()), func(o *incident) bool {
		return o.CloseReason == "no_longer_reported" || o.CloseReason == "no_longer_heard"
	})
}

// render writes u in every language of the announcement, and what stands against
// sending it by itself; further says more than follows from the incident.
func (b *book) render(i *incident, a *headstart.Announcement, u *headstart.Update, further func(*headstart.Wording)) {
	for _, lang := range a.Languages {
		w := b.wording(i, a.Audience, u.Phase, lang)
		if u.NextUpdateBy != nil {
			w.NextUpdate = u.NextUpdateBy.In(b.zone)
		}
		w.LessOften = !u.Final && b.tires(a, u.Phase)
		b.sayAll(i, a, &w)
		further(&w)
		b.expect(i, a, u, &w)
		c := b.composer.Compose(w)
		if u.Basis == nil {
			u.Basis = headstart.NewBasis(&w)
			u.Basis.Template = c.Template
		} else {
			u.Basis.Add(&w)
		}
		u.Text[lang] = c.Text
		u.Hits = append(u.Hits, c.Hits...)
		for _, m := range c.Missing {
			u.Missing = append(u.Missing, lang+": "+m)
			u.Why = append(u.Why, lang+": "+m+b.empty())
		}
		if c.TooLong {
			u.Why = append(u.Why, lang+b.because(": korte tekst langer dan 160 tekens", ": short text over 160 characters"))
		}
	}
	for _, h := range u.Hits {
		u.Why = append(u.Why, h.Lang+": "+b.plainWords()+h.Word)
	}
}

// publish makes u part of what users read; from now on it is frozen.
func (b *book) publish(i *incident, a *headstart.Announcement, u *headstart.Update, how headstart.How, rule string) {
	of := b.spoken(i, a, u.Final)
	b.freeze(a, u, how)
	if u.About = nil; len(a.Also) > 0 || a.First != "" {
		u.About = idsOf(of)
	}
	b.dropDraft(i, a, u)
	b.keepPromise(i, a, u)
	first := len(a.Updates) == 0
	a.Updates = append(a.Updates, *u)
	a.State, a.NextUpdateBy = stateAfter(u.Phase), u.NextUpdateBy
	if a.How == headstart.HowDraft || a.How == "" {
		a.How = headstart.HowPage
	}
	if (first || a.Window != "") && i.AnnouncedAt == nil {
		i.AnnouncedAt = at(b.now)
		b.count(i)
	}
	b.toldWith(i, of)
	if u.Final {
		a.PushDraft = false
	}
	if u.NextUpdateBy != nil {
		b.agenda.add(*u.NextUpdateBy, doPromise, a.ID, u.N, false)
	}
	b.refreshPromise(i)
	b.describe(a, i)
	b.dirty.incident(i)
	b.decide(i, headstart.Decision{
		Rule: rule, Outcome: "published", By: person(u.By), Subject: a.Audience,
		Facts: facts("phase", string(u.Phase), "how", string(how), "title", u.Text[a.Languages[0]].Title),
	})
	b.say(i, a, u, how)
	if u.Final {
		b.remember(a)
	}
	b.deliver(i, a, u)
	for _, o := range b.members(a) {
		b.wrote(o, u)
	}
	switch {
	case u.Phase == headstart.Withdrawn:
		b.releaseAll(a)
	case a.Live() && a.Draft == nil && i.X.Ended && b.allEnded(i, a) && !speaksOfWork(a):
		b.offerEnd(i, a)
	}
}

// keepPromise counts the open promise of a as kept if u comes before it was due, and
// forgives one that was missed. A correction tells nothing new.
func (b *book) keepPromise(i *incident, a *headstart.Announcement, u *headstart.Update) {
	if u.Corrects {
		return
	}
	a.Missed = nil
	if due := a.NextUpdateBy; due != nil && b.now.Before(*due) {
		b.keepScore(i, a, due, true) // one that comes when it is due is counted there
	}
}

// stateAfter is the state of an announcement whose newest message is of phase p.
func stateAfter(p headstart.Phase) headstart.AnnouncementState {
	switch p {
	case headstart.Withdrawn:
		return headstart.AnnouncementWithdrawn
	case headstart.Solved:
		return headstart.AnnouncementFinal
	default:
		return headstart.AnnouncementPublished
	}
}

// person is who decided, empty for a rule.
func person(by string) string {
	if by == "rule" {
		return ""
	}
	return by
}

// say reports a message to whoever replays.
func (b *book) say(i *incident, a *headstart.Announcement, u *headstart.Update, how headstart.How) {
	b.messages = append(b.messages, Message{
		At: b.now, Incident: i.ID, Phase: u.Phase, Audience: a.Audience, Plane: headstart.PlaneUsers, How: how,
		Text: u.Text, NextUpdateBy: u.NextUpdateBy, Final: u.Final, Corrects: u.Corrects,
	})
}

// correct rewrites the live notices of i in place when its cause changed what
// they say (ruling 25): same announcement, new words, nobody is disturbed.
func (b *book) correct(i *incident) {
	if b.corrects(i) {
		b.each(i, round{Do: doCorrect})
	}
}

// corrects reports whether notices of i follow what is known; what comes with a merge
// does once it is there.
func (b *book) corrects(i *incident) bool {
	return b.composer != nil && i.Live() && !b.paused(i) && i.X.Absorbs == 0
}

func (b *book) correctOne(i *incident, a *headstart.Announcement, _ round) {
	if !b.corrects(i) || b.allOf(i, a, isStale) {
		return
	}
	if b.muted(i) {
		b.describe(a, i)
		return
	}
	last := a.Last()
	if !a.Live() || last == nil || !correctable(last) {
		return
	}
	u := b.anew(i, a, last)
	lang := a.Languages[0]
	if len(u.Why) > 0 || u.Text[lang].Title == last.Text[lang].Title && u.Text[lang].Body == last.Text[lang].Body {
		b.describe(a, i)
		return
	}
	u.Corrects, u.Approver = true, last.Approver
	b.publishBeside(i, a, u, "A-23")
}

// correctable reports whether the words of u follow what is known: a person's stay.
func correctable(u *headstart.Update) bool {
	switch u.Phase {
	case headstart.Investigating, headstart.Progress, headstart.Reopened:
		return u.By == "rule"
	default:
		return false
	}
}

// anew writes the last message of a as things are now, in its place: the promise in it
// stands, and it follows the one before it.
func (b *book) anew(i *incident, a *headstart.Announcement, last *headstart.Update) *headstart.Update {
	before := *a
	before.Updates = a.Updates[:len(a.Updates)-1]
	if over := b.overOf(a, last.Over); len(over) > 0 && last.Phase == headstart.Progress {
		return b.composeBack(i, &before, "rule", nil, a.NextUpdateBy, over)
	}
	if last.Phase == headstart.Progress {
		return b.progress(i, &before, a.NextUpdateBy)
	}
	return b.composeBy(i, &before, last.Phase, "rule", nil, a.NextUpdateBy)
}

// publishBeside publishes what a rule says while a person's draft, or the closing one,
// goes on waiting.
func (b *book) publishBeside(i *incident, a *headstart.Announcement, u *headstart.Update, rule string) {
	waits := a.Draft
	b.publish(i, a, u, headstart.HowPage, rule)
	if waits != nil && !offered(waits) {
		a.Draft = waits
	}
}

func stamp(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
