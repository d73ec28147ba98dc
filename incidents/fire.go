package incidents

import "headstart"

// fire does what a deadline of the book says.
func (b *book) fire(d *deadline) {
	i := b.incidents[headstart.IncidentID(d.Key)]
	r := round{Do: d.Do, From: d.From, Gen: d.Gen, Arg: d.Arg}
	if d.Do == doPush && b.now.Sub(d.Due) > lateForUsers {
		r.Arg = tooLate
	}
	switch {
	case i != nil && b.step(d.Do) != nil:
		b.fireRound(i, r)
		b.attend(i)
	case i != nil && b.fireFor(i, r):
		b.attend(i)
		b.dirty.incident(i)
	default:
		b.fireAlone(d, r)
	}
}

// fireFor does what a deadline of an incident says that is about all of it.
func (b *book) fireFor(i *incident, r round) bool {
	switch r.Do {
	case doWrite:
		b.writeBack(i)
	case doJudge:
		b.judgeDue(i, r.From)
	case doWarn:
		b.warn(i, r)
	case doPriority:
		b.lower(i, r.Gen)
	case doAnnounce:
		b.sayOn(i, r.Arg)
	case doPage:
		b.pageOn(i, r.Arg, r.From, b.groups.OpenMembers(i.Group))
	case doLook:
		b.lookAtPages(i)
	case doTakeOver:
		b.takeOver(i, r.From)
	case doHours:
		b.hoursDue(i, r.Gen)
	case doEscalate:
		b.escalateDue(i, r.Gen)
	case doRelease:
		b.release(i, r.Arg)
	case doHandOver:
		b.handOver(i, b.survivor(i), r.From)
	default:
		return false
	}
	return true
}

// fireAlone does what a deadline says that is of no one incident.
func (b *book) fireAlone(d *deadline, r round) {
	switch d.Do {
	case doTell, doSchedule, doPromise:
		if a := b.announcements[d.Key]; a != nil {
			b.fireOf(a, d)
		}
	case doLapse:
		b.lapse(d.Key)
	case doDigest:
		b.digest()
	case doReport:
		b.reportDue(d)
	case doReportWatch:
		b.reportWatched(d)
	case doHush:
		b.unhushed(headstart.IncidentID(d.Key), d.Gen)
	case doAllHours:
		b.lookAtHours(d.Gen)
	case doAllLook:
		b.lookAtAllPages(d.Gen)
	case doHold:
		b.hold(r)
	case doRetire:
		if i := b.incidents[headstart.IncidentID(d.Key)]; i != nil {
			b.retire(i, d.Arg)
		} else if d.Key == "" {
			b.retireAll(d.Gen)
		}
	case doFade:
		b.fade()
	case doWork:
		b.workDue(d)
	case doAllWork:
		b.lookAtAllWork(d.From)
	case doSayWork:
		b.sayWorkOn(d.Key, d.Arg)
	case doOverdue:
		b.overdue(r)
	case doHoldTimes:
		b.holdScheduled(r)
	case doForget:
		delete(b.outcomes, d.Key)
		b.dirty.del(headstart.TableOutcomes, d.Key)
	}
}

// fireOf does what a deadline of an announcement says.
func (b *book) fireOf(a *headstart.Announcement, d *deadline) {
	switch d.Do {
	case doTell:
		b.tellHeld(a, d.Gen)
	case doSchedule:
		b.scheduleDue(a)
	case doPromise:
		b.promised(a, d.Gen)
	}
	if i := b.incidents[a.Incident]; i != nil {
		b.attend(i)
	}
}
