package incidents

import (
	"headstart"
)

// stale follows that nothing was heard of i for too long (rulings 14, 15): nobody
// says that it is fixed, users are asked by a draft, and no promise counts as
// missed while there is nothing to say.
func (b *book) stale(i *incident) {
	b.sync(i)
	if b.composer == nil {
		return
	}
	b.each(i, round{Do: doStale})
	b.refreshPromise(i)
	b.dirty.incident(i)
}

func (b *book) staleOne(i *incident, a *headstart.Announcement, _ round) {
	if !a.Live() || !b.allOf(i, a, isStale) {
		return
	}
	b.pause(a)
	if a.Draft == nil || a.Draft.By == "rule" && a.Draft.Phase == headstart.Progress {
		u := b.compose(i, a, headstart.Progress, "rule", nil)
		why := b.because("is het opgelost? er is al te lang niets van gehoord", "is it fixed? nothing was heard of it for too long")
		u.Why = append([]string{why}, u.Why...)
		b.draft(i, a, u)
	}
}

// pause takes the promise of a back without counting it.
func (b *book) pause(a *headstart.Announcement) {
	a.NextUpdateBy = nil
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
}

// heard follows that something was heard of i again: the question is off, and
// users are promised a next message from now on.
func (b *book) heard(i *incident) {
	b.sync(i)
	b.each(i, round{Do: doHeard})
}

func (b *book) heardOne(i *incident, a *headstart.Announcement, _ round) {
	if !a.Live() || i.Stale {
		return
	}
	if a.Draft != nil && a.Draft.By == "rule" && a.Draft.Phase == headstart.Progress {
		a.Draft = nil
		b.dirty.put(headstart.TableAnnouncements, a.ID, a)
	}
	b.renew(i, a)
}

// draft lets u wait for a person, beside a notice that stands or as its first.
func (b *book) draft(i *incident, a *headstart.Announcement, u *headstart.Update) {
	a.Draft = u
	b.decide(i, headstart.Decision{Rule: "A-24", Outcome: "drafted", Subject: a.Audience, Facts: reasons(u.Why[:1])})
	b.say(i, a, u, headstart.HowDraft)
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
}
