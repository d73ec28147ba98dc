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
)

// retag keeps the tags that follow from the group; others stay as they are.
func (b *book) retag(i *incident, g *headstart.Group) {
	for _, t := range []struct {
		name string
		on   bool
	}{{tagOverrun, g.Overrun != nil}, {tagPaused, g.Paused}, {tagUnstable, g.Unstable}} {
		n := slices.Index(i.Tags, t.name)
		switch {
		case t.on && n < 0:
			i.Tags = append(slices.Clone(i.Tags), t.name)
			slices.Sort(i.Tags)
		case !t.on && n >= 0:
			i.Tags = slices.Delete(slices.Clone(i.Tags), n, n+1)
		}
	}
}

// paused reports whether planned work covers all that fails in i: rules tell
// nobody of it then (M-06, ruling 16).
func (b *book) paused(i *incident) bool {
	g := b.groups.Group(i.Group)
	return g != nil && g.Paused
}

// plannedChanged follows planned work that pauses i or no longer does. What
// waited meanwhile goes on: pages at once, messages to users as if i opened now.
func (b *book) plannedChanged(i *incident, c headstart.Change) {
	switch c.Outcome {
	case "paused":
		b.suspendPromises(i)
	case "resumed":
		b.touchPages(i, "joined")
		for _, a := range b.of(i) {
			b.renew(i, a)
		}
		b.pushAt(i, b.now.Add(b.config.after(i.Priority)))
	}
}

// suspendPromises takes back when the next message was promised: planned work is
// announced by itself, so nobody waits for one and none is missed.
func (b *book) suspendPromises(i *incident) {
	for _, a := range b.of(i) {
		if !a.Live() || a.NextUpdateBy == nil {
			continue
		}
		a.NextUpdateBy = nil
		b.dirty.put(headstart.TableAnnouncements, a.ID, a)
	}
	b.refreshPromise(i)
	b.dirty.incident(i)
}
