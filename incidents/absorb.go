package incidents

import (
	"fmt"
	"slices"

	"headstart"
)

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
	if from.ETA != nil && to.ETA == nil && b.expected(from) != 0 {
		b.expectBy(to, *from.ETA) // who knows of it goes on expecting it
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
	case len(a.Also) > 0 && covering(a) && !a.Live():
		b.inheritDraft(from, b.survivor(from), a)
	case a.State == headstart.AnnouncementDraft:
		b.discard(from, a, "rule", b.because("samengevoegd", "merged"))
	case a.Live():
		b.inherit(from, b.survivor(from), a)
	}
}

// inheritDraft lets what nobody read yet, and what speaks for others than from too, speak
// for its survivor.
func (b *book) inheritDraft(from, to *incident, a *headstart.Announcement) {
	next := b.heir(from, a)
	if next == nil {
		return
	}
	b.handOn(from, next, a, false)
	if to != next && covering(a) {
		b.join(a, to)
		b.carryOne(next, a, round{}) // the heir may be over already, and to is not
	}
	if b.announcements[a.ID] == a {
		b.judgeCover(a)
	}
}

// inherit makes to the owner of a live notice of from, or of none if its own
// went as far.
func (b *book) inherit(from, to *incident, a *headstart.Announcement) {
	b.dropAlso(a, to.ID)
	if c := b.coverOf(to, a.Audience); c != nil { // it speaks for to, and so for a's
		b.inheritCover(from, c, a)
		return
	}
	twin := b.notice(to, a.Audience)
	if scheduled(a) {
		b.unschedule(from, a, "", b.because("samengevoegd", "merged"))
	}
	switch {
	case twin == nil || !twin.Live():
		if twin != nil && twin.State == headstart.AnnouncementDraft {
			also := twin.Also
			b.dropNotice(twin)
			for _, id := range also {
				b.addAlso(a, id)
			}
		}
		b.describe(a, to)
	case a.How == headstart.HowPush && twin.How != headstart.HowPush:
		b.describe(a, to)
		b.fold(from, twin, a)
	default:
		b.fold(from, a, twin)
	}
}

// inheritCover makes one of a live notice of from, which is merged, and of c, which
// speaks for the survivor beside others: the one that went further goes on for all.
func (b *book) inheritCover(from *incident, c, a *headstart.Announcement) {
	if !c.Live() || a.How == headstart.HowPush && c.How != headstart.HowPush {
		i := b.incidents[c.Incident]
		b.describe(a, i)
		b.fuse(c, a)
		b.muteOne(i, a, round{}) // as in handOn
		b.follow1(b.incidents[a.Incident], a)
		return
	}
	b.fold(from, a, c)
	b.follow1(b.incidents[c.Incident], c)
}

// fold ends a notice whose words heir carries on: it stays with the merged
// incident, and heir takes over its promise if that is the earlier one.
func (b *book) fold(from *incident, a, heir *headstart.Announcement) {
	promised := a.NextUpdateBy
	a.State, a.NextUpdateBy, a.Draft, a.PushDraft = headstart.AnnouncementFinal, nil, nil, false
	b.decide(from, headstart.Decision{Rule: "A-23", Outcome: "folded", Subject: a.Audience})
	b.describe(a, from)
	to := b.incidents[heir.Incident]
	also := a.Also
	b.unfileCover(a)
	a.Also = nil
	for _, id := range also { // those it spoke for besides
		b.addAlso(heir, id)
	}
	b.takeReaders(to, a, heir)
	switch {
	case promised == nil || b.allOf(to, heir, isStale) || b.allOf(to, heir, b.paused):
	case heir.NextUpdateBy == nil || promised.Before(*heir.NextUpdateBy):
		b.promiseBy(to, heir, *promised)
	}
}

// takeReaders makes those whom a was sent to readers of heir: they hear the end of it.
// What a posted and can be edited says from now on what heir says.
func (b *book) takeReaders(to *incident, a, heir *headstart.Announcement) {
	if a.Missed != nil && heir.Last().At.Before(*a.Missed) && (heir.Missed == nil || a.Missed.Before(*heir.Missed)) {
		heir.Missed = a.Missed // and no message of heir came since
	}
	a.Missed = nil
	told := heir.Told()
	for _, ch := range a.Told() {
		if slices.Contains(told, ch) {
			continue
		}
		heir.Heard = append(heir.Heard, ch)
		if post, has := a.Posts[ch]; has && len(heir.Posts[ch]) == 0 { // its thread goes on
			if heir.Posts == nil {
				heir.Posts = map[string]jsonRaw{}
			}
			heir.Posts[ch] = post
			delete(a.Posts, ch)
		}
	}
	if heir.Folded = append(heir.Folded, a.Folded...); len(a.Told()) > 0 {
		heir.Folded = append(heir.Folded, a.ID)
	}
	a.Folded = nil
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
	b.dirty.put(headstart.TableAnnouncements, heir.ID, heir)
	if heir.How == headstart.HowPush && !b.muted(to) {
		b.deliverFolded(to, heir, heir.Last())
	}
}

// deliverFolded edits what notices posted that heir carries on, in silence: whoever finds
// one reads what holds.
func (b *book) deliverFolded(i *incident, heir *headstart.Announcement, u *headstart.Update) {
	for _, id := range heir.Folded {
		a := b.announcements[id]
		if a == nil || a.Last() == nil {
			continue
		}
		told := a.Told()
		for _, ch := range b.log.Channels {
			if !ch.Update || !slices.Contains(told, ch.Name) || slices.Contains(heir.Heard, ch.Name) {
				continue
			}
			n := b.userNotice(i, a, u, ch)
			n.N = len(a.Updates) + u.N
			n.Key = fmt.Sprintf("%s/%s/%d/%s", a.UID, a.Audience, n.N, ch.Name)
			n.Silent = true
			b.owe(n)
		}
	}
}
