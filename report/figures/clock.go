package figures

import (
	"slices"
	"strings"
	"time"

	"headstart"
)

// clock measures working time: hours and holidays of the calendar, at a place those of
// the place and of what it lies in. It counts real seconds between wall-clock times, so
// a working day on which the clocks change is an hour shorter or longer only if people
// work through that hour.
type clock struct {
	zone     *time.Location
	calendar *headstart.Calendar
	catalog  *headstart.Catalog
	places   map[string]*place
}

// place is when people work at one place, worked out once for each day.
type place struct {
	calendar headstart.Calendar
	around   []string // ids whose holidays hold here
	days     map[int]span
}

// span is a stretch of time in Unix seconds; empty when from is not before to.
type span struct{ from, to int64 }

func newClock(calendar *headstart.Calendar, catalog *headstart.Catalog, zone *time.Location) *clock {
	return &clock{zone: zone, calendar: calendar, catalog: catalog, places: map[string]*place{}}
}

// between is how many seconds of working time at location lie between two times.
// Location "" follows the organisation's own hours.
func (c *clock) between(from, to int64, location string) int64 {
	if to <= from {
		return 0
	}
	p := c.place(location)
	sum := int64(0)
	for day := dayOf(from, c.zone); ; day++ {
		midnight := startOf(day, c.zone)
		if midnight.Unix() >= to {
			return sum
		}
		s := p.on(day, midnight)
		sum += max(0, min(s.to, to)-max(s.from, from))
	}
}

// anywhere is how many seconds between two times are working time at one of the
// locations; without locations, of the organisation.
func (c *clock) anywhere(from, to int64, locations []string) int64 {
	switch {
	case len(locations) == 0:
		return c.between(from, to, "")
	case len(locations) == 1 || to <= from:
		return c.between(from, to, locations[0])
	}
	sum := int64(0)
	spans := make([]span, 0, len(locations))
	for day := dayOf(from, c.zone); ; day++ {
		midnight := startOf(day, c.zone)
		if midnight.Unix() >= to {
			return sum
		}
		spans = spans[:0]
		for _, l := range locations {
			if s := c.place(l).on(day, midnight); s.from < s.to {
				spans = append(spans, span{max(s.from, from), min(s.to, to)})
			}
		}
		sum += covered(spans)
	}
}

// covered is how many seconds lie in at least one of the spans, which it sorts.
func covered(spans []span) int64 {
	slices.SortFunc(spans, func(a, b span) int { return int(a.from - b.from) })
	sum, reached := int64(0), int64(0)
	for _, s := range spans {
		if from := max(s.from, reached); s.to > from {
			sum += s.to - from
			reached = s.to
		}
	}
	return sum
}

func (c *clock) place(location string) *place {
	if p := c.places[location]; p != nil {
		return p
	}
	p := &place{calendar: c.calendar.At(c.catalog, location), around: []string{location}, days: map[int]span{}}
	for _, l := range c.catalog.Around(location) {
		if l.ID != location {
			p.around = append(p.around, l.ID)
		}
	}
	c.places[strings.Clone(location)] = p
	return p
}

// on is when people work on a day; a holiday of any place around closes this one.
func (p *place) on(day int, midnight time.Time) span {
	if s, known := p.days[day]; known {
		return s
	}
	var s span
	for n, id := range p.around {
		from, to, open := p.calendar.Day(midnight, id)
		if !open {
			s = span{}
			break
		}
		if n == 0 {
			s = span{from.Unix(), to.Unix()}
		}
	}
	p.days[day] = s
	return s
}

// dayOf numbers the local day that t lies in; the next day has the next number.
func dayOf(t int64, zone *time.Location) int {
	y, m, d := time.Unix(t, 0).In(zone).Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / (24 * 3600))
}

// startOf is when a numbered day begins.
func startOf(day int, zone *time.Location) time.Time {
	y, m, d := time.Unix(int64(day)*24*3600, 0).UTC().Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}
