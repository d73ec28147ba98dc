package incidents

import (
	"fmt"
	"slices"
	"time"

	"headstart"
)

// schedule lets the draft of a go out at c.At: it is approved with that, in the words it
// will have then. Without a time it is taken back, and waits for approval again.
func (b *book) schedule(i *incident, a *headstart.Announcement, c *headstart.Command) error {
	if c.At.IsZero() {
		if !scheduled(a) {
			return fmt.Errorf("nothing is scheduled for %s", a.Audience)
		}
		b.unschedule(i, a, c.By, b.because("teruggenomen", "taken back"))
		return nil
	}
	if a.Draft == nil {
		return fmt.Errorf("no draft waits for %s; write one first, with announce and draft", a.Audience)
	}
	if err := b.mayTell(i); err != nil {
		return err
	}
	if err := b.mayWait(c.At); err != nil {
		return err
	}
	was := a.Draft.ScheduledFor
	a.Draft.ScheduledFor = at(c.At) // so that its words are those of then
	var u *headstart.Update
	var err error
	b.asOf(c.At, func() { u, err = b.approvable(i, a, c.By) })
	a.Draft.ScheduledFor = was
	if err != nil {
		return err
	}
	b.setSchedule(i, a, u, c.By, c.At)
	return nil
}

// mayWait refuses times that no message can go out at.
func (b *book) mayWait(t time.Time) error {
	switch {
	case !t.After(b.now):
		return fmt.Errorf("%s lies in the past; give a time still to come, or approve it to send it now", t.In(b.zone).Format("2006-01-02 15:04"))
	case t.Sub(b.now) > headstart.LongestAhead:
		return fmt.Errorf("the time lies more than a year ahead; give an earlier one")
	}
	return nil
}

// asOf does f as if it were t; zero: as of now.
func (b *book) asOf(t time.Time, f func()) {
	if !t.IsZero() {
		now := b.now
		defer func() { b.now = now }()
		b.now = t.UTC()
	}
	f()
}

// scheduled reports whether the draft of a goes out by itself.
func scheduled(a *headstart.Announcement) bool { return a.Draft != nil && a.Draft.ScheduledFor != nil }

// setSchedule makes u the draft of a, approved by a person for a time.
func (b *book) setSchedule(i *incident, a *headstart.Announcement, u *headstart.Update, by string, t time.Time) {
	if a.State == headstart.AnnouncementDiscarded {
		a.State = headstart.AnnouncementDraft
	}
	u.Approver, u.ScheduledFor, u.Why = by, at(t), nil
	a.Draft = u
	i.X.Touched = true
	b.agenda.add(t.UTC(), doSchedule, a.ID, 0, false)
	b.decide(i, headstart.Decision{Rule: "H-01", Outcome: "scheduled", By: by, Subject: a.Audience, Facts: facts("phase", string(u.Phase), "at", stamp(u.ScheduledFor))})
	b.say(i, a, u, headstart.HowDraft)
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
}

// scheduleDue lets out what was scheduled for now, in the words that were approved. After
// a stop it does not go out late (ruling 11).
func (b *book) scheduleDue(a *headstart.Announcement) {
	i := b.incidents[a.Incident]
	if i == nil || !scheduled(a) || a.Draft.ScheduledFor.After(b.now) {
		return // taken back, or put off
	}
	u := a.Draft
	switch {
	case !i.Live() && !u.Final:
		b.unschedule(i, a, "", b.because("het is voorbij", "it is over"))
	case b.unfinished(i, a, u) != nil:
		b.unschedule(i, a, "", b.unfinished(i, a, u).Error())
	case b.muted(i):
		b.unschedule(i, a, "", b.whyMuted(i))
	case b.now.Sub(*u.ScheduledFor) > lateForUsers:
		b.unschedule(i, a, "", b.because("ouder dan 15 minuten na een onderbreking", "older than 15 minutes after a stop"))
	default:
		b.letOut(i, a, u, u.Approver)
	}
	b.dirty.incident(i)
}

// whyMuted says why nothing about i may reach users.
func (b *book) whyMuted(i *incident) string {
	if i.Confidential {
		return b.because("vertrouwelijk", "confidential")
	}
	return b.because("berichten staan stil", "hushed")
}

// unschedule takes the time of the draft of a away: it waits for approval again.
func (b *book) unschedule(i *incident, a *headstart.Announcement, by, why string) {
	u := *a.Draft
	b.decide(i, headstart.Decision{Rule: "A-24", Outcome: "unscheduled", By: by, Subject: a.Audience, Facts: facts("at", stamp(u.ScheduledFor), "why", why)})
	u.ScheduledFor, u.Approver = nil, ""
	u.Why = []string{why}
	a.Draft = &u
	b.say(i, a, &u, headstart.HowDraft)
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
}

// unscheduleAll takes the times of the drafts of i away, since nobody needs to hear any
// more that it is broken.
func (b *book) unscheduleAll(i *incident) {
	if slices.ContainsFunc(b.told[i.ID], scheduled) {
		b.each(i, round{Do: doUnschedule})
	}
}

func (b *book) unscheduleOne(i *incident, a *headstart.Announcement, _ round) {
	if scheduled(a) && !i.Live() && !a.Draft.Final && b.nextLive(i, a) == nil {
		b.unschedule(i, a, "", b.because("het is voorbij", "it is over"))
	}
}

// holdScheduled takes away the times of all drafts, for a hush of all: who ends it looks
// at them again.
func (b *book) holdScheduled(r round) {
	for _, id := range sortedKeys(b.announcements) {
		a := b.announcements[id]
		if id <= r.From || !scheduled(a) || b.incidents[a.Incident] == nil {
			continue
		}
		if b.spent() >= enough {
			b.agenda.add(b.now, doHoldTimes, "", 0, false).From = r.From
			return
		}
		if i := b.incidents[a.Incident]; b.muted(i) {
			b.unschedule(i, a, "", b.whyMuted(i))
		}
		r.From = id
	}
}
