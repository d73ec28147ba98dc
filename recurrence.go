package headstart

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Recurrence is when something comes back each week, as clocks of a place show it.
type Recurrence struct {
	Days [7]bool        // by time.Weekday: on which it begins
	From int            // minute of the day
	To   int            // minute of the day; not after From: of the next day
	Zone *time.Location // nil: that of the configuration
}

var weekdays = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// ParseRecurrence reads "mon-fri 18:00-08:00 Europe/Amsterdam": days, singly or as ranges
// with commas between, or daily; from when until when, which may be on the next day; and a
// zone, which may be left out.
func ParseRecurrence(text string) (Recurrence, error) {
	var r Recurrence
	fields := strings.Fields(text)
	if len(text) > 200 || len(fields) < 2 || len(fields) > 3 {
		return r, errors.New("write days, hours and perhaps a zone, such as \"mon-fri 18:00-08:00 Europe/Amsterdam\"")
	}
	if err := r.readDays(fields[0]); err != nil {
		return r, err
	}
	from, to, _ := strings.Cut(fields[1], "-")
	var okFrom, okTo bool
	r.From, okFrom = minuteOf(from)
	r.To, okTo = minuteOf(to)
	if !okFrom || !okTo || r.From == 24*60 {
		return r, fmt.Errorf("%q are no hours; write such as 18:00-08:00", fields[1])
	}
	if len(fields) == 3 {
		zone, err := time.LoadLocation(fields[2])
		if err != nil || fields[2] == "Local" {
			return r, fmt.Errorf("the zone %q is not known; write such as Europe/Amsterdam", fields[2])
		}
		r.Zone = zone
	}
	return r, nil
}

func (r *Recurrence) readDays(text string) error {
	if text == "daily" {
		r.Days = [7]bool{true, true, true, true, true, true, true}
		return nil
	}
	for part := range strings.SplitSeq(text, ",") {
		first, last, is := strings.Cut(part, "-")
		if !is {
			last = first
		}
		a, b := weekdayOf(first), weekdayOf(last)
		if a < 0 || b < 0 {
			return fmt.Errorf("%q are no days; write daily, or such as mon-fri or sat,sun", text)
		}
		for d := a; ; d = (d + 1) % 7 {
			if r.Days[d] = true; d == b {
				break
			}
		}
	}
	return nil
}

func weekdayOf(name string) int {
	for n, day := range weekdays {
		if day == name {
			return n
		}
	}
	return -1
}

// minuteOf reads HH:MM, up to 24:00.
func minuteOf(text string) (int, bool) {
	h, m, ok := strings.Cut(text, ":")
	hour, err := strconv.ParseUint(h, 10, 8)
	minute, merr := strconv.ParseUint(m, 10, 8)
	n := int(hour)*60 + int(minute)
	return n, ok && err == nil && merr == nil && len(h) == 2 && len(m) == 2 && minute < 60 && n <= 24*60
}

// Next is the first time it comes that ends after a time, if any does: it lasts from from
// until to. In the night that clocks are put back it takes the longer, in the night that
// they are put forward what is left of it (see ClockShows). Without any zone it is in UTC.
func (r Recurrence) Next(after time.Time, zone *time.Location) (from, to time.Time, ok bool) {
	switch {
	case r.Zone != nil:
		zone = r.Zone
	case zone == nil:
		zone = time.UTC
	}
	y, m, d := after.In(zone).Date()
	// What began yesterday may not be over; within the week after each day comes.
	for n := -1; n <= 8; n++ {
		if !r.Days[time.Date(y, m, d+n, 12, 0, 0, 0, time.UTC).Weekday()] {
			continue
		}
		ends := n
		if r.To <= r.From {
			ends++
		}
		from, to = ClockShows(y, m, d+n, r.From, zone, false), ClockShows(y, m, d+ends, r.To, zone, true)
		if to.After(after) && to.After(from) {
			return from, to, true
		}
	}
	return time.Time{}, time.Time{}, false
}
