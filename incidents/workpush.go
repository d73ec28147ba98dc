package incidents

import (
	"slices"
	"strings"
	"time"

	"headstart"
)

// reminders are how long before it begins announced work is pushed (announcements
// section 2): a week to plan around it, the day before, and a last word.
var reminders = []time.Duration{120 * time.Hour, 24 * time.Hour, time.Hour}

// nextReminder is the first push of announced work after t; zero: all are past. One
// that falls into quiet hours comes before them: afterwards it would be of no use.
func (b *book) nextReminder(x *work, t time.Time) time.Time {
	for _, ahead := range reminders {
		if due := b.beforeQuiet(x.window.StartsAt.Add(-ahead), firstOf(x.reach.Locations)); due.After(t) {
			return due
		}
	}
	return time.Time{}
}

// remindWork pushes announced work that begins soon. Of reminders that nobody sent,
// because it was approved late or nobody was looking, none is caught up with: the
// next one carries the same words.
func (b *book) remindWork(x *work, a *headstart.Announcement) {
	due := a.NextPush
	if due.IsZero() || b.now.Before(due) || !x.sees(a) {
		return
	}
	a.NextPush = b.nextReminder(x, b.now)
	switch {
	case b.now.Before(b.hush):
		b.noteWork(a, "push_skipped", "rule", "why", b.because("berichten staan stil", "hushed"))
	case b.now.Sub(due) > lateForUsers && !a.NextPush.IsZero():
		b.noteWork(a, "push_skipped", "rule", "why", b.because("te laat", "too late"))
	case b.now.Sub(due) > lateForUsers, !b.approvedByPerson(a) && b.config.Push.Mode != auto:
		a.PushDraft = true
		b.noteWork(a, "push_waits", "rule", "why", b.because("een mens stuurt dit", "a person sends this"))
	default:
		b.pushWork(a, "rule")
	}
}

// approvedByPerson reports whether a person stands behind what users read.
func (b *book) approvedByPerson(a *headstart.Announcement) bool {
	return !strings.HasPrefix(a.Last().Approver, "announce.")
}

// pushWork hands what stands to every channel of the audience. Words pushed before
// are pushed again as an update of their own, so that each push has its key; on the
// page it takes the place of the one before.
func (b *book) pushWork(a *headstart.Announcement, by string) {
	if last := a.Last(); len(last.Pushed) > 0 {
		again := *last
		again.N, again.At, again.How, again.Pushed, again.Corrects = len(a.Updates), b.now, headstart.HowPage, nil, true
		a.Updates = append(a.Updates, again)
	}
	u := a.Last()
	a.How, a.PushDraft, u.How, u.PushedBy = headstart.HowPush, false, headstart.HowPush, person(by)
	b.noteWork(a, "pushed", by, "phase", string(u.Phase), "people", itoa(a.People))
	b.sayWork(a, u, headstart.HowPush)
	for _, ch := range b.channelsOfWork(a) {
		b.owe(b.noticeOfWork(a, u, ch))
		u.Pushed = append(u.Pushed, ch.Name)
	}
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
}

// channelsOfWork are those that carry a's audience. As with incidents, one that
// carries several audiences of the same work gets the first only (ruling 29).
func (b *book) channelsOfWork(a *headstart.Announcement) []headstart.ChannelInfo {
	told := map[string]bool{}
	for _, o := range b.planned[a.Window] {
		for n := range o.Updates {
			for _, ch := range o.Updates[n].Pushed {
				told[ch] = told[ch] || o.ID != a.ID && o.UID == a.UID
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(b.log.Channels), func(ch headstart.ChannelInfo) bool {
		return !ch.Carries(a.Audience, b.log.Audiences) || told[ch.Name] && !ch.Subscribers
	})
}

// quietMargin is how long before quiet hours what would fall into them goes out.
const quietMargin = 5 * time.Minute

// beforeQuiet is t, or the last moment before the quiet hours and closed days around
// it. Of closures longer than two months it gives up.
func (b *book) beforeQuiet(t time.Time, location string) time.Time {
	for range 120 {
		since, quiet := b.quietSince(t, location)
		if !quiet {
			return t
		}
		t = since.Add(-quietMargin)
	}
	return t
}

// quietSince returns when the quiet hours around t began; of a day on which nobody works,
// its midnight.
func (b *book) quietSince(t time.Time, location string) (time.Time, bool) {
	q, local := b.config.Quiet, t.In(b.zone)
	if q.ClosedDays && !b.calendar.Worked(local, location) {
		return clock("00:00", local), true
	}
	from, to := clock(q.From, local), clock(q.To, local)
	switch {
	case from.Equal(to):
		return time.Time{}, false
	case from.Before(to):
		return from, !local.Before(from) && local.Before(to)
	case local.Before(to): // after midnight
		return clock(q.From, local.AddDate(0, 0, -1)), true
	default:
		return from, !local.Before(from)
	}
}
