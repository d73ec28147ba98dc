package incidents

import (
	"slices"
	"strings"
	"time"

	"headstart"
)

// resolveDue decides, announce.resolved_after after everything answers well,
// whether "resolved" is published by itself (ruling 27); else a draft says why.
func (b *book) resolveDue(i *incident, r round) {
	if i.X.Gen != r.Gen || i.State != headstart.Resolved && i.State != headstart.Closed {
		return
	}
	i.X.Ended = true
	if !b.each(i, r) {
		return
	}
	if b.proved(i) {
		defer b.closeOut(i) // after the closing message: its words are the reply
	}
	if slices.ContainsFunc(b.tells(i), waitsForEnd) {
		b.agenda.add(b.now.Add(undecided), doChecked, string(i.ID), i.X.Gen, true)
	}
}

// waitsForEnd reports whether users see a, and a person has to say that it is over.
func waitsForEnd(a *headstart.Announcement) bool {
	return a.Live() && a.Draft != nil && a.Draft.Phase == headstart.Solved
}

func (b *book) resolveOne(i *incident, a *headstart.Announcement, _ round) {
	if len(a.Also) > 0 && !b.allEnded(i, a) {
		return
	}
	if a.State == headstart.AnnouncementDraft {
		b.discard(i, a, "rule", b.because("voorbij voor het geplaatst was", "over before it was published"))
		return
	}
	if speaksOfWork(a) {
		b.handBack(a)
		return
	}
	if !a.Live() {
		return
	}
	u := b.compose(i, a, headstart.Solved, "rule", nil)
	u.Why = append(b.againstEnd(i, a), u.Why...)
	if len(u.Why) == 0 {
		u.Approver = "announce.policy.resolved"
		b.publish(i, a, u, headstart.HowPage, "A-27")
		return
	}
	b.draftClosing(i, a, u)
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

// againstEnd is againstResolved of all that a speaks for.
func (b *book) againstEnd(i *incident, a *headstart.Announcement) []string {
	var why []string
	for _, o := range b.spoken(i, a, true) {
		for _, w := range b.againstResolved(o) {
			if !slices.Contains(why, w) {
				why = append(why, w)
			}
		}
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
	b.decide(i, headstart.Decision{Rule: "A-27", Outcome: "closing_drafted", Subject: a.Audience, Facts: reasons(u.Why)})
	b.say(i, a, u, headstart.HowDraft)
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
}

// offerEnd lets the end of a wait for a person who wrote to its readers after i was over:
// nothing else would ever end it.
func (b *book) offerEnd(i *incident, a *headstart.Announcement) {
	u := b.compose(i, a, headstart.Solved, "rule", nil)
	u.Why = append([]string{b.because("een mens schreef dit na het einde", "a person wrote after the end")}, u.Why...)
	b.draftClosing(i, a, u)
}

// checkedDue tells users, once, that the checks are good again while the
// closing draft still waits for a person.
func (b *book) checkedDue(i *incident, r round) {
	if i.X.Gen == r.Gen && !b.muted(i) && b.proved(i) {
		b.each(i, r)
	}
}

func (b *book) checkedOne(i *incident, a *headstart.Announcement, _ round) {
	if !waitsForEnd(a) || !b.provedAll(a) {
		return
	}
	draft := a.Draft
	u := b.checksGood(i, a, nil)
	if len(u.Why) > 0 { // the desk sees it where it decides about the end
		draft.Why = append(slices.Clone(draft.Why), b.because("tussenbericht niet geplaatst", "progress not published")+" ("+strings.Join(u.Why, "; ")+")")
		draft.Hits = append(slices.Clone(draft.Hits), u.Hits...)
		b.draftClosing(i, a, draft)
		return
	}
	u.Approver = "announce.policy.resolved"
	b.publishBeside(i, a, u, "A-27")
}

// closing handles an end that no machine proved: by hand, or no longer heard of.
func (b *book) closing(i *incident) {
	if b.composer == nil {
		return
	}
	i.X.Gen++ // no deadline to resolve counts any more
	i.X.Ended = true
	b.each(i, round{Do: doClosing, Gen: i.X.Gen})
}

func (b *book) closingOne(i *incident, a *headstart.Announcement, r round) {
	reason := b.inWords(i.CloseReason)
	switch {
	case i.X.Gen != r.Gen: // it came back
	case len(a.Also) > 0 && !b.allEnded(i, a):
	case a.State == headstart.AnnouncementDraft:
		b.discard(i, a, "rule", reason)
	case speaksOfWork(a):
		b.handBack(a)
	case a.Live():
		u := b.compose(i, a, headstart.Solved, "rule", nil)
		u.Why = append([]string{b.because("geëindigd: ", "ended: ") + reason}, u.Why...)
		b.draftClosing(i, a, u)
	}
}

// reopenOne brings back a notice that said it was over.
func (b *book) reopenOne(i *incident, a *headstart.Announcement, r round) {
	switch {
	case i.X.Gen != r.Gen: // it is over again
	case waitsForEnd(a):
		a.Draft = nil // it was not over
		b.renew(i, a)
		b.dirty.put(headstart.TableAnnouncements, a.ID, a)
	case a.State == headstart.AnnouncementDiscarded && !slices.Contains(i.X.Declined, a.Audience):
		a.State = headstart.AnnouncementDraft // over before it stood; judged anew
		b.dirty.put(headstart.TableAnnouncements, a.ID, a)
	case a.State == headstart.AnnouncementFinal && b.composer != nil && b.saidLast(i, a):
		b.again(i, a)
	}
}

// saidLast reports whether a, which is over, is what its audience heard last of i: after
// a merge there may be several, and one outage has one notice.
func (b *book) saidLast(i *incident, a *headstart.Announcement) bool {
	for _, o := range b.tells(i) {
		switch {
		case o == a || o.Audience != a.Audience:
		case o.Live():
			return false
		case o.State == headstart.AnnouncementFinal && o.Last().At.After(a.Last().At):
			return false
		}
	}
	return true
}

// again tells the readers of a notice that was final that it is not over.
func (b *book) again(i *incident, a *headstart.Announcement) {
	a.State = headstart.AnnouncementPublished // the page must not stay green
	u := b.compose(i, a, headstart.Reopened, "rule", nil)
	a.Draft = u
	if b.config.policy(string(headstart.Reopened)) == auto && len(u.Why) == 0 && !b.muted(i) {
		b.publish(i, a, u, headstart.HowPage, "A-25")
		return
	}
	u.Why = append([]string{b.because("volgens de instellingen keurt een mens dit goed", "policy wants approval")}, u.Why...)
	b.decide(i, headstart.Decision{Rule: "A-24", Outcome: "drafted", Subject: a.Audience, Facts: reasons(u.Why)})
	b.say(i, a, u, headstart.HowDraft)
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
}

func (b *book) discard(i *incident, a *headstart.Announcement, by, why string) {
	a.State, a.Draft = headstart.AnnouncementDiscarded, nil
	b.decide(i, headstart.Decision{Rule: "A-24", Outcome: "discarded", By: person(by), Subject: a.Audience, Facts: facts("why", why)})
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
}
