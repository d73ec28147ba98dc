package maintenance

import (
	"slices"
	"time"

	"github.com/prometheus/alertmanager/timeinterval"
)

// run is one stretch of time without a gap.
type run struct{ from, to time.Time }

// runs are the stretches of a series that overlap from to to, in order. What
// touches at midnight is one stretch: Alertmanager's syntax cannot cross it.
func (w *Window) runs(from, to time.Time, zone *time.Location) []run {
	if l := w.Every.Location; l != nil && l.Location != nil {
		zone = l.Location
	}
	// A stretch that reaches into from began at most longestRun before it, and one
	// that begins before to ends at most longestRun after: both are seen whole, so
	// that a stretch is the same whenever somebody looks.
	var out []run
	first, last := from.Add(-longestRun).In(zone), to.Add(longestRun).In(zone)
	for day := first; !day.After(last); day = nextDay(day) {
		for _, r := range w.onDay(day, zone) {
			out = join(out, r)
		}
	}
	return slices.DeleteFunc(out, func(r run) bool {
		return !r.to.After(from) || !r.from.Before(to) || !w.allows(r)
	})
}

// join appends r, or lengthens the last stretch by it where the two touch.
func join(runs []run, r run) []run {
	n := len(runs)
	if n == 0 || r.from.After(runs[n-1].to) {
		return append(runs, r)
	}
	if r.to.After(runs[n-1].to) {
		runs[n-1].to = r.to
	}
	return runs
}

// allows reports whether r lies within the bounds of the series.
func (w *Window) allows(r run) bool {
	return (w.StartsAt.IsZero() || !r.from.Before(w.StartsAt.Time)) && (w.EndsAt.IsZero() || !r.to.After(w.EndsAt.Time))
}

func nextDay(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d+1, 12, 0, 0, 0, t.Location())
}

// onDay are the stretches within the day of day, by start.
func (w *Window) onDay(day time.Time, zone *time.Location) []run {
	y, m, d := day.Date()
	whole := w.Every
	whole.Times, whole.Location = nil, nil
	if !whole.ContainsTime(time.Date(y, m, d, 12, 0, 0, 0, time.UTC)) { // the date alone is asked about
		return nil
	}
	times := w.Every.Times
	if len(times) == 0 {
		times = []timeinterval.TimeRange{{StartMinute: 0, EndMinute: 24 * 60}}
	}
	var out []run
	for _, t := range times {
		r := run{clockShows(y, m, d, t.StartMinute, zone, false), clockShows(y, m, d, t.EndMinute, zone, true)}
		if r.to.After(r.from) {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b run) int { return a.from.Compare(b.from) })
	return out
}

// clockShows is when clocks of zone show minute of a day. In the hour that comes
// twice it is the first time, or with last the second: work planned into that
// hour is covered for both. In the hour that is left out it is the moment clocks
// jump over it.
func clockShows(y int, m time.Month, d, minute int, zone *time.Location, last bool) time.Time {
	naive := time.Date(y, m, d, 0, minute, 0, 0, time.UTC)
	var found []time.Time
	for _, around := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
		_, offset := naive.Add(around).In(zone).Zone()
		at := naive.Add(-time.Duration(offset) * time.Second).In(zone)
		if _, shown := at.Zone(); shown == offset {
			found = append(found, at)
		}
	}
	if len(found) == 0 {
		_, before := naive.Add(-24 * time.Hour).In(zone).Zone()
		jump, _ := naive.Add(-time.Duration(before) * time.Second).In(zone).ZoneBounds()
		return jump
	}
	slices.SortFunc(found, time.Time.Compare)
	if last {
		return found[len(found)-1]
	}
	return found[0]
}
