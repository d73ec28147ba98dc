package incidents

import (
	"slices"
	"strings"
	"time"

	"headstart"
)

// resolveDue decides, announce.resolved_after after everything answers well,
// whether "resolved" is published by itself (ruling 27); else a draft says why.
func (b *book) resolveDue(i *incident, gen int) {
	if i.X.Gen != gen || i.State != headstart.Resolved && i.State != headstart.Closed {
		return
	}
	if b.proved(i) {
		defer b.closeOut(i) // after the closing message: its words are the reply
	}
	drafted := false
	for _, a := range b.of(i) {
		if a.State == headstart.AnnouncementDraft {
			b.discard(i, a, "rule", b.because("voorbij voor het geplaatst was", "over before it was published"))
			continue
		}
		if !a.Live() {
			continue
		}
		u := b.compose(i, a, headstart.Solved, "rule", nil)
		u.Why = append(b.againstResolved(i), u.Why...)
		if len(u.Why) == 0 {
			u.Approver = "announce.policy.resolved"
			b.publish(i, a, u, headstart.HowPage, "A-27")
			continue
		}
		drafted = true
		b.draftClosing(i, a, u)
	}
	if drafted {
		b.agenda.add(b.now.Add(undecided), doChecked, string(i.ID), i.X.Gen, true)
	}
}

// undecided is how long a closing draft may wait before users are told that the
// checks are good again (ruling 27).
const undecided = time.Hour

// againstResolved lists what stands against closing by itself: ruling 27 (a) to (d).
func (b *book) againstResolved(i *incident) []string {
	var why []string
	switch i.Cause.Kind {
	case headstart.CauseObserved, headstart.CauseSuspected, headstart.CauseJoint:
		if !b.proved(i) {
			why = append(why, b.because("herstel is niet bewezen", "recovery is not proved"))
		}
	default:
		why = append(why, b.because("oorzaak is ", "cause is ")+b.inWords(string(i.Cause.Kind)))
	}
	if i.X.Touched {
		why = append(why, b.because("een mens heeft ingegrepen", "a person took part"))
	}
	if !i.X.Late.IsZero() && !i.X.Clear.IsZero() && i.X.Late.After(i.X.Clear) {
		why = append(why, b.because("iemand meldde het nog nadat alles goed was", "somebody reported it after all was well"))
	}
	if i.Confidential {
		why = append(why, b.because("vertrouwelijk", "confidential"))
	}
	if b.hushed(i) {
		why = append(why, b.because("berichten staan stil", "hushed"))
	}
	if b.config.policy(string(headstart.Solved)) == approval {
		why = append(why, b.because("volgens de instellingen keurt een mens dit goed", "policy wants approval"))
	}
	return why
}

// proved reports whether a check or an alert's resolve proved recovery; silence
// proves nothing (ruling 14).
func (b *book) proved(i *incident) bool {
	g := b.groups.Group(i.Group)
	return g != nil && g.Proved
}

func (b *book) draftClosing(i *incident, a *headstart.Announcement, u *headstart.Update) {
	a.Draft = u
	b.decide(i, headstart.Decision{Rule: "A-27", Outcome: "closing_drafted", Subject: a.Audience, Facts: facts("why", strings.Join(u.Why, "; "))})
	b.say(i, a, u, headstart.HowDraft)
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
}

// checkedDue tells users, once, that the checks are good again while the
// closing draft still waits for a person.
func (b *book) checkedDue(i *incident, gen int) {
	if i.X.Gen != gen || b.muted(i) || !b.proved(i) {
		return
	}
	for _, a := range b.of(i) {
		if !a.Live() || a.Draft == nil || a.Draft.Phase != headstart.Solved {
			continue
		}
		draft := a.Draft
		u := b.composeChecked(i, a)
		if len(u.Why) > 0 { // the desk sees it where it decides about the end
			draft.Why = append(slices.Clone(draft.Why), b.because("tussenbericht niet geplaatst", "progress not published")+" ("+strings.Join(u.Why, "; ")+")")
			draft.Hits = append(slices.Clone(draft.Hits), u.Hits...)
			b.draftClosing(i, a, draft)
			continue
		}
		u.Approver = "announce.policy.resolved"
		b.publish(i, a, u, headstart.HowPage, "A-27")
		a.Draft = draft
	}
}

func (b *book) composeChecked(i *incident, a *headstart.Announcement) *headstart.Update {
	u := &headstart.Update{N: len(a.Updates), Phase: headstart.Progress, At: b.now, By: "rule", Text: map[string]headstart.Text{}, People: i.People}
	u.NextUpdateBy = at(b.promise(i))
	b.render(i, a, u, func(w *headstart.Wording) { w.ChecksGood = true })
	return u
}

// closing handles an end that no machine proved: by hand, or no longer heard of.
func (b *book) closing(i *incident, reason string) {
	if b.composer == nil {
		return
	}
	i.X.Gen++ // no deadline to resolve counts any more
	for _, a := range b.of(i) {
		if a.State == headstart.AnnouncementDraft {
			b.discard(i, a, "rule", b.inWords(reason))
			continue
		}
		if !a.Live() {
			continue
		}
		u := b.compose(i, a, headstart.Solved, "rule", nil)
		u.Why = append([]string{b.because("geëindigd: ", "ended: ") + b.inWords(reason)}, u.Why...)
		b.draftClosing(i, a, u)
	}
}

// reopenAnnouncements brings back notices that said it was over.
func (b *book) reopenAnnouncements(i *incident) {
	for _, a := range b.of(i) {
		switch {
		case a.Live() && a.Draft != nil && a.Draft.Phase == headstart.Solved:
			a.Draft = nil // it was not over
			b.renew(i, a)
			b.dirty.put(headstart.TableAnnouncements, a.ID, a)
		case a.State == headstart.AnnouncementDiscarded && !slices.Contains(i.X.Declined, a.Audience):
			a.State = headstart.AnnouncementDraft // over before it stood; judged anew
			b.dirty.put(headstart.TableAnnouncements, a.ID, a)
		case a.State == headstart.AnnouncementFinal && b.composer != nil:
			a.State = headstart.AnnouncementPublished // the page must not stay green
			u := b.compose(i, a, headstart.Reopened, "rule", nil)
			a.Draft = u
			if b.config.policy(string(headstart.Reopened)) == auto && len(u.Why) == 0 && !b.muted(i) {
				b.publish(i, a, u, headstart.HowPage, "A-25")
				continue
			}
			u.Why = append([]string{b.because("volgens de instellingen keurt een mens dit goed", "policy wants approval")}, u.Why...)
			b.decide(i, headstart.Decision{Rule: "A-24", Outcome: "drafted", Subject: a.Audience, Facts: facts("why", strings.Join(u.Why, "; "))})
			b.say(i, a, u, headstart.HowDraft)
			b.dirty.put(headstart.TableAnnouncements, a.ID, a)
		}
	}
}

func (b *book) discard(i *incident, a *headstart.Announcement, by, why string) {
	a.State, a.Draft = headstart.AnnouncementDiscarded, nil
	b.decide(i, headstart.Decision{Rule: "A-24", Outcome: "discarded", By: person(by), Subject: a.Audience, Facts: facts("why", why)})
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
}

// mergeAnnouncements hands the notices of a merged incident to the survivor: one
// outage and one audience never have two. Of two, the one that went further
// lives on, so that everybody who was told hears the end.
func (b *book) mergeAnnouncements(from, to *incident) {
	for _, a := range b.of(from) {
		switch {
		case a.State == headstart.AnnouncementDraft:
			b.discard(from, a, "rule", b.because("samengevoegd", "merged"))
		case a.Live():
			b.inherit(from, to, a)
		}
	}
	if from.AnnouncedAt != nil && (to.AnnouncedAt == nil || from.AnnouncedAt.Before(*to.AnnouncedAt)) {
		to.AnnouncedAt = from.AnnouncedAt
	}
	b.refreshPromise(to)
}

// inherit makes to the owner of a live notice of from, or of none if its own
// went as far.
func (b *book) inherit(from, to *incident, a *headstart.Announcement) {
	twin := b.notice(to, a.Audience)
	switch {
	case twin == nil || !twin.Live():
		if twin != nil && twin.State == headstart.AnnouncementDraft {
			b.detach(twin)
			delete(b.announcements, twin.ID)
			b.dirty.del(headstart.TableAnnouncements, twin.ID)
		}
		b.describe(a, to)
	case a.How == headstart.HowPush && twin.How != headstart.HowPush:
		b.describe(a, to)
		b.fold(from, twin, a)
	default:
		b.fold(from, a, twin)
	}
}

// fold ends a notice whose words heir carries on: it stays with the merged
// incident, and heir takes over its promise if that is the earlier one.
func (b *book) fold(from *incident, a, heir *headstart.Announcement) {
	promised := a.NextUpdateBy
	a.State, a.NextUpdateBy, a.Draft, a.PushDraft = headstart.AnnouncementFinal, nil, nil, false
	b.decide(from, headstart.Decision{Rule: "A-23", Outcome: "folded", Subject: a.Audience})
	b.describe(a, from)
	if promised != nil && heir.NextUpdateBy != nil && promised.Before(*heir.NextUpdateBy) {
		b.promiseBy(b.incidents[heir.Incident], heir, *promised)
	}
}
