package incidents

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"headstart"
)

// offerWork publishes u by itself where announce.policy allows and nothing stands
// against it; else it waits for a person as the draft, and says why. What waits
// already in these words stays as it is.
func (b *book) offerWork(x *work, a *headstart.Announcement, u *headstart.Update) {
	if a.Declined == u.Phase || a.Draft != nil && a.Draft.Phase == u.Phase && (a.Draft.By != "rule" || a.Draft.Edited) {
		return
	}
	if b.now.Before(b.hush) {
		u.Why = append(u.Why, b.because("berichten staan stil", "hushed"))
	}
	if b.config.policy(string(u.Phase)) != auto {
		u.Why = append(u.Why, b.because("volgens de instellingen keurt een mens dit goed", "policy wants approval"))
	}
	if len(u.Why) == 0 {
		u.Approver = "announce.policy." + string(u.Phase)
		b.publishWork(x, a, u)
		return
	}
	if a.Draft != nil && sameWords(a.Draft, u) && slices.Equal(a.Draft.Why, u.Why) {
		return
	}
	a.Draft = u
	b.noteWork(a, "drafted", "rule", "phase", string(u.Phase), "why", strings.Join(u.Why, "; "))
	b.sayWork(a, u, headstart.HowDraft)
}

// sameWords reports whether two messages say the same.
func sameWords(a, b *headstart.Update) bool {
	return a.Phase == b.Phase && maps.EqualFunc(a.Text, b.Text, func(x, y headstart.Text) bool {
		return x.Title == y.Title && x.Body == y.Body && x.Short == y.Short
	})
}

// publishWork makes u part of what users read; from now on it is frozen. How far it
// goes beyond the page follows from its phase: what changes plans is pushed to whoever
// was pushed anything before, what they were told to expect is shown only.
func (b *book) publishWork(x *work, a *headstart.Announcement, u *headstart.Update) {
	b.keepWork(a)
	b.freeze(a, u, headstart.HowPage)
	first := len(a.Updates) == 0
	a.Draft, a.Declined = nil, ""
	a.Updates = append(a.Updates, *u)
	a.State, a.NextUpdateBy = headstart.AnnouncementPublished, u.NextUpdateBy
	if first {
		a.How = headstart.HowPage
	}
	a.NextPush = time.Time{}
	switch u.Phase {
	case headstart.MaintenanceAnnounced:
		a.StartsAt, a.EndsAt = x.window.StartsAt, x.window.EndsAt
		a.NextPush = b.nextReminder(x, b.now)
	case headstart.MaintenanceStarted:
		a.StartsAt, a.EndsAt = x.window.StartsAt, x.window.EndsAt
	case headstart.MaintenanceExtended:
		if u.NextUpdateBy != nil {
			a.EndsAt = *u.NextUpdateBy
		}
	case headstart.Withdrawn:
		a.State = headstart.AnnouncementWithdrawn
	default:
		a.State = headstart.AnnouncementFinal
	}
	if u.Final {
		a.PushDraft = false
	}
	b.noteWork(a, "published", cmpBy(u), "phase", string(u.Phase), "how", string(u.How), "title", u.Text[a.Languages[0]].Title)
	b.sayWork(a, u, headstart.HowPage)
	b.deliverWork(x, a)
}

// cmpBy is the person behind a message: who approved it, or who wrote it.
func cmpBy(u *headstart.Update) string {
	if u.Approver != "" && !strings.HasPrefix(u.Approver, "announce.") {
		return u.Approver
	}
	return u.By
}

// keepWork counts a promise that a message keeps: one that comes by the time it was due.
func (b *book) keepWork(a *headstart.Announcement) {
	if a.NextUpdateBy == nil {
		return // none stands, or it was missed
	}
	a.Promises[0]++
	b.noteWork(a, "promise_kept", "rule")
}

// sayWork reports a message to whoever replays.
func (b *book) sayWork(a *headstart.Announcement, u *headstart.Update, how headstart.How) {
	b.messages = append(b.messages, Message{
		At: b.now, Window: a.Window, Phase: u.Phase, Audience: a.Audience, Plane: headstart.PlaneUsers, How: how,
		Text: u.Text, NextUpdateBy: u.NextUpdateBy, Final: u.Final, Corrects: u.Corrects,
	})
}

// moveWork names the new period of announced work in place. The words are those that
// were approved, and a page that names another time helps nobody; but whoever was
// mailed the old one is mailed again only when a person says so, or with the next
// reminder.
func (b *book) moveWork(x *work, a *headstart.Announcement) {
	if !x.sees(a) {
		b.correctWork(x, a, headstart.MaintenanceAnnounced)
	}
}

// correctWork says the period of now in the words that stand.
func (b *book) correctWork(x *work, a *headstart.Announcement, phase headstart.Phase) {
	last := a.Last()
	var typed map[string]string
	if last.Basis != nil {
		typed = last.Basis.Typed
	}
	u := b.composeWork(x, a, phase, "rule", typed)
	u.Corrects = true
	rewritten := last.Edited || last.Basis == nil
	if len(u.Missing) > 0 || rewritten || b.now.Before(b.hush) {
		if rewritten {
			u.Why = append(u.Why, b.because("een mens schreef de woorden die er staan", "a person wrote the words that stand"))
		}
		u.Why = append(u.Why, b.because("de tijd is veranderd", "the time has changed"))
		b.offerWork(x, a, u)
		return
	}
	u.Approver = last.Approver
	pushed := a.How == headstart.HowPush
	b.publishWork(x, a, u)
	if pushed && phase == headstart.MaintenanceAnnounced {
		a.PushDraft = true
		b.noteWork(a, "push_waits", "rule", "why", b.because("de tijd is veranderd na een verstuurd bericht", "the time changed after a message was pushed"))
	}
}

// deliverWork hands the newest update to the channels that were pushed the first
// message: as a message if it changes what people plan, else as a silent edit.
func (b *book) deliverWork(x *work, a *headstart.Announcement) {
	u := a.Last()
	if a.How != headstart.HowPush || b.now.Before(b.hush) {
		return
	}
	loud := !u.Corrects && u.Phase != headstart.MaintenanceStarted && u.Phase != headstart.MaintenanceAnnounced
	if _, quiet := b.quietSince(b.now, firstOf(x.reach.Locations)); quiet && loud && strings.HasPrefix(u.Approver, "announce.") {
		loud, a.PushDraft = false, true // nobody chose to wake people
	}
	told := a.Told()
	if loud {
		u.How = headstart.HowPush
		b.sayWork(a, u, headstart.HowPush)
	}
	for _, ch := range b.log.Channels {
		if !slices.Contains(told, ch.Name) || !loud && !ch.Update || u.Final && b.missed(a, ch.Name) {
			continue
		}
		n := b.noticeOfWork(a, u, ch)
		n.Silent = !loud
		b.owe(n)
		u.Pushed = append(u.Pushed, ch.Name)
	}
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
}

// noticeOfWork is one message about planned work to one channel.
func (b *book) noticeOfWork(a *headstart.Announcement, u *headstart.Update, ch headstart.ChannelInfo) *headstart.Notice {
	n := &headstart.Notice{
		V: 1, Key: fmt.Sprintf("%s/%s/%d/%s", a.UID, a.Audience, u.N, ch.Name), Plane: headstart.PlaneUsers, At: b.now,
		Window: a.Window, Ref: a.Number, UID: a.UID, Announcement: a.ID, Audience: a.Audience, Channel: ch.Name, N: u.N,
		Phase: u.Phase, Languages: a.Languages, Text: u.Text, Final: u.Final, Severity: a.Severity,
		Services: a.Services, Locations: a.Locations, StatusURL: b.statusURL(a.Services, a.Locations), Handle: a.Posts[ch.Name],
	}
	for _, of := range b.named(a.Audience) {
		if ch.Subscribers {
			n.AudienceServices, n.AudienceLocations = of.Services, of.Locations
		}
	}
	return n
}
