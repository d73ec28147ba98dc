package headstart

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Hours maps a weekday, "monday" to "sunday", to its hours, "08:00-17:30".
// A day that is absent is not worked. Empty Hours follow the calendar's.
type Hours map[string]string

// Calendar is when the organisation works. All of its methods compute on
// wall-clock time of the zone handed in, so days of a clock change come right.
type Calendar struct {
	Hours    Hours     `yaml:"hours" json:"hours,omitempty"`       // when people work; none: Monday to Friday 08:00-17:30
	Holidays []Holiday `yaml:"holidays" json:"holidays,omitempty"` // dates, or the mappings below
	ICal     string    `yaml:"ical" json:"ical,omitempty"`         // file or address of a calendar whose all-day events close too; read each day
}

// DefaultHours is Monday to Friday, 08:00 to 17:30.
func DefaultHours() Hours {
	h := Hours{}
	for _, d := range []string{"monday", "tuesday", "wednesday", "thursday", "friday"} {
		h[d] = "08:00-17:30"
	}
	return h
}

// Holiday is a day, or a period, on which nobody works. Locations empty: all.
type Holiday struct {
	From      string   `yaml:"from" json:"from"`                     // date, 2026-12-21
	To        string   `yaml:"to" json:"to,omitempty"`               // last day; empty: one day
	Name      string   `yaml:"name" json:"name,omitempty"`           // what people call it
	Locations []string `yaml:"locations" json:"locations,omitempty"` // where nobody works; empty: everywhere
	Effect    string   `yaml:"effect" json:"effect,omitempty"`       // closed or reduced; empty: closed
}

// UnmarshalYAML accepts a bare date.
func (h *Holiday) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		h.From = node.Value
		return nil
	}
	type plain Holiday // without this method
	return node.Decode((*plain)(h))
}

// covers reports whether date lies in h for location. Holidays without
// locations hold everywhere; location "" asks for the whole organisation.
func (h *Holiday) covers(date, location string) bool {
	to := h.To
	if to == "" {
		to = h.From
	}
	if date < h.From || date > to {
		return false
	}
	if len(h.Locations) == 0 {
		return true
	}
	return slices.Contains(h.Locations, location)
}

// span returns when work starts and ends on t's day at location; ok is false
// when nobody works that day.
func (c *Calendar) span(t time.Time, location string) (from, to time.Time, ok bool) {
	date := t.Format(time.DateOnly)
	for i := range c.Holidays {
		if c.Holidays[i].covers(date, location) {
			return time.Time{}, time.Time{}, false
		}
	}
	return c.week().On(t)
}

// week is c's hours, or where it has none the usual ones.
func (c *Calendar) week() Hours {
	if len(c.Hours) == 0 {
		return usual
	}
	return c.Hours
}

// usual is shared by all who only read: a report asks for each day of each ticket.
var usual = DefaultHours()

// On returns the hours of t's day, in t's zone; ok is false on a day without any.
func (h Hours) On(t time.Time) (from, to time.Time, ok bool) {
	start, end, err := ParseHours(h[strings.ToLower(t.Weekday().String())])
	if err != nil {
		return time.Time{}, time.Time{}, false
	}
	y, m, d := t.Date()
	midnight := func(clock time.Duration) time.Time {
		return time.Date(y, m, d, int(clock.Hours()), int(clock.Minutes())%60, 0, 0, t.Location())
	}
	return midnight(start), midnight(end), true
}

// ParseHours reads "08:00-17:30" as times since midnight.
func ParseHours(s string) (from, to time.Duration, err error) {
	var h1, m1, h2, m2 int
	if n, err := fmt.Sscanf(s, "%d:%d-%d:%d", &h1, &m1, &h2, &m2); n != 4 || err != nil || h1 > 24 || h2 > 24 || m1 > 59 || m2 > 59 || h1 < 0 || h2 < 0 || m1 < 0 || m2 < 0 {
		return 0, 0, fmt.Errorf("hours %q; write them as 08:00-17:30", s)
	}
	from = time.Duration(h1)*time.Hour + time.Duration(m1)*time.Minute
	to = time.Duration(h2)*time.Hour + time.Duration(m2)*time.Minute
	if to <= from {
		return 0, 0, fmt.Errorf("hours %q end before they start; write them as 08:00-17:30", s)
	}
	return from, to, nil
}

// Open reports whether t, in its own zone, lies within working hours at location.
func (c *Calendar) Open(t time.Time, location string) bool {
	from, to, ok := c.span(t, location)
	return ok && !t.Before(from) && t.Before(to)
}

// NextOpen returns the next start of work at or after t: t itself while open,
// the zero time when there is none within a year.
func (c *Calendar) NextOpen(t time.Time, location string) time.Time {
	if c.Open(t, location) {
		return t
	}
	day := t
	for range 366 {
		if from, _, ok := c.span(day, location); ok && !from.Before(t) {
			return from
		}
		y, m, d := day.Date()
		day = time.Date(y, m, d+1, 0, 0, 0, 0, t.Location())
	}
	return time.Time{}
}

// LastClose returns the end of the last worked period before t, which is where
// the window of a morning report begins; within one, the end of the one before.
// It is the zero time when there is none within a year.
func (c *Calendar) LastClose(t time.Time, location string) time.Time {
	day := t
	for range 366 {
		if _, to, ok := c.span(day, location); ok && !to.After(t) {
			return to
		}
		y, m, d := day.Date()
		day = time.Date(y, m, d-1, 12, 0, 0, 0, t.Location())
	}
	return time.Time{}
}

// Worked reports whether t's day at location is one on which people work: a weekday
// that has hours, and no holiday closes it.
func (c *Calendar) Worked(t time.Time, location string) bool {
	return c.week()[strings.ToLower(t.Weekday().String())] != "" && c.Closed(t, location) == nil
}

// Closed returns the holiday that closes location on t's day, or nil.
func (c *Calendar) Closed(t time.Time, location string) *Holiday {
	date := t.Format(time.DateOnly)
	for i := range c.Holidays {
		if h := &c.Holidays[i]; h.Effect != "reduced" && h.covers(date, location) {
			return h
		}
	}
	return nil
}
