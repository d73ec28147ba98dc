package incidents

import (
	"headstart"
)

// enoughTrust is how many drafts in a row must go out as they were written before the
// desk is offered to let messages go by themselves (ruling 25).
const enoughTrust = 10

// offerKey is the row of the desk that makes the offer.
const offerKey = "push-auto"

// trust counts a draft of ours that a person sent as it was.
func (b *book) trust() {
	if b.config.Push.Mode == auto {
		return
	}
	b.trusted++
	b.dirty.touchClock()
	if b.trusted < enoughTrust {
		return
	}
	n := b.desk[offerKey]
	if n == nil {
		n = &headstart.DeskNote{V: 1, ID: offerKey, Kind: headstart.NoteOffer, By: "rule", At: b.now}
		b.note(headstart.Decision{Rule: "A-25", Outcome: "offered", Facts: facts("drafts", itoa(b.trusted))})
		b.desk[offerKey] = n
	}
	n.Text = itoa(b.trusted)
	b.dirty.put(headstart.TableDesk, offerKey, n)
}

// distrust begins to count anew: what the machine wrote was not right as it was.
func (b *book) distrust() {
	b.trusted = 0
	b.dirty.touchClock()
	if b.desk[offerKey] != nil {
		delete(b.desk, offerKey)
		b.dirty.del(headstart.TableDesk, offerKey)
	}
}

// trustTaken follows a change of the configuration: an offer that was taken up is made
// no more.
func (b *book) trustTaken() {
	if b.config.Push.Mode == auto && (b.trusted > 0 || b.desk[offerKey] != nil) {
		b.distrust()
	}
}
