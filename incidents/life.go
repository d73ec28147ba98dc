package incidents

import (
	"time"

	"headstart"
)

func (b *book) returned(i *incident, c headstart.Change) {
	i.X.Clear, i.X.Ended = time.Time{}, false
	i.X.No = nil
	i.X.Gen++
	i.ResolvedAt, i.ClosedAt = nil, nil
	b.unlearn(i)
	b.sync(i)
	b.goesOn(i)
	b.pushAt(i, b.now.Add(b.config.after(i.Priority)))
	if c.Kind == headstart.GroupReopened {
		i.ETA, i.ETAProposed = nil, nil // it was of what is over
		i.X.Watch.next(b.now)
		b.followHours(i)
		b.each(i, round{Do: doReopen, Gen: i.X.Gen})
		b.touchPages(i, "reopened")
	}
}

func (b *book) resolved(i *incident) {
	b.sync(i)
	i.ResolvedAt = at(b.now)
	b.dirty.incident(i)
	b.touchPages(i, "resolved")
	b.carry(i)
	b.unscheduleAll(i)
	if i.X.Clear.IsZero() {
		i.X.Clear = b.now // it ended without a hold
	}
	due := i.X.Clear.Add(time.Duration(b.config.ResolvedAfter))
	if due.Before(b.now) {
		due = b.now
	}
	i.X.Gen++
	b.agenda.add(due, doResolve, string(i.ID), i.X.Gen, true)
}

func (b *book) closed(i *incident) {
	live := i.ResolvedAt == nil // it ends with this, by silence
	b.sync(i)
	i.ClosedAt = at(b.now)
	b.retireLater(i)
	if live {
		i.ResolvedAt = at(b.now)
		b.touchPages(i, "resolved")
	}
	b.learn(i)
	b.dirty.incident(i)
	b.carry(i)
	b.unscheduleAll(i)
	b.closeOut(i)
	if i.CloseReason != "resolved" {
		b.closing(i)
	}
}

// merged hands everything of i to the incident that survives.
func (b *book) merged(i *incident, c headstart.Change) {
	to := b.incident(c.Other)
	b.sync(i)
	i.State = headstart.Merged
	b.unlearn(i) // the survivor took as long
	i.ClosedAt = at(b.now)
	b.retireLater(i)
	b.follow(i)
	if to == nil {
		return
	}
	i.MergedInto = to.ID
	for key, t := range i.X.Tickets {
		if _, has := to.X.Tickets[key]; !has {
			b.setTicket(to, key, t)
		}
	}
	to.X.Past.join(&i.X.Past)
	to.X.Touched = to.X.Touched || i.X.Touched
	to.Callers += i.Callers
	to.Confirmations += i.Confirmations
	to.WorksFor += i.WorksFor
	if i.StartedAt.Before(to.StartedAt) {
		to.StartedAt = i.StartedAt
	}
	b.handOver(i, to, "")
	b.touchPages(to, "joined") // an i that opened in this very unit paged nobody
	b.mergeWritten(i, to)
	b.absorb(i, to)
	b.dirty.incident(i)
}
