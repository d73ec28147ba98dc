package incidents

import (
	"slices"

	"headstart"
)

// leave takes i, which became confidential, out of a at once (ruling 30); false: a is
// about nothing else. Words that name it are replaced as far as a rule may; the public
// page leaves out those that a person wrote.
func (b *book) leave(i *incident, a *headstart.Announcement) bool {
	carrier := b.incidents[a.Incident]
	if a.Incident == i.ID {
		carrier = b.heir(i, a)
		if carrier == nil {
			return false
		}
		b.handOn(i, carrier, a, false)
	} else {
		b.dropAlso(a, i.ID)
	}
	for _, key := range slices.Clone(b.owedOf[a.ID]) {
		b.takeBack(b.owed[key])
	}
	b.decide(i, headstart.Decision{Rule: "A-30", Outcome: "left", Subject: a.Audience, Facts: facts("from", string(carrier.ID))})
	b.dropWords(i, a)
	b.follow1(carrier, a)
	b.askAnew(i, carrier, a)
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
	return true
}

// askAnew lets words without i wait for a person, where readers of a lost some: the end,
// if all that is left is over, else how it stands.
func (b *book) askAnew(i, carrier *incident, a *headstart.Announcement) {
	if !a.Live() || a.Draft != nil || b.composer == nil {
		return
	}
	why := b.because("wat gebruikers lazen ging ook over wat nu vertrouwelijk is; zij zien het niet meer", "what users read was also about what is confidential now; they do not see it any more")
	switch {
	case carrier.X.Ended && b.allEnded(carrier, a):
		u := b.compose(carrier, a, headstart.Solved, "rule", nil)
		u.Why = append([]string{why}, u.Why...)
		b.draftClosing(carrier, a, u)
	case slices.Contains(a.SpeaksFor(a.Last()), i.ID):
		u := b.progress(carrier, a, nil)
		u.Why = append([]string{why}, u.Why...)
		b.draft(carrier, a, u)
	}
}

// dropWords throws away a draft that speaks of i too: a rule writes another one.
func (b *book) dropWords(i *incident, a *headstart.Announcement) {
	if a.Draft == nil {
		return
	}
	if byPerson(a.Draft) {
		b.decide(i, headstart.Decision{Rule: "A-24", Outcome: "discarded", Subject: a.Audience, Facts: facts("why", b.because("vertrouwelijk", "confidential"))})
	}
	a.Draft = nil
}

// heir is the member of a that carries it when i no longer can: one that is live, else
// any; nil: there is no other.
func (b *book) heir(i *incident, a *headstart.Announcement) *incident {
	if next := b.nextLive(i, a); next != nil {
		return next
	}
	for _, o := range b.members(a) {
		if o != i {
			return o
		}
	}
	return nil
}

// releaseAll lets each of those that a spoke for beside its own be judged for itself.
func (b *book) releaseAll(a *headstart.Announcement) {
	for _, id := range slices.Clone(a.Also) {
		b.dropAlso(a, id)
		b.releaseLater(b.incidents[id], a.Audience)
	}
}

// releaseLater lets i speak for itself to an audience, in a unit of its own.
func (b *book) releaseLater(i *incident, audience string) {
	if i != nil {
		b.goOn(i, round{Do: doRelease, Arg: audience})
	}
}

// release lets i speak for itself to an audience again: a notice of its own that another
// one carried on stands again, else it is judged as any.
func (b *book) release(i *incident, audience string) {
	if !i.Live() || b.coverOf(i, audience) != nil {
		return
	}
	own := b.notice(i, audience)
	if own == nil || own.State != headstart.AnnouncementFinal || !folded(own) || own.Last() == nil {
		b.judge(i)
		return
	}
	for _, a := range b.announcements { // one of them has it: the order decides nothing
		if n := slices.Index(a.Folded, own.ID); n >= 0 {
			a.Folded = slices.Delete(slices.Clone(a.Folded), n, n+1)
			b.dirty.put(headstart.TableAnnouncements, a.ID, a)
		}
	}
	own.State = headstart.AnnouncementPublished
	b.decide(i, headstart.Decision{Rule: "A-23", Outcome: "unfolded", Subject: own.Audience})
	b.describe(own, i)
	b.correctOne(i, own, round{})
	b.renew(i, own)
	b.refreshPromise(i)
}

// carryElsewhere gives a, of i which is forgotten, to another that it speaks for.
func (b *book) carryElsewhere(i *incident, a *headstart.Announcement) bool {
	to := b.heir(i, a)
	if to == nil || to.MergedInto != "" {
		return false
	}
	b.handOn(i, to, a, false)
	return true
}

// dropCovers lets no announcement speak any more for i, which is forgotten.
func (b *book) dropCovers(i *incident) {
	for _, a := range slices.Clone(b.covers[i.ID]) {
		if b.spent() >= enough {
			return
		}
		b.dropAlso(a, i.ID)
	}
}

// mergeCover follows that from, one of several that a speaks for, went into another: a
// speaks for that one from now on.
func (b *book) mergeCover(from *incident, a *headstart.Announcement) {
	to := b.survivor(from)
	b.dropAlso(a, from.ID)
	switch {
	case to == from, a.About(to.ID):
	case covering(a):
		b.join(a, to)
		if b.announcements[a.ID] != a || !covering(a) {
			return // another one speaks for all of them
		}
	}
	b.follow1(b.incidents[a.Incident], a)
}

// join lets a speak for i too, whatever i told the audience itself or through another.
func (b *book) join(a *headstart.Announcement, i *incident) {
	twin := b.coverOf(i, a.Audience)
	if twin == nil {
		twin = b.notice(i, a.Audience)
	}
	switch {
	case twin == nil || twin == a || !covering(twin) || twin.State == headstart.AnnouncementDiscarded:
		b.addAlso(a, i.ID)
	case twin.Live() && (!a.Live() || twin.How == headstart.HowPush && a.How != headstart.HowPush):
		b.fuse(a, twin)
	default:
		b.fuse(twin, a)
		b.addAlso(a, i.ID)
	}
}

// fuse ends a: heir, which went further, carries on its words and speaks for all of it.
func (b *book) fuse(a, heir *headstart.Announcement) {
	own, all := b.incidents[a.Incident], a.Incidents()
	b.unfileCover(a)
	a.Also = nil
	if a.Live() {
		b.fold(own, a, heir)
	} else {
		b.dropNotice(a)
	}
	for _, id := range all {
		b.addAlso(heir, id)
	}
	b.refreshPromise(own)
	b.dirty.put(headstart.TableAnnouncements, heir.ID, heir)
}

// dropNotice forgets an announcement that no user saw.
func (b *book) dropNotice(a *headstart.Announcement) {
	b.detach(a)
	b.unfileCover(a)
	delete(b.announcements, a.ID)
	b.dirty.del(headstart.TableAnnouncements, a.ID)
}
