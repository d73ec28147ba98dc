package incidents

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"headstart"
)

// mostCovered is how many incidents one announcement speaks for at most, its own left
// aside: who puts more together means one outage, and merges them.
const mostCovered = 12

// cover lets a speak for further incidents: a person says that to its readers they are one
// thing. From then on none of them has words, a push or a promise of its own for that
// audience, and what stood of them is carried on by a.
func (b *book) cover(i *incident, a *headstart.Announcement, c *headstart.Command) error {
	more, err := b.coverable(i, a, c.Incidents)
	if err != nil {
		return err
	}
	for _, o := range more {
		b.join(a, o)
		o.X.Touched = true
		b.decide(o, headstart.Decision{Rule: "H-01", Outcome: "covered", By: c.By, Subject: a.Audience, Facts: facts("into", string(i.ID))})
		b.dirty.incident(o)
	}
	i.X.Touched = true
	b.decide(i, headstart.Decision{Rule: "H-01", Outcome: "covers", By: c.By, Subject: a.Audience, Facts: facts("with", list(more))})
	b.sayAnew(i, a, c.By)
	for _, o := range more {
		b.refreshPromise(o)
	}
	return nil
}

// uncover takes that back: each of them is judged for itself again.
func (b *book) uncover(i *incident, a *headstart.Announcement, c *headstart.Command) error {
	var gone []*incident
	for _, name := range c.Incidents {
		o := b.find(name)
		switch {
		case o == nil:
			return missing(fmt.Sprintf("no incident %.80q; see headstart incidents list", name))
		case o == i:
			return fmt.Errorf(b.because("%s draagt dit bericht; haal de andere eruit, of trek het bericht in", "%s carries this announcement; take the others out, or withdraw it"), i.ID)
		case !slices.Contains(a.Also, o.ID):
			return fmt.Errorf(b.because("dit bericht gaat niet over %s", "this announcement does not speak for %s"), o.ID)
		case !covering(a):
			return b.errOver(a)
		}
		if !slices.Contains(gone, o) {
			gone = append(gone, o)
		}
	}
	for _, o := range gone {
		b.dropAlso(a, o.ID)
		b.decide(o, headstart.Decision{Rule: "H-01", Outcome: "uncovered", By: c.By, Subject: a.Audience, Facts: facts("from", string(i.ID))})
		b.releaseLater(o, a.Audience)
	}
	i.X.Touched = true
	b.decide(i, headstart.Decision{Rule: "H-01", Outcome: "uncovers", By: c.By, Subject: a.Audience, Facts: facts("with", list(gone))})
	b.sayAnew(i, a, c.By)
	return nil
}

// coverable are the incidents named, if a may speak for each of them.
func (b *book) coverable(i *incident, a *headstart.Announcement, names []string) ([]*incident, error) {
	if err := b.mayCover(i, a); err != nil {
		return nil, err
	}
	var more []*incident
	for _, name := range names {
		o := b.find(name)
		if o == nil {
			return nil, missing(fmt.Sprintf("no incident %.80q; see headstart incidents list", name))
		}
		if slices.Contains(more, o) {
			continue
		}
		if err := b.fitsIn(i, o, a); err != nil {
			return nil, err
		}
		more = append(more, o)
	}
	switch n := len(b.wouldCover(a, more)); {
	case len(more) == 0:
		return nil, errors.New(b.because("er is geen storing genoemd; noem er een of meer", "no incident is named; name one or more"))
	case n > mostCovered:
		return nil, fmt.Errorf(b.because("een bericht gaat over hoogstens %d storingen meer dan de eerste; voeg ze samen als zij één storing zijn", "an announcement speaks for at most %d incidents beside its own; merge them if they are one outage"), mostCovered)
	}
	return more, nil
}

// wouldCover are the incidents a would speak for beside its own, were more added: what
// their own announcements speak for comes with them.
func (b *book) wouldCover(a *headstart.Announcement, more []*incident) map[headstart.IncidentID]bool {
	out := map[headstart.IncidentID]bool{}
	for _, id := range a.Also {
		out[id] = true
	}
	for _, o := range more {
		out[o.ID] = true
		if own := b.notice(o, a.Audience); own != nil && covering(own) {
			for _, id := range own.Also {
				out[id] = true
			}
		}
	}
	delete(out, a.Incident)
	return out
}

// mayCover refuses announcements that speak for nothing more.
func (b *book) mayCover(i *incident, a *headstart.Announcement) error {
	switch {
	case speaksOfWork(a):
		return b.errOfWork(a)
	case a.State != headstart.AnnouncementDraft && !a.Live():
		return b.errOver(a)
	case !i.Live():
		return fmt.Errorf(b.because("%s is voorbij; haar bericht wacht op het einde", "%s is over; its announcement waits for the end"), i.ID)
	case cameBack(a):
		return fmt.Errorf(b.because("gebruikers lezen dat %s weer werkt; laat ze eerst weten dat dat niet zo is", "users read that %s works again; let them know first that it does not"), i.ID)
	case b.composer == nil:
		return errors.New("no words are configured")
	case b.config.FourEyes && a.Live() && !correctable(a.Last()) && a.Draft != nil:
		return fmt.Errorf("a draft waits for %s; approve or discard it first", a.Audience)
	}
	return b.mayTell(i)
}

// cameBack reports whether users read last that all is well, and it is not: what tells
// them waits for a person.
func cameBack(a *headstart.Announcement) bool {
	last := a.Last()
	return a.Live() && last != nil && last.Final
}

func (b *book) errOfWork(a *headstart.Announcement) error {
	return fmt.Errorf(b.because("dit bericht gaat over gepland werk %s; een bericht over een storing kan over meer storingen gaan", "this announcement is about planned work %s; one about an incident may speak for more incidents"), a.Number)
}

func (b *book) errOver(a *headstart.Announcement) error {
	return fmt.Errorf(b.because("dit bericht is voorbij (%s)", "this announcement is over (%s)"), a.State)
}

// fitsIn refuses to let a, of i, speak for o.
func (b *book) fitsIn(i, o *incident, a *headstart.Announcement) error {
	reaches := func(aud headstart.Audience) bool { return aud.ID == a.Audience }
	auds, cover, own := b.audiences(o), b.coverOf(o, a.Audience), b.notice(o, a.Audience)
	switch {
	case o.MergedInto != "":
		return fmt.Errorf("%s went into %s; name that one", o.ID, o.MergedInto)
	case o == i || cover == a:
		return fmt.Errorf(b.because("dit bericht gaat al over %s", "this announcement speaks for %s already"), o.ID)
	case !o.Live():
		return fmt.Errorf(b.because("%s is voorbij; daar hoeft niemand meer van te horen", "%s is over; nobody needs to hear of it any more"), o.ID)
	case len(auds) > 0 && !slices.ContainsFunc(auds, reaches):
		return fmt.Errorf(b.because("%s raakt niemand van %s; zij is er voor %s", "%s hits nobody of %s; it is for %s"), o.ID, a.Audience, audienceNames(auds))
	case cover != nil:
		return fmt.Errorf(b.because("voor %s spreekt bericht %s al; haal haar daar eerst uit", "announcement %[2]s speaks for %[1]s already; take it out of that first"), o.ID, cover.ID)
	case own != nil && own.Draft != nil && byPerson(own.Draft):
		return fmt.Errorf("a message of %s for %s waits already; approve, edit or discard %s first", own.Draft.By, own.Audience, own.ID)
	case own != nil && speaksOfWork(own):
		return b.errOfWork(own)
	case own != nil && own.Live() && (!a.Live() || own.How == headstart.HowPush && a.How != headstart.HowPush):
		return fmt.Errorf(b.because("gebruikers lezen al een bericht over %s dat verder ging; laat dat ook over %s gaan: headstart announcements cover %s %[2]s", "users read an announcement about %s that went further; let that speak for %s too: headstart announcements cover %s %[2]s"), o.ID, i.ID, own.ID)
	}
	return b.mayTell(o)
}

func audienceNames(auds []headstart.Audience) string {
	names := make([]string, 0, mostPlaces)
	for n := range auds {
		if n == mostPlaces {
			names = append(names, "...")
			break
		}
		names = append(names, auds[n].ID)
	}
	return strings.Join(names, ", ")
}

// sayAnew says what a said last of all that it speaks for now, in its place, since by put
// them together or took them apart. A draft is written anew.
func (b *book) sayAnew(i *incident, a *headstart.Announcement, by string) {
	b.describe(a, i)
	if !a.Live() {
		if a.Draft != nil && byPerson(a.Draft) {
			b.rewriteDraft(i, a)
		} else {
			b.judgeCover(a)
		}
		return
	}
	if cameBack(a) { // what they read last is no longer so
		b.rewriteDraft(i, a)
		return
	}
	last := a.Last()
	u := b.anew(i, a, last)
	if !correctable(last) {
		before := *a
		before.Updates = a.Updates[:len(a.Updates)-1]
		u = b.composeBy(i, &before, last.Phase, by, typed(last), a.NextUpdateBy)
	}
	u.Corrects = true
	b.rewriteDraft(i, a)
	switch {
	case len(u.Missing) > 0 || b.config.FourEyes && u.By != "rule":
		if a.Draft == nil {
			b.awaitEyes(i, a, u)
		}
	default:
		u.Approver = by
		b.publishBeside(i, a, u, "H-01")
	}
}

// rewriteDraft brings what waits in line with those that a speaks for now: a person's
// words stay that person's, and approval of the words before is void.
func (b *book) rewriteDraft(i *incident, a *headstart.Announcement) {
	was := a.Draft
	if was == nil {
		return
	}
	u := b.reword(i, a, was, was.By, typed(was))
	u.Why = append(slices.Clone(was.Why), u.Why...)
	if was.ScheduledFor != nil {
		b.unschedule(i, a, "", b.because("waar het over gaat is veranderd", "what it is about has changed"))
		u.Why = append(u.Why, a.Draft.Why...)
	}
	a.Draft = u
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
}

// unfinished refuses to say that all is over while something a speaks for is not.
func (b *book) unfinished(i *incident, a *headstart.Announcement, u *headstart.Update) error {
	if u.Phase != headstart.Solved || len(a.Also) == 0 {
		return nil
	}
	if o := b.nextLive(nil, a); o != nil {
		return fmt.Errorf(b.because("%s is niet voorbij, en dit bericht gaat ook daarover; los haar op of haal haar er eerst uit", "%s is not over, and this announcement speaks for it too; resolve it or take it out first"), o.ID)
	}
	return nil
}

// ownWords refuses to write of i to an audience that another announcement tells of it,
// and to say of one of several that all is over.
func (b *book) ownWords(i *incident, auds []headstart.Audience, phase headstart.Phase) error {
	for _, aud := range auds {
		if c := b.coverOf(i, aud.ID); c != nil {
			return fmt.Errorf(b.because("bericht %s van %s gaat ook over %s; schrijf daar, of haal haar er eerst uit", "announcement %s of %s speaks for %s too; write there, or take it out first"), c.ID, c.Incident, i.ID)
		}
		if a := b.notice(i, aud.ID); a != nil && covering(a) {
			if err := b.unfinished(i, a, &headstart.Update{Phase: phase}); err != nil {
				return err
			}
		}
	}
	return nil
}

// audiencesCalled are audiences of which only the names count.
func audiencesCalled(names []string) []headstart.Audience {
	out := make([]headstart.Audience, len(names))
	for n, name := range names {
		out[n].ID = name
	}
	return out
}
