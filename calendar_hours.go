package headstart

import "time"

// Day returns when work starts and ends on t's day at location, in t's zone; ok is
// false when nobody works that day.
func (c *Calendar) Day(t time.Time, location string) (from, to time.Time, ok bool) {
	return c.span(t, location)
}

// At returns the calendar that holds at location: its own hours, or those of the
// nearest place around it that has any. Its holidays are c's.
func (c *Calendar) At(catalog *Catalog, location string) Calendar {
	out := *c
	for _, l := range catalog.Around(location) {
		if len(l.Hours) > 0 {
			out.Hours = l.Hours
			return out
		}
	}
	return out
}

// Around returns the location with id and those it lies in, innermost first; none if
// the catalog has no such location.
func (c *Catalog) Around(id string) []*Location {
	var out []*Location
	for range c.Locations { // bounded: a place may lie in itself where nobody checked
		l := c.LocationByID(id)
		if l == nil {
			break
		}
		out = append(out, l)
		id = l.Parent
	}
	return out
}
