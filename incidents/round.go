package incidents

import (
	"slices"
	"time"

	"headstart"
)

// A round does something for each announcement of an incident. With an audience for
// each of five hundred places that is more than one unit may hold (ruling 1): what
// is left goes on in units of its own, by deadlines due at once. Between two of them
// only deadlines of the same moment fire, yet a step looks at what is so now.
type round struct {
	Do   string // of the deadline that goes on with it
	From string // the announcement dealt with last; empty: none
	Gen  int    // of the incident, for what a return or an end outdates
	Arg  string // what else the steps need
}

// enough is from how many operations on a unit goes to no further announcement. The
// dearest step takes about ten, and correlation needs room in the same unit.
const enough = 100

// spent is how many operations the unit has cost the book, at most: rows written
// twice count twice. It must not depend on when rows were last taken away, since
// that differs between a replay and the live engine.
func (b *book) spent() int {
	return b.dirty.written + b.agenda.written + b.handled + len(b.decisions)
}

// rest ends a unit for spent.
func (b *book) rest() {
	b.dirty.written, b.agenda.written, b.handled = 0, 0, 0
	b.decisions = b.decisions[:0]
}

// each goes on with a round, and reports whether it is at its end.
func (b *book) each(i *incident, r round) (done bool) {
	step := b.step(r.Do)
	list := b.concerned(i, r)
	n, found := placeOf(list, r.From)
	if found {
		n++
	}
	for k, a := range list[n:] {
		if b.spent() >= enough || k == fewAudiences {
			b.goOn(i, r)
			return false
		}
		if a.Incident == i.ID {
			step(i, a, r)
		} else {
			b.coveredStep(i, a, r)
		}
		r.From = a.ID
	}
	return true
}

// goOn lets a round go on in another unit, at once.
func (b *book) goOn(i *incident, r round) {
	d := b.agenda.add(b.now, r.Do, string(i.ID), r.Gen, false)
	d.From, d.Arg = r.From, r.Arg
	b.dirty.incident(i)
}

// step is what a round does for one announcement; nil: it is no round.
func (b *book) step(do string) func(*incident, *headstart.Announcement, round) {
	switch do {
	case doPush:
		return b.pushOne
	case doCarry:
		return b.carryOne
	case doOffer:
		return b.offerOne
	case doETA:
		return b.lateOne
	case doAskReopen:
		return b.askReopenOne
	case doTellETA:
		return b.tellETAOne
	case doResolve:
		return b.resolveOne
	case doChecked:
		return b.checkedOne
	case doCorrect:
		return b.correctOne
	case doClosing:
		return b.closingOne
	case doCloseByHand:
		return b.closeByHandOne
	case doReopen:
		return b.reopenOne
	case doMerge:
		return b.mergeOne
	case doMute:
		return b.muteOne
	case doStale:
		return b.staleOne
	case doHeard:
		return b.heardOne
	case doSuspend:
		return b.suspendOne
	case doRenew:
		return b.renewOne
	case doUnschedule:
		return b.unscheduleOne
	case doDescribe:
		return func(i *incident, a *headstart.Announcement, _ round) { b.describe(a, i) }
	}
	return nil
}

// fireRound fires a deadline that begins a round, or goes on with one.
func (b *book) fireRound(i *incident, r round) {
	switch r.Do {
	case doPush:
		if r.From == "" {
			b.makeTickets(i)
		}
		b.push(i, r)
	case doCloseByHand:
		b.closesByHand(i, r)
	case doResolve:
		b.resolveDue(i, r)
	case doChecked:
		b.checkedDue(i, r)
	case doMerge:
		b.mergeAnnouncements(i, r)
	case doETA:
		b.etaPassed(i, r)
	default:
		if b.each(i, r) && r.Do == doReopen {
			b.judge(i)
		}
		b.refreshPromise(i)
	}
	b.dirty.incident(i)
}

// judgeEvery is how often at most the audiences of an incident are gone through that
// has too many for one unit. In a storm a thousand places join within a minute, and
// each changes the words of the drafts for all the others.
const judgeEvery = 5 * time.Second

// fewAudiences is how many one unit deals with, and up to how many are gone through
// at each change. Words for one take a third of a millisecond.
const fewAudiences = 20

// judging is how far an incident with many audiences is with going through them.
type judging struct {
	At    time.Time `json:"at,omitzero"`     // when it last began
	Due   bool      `json:"due,omitempty"`   // a deadline will begin or go on with it
	Again bool      `json:"again,omitempty"` // something changed since it began
}

// judge decides for each audience whether the first notice may stand on the page now
// (rulings 24, 25); else a draft says what is missing. It is asked again after every
// change.
func (b *book) judge(i *incident) {
	if !b.judges(i) {
		return
	}
	j := &i.X.Judging
	switch next := j.At.Add(judgeEvery); {
	case j.Due:
		j.Again = true
	case len(b.audiences(i)) <= fewAudiences:
		b.judgeFrom(i, "")
		return
	case b.now.Before(next):
		j.Due = true
		b.agenda.add(next, doJudge, string(i.ID), 0, false)
	default:
		j.At = b.now
		b.judgeFrom(i, "")
	}
	b.dirty.incident(i)
}

// judges reports whether rules may tell users of i at all.
func (b *book) judges(i *incident) bool {
	// Who opens an incident by hand also says what users read. What comes with a
	// merge is on its way: nobody is told twice meanwhile.
	return i.Live() && b.composer != nil && i.Cause.Kind != headstart.CauseManual && i.X.Absorbs == 0
}

// judgeDue begins to go through the audiences of i, or goes on after one.
func (b *book) judgeDue(i *incident, from string) {
	j := &i.X.Judging
	j.Due = false
	b.dirty.incident(i)
	if !b.judges(i) {
		j.Again = false
		return
	}
	if from == "" {
		j.At, j.Again = b.now, false
	}
	b.judgeFrom(i, from)
}

// judgeFrom judges the audiences of i after one.
func (b *book) judgeFrom(i *incident, from string) {
	list := b.audiences(i)
	b.sayUnheard(i, len(list) == 0)
	n := 1 + slices.IndexFunc(list, func(a headstart.Audience) bool { return a.ID == from })
	var now basis
	for k, aud := range list[n:] {
		if b.spent() >= enough || k == fewAudiences {
			i.X.Judging.Due = true
			b.goOn(i, round{Do: doJudge, From: from})
			return
		}
		b.judgeFor(i, aud, &now)
		from = aud.ID
	}
	if i.X.Judging.Again {
		i.X.Judging.Again = false
		b.judge(i)
	}
}

// judgeFor judges one audience; now is worked out when it is needed first.
func (b *book) judgeFor(i *incident, aud headstart.Audience, now *basis) {
	if c := b.coverOf(i, aud.ID); c != nil {
		b.judgeCover(c)
		return
	}
	a := b.announcement(i, aud)
	if a.State != headstart.AnnouncementDraft && (!speaksOfWork(a) || slices.Contains(i.X.Declined, a.Audience)) {
		b.pushAgain(i, a)
		return
	}
	if a.Draft != nil && byPerson(a.Draft) {
		return // a person has a hand in it
	}
	if now.scope == 0 {
		*now = b.basis(i)
	}
	x, on := b.scope(i), now.alsoOn(b, i, a)
	if a.Draft == nil || x.judged[a.ID] != on {
		x.judged[a.ID] = on
		b.judgeDraft(i, a)
	}
}
