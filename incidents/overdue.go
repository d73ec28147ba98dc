package incidents

import (
	"slices"
	"time"

	"headstart"
)

// lateForUsers is how old a message to users may get before it becomes a draft
// instead of going out late (ruling 11).
const lateForUsers = 15 * time.Minute

// blind follows an interval in which nobody was looking: what was owed to users
// from before and is old by now waits for a person.
func (b *book) blind(end time.Time) {
	b.overdue(round{Do: doOverdue, Arg: end.UTC().Format(time.RFC3339Nano)})
}

func (b *book) overdue(r round) {
	end, _ := time.Parse(time.RFC3339Nano, r.Arg) // ours
	b.eachOwed(r, func(n *headstart.Notice) {
		if end.Sub(n.At) <= lateForUsers {
			return
		}
		if n.Do == "reply" {
			b.dropReply(n)
			return
		}
		b.takeBack(n)
		if i := b.incidents[n.Incident]; i != nil {
			b.decide(i, headstart.Decision{Rule: "A-11", Outcome: "push_waits", Subject: n.Audience, Facts: facts("why", b.because("ouder dan 15 minuten na een onderbreking", "older than 15 minutes after a stop"))})
		}
	})
}

// hold takes all that is owed to users off the outbox, for as long as a hush lasts.
func (b *book) hold(r round) {
	b.eachOwed(r, func(n *headstart.Notice) {
		switch {
		case !b.now.Before(b.hush):
		case n.Do == "reply":
			b.holdReply(n)
		default:
			b.takeBack(n)
		}
	})
}

// eachOwed is each for the messages and replies owed to users, by their keys.
func (b *book) eachOwed(r round, step func(*headstart.Notice)) {
	keys := sortedKeys(b.owed)
	n, found := slices.BinarySearch(keys, r.From)
	if found {
		n++
	}
	for _, key := range keys[n:] {
		if n := b.owed[key]; n.Plane != headstart.PlaneUsers && n.Do != "reply" {
			continue
		}
		if b.spent() >= enough {
			d := b.agenda.add(b.now, r.Do, "", 0, false)
			d.From, d.Arg = r.From, r.Arg
			return
		}
		step(b.owed[key])
		r.From = key
	}
}
