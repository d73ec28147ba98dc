package incidents

import (
	"slices"
	"time"

	"headstart"
)

// push decides, announce.after later, whether the notices of i leave the page by
// themselves (ruling 25). What stands against it becomes a draft for the desk. One
// that is over, or on its way back, pushes nothing: should it return, it is asked
// again.
func (b *book) push(i *incident, r round) {
	switch {
	case i.State != headstart.Open:
	case b.muted(i):
		b.mute(i)
	case b.paused(i): // set again when planned work is over
	default:
		b.each(i, r)
	}
}

// unpushed reports whether a rule may still push a: it stands on the page alone.
func (b *book) unpushed(i *incident, a *headstart.Announcement) bool {
	told := !a.Pushing.Digested.IsZero() && b.minor(i, a)
	return a.Live() && a.How != headstart.HowPush && !a.Pushing.Declined && !told
}

func (b *book) pushOne(i *incident, a *headstart.Announcement, r round) {
	if !b.unpushed(i, a) {
		return
	}
	why := b.againstPush(i, a)
	if r.Arg == tooLate {
		why = append(why, b.because("ouder dan 15 minuten na een onderbreking", "older than 15 minutes after a stop"))
	}
	end, quiet := b.quietUntil(i, a.Audience)
	if quiet {
		b.pushAt(i, end)
	}
	if len(why) > 0 {
		if b.config.Push.Mode != auto {
			why = append(why, b.asApproval()...)
		}
		b.keep(i, a, why, r.Arg != tooLate)
		return
	}
	digest := b.digestFor(i, a)
	b.would(i, a, quiet, end, digest)
	switch {
	case b.config.Push.Mode != auto:
		b.keep(i, a, b.asApproval(), false)
	case quiet:
		b.holdPush(i, a, end)
	case !digest.IsZero():
		b.awaitDigest(i, a, digest)
	default:
		if why := b.freshen(i, a); len(why) > 0 {
			b.keep(i, a, why, true)
			return
		}
		b.pushNow(i, a, "A-25", "")
	}
}

// asApproval is what stands against every push while a desk has not come to trust them.
func (b *book) asApproval() []string {
	return []string{b.because("verzenden gaat na goedkeuring (push.mode: approve)", "push.mode is approve")}
}

// tooLate is the argument of a push that was due while nobody looked, for longer
// than a message to users may be late (ruling 11).
const tooLate = "late"

// keep lets the push of a wait for a person, and says why. Again: as soon as nothing
// of that holds any more a rule pushes it.
func (b *book) keep(i *incident, a *headstart.Announcement, why []string, again bool) {
	p := &a.Pushing
	if a.PushDraft && slices.Equal(p.Why, why) {
		return // said already
	}
	a.PushDraft, p.Why, p.Again, p.Digest = true, why, again, time.Time{}
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
	b.decide(i, headstart.Decision{Rule: "A-25", Outcome: "push_waits", Subject: a.Audience, Facts: reasons(why)})
}

// holdPush keeps a on the page until the quiet hours are over (ruling 28). A person may
// send it before.
func (b *book) holdPush(i *incident, a *headstart.Announcement, until time.Time) {
	why := []string{b.because("stille uren tot ", "quiet hours until ") + b.clockWords(until)}
	p := &a.Pushing
	if a.PushDraft && slices.Equal(p.Why, why) {
		return // it flaps through the night
	}
	a.PushDraft, p.Why, p.Again, p.Digest = true, why, true, time.Time{}
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
	b.decide(i, headstart.Decision{Rule: "A-25", Outcome: "held", Subject: a.Audience, Facts: facts("until", stamp(&until))})
}

// pushAgain pushes what waited once nothing stands against it any more: more people
// are hit, a silence ended, it is no longer one printer. A line of a digest to come
// that grows beyond a minor disruption does not wait for it.
func (b *book) pushAgain(i *incident, a *headstart.Announcement) {
	p := &a.Pushing
	grown := !p.Digest.IsZero() && p.Digested.IsZero() && !b.minor(i, a)
	switch {
	case i.State != headstart.Open || !a.Live() || b.muted(i) || b.paused(i):
	case grown, a.PushDraft && p.Again && len(b.againstPush(i, a)) == 0:
		b.pushOne(i, a, round{Do: doPush})
	}
}

// pushAt sets the deadline to push what i tells users by then, unless it is set: an
// incident that flaps through the night waits for one morning.
func (b *book) pushAt(i *incident, due time.Time) {
	if i.X.PushAt.Equal(due) && b.now.Before(due) {
		return
	}
	if due.After(i.X.PushAt) {
		i.X.PushAt = due
	}
	b.agenda.add(due, doPush, string(i.ID), 0, false)
	b.dirty.incident(i)
}

// freshen words the notice of a anew before it leaves the page, where it may have
// stood for a whole night: with the true start, by the day of now. What it returns
// stands against sending it.
func (b *book) freshen(i *incident, a *headstart.Announcement) (why []string) {
	last := a.Last()
	if last.By != "rule" || last.Phase != headstart.Investigating && last.Phase != headstart.Progress {
		return nil
	}
	u := b.composeBy(i, a, headstart.Investigating, "rule", nil, a.NextUpdateBy)
	if len(u.Why) > 0 {
		return u.Why
	}
	if last.Phase == u.Phase && sameText(last, u, a.Languages) {
		return nil
	}
	waits := a.Draft
	u.Corrects, u.Approver = true, last.Approver
	b.publish(i, a, u, headstart.HowPage, "A-23")
	a.Draft = waits
	return nil
}

// sameText reports whether two updates say the same in each language.
func sameText(x, y *headstart.Update, languages []string) bool {
	return !slices.ContainsFunc(languages, func(lang string) bool {
		return x.Text[lang].Title != y.Text[lang].Title || x.Text[lang].Body != y.Text[lang].Body
	})
}

// pushNow hands the last update of a to every channel of its audience.
func (b *book) pushNow(i *incident, a *headstart.Announcement, rule, by string) {
	b.ledger.first(b.today(), a.Audience, b.minor(i, a))
	a.How, a.PushDraft = headstart.HowPush, false
	p := &a.Pushing
	p.At, p.Why, p.Again, p.Digest = b.now, nil, false, time.Time{}
	u := a.Last()
	u.How = headstart.HowPush
	u.PushedBy = by
	b.decide(i, headstart.Decision{
		Rule: rule, Outcome: "pushed", By: by, Subject: a.Audience,
		Facts: facts("phase", string(u.Phase), "people", itoa(i.People)),
	})
	b.say(i, a, u, headstart.HowPush)
	for _, ch := range b.channels(i, a) {
		b.owe(b.userNotice(i, a, u, ch))
		u.Pushed = append(u.Pushed, ch.Name)
	}
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
}
