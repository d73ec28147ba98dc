package incidents

import (
	"fmt"
	"slices"

	"headstart"
)

// onAnnouncement does what c says to an announcement.
func (b *book) onAnnouncement(c *headstart.Command) (*incident, error) {
	a := b.announcements[c.Announcement]
	if a == nil {
		return nil, missing(fmt.Sprintf("no announcement %.80q; see headstart announcements list", c.Announcement))
	}
	if a.Planned() {
		if c.Do == "cover" || c.Do == "uncover" {
			return nil, b.errOfWork(a)
		}
		return nil, b.onPlanned(a, c)
	}
	i := b.incidents[a.Incident]
	switch c.Do {
	case "approve":
		return i, b.approve(i, a, c)
	case "discard":
		return i, b.discardByHand(i, a, c)
	case "cover":
		return i, b.cover(i, a, c)
	case "uncover":
		return i, b.uncover(i, a, c)
	case "edit":
		return i, b.edit(i, a, c)
	case "schedule":
		return i, b.schedule(i, a, c)
	default:
		return i, b.withdraw(i, a, c)
	}
}

// byPerson reports whether a person wrote u, or set when it goes out: no rule writes
// over it.
func byPerson(u *headstart.Update) bool { return u.By != "rule" || u.ScheduledFor != nil }

// fourEyes refuses that who wrote u also lets it out, where announce.four_eyes is set.
func (b *book) fourEyes(u *headstart.Update, who string) error {
	switch {
	case !b.config.FourEyes:
		return nil
	case who == "":
		return fmt.Errorf("four eyes: nobody knows who you are; log in, so that it is seen that another person approves")
	case u.Wrote(who):
		return fmt.Errorf("four eyes: %s wrote it, so another person approves", who)
	}
	return nil
}

func (b *book) approve(i *incident, a *headstart.Announcement, c *headstart.Command) error {
	if err := b.mayTell(i); err != nil {
		return err
	}
	switch {
	case a.Draft != nil:
		return b.approveDraft(i, a, c.By)
	case a.PushDraft && a.Live():
		if !i.Live() {
			return b.tooLate(i)
		}
		if err := b.fourEyes(a.Last(), c.By); err != nil {
			return err
		}
		_ = b.freshen(i, a) // a word of our trade stops no person
		b.pushNow(i, a, "H-01", c.By)
		b.trust()
	default:
		return fmt.Errorf("nothing waits for approval for %s", a.Audience)
	}
	return nil
}

func (b *book) tooLate(i *incident) error {
	return fmt.Errorf("%s is over; discard the draft, nobody needs to hear any more that it is broken", i.ID)
}

func (b *book) approveDraft(i *incident, a *headstart.Announcement, who string) error {
	u, err := b.approvable(i, a, who)
	if err != nil {
		return err
	}
	u.Approver, u.ScheduledFor = who, nil
	b.letOut(i, a, u, who)
	return nil
}

// approvable is the draft of a as it would go out now, if who may let it out: what a rule
// wrote, and what promises a time that has passed, in the words of now.
func (b *book) approvable(i *incident, a *headstart.Announcement, who string) (*headstart.Update, error) {
	u := a.Draft
	if !i.Live() && !u.Final {
		return nil, b.tooLate(i)
	}
	if err := b.unfinished(i, a, u); err != nil {
		return nil, err
	}
	if err := b.fourEyes(u, who); err != nil {
		return nil, err
	}
	if u.By == "rule" || u.ScheduledFor != nil || u.NextUpdateBy != nil && !u.NextUpdateBy.After(b.now) {
		u = b.reword(i, a, u, u.By, typed(u))
	}
	if err := b.lacking(u); err != nil {
		return nil, err
	}
	if len(u.Text) == 0 {
		return nil, fmt.Errorf("the draft has no text")
	}
	return u, nil
}

// reword is u in the words of now, by and with what a person wrote.
func (b *book) reword(i *incident, a *headstart.Announcement, u *headstart.Update, by string, vars map[string]string) *headstart.Update {
	next := a.NextUpdateBy
	if !u.Corrects || next != nil && !next.After(b.now) {
		next = nil // a new promise
	}
	fresh := b.composeBy(i, a, u.Phase, by, vars, next)
	if len(u.Over) > 0 {
		fresh = b.composeBack(i, a, by, vars, next, b.overOf(a, u.Over))
	}
	fresh.Corrects, fresh.Earlier, fresh.Edited = u.Corrects, u.Earlier, u.Edited
	return fresh
}

// typed is what a person wrote into u.
func typed(u *headstart.Update) map[string]string {
	if u.Basis == nil {
		return nil
	}
	return u.Basis.Typed
}

// letOut publishes the draft of a, and pushes it if it is the first message or a person's.
func (b *book) letOut(i *incident, a *headstart.Announcement, u *headstart.Update, by string) {
	if u.By == "rule" {
		b.trust()
	}
	first := a.State == headstart.AnnouncementDraft || speaksOfWork(a)
	a.Draft = nil
	b.publish(i, a, u, headstart.HowPage, "H-01")
	if first || u.By != "rule" {
		b.pushAfter(i, a, u, by)
	}
}

// discardByHand throws away what waits.
func (b *book) discardByHand(i *incident, a *headstart.Announcement, c *headstart.Command) error {
	switch {
	case a.State == headstart.AnnouncementDraft:
		b.discard(i, a, c.By, b.because("met de hand", "by hand"))
		if !slices.Contains(i.X.Declined, a.Audience) {
			i.X.Declined = append(i.X.Declined, a.Audience)
		}
	case a.Draft != nil || a.PushDraft:
		if a.Draft == nil {
			a.Pushing.Declined = true
		}
		if speaksOfWork(a) && !slices.Contains(i.X.Declined, a.Audience) {
			i.X.Declined = append(i.X.Declined, a.Audience)
		}
		a.Draft, a.PushDraft = nil, false
		b.decide(i, headstart.Decision{Rule: "H-01", Outcome: "draft_discarded", By: c.By, Subject: a.Audience})
		b.dirty.put(headstart.TableAnnouncements, a.ID, a)
	default:
		return fmt.Errorf("no draft waits for %s", a.Audience)
	}
	b.renew(i, a)
	return nil
}

// withdraw says that the message was wrong, to everybody who got it.
func (b *book) withdraw(i *incident, a *headstart.Announcement, c *headstart.Command) error {
	if !a.Live() {
		return fmt.Errorf("nothing is published for %s", a.Audience)
	}
	if err := b.mayTell(i); err != nil {
		return err
	}
	if err := typable(c.Variables); err != nil {
		return err
	}
	u := b.compose(i, a, headstart.Withdrawn, c.By, c.Variables)
	if err := b.lacking(u); err != nil {
		return err
	}
	i.X.Touched = true
	b.distrust()
	if b.config.FourEyes {
		b.awaitEyes(i, a, u)
		return nil
	}
	u.Approver = c.By
	b.publish(i, a, u, headstart.HowPage, "H-01")
	return nil
}

// dropDraft ends the draft of a, since u says what holds now. What a person wrote goes on
// waiting, and so does the end, unless u is the last message.
func (b *book) dropDraft(i *incident, a *headstart.Announcement, u *headstart.Update) {
	if a.Draft == nil || a.Draft == u || !u.Final && (byPerson(a.Draft) || a.Draft.Phase == headstart.Solved) {
		if a.Draft == u {
			a.Draft = nil
		}
		return
	}
	if byPerson(a.Draft) {
		b.decide(i, headstart.Decision{Rule: "A-24", Outcome: "discarded", Subject: a.Audience, Facts: facts("why", b.because("het is voorbij", "it is over"))})
	}
	a.Draft = nil
}

// freeze makes u the next message of a, whose words no later act changes.
func (b *book) freeze(a *headstart.Announcement, u *headstart.Update, how headstart.How) {
	u.At, u.How, u.Why, u.Missing = b.now, how, nil, nil
	u.N, u.Groups = len(a.Updates), b.groupsOf(a.Audience)
	u.Hashes = map[string]string{}
	for lang, t := range u.Text {
		for form, sum := range t.Hashes() {
			u.Hashes[lang+"/"+form] = sum
		}
	}
}

// groupsOf is how many groups the configuration gives an audience.
func (b *book) groupsOf(audience string) int {
	for _, a := range b.log.Audiences {
		if a.ID == audience {
			return len(a.Groups)
		}
	}
	return 0
}
