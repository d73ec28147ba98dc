package incidents

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"headstart"
)

// A message that was given up is kept with what was said of it, so that a person can
// send it again when its place works again. A place is told how things are, never how
// they were: what goes out then is the newest message of the announcement.

// deadKept is how long it can be sent again, and mostDead how many are kept: a place
// that is gone for good must not fill the store.
const (
	deadKept = 30 * 24 * time.Hour
	mostDead = 1000
)

// bury keeps a message that was given up.
func (b *book) bury(n *headstart.Notice, why string) {
	if len(b.dead) >= mostDead {
		b.unbury(b.oldestDead())
	}
	l := &headstart.DeadLetter{V: 1, At: b.now, Why: why, Notice: *n}
	l.Notice.Attempt = 0
	b.dead[n.Key] = l
	b.dirty.put(headstart.TableDead, n.Key, l)
	b.fadeLater()
}

func (b *book) unbury(key string) {
	delete(b.dead, key)
	b.dirty.del(headstart.TableDead, key)
}

func (b *book) oldestDead() (oldest string) {
	for key, l := range b.dead {
		if o := b.dead[oldest]; o == nil || l.At.Before(o.At) || l.At.Equal(o.At) && key < oldest {
			oldest = key
		}
	}
	return oldest
}

// unburyIf drops the dead letters that which names.
func (b *book) unburyIf(which func(*headstart.Notice) bool) {
	for _, key := range sortedKeys(b.dead) {
		if which(&b.dead[key].Notice) {
			b.unbury(key)
		}
	}
}

// unburyOlder drops what was given up before n arrived at the same place: n said more.
func (b *book) unburyOlder(n *headstart.Notice) {
	if len(b.dead) > 0 {
		b.unburyIf(func(o *headstart.Notice) bool { return sameThread(n, o) && o.N <= n.N && !n.Silent })
	}
}

// sameThread reports whether both tell the same place about the same thing. What is
// written into tickets stands each by itself.
func sameThread(n, o *headstart.Notice) bool {
	switch {
	case n.Plane != o.Plane:
		return false
	case n.Plane == headstart.PlaneUsers:
		return n.Announcement != "" && n.Announcement == o.Announcement && n.Channel == o.Channel
	case n.Plane == headstart.PlaneOperators:
		return n.UID == o.UID && n.Receiver == o.Receiver
	}
	return false
}

// missed reports whether channel was told nothing of a: all of it was given up. Who
// was not told that it broke is not told that it works.
func (b *book) missed(a *headstart.Announcement, channel string) bool {
	if _, reached := a.Posts[channel]; reached {
		return false
	}
	for _, l := range b.dead { // whether there is one: the order decides nothing
		if l.Notice.Announcement == a.ID && l.Notice.Channel == channel {
			return true
		}
	}
	return false
}

// fadeDead forgets what was given up long ago; false: more is left.
func (b *book) fadeDead() bool {
	before := b.age(deadKept, 0)
	for _, key := range sortedKeys(b.dead) {
		if b.dead[key].At.After(before) {
			continue
		}
		if b.spent() >= enough {
			return false
		}
		b.unbury(key)
	}
	return true
}

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

// resend owes what l should have told, as it stands now.
func (b *book) resend(i *incident, l *headstart.DeadLetter) error {
	switch {
	case i == nil:
		return errors.New(b.because("de storing is niet meer bekend; er is niets meer te vertellen", "its incident is not known any more; there is nothing left to tell"))
	case l.Notice.Plane == headstart.PlaneUsers:
		return b.resendUsers(i, l)
	case i.Confidential && l.Notice.Plane == headstart.PlaneTickets, l.Notice.Do == "reply" && b.muted(i):
		return errors.New(b.because("de storing is vertrouwelijk of staat stil", "the incident is confidential or hushed"))
	case l.Notice.Plane == headstart.PlaneOperators && !l.Notice.Resolved && !i.Live():
		return errors.New(b.because("de storing is voorbij; niemand hoeft nog opgeroepen", "it is over; nobody needs to be paged any more"))
	case b.owed[l.Notice.Key] != nil:
		return errors.New(b.because("dit bericht is al onderweg", "this message is on its way already"))
	}
	n := l.Notice
	b.oweAgain(&n, l)
	return nil
}

// oweAgain owes n in the place of l: under the name it had, which its place may know.
func (b *book) oweAgain(n *headstart.Notice, l *headstart.DeadLetter) {
	n.Again, n.Attempt, n.At = l.Notice.Again+1, 0, b.now
	b.owe(n)
}

// resendUsers tells a channel the newest message of an announcement.
func (b *book) resendUsers(i *incident, l *headstart.DeadLetter) error {
	a := b.announcements[l.Notice.Announcement]
	at := slices.IndexFunc(b.log.Channels, func(ch headstart.ChannelInfo) bool { return ch.Name == l.Notice.Channel })
	switch {
	case a == nil || a.Last() == nil:
		return errors.New(b.because("het bericht is niet meer bekend", "the announcement is not known any more"))
	case at < 0:
		return fmt.Errorf(b.because("kanaal %s staat niet meer in de instellingen", "channel %s is not configured any more"), l.Notice.Channel)
	case b.muted(i):
		return errors.New(b.because("de storing is vertrouwelijk of staat stil", "the incident is confidential or hushed"))
	case !a.Live() && b.missed(a, l.Notice.Channel):
		return errors.New(b.because("het is voorbij, en niemand daar heeft gehoord dat het stuk was", "it is over, and nobody there was told that it broke"))
	}
	for _, key := range b.owedOf[a.ID] {
		if b.owed[key].Channel == l.Notice.Channel {
			return errors.New(b.because("een nieuwer bericht is al onderweg", "a newer message is on its way already"))
		}
	}
	n := b.userNotice(i, a, a.Last(), b.log.Channels[at])
	n.Silent = l.Notice.Silent && l.Notice.N == n.N
	b.unburyIf(func(o *headstart.Notice) bool { return sameThread(n, o) })
	b.oweAgain(n, l)
	return nil
}
