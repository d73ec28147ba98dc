package headstart

import (
	"cmp"
	"iter"
	"slices"
	"sync"
)

// listedRows are rows in the order they are listed in. They are put in order when
// somebody asks first, and handed to everybody until one of them changes: hundreds of
// large rows copied for each look at a page would be most of its garbage. The zero value
// is ready to use.
type listedRows[T any] struct {
	mu   sync.Mutex // of rows, under a View.mu held for reading
	rows []*T       // nil: to be put in order
}

// in returns the rows as order makes them. The list is never changed: a later one is
// another list.
func (l *listedRows[T]) in(order func() []*T) []*T {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rows == nil {
		l.rows = order()
	}
	return l.rows
}

// changed lets the rows be put in order anew. Call it with View.mu held for writing.
func (l *listedRows[T]) changed() { l.rows = nil }

// EachIncident ranges over what Incidents returns without a copy of each. The incidents
// are the view's, which shows the same ones to everybody as they were when the range was
// asked for: they must not be changed.
func (v *View) EachIncident() iter.Seq[*Incident] { return slices.Values(v.listedIncidents()) }

// EachAnnouncement ranges over what Announcements returns without a copy of each. The
// announcements are the view's, as in EachIncident.
func (v *View) EachAnnouncement() iter.Seq[*Announcement] {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return slices.Values(v.announced())
}

// Incidents returns all incidents, newest number first, without the lists that
// Incident adds.
func (v *View) Incidents() []Incident { return copies(v.listedIncidents()) }

// Announcements returns all announcements of incidents, by incident number and audience.
func (v *View) Announcements() []Announcement {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return copies(v.announced())
}

func (v *View) listedIncidents() []*Incident {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.incidentList.in(func() []*Incident {
		return selected(v.incidents, func(*Incident) bool { return true }, func(a, b *Incident) int { return cmp.Compare(b.Seq, a.Seq) })
	})
}

// announced are the announcements of incidents, under v.mu.
func (v *View) announced() []*Announcement {
	return v.announcementList.in(func() []*Announcement {
		incident := func(a *Announcement) bool { return !a.Planned() }
		return selected(v.announcements, incident, func(a, b *Announcement) int {
			return cmp.Or(cmp.Compare(len(b.Incident), len(a.Incident)), cmp.Compare(b.Incident, a.Incident), cmp.Compare(a.Audience, b.Audience))
		})
	})
}

// values are copies of all rows in order.
func values[K comparable, T any](m map[K]*T, order func(a, b *T) int) []T {
	return copies(selected(m, func(*T) bool { return true }, order))
}

// selected are the rows that are wanted, in order; never nil. Rows are large: they are
// put in order where they stand.
func selected[K comparable, T any](m map[K]*T, wanted func(*T) bool, order func(a, b *T) int) []*T {
	rows := make([]*T, 0, len(m))
	for _, x := range m {
		if wanted(x) {
			rows = append(rows, x)
		}
	}
	slices.SortFunc(rows, order)
	return rows
}

func copies[T any](rows []*T) []T {
	out := make([]T, len(rows))
	for n, x := range rows {
		out[n] = *x
	}
	return out
}
