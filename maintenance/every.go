package maintenance

import (
	"slices"
	"time"

	"github.com/prometheus/alertmanager/timeinterval"

	"headstart"
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
		r := run{headstart.ClockShows(y, m, d, t.StartMinute, zone, false), headstart.ClockShows(y, m, d, t.EndMinute, zone, true)}
		if r.to.After(r.from) {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b run) int { return a.from.Compare(b.from) })
	return out
}
