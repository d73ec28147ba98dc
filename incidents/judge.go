package incidents

import (
	"fmt"
	"slices"
	"strings"

	"headstart"
)

// judge decides whether the first notice may stand on the page now (rulings 24,
// 25); else a draft says what is missing. It is asked again after every change.
func (b *book) judge(i *incident) {
	if !i.Live() || b.composer == nil || i.Cause.Kind == headstart.CauseManual {
		return // who opens an incident by hand also says what users read
	}
	for _, aud := range b.audiences(i) {
		if a := b.announcement(i, aud); a.State == headstart.AnnouncementDraft {
			b.judgeDraft(i, a)
		}
	}
}

// judgeDraft publishes what may stand by itself, and keeps the draft of what may
// not up to date.
func (b *book) judgeDraft(i *incident, a *headstart.Announcement) {
	why := b.against(i, headstart.Investigating)
	if a.Draft != nil && b.unchanged(i, a, why) {
		return
	}
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
		b.decide(i, headstart.Decision{Rule: "A-24", Outcome: "drafted", Subject: a.Audience, Facts: facts("why", strings.Join(u.Why, "; "))})
		b.say(i, a, u, headstart.HowDraft)
	}
}

// unchanged reports whether all that the draft of a depends on is as it was when
// it was last composed. A storm asks for each of its thousands of members, and
// composing is the dearest thing the book does. It only saves work: composing
// again would give the same, so nothing of it needs a row.
func (b *book) unchanged(i *incident, a *headstart.Announcement, why []string) bool {
	depends := fmt.Sprint(why, b.scope(i).n, i.X.Service, i.Cause.Asset, i.Alerts.Total <= 1, i.effect(), b.attended(i),
		i.StartedAt.Unix(), b.promise(i).Unix(), b.lookFrom(i).Unix(), b.now.In(b.zone).YearDay(), i.ETA != nil)
	if b.judged[a.ID] == depends {
		return true
	}
	b.judged[a.ID] = depends
	return false
}

// against lists what stands against a message going out by itself, in the words
// of the draft that then waits. Empty: it may.
func (b *book) against(i *incident, phase headstart.Phase) []string {
	var why []string
	g := b.groups.Group(i.Group)
	machine := 0
	if g != nil {
		machine = g.Points
	}
	if points := machine + i.ticketPoint(); points < b.config.Evidence || machine == 0 {
		why = append(why, fmt.Sprintf(b.because("bewijs %d van %d", "evidence %d of %d"), points, b.config.Evidence))
	}
	if i.Confidential {
		why = append(why, b.because("vertrouwelijk", "confidential"))
	}
	if b.hushed(i) {
		why = append(why, b.because("berichten staan stil", "hushed"))
	}
	if g != nil && g.Silenced {
		why = append(why, b.silenced(g))
	}
	if g != nil && g.Paused {
		why = append(why, b.because("alles wat faalt valt binnen onderhoud", "all that fails is inside maintenance"))
	}
	if k := i.Cause.Kind; k == headstart.CauseSurge || k == headstart.CauseStorm || k == headstart.CauseManual {
		why = append(why, b.because("oorzaak is ", "cause is ")+b.inWords(string(k)))
	}
	if b.config.policy(string(phase)) != auto {
		why = append(why, b.because("volgens de instellingen keurt een mens dit goed", "policy wants approval"))
	}
	return why
}

// silenced says who silenced all that fails, and why: the desk judges by it
// whether users must hear all the same (ruling 17).
func (b *book) silenced(g *headstart.Group) string {
	why := b.because("alle signalen zijn gedempt", "all alerts silenced")
	for n, m := range g.SilencedBy {
		if n > 0 || m.Inhibited {
			why += ","
		}
		why += " " + m.Words(b.language(), b.zone)
	}
	return why
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
