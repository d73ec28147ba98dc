package incidents

import (
	"cmp"
	"maps"
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

// lacking are the empty slots among the reasons against u.
func (b *book) lacking(u *headstart.Update) (slots []string) {
	for _, w := range u.Why {
		if strings.HasSuffix(w, b.empty()) && !strings.Contains(w, b.plainWords()) {
			slots = append(slots, w)
		}
	}
	return slots
}

// compose renders an update in every language of the announcement. The variables
// in vars are a person's and win over those of the state.
func (b *book) compose(i *incident, a *headstart.Announcement, phase headstart.Phase, by string, vars map[string]string) *headstart.Update {
	return b.composeBy(i, a, phase, by, vars, nil)
}

// composeBy is compose for a promise that stands already; nil: a new one.
func (b *book) composeBy(i *incident, a *headstart.Announcement, phase headstart.Phase, by string, vars map[string]string, next *time.Time) *headstart.Update {
	u := &headstart.Update{N: len(a.Updates), Phase: phase, At: b.now, Final: phase.Final(), By: by, Text: map[string]headstart.Text{}, People: i.People}
	if !u.Final {
		u.NextUpdateBy = cmp.Or(next, at(b.promise(i)))
	}
	b.render(i, a, u, func(w *headstart.Wording) {
		w.ByPerson = by != "rule"
		w.NotSeen = i.CloseReason == "no_longer_reported" || i.CloseReason == "no_longer_heard" || i.Stale && phase == headstart.Progress
		maps.Copy(w.Vars, vars)
	})
	return u
}

// render writes u in every language of the announcement, and what stands against
// sending it by itself; further says more than follows from the incident.
func (b *book) render(i *incident, a *headstart.Announcement, u *headstart.Update, further func(*headstart.Wording)) {
	for _, lang := range a.Languages {
		w := b.wording(i, a.Audience, u.Phase, lang)
		if u.NextUpdateBy != nil {
			w.NextUpdate = u.NextUpdateBy.In(b.zone)
		}
		further(&w)
		c := b.composer.Compose(w)
		u.Text[lang] = c.Text
		u.Hits = append(u.Hits, c.Hits...)
		for _, m := range c.Missing {
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
	u.At, u.How, u.Why = b.now, how, nil
	u.N = len(a.Updates)
	a.Draft = nil
	first := len(a.Updates) == 0
	a.Updates = append(a.Updates, *u)
	a.State, a.NextUpdateBy = headstart.AnnouncementPublished, u.NextUpdateBy
	if a.How == headstart.HowDraft || a.How == "" {
		a.How = headstart.HowPage
	}
	if u.Phase == headstart.Withdrawn {
		a.State = headstart.AnnouncementWithdrawn
	}
	if u.Phase == headstart.Solved {
		a.State = headstart.AnnouncementFinal
	}
	if (first || a.Window != "") && i.AnnouncedAt == nil {
		i.AnnouncedAt = at(b.now)
		b.count(i)
	}
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
	b.deliver(i, a, u)
	b.wrote(i, u)
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

// refreshPromise keeps the earliest open promise of an incident beside it.
func (b *book) refreshPromise(i *incident) {
	i.NextUpdateBy = nil
	for _, a := range b.told[i.ID] {
		if a.Live() && a.NextUpdateBy != nil && (i.NextUpdateBy == nil || a.NextUpdateBy.Before(*i.NextUpdateBy)) {
			i.NextUpdateBy = a.NextUpdateBy
		}
	}
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
	if !b.corrects(i) {
		return
	}
	if b.muted(i) {
		b.describe(a, i)
		return
	}
	last := a.Last()
	if !a.Live() || last == nil || last.Phase != headstart.Investigating || last.By != "rule" {
		return
	}
	u := b.composeBy(i, a, headstart.Investigating, "rule", nil, a.NextUpdateBy) // the promise stands
	lang := a.Languages[0]
	if len(u.Why) > 0 || u.Text[lang].Title == last.Text[lang].Title && u.Text[lang].Body == last.Text[lang].Body {
		b.describe(a, i)
		return
	}
	u.Corrects = true
	b.publish(i, a, u, headstart.HowPage, "A-23")
}

// promised keeps or misses the promise of a's update n (announcements section 6).
func (b *book) promised(a *headstart.Announcement, n int) {
	i := b.incidents[a.Incident]
	last, due := a.Last(), a.NextUpdateBy
	if i != nil && b.paused(i) {
		b.suspendPromises(i) // made by a person meanwhile
		return
	}
	if i == nil || !a.Live() || last == nil || last.N != n || due == nil || due.After(b.now) || b.composer == nil {
		return // a later message kept it, or it was missed already
	}
	if i.Stale { // there is nothing to say until something is heard (ruling 15)
		b.pause(a)
		b.refreshPromise(i)
		b.dirty.incident(i)
		return
	}
	quiet := last.Phase == headstart.Progress && last.By == "rule" // at most one message without content in a row
	late := b.now.Sub(*due) > gapTolerated                         // nobody was looking: promises do not move
	u := b.progress(i, a)
	if !quiet && b.config.policy("progress_no_news") == auto && len(u.Why) == 0 && !b.muted(i) {
		b.keepScore(i, a, due, !late)
		u.Approver = "announce.policy.progress_no_news"
		closing := a.Draft
		b.publish(i, a, u, headstart.HowPage, "A-28")
		if closing != nil && closing.Phase == headstart.Solved {
			a.Draft = closing // still waits for a person
		}
		return
	}
	if !i.Confidential { // where nobody may be told anything, no promise counts
		b.keepScore(i, a, due, false)
	}
	a.NextUpdateBy = nil
	if a.Draft == nil || a.Draft.Phase != headstart.Solved {
		a.Draft = u
		a.Draft.Why = append(a.Draft.Why, b.because("het beloofde bericht is niet geschreven", "the promised message was not written"))
	}
	b.refreshPromise(i)
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
	b.dirty.incident(i)
}

// progress composes the message without news of now: that we are busy, or, once
// a machine proved that all answers well, that our checks are good again.
func (b *book) progress(i *incident, a *headstart.Announcement) *headstart.Update {
	switch {
	case i.X.Clear.IsZero() && i.Live():
		return b.compose(i, a, headstart.Progress, "rule", nil)
	case b.proved(i):
		return b.composeChecked(i, a)
	}
	u := b.compose(i, a, headstart.Progress, "rule", nil)
	u.Why = append(u.Why, b.because("herstel is niet bewezen", "recovery is not proved"))
	return u
}

// keepScore counts a promise that was due as kept or missed.
func (b *book) keepScore(i *incident, a *headstart.Announcement, due *time.Time, kept bool) {
	if kept {
		a.Promises[0]++
		b.decide(i, headstart.Decision{Rule: "A-28", Outcome: "promise_kept", Subject: a.Audience})
		return
	}
	a.Promises[1]++
	b.decide(i, headstart.Decision{Rule: "A-28", Outcome: "promise_missed", Subject: a.Audience, Facts: facts("promised", stamp(due))})
}

// renew makes a promise anew where a live notice has none and nothing waits.
func (b *book) renew(i *incident, a *headstart.Announcement) {
	if a.Live() && a.NextUpdateBy == nil && a.Draft == nil && a.Last() != nil && !speaksOfWork(a) {
		b.promiseBy(i, a, b.promise(i))
	}
}

// promiseBy sets the time of the next message of a live notice.
func (b *book) promiseBy(i *incident, a *headstart.Announcement, due time.Time) {
	a.NextUpdateBy = at(due)
	b.agenda.add(due, doPromise, a.ID, a.Last().N, false)
	b.refreshPromise(i)
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
	b.dirty.incident(i)
}

func stamp(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
