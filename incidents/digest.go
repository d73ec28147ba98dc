package incidents

import (
	"cmp"
	"slices"
	"time"

	"headstart"
)

// fewMinor is how many minor disruptions of a day reach an audience one by one; what
// comes after waits for a digest (ruling 26).
const fewMinor = 2

// digestFor returns the time of the digest that is enough for the notice a of i; zero:
// it goes out by itself.
func (b *book) digestFor(i *incident, a *headstart.Announcement) time.Time {
	if !b.minor(i, a) || b.ledger.Minor[b.today()+"/"+a.Audience] < fewMinor {
		return time.Time{}
	}
	return b.nextDigest(i, a.Audience)
}

// nextDigest is the next time in push.digest at which the audience may be disturbed;
// zero: there is none within a fortnight.
func (b *book) nextDigest(i *incident, audience string) time.Time {
	for day := range 14 {
		now := b.now.In(b.zone)
		for _, hhmm := range slices.Sorted(slices.Values(b.config.Push.Digest)) {
			due := clock(hhmm, now.AddDate(0, 0, day))
			if _, quiet := b.quietAt(i, audience, due); due.After(b.now) && !quiet {
				return due
			}
		}
	}
	return time.Time{}
}

// awaitDigest lets a wait for the digest of due.
func (b *book) awaitDigest(i *incident, a *headstart.Announcement, due time.Time) {
	p := &a.Pushing
	if p.Digest.Equal(due) {
		return
	}
	a.PushDraft, p.Why, p.Again, p.Digest = false, nil, false, due.UTC()
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
	b.decide(i, headstart.Decision{Rule: "A-26", Outcome: "digest", Subject: a.Audience, Facts: facts("until", stamp(&due))})
	b.digestAt(due)
}

// digestAt sets the deadline of a digest, once.
func (b *book) digestAt(due time.Time) {
	if due = due.UTC(); slices.ContainsFunc(b.digests, due.Equal) {
		return
	}
	b.digests = append(b.digests, due)
	b.agenda.add(due, doDigest, "", 0, false)
}

// mostDigested is how many notices one digest takes up: each is a row and an entry of
// a timeline (ruling 1). The others wait for the next one, and are counted.
const mostDigested = 20

// digest sends the digests of now: to each channel one message, whatever number of
// audiences it carries. It names what waited for it and still fails, what an earlier one
// named that still fails, and what of that is over. With neither news nor an end there
// is none.
func (b *book) digest() {
	b.digests = slices.DeleteFunc(b.digests, func(t time.Time) bool { return !t.After(b.now) })
	b.dirty.touchClock()
	if b.composer == nil {
		return
	}
	var news, told []*digested
	for _, d := range b.digested() {
		p := &d.a.Pushing
		switch why := b.againstDigest(d); {
		case b.muted(d.i), !d.over() && !d.live():
			b.leaveDigest(d)
		case d.live() && p.Digest.IsZero():
			told = append(told, d)
		case len(why) > 0:
			b.keep(d.i, d.a, why, b.config.Push.Mode == auto)
		default:
			news = append(news, d)
		}
	}
	if len(news) > mostDigested {
		if next := b.nextDigest(news[0].i, news[0].a.Audience); !next.IsZero() {
			b.digestAt(next)
		}
	}
	b.digestOf(news, told)
}

// againstDigest lists what stands against telling of d for the first time.
func (b *book) againstDigest(d *digested) []string {
	switch {
	case !d.live() || !d.a.Pushing.Digested.IsZero():
		return nil
	case b.config.Push.Mode != auto:
		return b.asApproval()
	}
	return b.againstPush(d.i, d.a)
}

// digestOf sends news, if there are any and no word of them waits for a person.
func (b *book) digestOf(news, told []*digested) {
	now := news[:min(len(news), mostDigested)]
	var owed []*headstart.Notice
	for n := range b.log.Channels {
		more, hits := b.digestFrom(&b.log.Channels[n], now, told, news[len(now):])
		if len(hits) > 0 {
			for _, d := range now {
				b.keep(d.i, d.a, []string{b.plainWords() + hits[0].Word}, true)
			}
			return
		}
		owed = append(owed, more...)
	}
	for _, n := range owed {
		b.owe(n)
		if n.Phase == headstart.DigestSent {
			b.messages = append(b.messages, Message{At: b.now, Phase: n.Phase, Audience: n.Audience, Plane: n.Plane, How: headstart.HowPush, Text: n.Text})
		}
	}
	for _, d := range now {
		b.inDigest(d)
	}
}

// digested is a notice a digest may name.
type digested struct {
	i *incident
	a *headstart.Announcement
}

// live reports whether it stands and still fails: what is on its way back is no news.
func (d *digested) live() bool { return d.a.Live() && d.i.State == headstart.Open }

// over reports whether its readers were told of it by a digest and not yet of its end.
func (d *digested) over() bool {
	return d.a.State == headstart.AnnouncementFinal && !d.a.Pushing.Digested.IsZero()
}

// digested are the notices that wait for a digest of now, and those that stand and were
// named by one before; oldest incident first.
func (b *book) digested() []*digested {
	var out []*digested
	for _, a := range b.announcements {
		p, i := &a.Pushing, b.incidents[a.Incident]
		waits := !p.Digest.IsZero() && !p.Digest.After(b.now)
		if i != nil && a.How != headstart.HowPush && (waits || !p.Digested.IsZero() && a.Live()) {
			out = append(out, &digested{i, a})
		}
	}
	slices.SortFunc(out, func(x, y *digested) int {
		return cmp.Or(cmp.Compare(x.i.Seq, y.i.Seq), cmp.Compare(x.a.ID, y.a.ID))
	})
	return out
}

// inDigest takes note that a digest named d.
func (b *book) inDigest(d *digested) {
	p := &d.a.Pushing
	outcome := "digest_sent"
	p.Digested, p.Digest = b.now, time.Time{}
	if d.over() {
		p.Digested, outcome = time.Time{}, "digest_ended"
	}
	b.decide(d.i, headstart.Decision{Rule: "A-26", Outcome: outcome, Subject: d.a.Audience})
	b.dirty.put(headstart.TableAnnouncements, d.a.ID, d.a)
}

// leaveDigest takes d off the digest to come: it is over before it was pushed, or must
// not be told.
func (b *book) leaveDigest(d *digested) {
	if d.a.Pushing.Digest.IsZero() {
		return
	}
	d.a.Pushing.Digest = time.Time{}
	if b.muted(d.i) && d.a.Live() {
		d.a.PushDraft = true
	}
	b.dirty.put(headstart.TableAnnouncements, d.a.ID, d.a)
}

// endDigested lets the readers of a digest hear how a notice of it ended: with the next
// one, or at once where it was wrong.
func (b *book) endDigested(i *incident, a *headstart.Announcement, u *headstart.Update) {
	p := &a.Pushing
	switch {
	case !u.Final:
	case p.Digested.IsZero():
		p.Digest = time.Time{} // over before the push: nothing is pushed
	case u.Phase == headstart.Withdrawn:
		last := a.Last()
		last.How, p.Digested, p.Digest = headstart.HowPush, time.Time{}, time.Time{}
		b.say(i, a, last, headstart.HowPush)
		for _, ch := range b.channels(i, a) {
			b.owe(b.userNotice(i, a, last, ch))
			last.Pushed = append(last.Pushed, ch.Name)
		}
	default:
		if p.Digest = b.nextDigest(i, a.Audience); !p.Digest.IsZero() {
			b.digestAt(p.Digest)
		}
	}
}

// undigest follows that a digest was taken off the outbox: what it named and still
// stands waits for a person.
func (b *book) undigest(n *headstart.Notice) {
	at := slices.IndexFunc(b.log.Channels, func(ch headstart.ChannelInfo) bool { return ch.Name == n.Channel })
	for _, a := range b.announcements {
		if at >= 0 && a.Live() && a.Pushing.Digested.Equal(n.At) && b.log.Channels[at].Carries(a.Audience, b.log.Audiences) {
			a.Pushing.Digested, a.PushDraft = time.Time{}, true
			b.dirty.put(headstart.TableAnnouncements, a.ID, a)
		}
	}
}
