package incidents

import "headstart"

// absorb hands the notices of a merged incident to the survivor: one outage and one
// audience never have two. Of two, the one that went further lives on, so that
// everybody who was told hears the end. Until all are there nothing is said about
// the survivor by a rule.
func (b *book) absorb(from, to *incident) {
	to.X.Absorbs += 1 + from.X.Absorbs // what from waited for comes to its survivor
	from.X.Absorbs = 0
	if from.AnnouncedAt != nil && (to.AnnouncedAt == nil || from.AnnouncedAt.Before(*to.AnnouncedAt)) {
		to.AnnouncedAt = from.AnnouncedAt
	}
	b.mergeAnnouncements(from, round{Do: doMerge})
}

func (b *book) mergeAnnouncements(from *incident, r round) {
	to := b.survivor(from)
	done := b.each(from, r)
	b.refreshPromise(to)
	b.dirty.incident(to)
	if !done {
		return
	}
	if to.X.Absorbs--; to.X.Absorbs > 0 {
		return
	}
	if b.muted(to) {
		b.mute(to)
	}
	b.sync(to)
	b.count(to)
	b.correct(to)
	b.judge(to)
}

// survivor is the incident that i became part of in the end, or i itself.
func (b *book) survivor(i *incident) *incident {
	for i.MergedInto != "" && b.incidents[i.MergedInto] != nil {
		i = b.incidents[i.MergedInto]
	}
	return i
}

func (b *book) mergeOne(from *incident, a *headstart.Announcement, _ round) {
	switch {
	case a.State == headstart.AnnouncementDraft:
		b.discard(from, a, "rule", b.because("samengevoegd", "merged"))
	case a.Live():
		b.inherit(from, b.survivor(from), a)
	}
}

// inherit makes to the owner of a live notice of from, or of none if its own
// went as far.
func (b *book) inherit(from, to *incident, a *headstart.Announcement) {
	twin := b.notice(to, a.Audience)
	if scheduled(a) {
		b.unschedule(from, a, "", b.because("samengevoegd", "merged"))
	}
	switch {
	case twin == nil || !twin.Live():
		if twin != nil && twin.State == headstart.AnnouncementDraft {
			b.detach(twin)
			delete(b.announcements, twin.ID)
			b.dirty.del(headstart.TableAnnouncements, twin.ID)
		}
		b.describe(a, to)
	case a.How == headstart.HowPush && twin.How != headstart.HowPush:
		b.describe(a, to)
		b.fold(from, twin, a)
	default:
		b.fold(from, a, twin)
	}
}

// fold ends a notice whose words heir carries on: it stays with the merged
// incident, and heir takes over its promise if that is the earlier one.
func (b *book) fold(from *incident, a, heir *headstart.Announcement) {
	promised := a.NextUpdateBy
	a.State, a.NextUpdateBy, a.Draft, a.PushDraft = headstart.AnnouncementFinal, nil, nil, false
	b.decide(from, headstart.Decision{Rule: "A-23", Outcome: "folded", Subject: a.Audience})
	b.describe(a, from)
	if promised != nil && heir.NextUpdateBy != nil && promised.Before(*heir.NextUpdateBy) {
		b.promiseBy(b.incidents[heir.Incident], heir, *promised)
	}
}
