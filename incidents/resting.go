package incidents

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// The time intervals of operators' route hold pages back and lose none (ruling 16): once
// a receiver is to be paged again it is told of what still fails, and of the end of what
// it knew of. Alertmanager tells it of the first alone.

// openLater has the pages of i looked at again when a time interval begins or ends next.
func (b *book) openLater(i *incident) {
	t := b.router.Opens(b.now)
	if t.IsZero() || t.Equal(i.X.Look) {
		return
	}
	i.X.Look = t
	b.agenda.add(t, doLook, string(i.ID), 0, false)
	b.dirty.incident(i)
}

// lookAtPages pages those who were held back, if they are not still.
func (b *book) lookAtPages(i *incident) {
	if i.X.Look.IsZero() || i.X.Look.After(b.now) {
		return // another deadline is set for it
	}
	i.X.Look = time.Time{}
	reason := "joined"
	if !i.Live() {
		reason = "resolved"
	}
	b.touchPages(i, reason)
}

// lookAtAllPages looks at all that is held back, in parts, after the incident with number
// from: the route is another one now.
func (b *book) lookAtAllPages(from int) {
	for _, i := range slices.SortedFunc(maps.Values(b.incidents), func(x, y *incident) int { return cmp.Compare(x.Seq, y.Seq) }) {
		if i.Seq <= from || i.X.Look.IsZero() {
			continue
		}
		if b.spent() >= enough {
			b.agenda.add(b.now, doAllLook, "", i.Seq-1, false)
			return
		}
		i.X.Look = b.now
		b.lookAtPages(i)
		b.dirty.incident(i)
	}
}
