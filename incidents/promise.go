package incidents

import (
	"cmp"
	"slices"
	"time"

	"headstart"
)

// The promise clock (announcements section 6): what is published and not final names
// the time of the next message. A message by then keeps the promise; without news one
// goes out by itself, but never two in a row. The next is offered to the owner as a
// draft shortly before, and unsent it is a missed promise.

// The longest gaps to the next message, by severity.
var cadences = map[string]time.Duration{"critical": 30 * time.Minute, "major": time.Hour, "minor": 4 * time.Hour}

// tiring is for how long users hear of an outage before messages come half as often.
const tiring = 2 * time.Hour

// cadence is the longest gap after a message of phase. Who can work on needs less news.
func (b *book) cadence(i *incident, a *headstart.Announcement, phase headstart.Phase) time.Duration {
	worst := headstart.Incident{Priority: b.priorityOf(i, a)}
	d := cadences[worst.Severity()]
	if phase == headstart.WorkaroundFound {
		d *= 2
	}
	if b.tires(a, phase) {
		d *= 2
	}
	return d
}

// tires reports whether users have heard of a for so long that messages come half as
// often, and say so. Nil: they heard nothing yet. What came back begins anew.
func (b *book) tires(a *headstart.Announcement, phase headstart.Phase) bool {
	if a == nil || len(a.Updates) == 0 || phase == headstart.Reopened {
		return false
	}
	return b.now.Sub(a.Updates[a.Began()].At) >= tiring
}

// promise is when the next message to a is due after one of phase, on a whole five
// minutes: nobody reads "08:37:12". Where nobody attends it is no time at which nobody
// works, but half an hour into the next working day (ruling 28). Nil: no message stands.
func (b *book) promise(i *incident, a *headstart.Announcement, phase headstart.Phase) time.Time {
	const begun = 30 * time.Minute
	due := b.now.Add(b.cadence(i, a, phase)).Truncate(5 * time.Minute)
	if b.allOf(i, a, b.attended) {
		return due
	}
	if from := b.lookFrom(i); !from.IsZero() {
		return from.Add(begun)
	}
	if from := b.worksFrom(i, due); from.After(due) {
		return from.Add(begun)
	}
	return due
}

// nearer is the promise a person gives with a message, if it is earlier than the
// cadence wants; nil: there is none.
func (b *book) nearer(i *incident, a *headstart.Announcement, s saying) *time.Time {
	if s.Due.IsZero() || !s.Due.Before(b.promise(i, a, s.Phase)) {
		return nil
	}
	return at(s.Due)
}

// refreshPromise keeps the earliest open promise of an incident beside it, and has its
// owner warned of it in time.
func (b *book) refreshPromise(i *incident) {
	i.NextUpdateBy = nil
	b.dirty.incident(i)
	for _, a := range b.told[i.ID] {
		if a.Live() && a.NextUpdateBy != nil && (i.NextUpdateBy == nil || a.NextUpdateBy.Before(*i.NextUpdateBy)) {
			i.NextUpdateBy = a.NextUpdateBy
		}
	}
	if i.NextUpdateBy != nil && !i.X.WarnFor.Equal(*i.NextUpdateBy) {
		i.X.WarnFor = *i.NextUpdateBy
		b.warnBefore(i, i.X.WarnFor)
	}
}

// promised keeps or misses the promise of a's update n.
func (b *book) promised(a *headstart.Announcement, n int) {
	i := b.incidents[a.Incident]
	last, due := a.Last(), a.NextUpdateBy
	if i != nil && b.allOf(i, a, b.paused) {
		b.suspendPromises(i) // made by a person meanwhile
		return
	}
	if i == nil || !a.Live() || last == nil || last.N != n || due == nil || due.After(b.now) || b.composer == nil {
		return // a later message kept it, or it was missed already
	}
	if b.allOf(i, a, isStale) { // there is nothing to say until something is heard (ruling 15)
		if u := a.Last(); u.Phase == headstart.Progress && u.By == "rule" && !sentByRule(u) {
			b.pause(a) // a person was asked, and told users that it is not known
		} else {
			b.staleOne(i, a, round{}) // it was not of all that a speaks for when nothing was heard of i
		}
		b.refreshPromise(i)
		b.dirty.incident(i)
		return
	}
	u := b.noNews(i, a)
	if len(u.Why) == 0 {
		b.keepScore(i, a, due, b.now.Sub(*due) <= gapTolerated) // later nobody was looking: promises do not move
		u.Approver = "announce.policy.progress_no_news"
		b.publishBeside(i, a, u, "A-28")
		return
	}
	if !i.Confidential { // where nobody may be told anything, no promise counts
		b.keepScore(i, a, due, false)
	}
	a.NextUpdateBy = nil
	if a.Draft == nil || offered(a.Draft) {
		a.Draft = u
		u.Why = append([]string{b.because("het beloofde bericht is niet geschreven", "the promised message was not written")}, u.Why...)
	}
	b.refreshPromise(i)
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
	b.dirty.incident(i)
}

// offered reports whether u is the message without news, as a rule writes it.
func offered(u *headstart.Update) bool {
	return !byPerson(u) && u.Phase == headstart.Progress
}

// noNews composes the message that keeps the promise of a where there is no news, and
// what stands against sending it by itself.
func (b *book) noNews(i *incident, a *headstart.Announcement) *headstart.Update {
	u := b.progress(i, a, nil)
	if offered(a.Last()) {
		u.Why = append(u.Why, b.because("het vorige bericht had ook geen nieuws", "the message before had no news either"))
	}
	if b.config.policy(noNewsKey) != auto {
		u.Why = append(u.Why, b.because("volgens de instellingen keurt een mens dit goed", "policy wants approval"))
	}
	if b.muted(i) {
		u.Why = append(u.Why, b.because("berichten staan stil", "hushed"))
	}
	return u
}

// progress composes the message without news of now: that we are busy, or, once
// a machine proved that all answers well, that our checks are good again. Next is a
// promise that stands; nil: a new one.
func (b *book) progress(i *incident, a *headstart.Announcement, next *time.Time) *headstart.Update {
	switch {
	case b.anyOf(i, a, fails):
		return b.composeBy(i, a, headstart.Progress, "rule", nil, next)
	case b.provedAll(a):
		return b.checksGood(i, a, next)
	}
	u := b.composeBy(i, a, headstart.Progress, "rule", nil, next)
	u.Why = append(u.Why, b.because("herstel is niet bewezen", "recovery is not proved"))
	return u
}

// fails reports whether i is live and not all of it answers well.
func fails(i *incident) bool { return i.X.Clear.IsZero() && i.Live() }

// isStale reports whether nothing was heard of i for too long.
func isStale(i *incident) bool { return i.Stale }

// provedAll reports whether of all that a speaks for it is proved that it works again.
func (b *book) provedAll(a *headstart.Announcement) bool {
	return !slices.ContainsFunc(b.members(a), func(o *incident) bool { return !b.proved(o) })
}

func (b *book) checksGood(i *incident, a *headstart.Announcement, next *time.Time) *headstart.Update {
	u := &headstart.Update{N: len(a.Updates), Phase: headstart.Progress, At: b.now, By: "rule", Text: map[string]headstart.Text{}, People: b.peopleOf(i, a)}
	u.NextUpdateBy = cmp.Or(next, at(b.promise(i, a, headstart.Progress)))
	b.render(i, a, u, func(w *headstart.Wording) { w.ChecksGood = true })
	return u
}

// keepScore counts a promise that was due as kept or missed.
func (b *book) keepScore(i *incident, a *headstart.Announcement, due *time.Time, kept bool) {
	if kept {
		a.Promises[0]++
		b.decide(i, headstart.Decision{Rule: "A-28", Outcome: "promise_kept", Subject: a.Audience})
		return
	}
	a.Missed = due
	a.Promises[1]++
	b.decide(i, headstart.Decision{Rule: "A-28", Outcome: "promise_missed", Subject: a.Audience, Facts: facts("promised", stamp(due))})
}

// renew makes a promise anew where a live notice has none and nothing waits.
func (b *book) renew(i *incident, a *headstart.Announcement) {
	if a.Live() && a.NextUpdateBy == nil && a.Draft == nil && a.Last() != nil && !speaksOfWork(a) {
		b.promiseBy(i, a, b.promise(i, a, a.Last().Phase))
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
