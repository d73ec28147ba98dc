package incidents

import (
	"slices"
	"strings"
	"time"

	"headstart"
)

// What planned work leaves broken becomes an incident. Of the two announcements an
// audience would have then, that of the work lives on and is the incident's from now
// on: the readers of "we have started" are those who wait to hear the end, and they
// get it in the same thread. The incident takes it over with its number; the first
// thing it says, by its own evidence and policy, is that something does not work.
// Should it be over before it said anything, the announcement goes back to the work.

// speaksOfWork reports whether an incident that took a over has said nothing yet.
func speaksOfWork(a *headstart.Announcement) bool {
	return a.Window != "" && a.Live() && strings.HasPrefix(string(a.Last().Phase), "maintenance_")
}

// takeOver gives i the announcements of the work that left it, for the audiences that
// i touches; from is the one dealt with last.
func (b *book) takeOver(i *incident, from string) {
	g := b.groups.Group(i.Group)
	if g == nil || g.Overrun == nil || !i.Live() {
		return
	}
	list := b.planned[g.Overrun.Window]
	n, found := placeOf(list, from)
	if found {
		n++
		i.X.Absorbs--
	}
	for k, a := range slices.Clone(list[n:]) {
		if b.spent() >= enough || k == fewAudiences {
			i.X.Absorbs++ // until all are there nobody is told anything new
			b.goOn(i, round{Do: doTakeOver, From: from})
			return
		}
		from = a.ID
		if b.mayTakeOver(i, a) {
			b.takeOverOne(i, a)
		}
	}
	if found {
		b.judge(i)
	}
}

// mayTakeOver reports whether a is what i would tell the same people twice. Who was
// told of the incident already, or is not to be, keeps that.
func (b *book) mayTakeOver(i *incident, a *headstart.Announcement) bool {
	own := b.notice(i, a.Audience)
	return a.Planned() && speaksOfWork(a) && b.coverOf(i, a.Audience) == nil && (own == nil || own.State == headstart.AnnouncementDraft) &&
		slices.ContainsFunc(b.audiences(i), func(aud headstart.Audience) bool { return aud.ID == a.Audience })
}

func (b *book) takeOverOne(i *incident, a *headstart.Announcement) {
	if own := b.notice(i, a.Audience); own != nil {
		b.detach(own)
		delete(b.announcements, own.ID)
		b.dirty.del(headstart.TableAnnouncements, own.ID)
	}
	a.How, a.Draft, a.PushDraft, a.NextPush, a.NextUpdateBy = headstart.HowPage, nil, false, time.Time{}, nil
	b.decide(i, headstart.Decision{Rule: "M-07", Outcome: "taken_over", Subject: a.Audience, Facts: facts("work", a.Number, "window", a.Window)})
	b.describe(a, i)
}

// handBack returns to the work an announcement of which an incident that is over said
// nothing: users were never told that something does not work.
func (b *book) handBack(a *headstart.Announcement) {
	b.detach(a)
	a.Incident, a.Draft = "", nil
	b.remember(a)
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
	b.lookLater(a.Window)
}

// remember takes it that what was pushed about the work before counts again: who was
// mailed that it comes is mailed the end, whatever an incident pushed meanwhile.
func (b *book) remember(a *headstart.Announcement) {
	if a.Window != "" && len(a.Told()) > 0 {
		a.How = headstart.HowPush
	}
}
