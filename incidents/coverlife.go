package incidents

import (
	"fmt"
	"slices"
	"time"

	"headstart"
)

// carry lets what i carries, and what speaks for others too, go on with one of those that
// is live, since i is not.
func (b *book) carry(i *incident) {
	if slices.ContainsFunc(b.told[i.ID], func(a *headstart.Announcement) bool { return len(a.Also) > 0 }) {
		b.each(i, round{Do: doCarry})
	}
}

func (b *book) carryOne(i *incident, a *headstart.Announcement, _ round) {
	next := b.nextLive(i, a)
	if i.Live() || next == nil || !covering(a) {
		return
	}
	b.handOn(i, next, a, true)
	b.follow1(next, a)
}

// handOn makes another member of a the one that carries it. Its readers see the same
// announcement. Stays: it goes on to speak for i, which may come back.
func (b *book) handOn(i, to *incident, a *headstart.Announcement, stays bool) {
	if a.First == "" {
		a.First = i.ID
	}
	b.dropAlso(a, to.ID)
	b.decide(i, headstart.Decision{Rule: "A-23", Outcome: "handed_on", Subject: a.Audience, Facts: facts("into", string(to.ID))})
	b.describe(a, to)
	if stays {
		b.addAlso(a, i.ID)
		b.describe(a, to)
	}
	if a.NextUpdateBy != nil {
		b.agenda.add(*a.NextUpdateBy, doPromise, a.ID, a.Last().N, false)
	}
	b.muteOne(to, a, round{}) // what is owed of it waits, if nothing about to may reach users
	b.refreshPromise(i)
	b.refreshPromise(to)
	b.dirty.incident(i)
	b.dirty.incident(to)
}

// follow1 brings the words of a in line with those it speaks for now, as far as no person
// wrote them.
func (b *book) follow1(i *incident, a *headstart.Announcement) {
	b.describe(a, i)
	switch {
	case a.State == headstart.AnnouncementDraft:
		b.judgeCover(a)
	case a.Live() && b.composer != nil:
		b.correctOne(i, a, round{})
	}
	b.refreshPromise(i)
}

// judgeCover judges a as its incident is judged: one of the others it speaks for changed.
func (b *book) judgeCover(a *headstart.Announcement) {
	i := b.incidents[a.Incident]
	if i == nil {
		return
	}
	if !b.described(a, i) {
		b.describe(a, i)
	}
	if b.judges(i) && b.coverOf(i, a.Audience) == nil {
		b.judgeFor(i, headstart.Audience{ID: a.Audience, Languages: a.Languages}, &basis{})
	}
}

// concerned are the announcements that a round of i goes through, in order of ids: those
// it carries and, where that means something for them, those that speak for it too.
func (b *book) concerned(i *incident, r round) []*headstart.Announcement {
	list := b.of(i)
	if covers := b.covers[i.ID]; len(covers) > 0 && slices.Contains(ofCovered, r.Do) {
		for _, a := range covers {
			n, _ := placeOf(list, a.ID)
			list = slices.Insert(list, n, a)
		}
	}
	return list
}

// ofCovered are the rounds that coveredStep knows.
var ofCovered = []string{doResolve, doChecked, doClosing, doCloseByHand, doReopen, doAskReopen, doMerge, doMute, doCorrect, doDescribe}

// coveredStep is what a round of i does for an announcement that another incident
// carries and that speaks for i too.
func (b *book) coveredStep(i *incident, a *headstart.Announcement, r round) {
	carrier := b.incidents[a.Incident]
	if carrier == nil {
		return
	}
	switch r.Do {
	case doResolve:
		b.endedOne(i, carrier, a, "")
	case doClosing:
		if i.X.Gen == r.Gen {
			b.endedOne(i, carrier, a, "")
		}
	case doCloseByHand:
		if i.X.Gen == r.Gen {
			b.endedOne(i, carrier, a, r.Arg)
		}
	case doChecked:
		b.checkedOne(carrier, a, r)
	case doReopen:
		b.backOne(i, carrier, a, r)
	case doAskReopen:
		if a.State == headstart.AnnouncementFinal && !i.Live() {
			b.handOn(carrier, i, a, true)
			b.askReopenOne(i, a, r)
		}
	case doMerge:
		b.mergeCover(i, a)
	case doMute:
		if i.Confidential {
			b.leave(i, a)
		}
	case doCorrect:
		b.correctOne(carrier, a, round{})
	case doDescribe:
		b.describe(a, carrier)
	}
}

// endedOne follows that i, one of several that a speaks for, is over for its readers; by
// is the person who says so, empty: correlation. While others fail they are told that of
// i; after the last of them, that all is over.
func (b *book) endedOne(i, carrier *incident, a *headstart.Announcement, by string) {
	switch next := b.nextLive(nil, a); {
	case next == nil && by != "":
		b.closeByHandOne(carrier, a, round{Gen: carrier.X.Gen, Arg: by})
	case next == nil && i.State == headstart.Closed && i.CloseReason != "resolved":
		b.closingOne(carrier, a, round{Gen: carrier.X.Gen})
	case next == nil:
		b.resolveOne(carrier, a, round{})
	case a.Live() && b.composer != nil:
		b.tellBack(carrier, a, by)
	}
}

// allEnded reports whether nothing more is waited for of all that a speaks for.
func (b *book) allEnded(i *incident, a *headstart.Announcement) bool {
	return !slices.ContainsFunc(b.members(a), func(o *incident) bool { return o.Live() || o != i && !o.X.Ended })
}

// tellBack tells readers of a that what is over works again, and what does not yet. It is
// never said by itself (ruling 28): by a person who closed it, else once one approves.
func (b *book) tellBack(carrier *incident, a *headstart.Announcement, by string) {
	over := b.newlyOver(a)
	if len(over) == 0 || by == "" && a.Draft != nil && byPerson(a.Draft) {
		return
	}
	author := by
	if by == "" {
		author = "rule"
	}
	u := b.composeBack(carrier, a, author, nil, nil, over)
	if by != "" && len(u.Hits) == 0 && len(u.Missing) == 0 && !b.muted(carrier) && !b.config.FourEyes {
		u.Approver = by
		b.publishBeside(carrier, a, u, "H-01")
		return
	}
	why := fmt.Sprintf(b.because("%s is voorbij, %s nog niet: keur goed dat gebruikers dat lezen", "%s is over, %s is not yet: approve that users read so"), list(over), list(b.spoken(carrier, a, false)))
	u.Why = append([]string{why}, u.Why...)
	if a.Draft == nil || !byPerson(a.Draft) {
		b.draft(carrier, a, u)
	}
}

// list names incidents by number.
func list(of []*incident) string {
	names := make([]string, len(of))
	for n, i := range of {
		names[n] = string(i.ID)
	}
	return enumerate(names, "nl")
}

// newlyOver are those of a that are over and of which its readers do not know it.
func (b *book) newlyOver(a *headstart.Announcement) []*incident {
	return slices.DeleteFunc(b.members(a), func(o *incident) bool { return o.Live() || !o.X.Ended || saidOver(o, a) != nil })
}

// saidOver is the update that told readers of a that i works again, since it last did;
// nil: none.
func saidOver(i *incident, a *headstart.Announcement) *headstart.Update {
	for n := len(a.Updates) - 1; n >= 0; n-- {
		u := &a.Updates[n]
		if slices.Contains(u.Over, i.ID) && i.ResolvedAt != nil && !u.At.Before(*i.ResolvedAt) {
			return u
		}
	}
	return nil
}

// overOf are those of ids that a still speaks for and that are over.
func (b *book) overOf(a *headstart.Announcement, ids []headstart.IncidentID) []*incident {
	return slices.DeleteFunc(b.members(a), func(o *incident) bool { return o.Live() || !slices.Contains(ids, o.ID) })
}

// composeBack composes the message that over works again while others that a speaks for
// do not.
func (b *book) composeBack(i *incident, a *headstart.Announcement, by string, vars map[string]string, next *time.Time, over []*incident) *headstart.Update {
	u := &headstart.Update{N: len(a.Updates), Phase: headstart.Progress, At: b.now, By: by, Text: map[string]headstart.Text{}, People: b.peopleOf(i, a), Over: idsOf(over)}
	if u.NextUpdateBy = next; next == nil {
		u.NextUpdateBy = at(b.promise(i, a, u.Phase))
	}
	b.render(i, a, u, func(w *headstart.Wording) {
		w.ByPerson = true // it waits for one
		w.Vars["Back"] = b.nameOf(over, w.Lang)
		w.Type(vars)
	})
	if len(vars) > 0 && u.Basis != nil {
		u.Basis.Typed = vars
	}
	return u
}

// backOne follows that i, one of several that a speaks for, is not over after all.
func (b *book) backOne(i, carrier *incident, a *headstart.Announcement, r round) {
	if i.X.Gen != r.Gen {
		return // it is over again
	}
	if a.Draft != nil && a.Draft.By == "rule" && len(a.Draft.Over) > 0 {
		a.Draft = nil // what it says is not so
	}
	if !carrier.Live() {
		b.handOn(carrier, i, a, true)
		b.reopenOne(i, a, r)
	}
	if a.State == headstart.AnnouncementFinal {
		return
	}
	b.follow1(b.incidents[a.Incident], a)
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
}

func idsOf(of []*incident) []headstart.IncidentID {
	ids := make([]headstart.IncidentID, len(of))
	for n, i := range of {
		ids[n] = i.ID
	}
	return ids
}

// toldWith takes note that readers hear of these too, for their head start.
func (b *book) toldWith(i *incident, of []*incident) {
	for _, o := range of {
		if o != i && o.AnnouncedAt == nil {
			o.AnnouncedAt = at(b.now)
			b.count(o)
		}
	}
}

// nextFor is when users of i are to hear more of it.
func (b *book) nextFor(i *incident) *time.Time {
	next := i.NextUpdateBy
	for _, a := range b.covers[i.ID] {
		if a.Live() && a.NextUpdateBy != nil && (next == nil || a.NextUpdateBy.Before(*next)) {
			next = a.NextUpdateBy
		}
	}
	return next
}

// speaksOn reports whether a speaks for several and some of them are not over.
func speaksOn(a *headstart.Announcement) bool { return a.Live() && len(a.Also) > 0 }

// toldTogether are i and all that one announcement speaks for together with it: what
// holds back words about one holds back those about the others.
func (b *book) toldTogether(i *incident) []*incident {
	out := []*incident{i}
	for _, a := range b.tells(i) {
		for _, o := range b.members(a) {
			if !slices.Contains(out, o) && covering(a) {
				out = append(out, o)
			}
		}
	}
	return out
}
