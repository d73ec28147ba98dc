package demo

import (
	"sync"
	"time"
)

// Clock is the one clock of a demonstration. It stands still until it is set, and never
// goes back. It is safe for concurrent use.
type Clock struct {
	mu     sync.Mutex
	now    time.Time
	alarms map[*alarm]struct{}
}

type alarm struct {
	at   time.Time
	ring func()
}

// NewClock returns a Clock that says start.
func NewClock(start time.Time) *Clock {
	return &Clock{now: start, alarms: map[*alarm]struct{}{}}
}

// Now is what the clock says.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set moves the clock on to t, unless it is there already, and rings what is due.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	var due []*alarm
	if t.After(c.now) {
		c.now = t
		for a := range c.alarms {
			if !a.at.After(t) {
				due = append(due, a)
				delete(c.alarms, a)
			}
		}
	}
	c.mu.Unlock()
	for _, a := range due {
		a.ring()
	}
}

// At calls ring once the clock says t or later, at once if it does; forget takes that
// back. ring must return soon.
func (c *Clock) At(t time.Time, ring func()) (forget func()) {
	a := &alarm{at: t, ring: ring}
	c.mu.Lock()
	late := !t.After(c.now)
	if !late {
		c.alarms[a] = struct{}{}
	}
	c.mu.Unlock()
	if late {
		ring()
	}
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.alarms, a)
	}
}

// FirstMorning is the first Monday after now, at 07:50 in zone: shortly before the desk
// opens. It lies ahead of now, so that nothing of the story is old to a browser, whose
// clock is the machine's; and always on the same day of the week, so that the story is
// the same.
func FirstMorning(now time.Time, zone *time.Location) time.Time {
	y, m, d := now.In(zone).Date()
	ahead := (int(time.Monday)-int(now.In(zone).Weekday())+7)%7 + 7
	return time.Date(y, m, d+ahead, 7, 50, 0, 0, zone)
}
