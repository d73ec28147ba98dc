package incidents

import (
	"cmp"
	"slices"

	"headstart"
)

// One announcement may speak for several incidents, once a person has said that they
// are one thing to its readers (see cover). One of them carries it: what is asked of its
// words, its push and its promise is asked of that one, and of the others what more
// there is to say. As long as any of them is live, the one that carries it is.

// fileCover makes a known to the other incidents it speaks for.
func (b *book) fileCover(a *headstart.Announcement) {
	for _, id := range a.Also {
		list := b.covers[id]
		if n, found := placeOf(list, a.ID); !found {
			b.covers[id] = slices.Insert(list, n, a)
		}
	}
}

// unfileCover forgets that.
func (b *book) unfileCover(a *headstart.Announcement) {
	for _, id := range a.Also {
		b.unfileCoverOf(a, id)
	}
}

func (b *book) unfileCoverOf(a *headstart.Announcement, id headstart.IncidentID) {
	list := b.covers[id]
	if n, found := placeOf(list, a.ID); found {
		b.covers[id] = slices.Delete(list, n, n+1)
	}
	if len(b.covers[id]) == 0 {
		delete(b.covers, id)
	}
}

// addAlso lets a speak for one more incident.
func (b *book) addAlso(a *headstart.Announcement, id headstart.IncidentID) {
	if a.About(id) {
		return
	}
	a.Also = append(slices.Clone(a.Also), id)
	b.fileCover(a)
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
}

// dropAlso lets a no longer speak for an incident that does not carry it.
func (b *book) dropAlso(a *headstart.Announcement, id headstart.IncidentID) {
	n := slices.Index(a.Also, id)
	if n < 0 {
		return
	}
	b.unfileCoverOf(a, id)
	if a.Also = slices.Delete(slices.Clone(a.Also), n, n+1); len(a.Also) == 0 {
		a.Also = nil
	}
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
}

// coverOf is the announcement of another incident that speaks for i to an audience; nil:
// i has its own.
func (b *book) coverOf(i *incident, audience string) *headstart.Announcement {
	for _, a := range b.covers[i.ID] {
		if a.Audience == audience && covering(a) {
			return a
		}
	}
	return nil
}

// covering reports whether a speaks, or may, for all that it is about.
func covering(a *headstart.Announcement) bool {
	return a.State == headstart.AnnouncementDraft || a.State == headstart.AnnouncementPublished || a.State == headstart.AnnouncementDiscarded
}

// tells are the announcements that i carries, then those of others that speak for it.
// The slice is the caller's.
func (b *book) tells(i *incident) []*headstart.Announcement {
	return append(b.of(i), b.covers[i.ID]...)
}

// members are the incidents a speaks for, the one that carries it first.
func (b *book) members(a *headstart.Announcement) []*incident {
	out := make([]*incident, 0, 1+len(a.Also))
	for _, id := range a.Incidents() {
		if i := b.incidents[id]; i != nil {
			out = append(out, i)
		}
	}
	return out
}

// spoken are those of the members of a that a message says something of: i, which
// carries it, and the others that are live; of a message about the end, and once none is
// live, all.
func (b *book) spoken(i *incident, a *headstart.Announcement, final bool) []*incident {
	if a == nil || len(a.Also) == 0 {
		return []*incident{i}
	}
	all := b.members(a)
	live := slices.DeleteFunc(slices.Clone(all), func(o *incident) bool { return !o.Live() })
	if final || len(live) == 0 {
		return all
	}
	return live
}

// nextLive is the next member of a that is live, other than i; nil: there is none.
func (b *book) nextLive(i *incident, a *headstart.Announcement) *incident {
	for _, o := range b.members(a) {
		if o != i && o.Live() {
			return o
		}
	}
	return nil
}

// allOf reports whether all that a speaks for now are so.
func (b *book) allOf(i *incident, a *headstart.Announcement, so func(*incident) bool) bool {
	return !slices.ContainsFunc(b.spoken(i, a, false), func(o *incident) bool { return !so(o) })
}

// anyOf reports whether one that a speaks for now is so.
func (b *book) anyOf(i *incident, a *headstart.Announcement, so func(*incident) bool) bool {
	return slices.ContainsFunc(b.spoken(i, a, false), so)
}

// priorityOf is the highest priority of those a speaks for.
func (b *book) priorityOf(i *incident, a *headstart.Announcement) string {
	p := i.Priority
	for _, o := range b.spoken(i, a, false) {
		p = min(p, cmp.Or(o.Priority, p))
	}
	return p
}

// peopleOf is how many people a concerns at least: those whom two of its incidents hit
// are not known apart.
func (b *book) peopleOf(i *incident, a *headstart.Announcement) int {
	n := 0
	for _, o := range b.spoken(i, a, false) {
		n = max(n, o.People)
	}
	return n
}

// reach is what the status page shows of a beside its words.
type reach struct {
	severity, effect    string
	services, locations []string
	people              int
	confidential        bool
}

func (b *book) reachOf(i *incident, a *headstart.Announcement) reach {
	r := reach{severity: i.Severity(), effect: i.effect(), services: i.Services, locations: i.Locations, people: i.People, confidential: i.Confidential}
	if len(a.Also) == 0 {
		return r
	}
	worst := headstart.Incident{Priority: b.priorityOf(i, a)}
	r.severity, r.people = worst.Severity(), b.peopleOf(i, a)
	services, locations, everywhere := []string{}, []string{}, false
	for _, o := range b.spoken(i, a, false) {
		services, locations = append(services, o.Services...), append(locations, o.Locations...)
		everywhere = everywhere || everyPlace(o)
		if o.effect() == "down" {
			r.effect = "down"
		}
	}
	if r.services = sortedOnce(services); everywhere {
		locations = nil // what one of them hits everywhere is hit everywhere
	}
	r.locations = sortedOnce(locations)
	return r
}

// everyPlace reports whether i hits people wherever they are; what the catalog cannot
// place hits nobody it knows.
func everyPlace(i *incident) bool { return len(i.Locations) == 0 && len(i.Services) > 0 }

// sortedOnce is list in order, each once; never nil.
func sortedOnce(list []string) []string {
	slices.Sort(list)
	return orNone(slices.Compact(list))
}
