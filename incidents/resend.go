package incidents

import (
	"errors"
	"fmt"
	"slices"

	"headstart"
)

// onDead is what a person does with a message that was given up.
func (b *book) onDead(c *headstart.Command) (*incident, error) {
	l := b.dead[c.Message]
	if l == nil {
		return nil, missing(fmt.Sprintf("no message %.200q was given up; see headstart channels dead", c.Message))
	}
	i := b.ownerOf(&l.Notice)
	outcome := "message_dismissed"
	if c.Do == "resend" {
		outcome = "message_sent_again"
		if err := b.resend(i, l); err != nil {
			return i, err
		}
	}
	if b.dead[c.Message] == l {
		b.unbury(c.Message)
	}
	d := headstart.Decision{Rule: "H-01", Outcome: outcome, By: c.By, Subject: l.Place(), Facts: facts("message", l.Notice.Key)}
	if i == nil {
		b.note(d)
		return nil, nil
	}
	b.decide(i, d)
	return i, nil
}

// resend owes what l should have told, as it stands now. I is its incident, nil if it has
// none or it is forgotten.
func (b *book) resend(i *incident, l *headstart.DeadLetter) error {
	n := &l.Notice
	switch {
	case n.Plane == headstart.PlaneUsers:
		return b.resendUsers(l)
	case b.owed[n.Key] != nil:
		return errors.New(b.because("dit bericht is al onderweg", "this message is on its way already"))
	case n.Plane == headstart.PlaneDesk: // it tells how things are when it goes out
	case i == nil:
		return errors.New(b.because("de storing is niet meer bekend; er is niets meer te vertellen", "its incident is not known any more; there is nothing left to tell"))
	case i.Confidential && n.Plane == headstart.PlaneTickets, n.Do == "reply" && b.muted(i):
		return b.errMuted()
	case n.Plane == headstart.PlaneOperators && !n.Resolved && !i.Live():
		return errors.New(b.because("de storing is voorbij; niemand hoeft nog opgeroepen", "it is over; nobody needs to be paged any more"))
	}
	again := *n
	b.oweAgain(&again, l)
	return nil
}

func (b *book) errMuted() error {
	return errors.New(b.because("dit is vertrouwelijk, of berichten staan stil", "this is confidential, or messages are hushed"))
}

// oweAgain owes n in the place of l: under the name it had, which its place may know.
func (b *book) oweAgain(n *headstart.Notice, l *headstart.DeadLetter) {
	n.Again, n.Attempt, n.At = l.Notice.Again+1, 0, b.now
	b.owe(n)
}

// resendUsers tells a channel the newest message of an announcement, whether it is about
// an incident or planned work by now: one may have taken it over from the other.
func (b *book) resendUsers(l *headstart.DeadLetter) error {
	if l.Notice.Phase == headstart.DigestSent {
		return errors.New(b.because("een overzicht vertelt hoe het toen was; het volgende zegt hoe het is", "an overview tells how things were then; the next one says how they are"))
	}
	a := b.announcements[l.Notice.Announcement]
	if a == nil || a.Last() == nil {
		return errors.New(b.because("het bericht is niet meer bekend", "the announcement is not known any more"))
	}
	i := b.incidents[a.Incident] // nil: about planned work
	at := slices.IndexFunc(b.log.Channels, func(ch headstart.ChannelInfo) bool { return ch.Name == l.Notice.Channel })
	switch {
	case at < 0:
		return fmt.Errorf(b.because("kanaal %s staat niet meer in de instellingen", "channel %s is not configured any more"), l.Notice.Channel)
	case a.Confidential, b.now.Before(b.hush), i != nil && b.muted(i):
		return b.errMuted()
	case !a.Live() && b.missed(a, l.Notice.Channel):
		return errors.New(b.because("het is voorbij, en niemand daar heeft ervan gehoord", "it is over, and nobody there was told of it"))
	}
	for _, key := range b.owedOf[a.ID] {
		if b.owed[key].Channel == l.Notice.Channel {
			return errors.New(b.because("een nieuwer bericht is al onderweg", "a newer message is on its way already"))
		}
	}
	b.tellNewest(i, a, l, b.log.Channels[at])
	return nil
}

// tellNewest owes ch the newest message of a in the place of l, and of all else that
// was given up of it there.
func (b *book) tellNewest(i *incident, a *headstart.Announcement, l *headstart.DeadLetter, ch headstart.ChannelInfo) {
	n := b.noticeOfWork(a, a.Last(), ch)
	if i != nil {
		n = b.userNotice(i, a, a.Last(), ch)
	}
	n.Silent = l.Notice.Silent && l.Notice.N == n.N
	b.unburyIf(func(o *headstart.Notice) bool { return sameThread(n, o) })
	b.oweAgain(n, l)
}
