package correlate

import (
	"time"

	"headstart"
)

// A silence that comes back stands in its row as the one time that runs, or comes next:
// whoever reads it sees a silence like any other. When that time is over the row goes on
// to the next.

// begins gives a silence that somebody asks for its first time. One that never comes,
// since its last time is over by now or nobody can read when, is over: to mute all the
// while until its end is not what was asked for.
func (s *State) begins(x *headstart.Silence) {
	if x.Every == "" {
		return
	}
	since := x.StartsAt
	if x.Until.IsZero() {
		x.Until = x.EndsAt
	}
	if !s.nextTime(x, headstart.Later(since, s.now.Time())) {
		x.Every, x.Until = "", time.Time{}
		x.EndsAt = headstart.Sooner(x.EndsAt, s.now.Time())
		x.StartsAt = headstart.Sooner(x.StartsAt, x.EndsAt)
		return
	}
	x.StartsAt = headstart.Later(x.StartsAt, since)
}

// comesBack gives a silence whose time is over its next one, and reports whether it has
// one.
func (s *State) comesBack(x *headstart.Silence) bool {
	return x.Every != "" && s.nextTime(x, s.now.Time())
}

// nextTime sets the first time of x that ends after a time, cut off where the last is over; it
// reports whether there is one.
func (s *State) nextTime(x *headstart.Silence, after time.Time) bool {
	every, err := headstart.ParseRecurrence(x.Every)
	if err != nil {
		return false
	}
	from, to, ok := every.Next(after, s.zone)
	if !x.Until.IsZero() && to.After(x.Until) {
		to = x.Until
	}
	if !ok || !from.Before(to) || !to.After(after) {
		return false
	}
	x.StartsAt, x.EndsAt = sane(from).Time(), sane(to).Time()
	return true
}
