package incidents

import (
	"slices"

	"headstart"
)

// Tags that correlation sets (CONTRACT section 4).
const (
	tagOverrun  = "maintenance-overrun" // planned work left it broken
	tagPaused   = "in-maintenance"      // planned work covers all that fails: messages wait
	tagUnstable = "unstable"            // its cause came and went

	// tagGap is set by the head start: users reported it before we told them.
	tagGap = "detection-gap"
)

// retag keeps the tags that follow from the group; others stay as they are.
func (b *book) retag(i *incident, g *headstart.Group) {
	i.tag(tagOverrun, g.Overrun != nil)
	i.tag(tagPaused, g.Paused)
	i.tag(tagUnstable, g.Unstable)
}

// tag sets a tag of i, or takes it away.
func (i *incident) tag(name string, on bool) {
	n := slices.Index(i.Tags, name)
	switch {
	case on && n < 0:
		i.Tags = append(slices.Clone(i.Tags), name)
		slices.Sort(i.Tags)
	case !on && n >= 0:
		i.Tags = slices.Delete(slices.Clone(i.Tags), n, n+1)
	}
}

// paused reports whether planned work covers all that fails in i: rules tell
// nobody of it then (M-06, ruling 16).
func (b *book) paused(i *incident) bool {
	g := b.groups.Group(i.Group)
	return g != nil && g.Paused
}

// replan follows planned work that covers all that fails in i, or no longer does.
// What waited meanwhile goes on: pages at once, messages to users as if i opened
// now, and corrections of what stands.
func (b *book) replan(i *incident) {
	was := slices.Contains(i.Tags, tagPaused)
	b.sync(i)
	b.takeOver(i, "")
	switch now := b.paused(i); {
	case now && !was:
		b.suspendPromises(i)
	case was && !now:
		b.touchPages(i, "joined")
		b.correct(i)
		b.each(i, round{Do: doRenew})
		b.pushAt(i, b.now.Add(b.config.after(i.Priority)))
	}
}

// suspendPromises takes back when the next message was promised: planned work is
// announced by itself, so nobody waits for one and none is missed.
func (b *book) suspendPromises(i *incident) {
	b.each(i, round{Do: doSuspend})
	b.refreshPromise(i)
	b.dirty.incident(i)
}

func (b *book) suspendOne(i *incident, a *headstart.Announcement, _ round) {
	if a.Live() && a.NextUpdateBy != nil && b.allOf(i, a, b.paused) {
		b.pause(a)
	}
}

func (b *book) renewOne(i *incident, a *headstart.Announcement, _ round) {
	if !i.Stale && !b.paused(i) {
		b.renew(i, a)
	}
}
