package notify

import (
	"slices"
	"sync"
	"time"

	"github.com/prometheus/alertmanager/timeinterval"
)

// horizon is how far Opens looks ahead: intervals by month come round within a year.
const horizon = 400

// Opens is the first time after one at which a time interval begins or ends; zero: none
// does within 400 days.
func (r *Router) Opens(after time.Time) time.Time {
	if r.hours.root == nil {
		return time.Time{}
	}
	return r.hours.turns.next(r.hours.named, after)
}

// turns remembers when each time interval begins or ends next: in a storm the engine asks
// for every alert that a route holds back, and to look through 400 days takes a
// millisecond. It is safe for concurrent use.
type turns struct {
	mu    sync.Mutex
	known map[string][]turned
}

// turned is what was found for one time interval: from that time on its next turn, zero:
// none within the horizon.
type turned struct{ from, next time.Time }

func (t *turns) next(named map[string][]timeinterval.TimeInterval, after time.Time) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known == nil {
		t.known = map[string][]turned{}
		for name, list := range named {
			t.known[name] = make([]turned, len(list))
		}
	}
	var first time.Time
	for name, list := range named {
		for n, x := range list {
			k := &t.known[name][n]
			if !k.holds(x, after) {
				*k = turned{from: after, next: turn(x, after)}
			}
			if !k.next.IsZero() && (first.IsZero() || k.next.Before(first)) {
				first = k.next
			}
		}
	}
	return first
}

// holds reports whether turn would find the same after a time. Where it found nothing,
// that is sure for the rest of the day alone: tomorrow it looks a day further.
func (k *turned) holds(x timeinterval.TimeInterval, after time.Time) bool {
	switch {
	case k.from.IsZero() || after.Before(k.from):
		return false
	case !k.next.IsZero():
		return after.Before(k.next)
	}
	zone := zoneOf(x)
	year, day := k.from.In(zone).Year(), k.from.In(zone).YearDay()
	return after.In(zone).Year() == year && after.In(zone).YearDay() == day
}

// zoneOf is where the times of x are; without a location it is UTC.
func zoneOf(x timeinterval.TimeInterval) *time.Location {
	if x.Location == nil {
		return time.UTC
	}
	return x.Location.Location
}

// turn is when x begins or ends next. It can only at midnight, at the minutes it names,
// and when the clocks are changed, which is on a full quarter of an hour.
func turn(x timeinterval.TimeInterval, after time.Time) time.Time {
	zone := zoneOf(x)
	was := x.ContainsTime(after)
	year, month, day := after.In(zone).Date()
	for d := range horizon {
		for _, minute := range minutes(x, year, month, day+d, zone) {
			if minute.After(after) && x.ContainsTime(minute) != was {
				return minute.UTC()
			}
		}
	}
	return time.Time{}
}

// minutes are the times of a day at which x may begin or end, in order.
func minutes(x timeinterval.TimeInterval, year int, month time.Month, day int, zone *time.Location) []time.Time {
	midnight := time.Date(year, month, day, 0, 0, 0, 0, zone)
	out := []time.Time{midnight}
	for _, r := range x.Times {
		for _, m := range []int{r.StartMinute, r.EndMinute} {
			out = append(out, time.Date(year, month, day, 0, m, 0, 0, zone))
		}
	}
	_, before := midnight.Zone()
	if _, then := midnight.AddDate(0, 0, 1).Zone(); then != before { // the clocks are changed today
		for q := range 25 * 4 {
			out = append(out, midnight.Add(time.Duration(q)*15*time.Minute))
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return out
}
