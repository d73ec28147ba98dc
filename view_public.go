package headstart

import (
	"cmp"
)

// Published is what public pages are made of, all of one position: a page and its
// feed cannot disagree. Nothing in it is filtered; who shows it does that.
type Published struct {
	Feed          Offset
	Catalog       *Catalog // never nil
	Announcements []Announcement
	Incidents     map[IncidentID]Incident // those of Announcements, that any of their updates is about too
	Maintenance   []MaintenanceWindow     // by start
	Planned       []Announcement          // of planned work, as View.PlannedAnnouncements
	Closed        []ClosedPlace
	States        map[string]DeskNote // of pages that persons set by hand, by page; ended ones too
}

// Published returns what public pages are made of; ok is false until the view was
// filled once.
func (v *View) Published() (p Published, ok bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	p = Published{
		Feed: v.feed, Catalog: v.catalog(), Incidents: map[IncidentID]Incident{},
		Announcements: copies(v.announced()), Maintenance: v.planned(), Planned: v.announcedWork(), Closed: v.closedPlaces(), States: v.pageStates(),
	}
	for _, a := range p.Announcements {
		for _, id := range a.SpokeFor() {
			for i := v.incidents[id]; i != nil; i = v.incidents[i.MergedInto] { // it may be confidential where it went
				p.Incidents[i.ID] = *i
			}
		}
	}
	return p, v.ready
}

// planned is Maintenance under v.mu.
func (v *View) planned() []MaintenanceWindow {
	return values(v.maintenance, func(a, b *MaintenanceWindow) int {
		return cmp.Or(a.StartsAt.Compare(b.StartsAt), cmp.Compare(a.ID, b.ID))
	})
}
