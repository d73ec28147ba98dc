package headstart

import (
	"cmp"
	"slices"
	"time"
)

// ClosedPlace is a place in a closed period of the calendar where something that
// people stand at is off meanwhile (ruling 23): one line, however much it is.
type ClosedPlace struct {
	Location string // id; empty: what stands nowhere in the catalog
	Period   string // name of the period, else its first day
	Until    time.Time
	Assets   []string // that are off, sorted
}

// ClosedPlaces returns where closed periods hold something back now, by place,
// then by period.
func (v *View) ClosedPlaces() []ClosedPlace {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.closedPlaces()
}

func (v *View) closedPlaces() []ClosedPlace {
	catalog := v.catalog()
	type key struct{ location, period string }
	places := map[key]*ClosedPlace{}
	for _, p := range v.problems.each {
		if p.Suppressed == nil {
			continue
		}
		period, closed := p.Suppressed.ClosedPeriod()
		if !closed {
			continue
		}
		at := key{p.Location, period}
		if d := catalog.DeviceByID(p.Asset); d != nil && d.Location != "" {
			at.location = d.Location
		}
		c := places[at]
		if c == nil {
			c = &ClosedPlace{Location: at.location, Period: period}
			places[at] = c
		}
		if p.Suppressed.Until.After(c.Until) {
			c.Until = p.Suppressed.Until
		}
		c.Assets = append(c.Assets, p.Asset)
	}
	out := make([]ClosedPlace, 0, len(places))
	for _, c := range places {
		slices.Sort(c.Assets)
		c.Assets = slices.Compact(c.Assets)
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b ClosedPlace) int {
		return cmp.Or(cmp.Compare(a.Location, b.Location), cmp.Compare(a.Period, b.Period))
	})
	return out
}

// PlannedAnnouncements returns the announcements of planned work, by when the work
// begins, by number and audience. One that an incident took over is among
// Announcements instead.
func (v *View) PlannedAnnouncements() []Announcement {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.announcedWork()
}

// announcedWork is PlannedAnnouncements under v.mu.
func (v *View) announcedWork() []Announcement {
	return copies(selected(v.announcements, (*Announcement).Planned, func(a, b *Announcement) int {
		return cmp.Or(a.StartsAt.Compare(b.StartsAt), cmp.Compare(len(a.Number), len(b.Number)), cmp.Compare(a.Number, b.Number), cmp.Compare(a.Audience, b.Audience))
	}))
}
