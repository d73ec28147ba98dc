package incidents

import (
	"slices"
	"time"
)

// quietUntil returns when the quiet hours of an audience around now end (ruling 28):
// no rule disturbs anybody before. A person may still send.
func (b *book) quietUntil(i *incident, audience string) (time.Time, bool) {
	return b.quietAt(i, audience, b.now)
}

// quietAt is quietUntil as of a time.
func (b *book) quietAt(i *incident, audience string, at time.Time) (time.Time, bool) {
	now, place := at.In(b.zone), b.home(i, audience)
	if i.Priority == "P1" && b.config.Quiet.Critical == "push" {
		return now, false
	}
	end, quiet := b.config.Quiet.until(now)
	if !quiet {
		end = now
	}
	// The night before a Sunday ends on Monday.
	if b.config.Quiet.ClosedDays && !b.calendar.Worked(end, place) {
		if open := b.calendar.NextOpen(end, place); !open.IsZero() {
			return open, true
		}
	}
	return end, quiet
}

// until returns when the hours around now, in their own zone, are over.
func (q Quiet) until(now time.Time) (time.Time, bool) {
	from, to := clock(q.From, now), clock(q.To, now)
	switch {
	case from.Equal(to):
		return now, false
	case from.Before(to):
		return to, !now.Before(from) && now.Before(to)
	case now.Before(to): // after midnight
		return to, true
	case !now.Before(from): // before midnight
		return clock(q.To, now.AddDate(0, 0, 1)), true
	}
	return now, false
}

// home is the place whose calendar an audience lives by: its own that i hits, else
// the first that i hits; empty: that of the whole organisation.
func (b *book) home(i *incident, audience string) string {
	for _, id := range b.placesOf(audience) {
		if len(i.Locations) == 0 || slices.Contains(i.Locations, id) {
			return id
		}
	}
	return firstOf(i.Locations)
}

func firstOf(s []string) string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}

// clock is the time hh:mm on t's day, in t's zone.
func clock(hhmm string, t time.Time) time.Time {
	p, err := time.Parse("15:04", hhmm)
	if err != nil {
		return t
	}
	y, m, d := t.Date()
	return time.Date(y, m, d, p.Hour(), p.Minute(), 0, 0, t.Location())
}
