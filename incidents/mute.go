package incidents

import (
	"slices"

	"headstart"
)

// muted reports whether nothing about i may reach users (ruling 30).
func (b *book) muted(i *incident) bool { return i.Confidential || b.hushed(i) }

// mute takes what is owed to users about i off the outbox. What stands keeps
// standing; its push waits for a person.
func (b *book) mute(i *incident) {
	b.each(i, round{Do: doMute})
	b.muteTickets(i)
}

func (b *book) muteOne(i *incident, a *headstart.Announcement, _ round) {
	if !b.muted(i) {
		return
	}
	if i.Confidential && len(a.Also) > 0 && b.leave(i, a) {
		return
	}
	for _, key := range slices.Clone(b.owedOf[a.ID]) {
		b.takeBack(b.owed[key])
	}
	if scheduled(a) {
		b.unschedule(i, a, "", b.whyMuted(i))
	}
	if a.Live() && a.How == headstart.HowPage && !a.PushDraft {
		a.PushDraft = true
		b.dirty.put(headstart.TableAnnouncements, a.ID, a)
	}
}

// takeBack takes a message to users off the outbox: its push waits for a person.
func (b *book) takeBack(n *headstart.Notice) {
	b.strike(n.Key)
	if n.Phase == headstart.DigestSent {
		b.undigest(n)
	}
	if a := b.announcements[n.Announcement]; a != nil && a.Live() {
		a.PushDraft = true
		b.dirty.put(headstart.TableAnnouncements, a.ID, a)
	}
}
