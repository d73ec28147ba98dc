package announce

import (
	"fmt"
	"strconv"
	"time"
)

// clock says times the way people of one language do, seen from now and in its
// zone. The zero time is said as nothing.
type clock struct {
	now  time.Time
	lang string
}

// long says "10:30 uur", and the day after it when that is not today, so that
// "om", "vanaf" and "at" fit in front: "10:30 uur op dinsdag 24 november".
func (c clock) long(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(c.now.Location())
	s := c.hour(t)
	if c.today(t) {
		return s
	}
	return s + half(c.lang, " op ", " on ") + c.date(t)
}

// short says "di 10:30 uur"; seven days ahead or behind a weekday alone would
// mislead, and the date takes its place.
func (c clock) short(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(c.now.Location())
	if c.today(t) {
		return c.hour(t)
	}
	if d := t.Sub(c.now); d > -6*24*time.Hour && d < 6*24*time.Hour {
		return shortDays[c.lang][t.Weekday()] + " " + c.hour(t)
	}
	return strconv.Itoa(t.Day()) + " " + shortMonths[c.lang][t.Month()-1] + " " + c.hour(t)
}

// shortAfter says t as short does, without its day when that is the day of
// before, which the same sentence has just named.
func (c clock) shortAfter(before, t time.Time) string {
	if !before.IsZero() && !t.IsZero() && c.sameDay(before, t) {
		return c.hour(t.In(c.now.Location()))
	}
	return c.short(t)
}

// spoken says "9 uur 15" and "9 15", as one reads it aloud on the telephone.
func (c clock) spoken(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(c.now.Location())
	s := c.spokenHour(t)
	if c.today(t) {
		return s
	}
	if d := t.Sub(c.now); d > -6*24*time.Hour && d < 6*24*time.Hour {
		return s + half(c.lang, " op ", " on ") + days[c.lang][t.Weekday()]
	}
	return s + half(c.lang, " op ", " on ") + c.date(t)
}

func (c clock) spokenAfter(before, t time.Time) string {
	if !before.IsZero() && !t.IsZero() && c.sameDay(before, t) {
		return c.spokenHour(t.In(c.now.Location()))
	}
	return c.spoken(t)
}

func (c clock) spokenHour(t time.Time) string {
	if c.lang == "en" {
		if t.Minute() == 0 {
			return fmt.Sprintf("%d o'clock", t.Hour())
		}
		return fmt.Sprintf("%d %02d", t.Hour(), t.Minute())
	}
	if t.Minute() == 0 {
		return fmt.Sprintf("%d uur", t.Hour())
	}
	return fmt.Sprintf("%d uur %d", t.Hour(), t.Minute())
}

// start says "dinsdag 24 november 18:00 uur", always with its day.
func (c clock) start(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(c.now.Location())
	return c.date(t) + " " + c.hour(t)
}

// period names its day twice only when the work passes midnight.
func (c clock) period(start, end time.Time) string {
	if start.IsZero() || end.IsZero() {
		return ""
	}
	zone := c.now.Location()
	start, end = start.In(zone), end.In(zone)
	from := c.date(start) + half(c.lang, " van ", " from ") + start.Format("15:04") + half(c.lang, " tot ", " to ")
	switch {
	case c.sameDay(start, end):
		return from + c.hour(end)
	case end.Hour() == 0 && end.Minute() == 0 && c.sameDay(start, end.AddDate(0, 0, -1)):
		return from + half(c.lang, "24:00 uur", "midnight")
	default:
		return from + c.hour(end) + half(c.lang, " op ", " on ") + c.date(end)
	}
}

// duration is the difference of the two times as they are written, to the
// minute, so that reader and text agree. It counts real time, also over a
// change of the clock.
func (c clock) duration(from, to time.Time) string {
	if from.IsZero() || to.IsZero() || to.Before(from) {
		return ""
	}
	minutes := int(to.Truncate(time.Minute).Sub(from.Truncate(time.Minute)) / time.Minute)
	d, h, m := minutes/(24*60), minutes/60%24, minutes%60
	var parts []string
	add := func(n int, one, many string) {
		switch {
		case n == 0 || len(parts) == 2:
		case n == 1:
			parts = append(parts, "1 "+one)
		default:
			parts = append(parts, strconv.Itoa(n)+" "+many)
		}
	}
	add(d, half(c.lang, "dag", "day"), half(c.lang, "dagen", "days"))
	add(h, half(c.lang, "uur", "hour"), half(c.lang, "uur", "hours"))
	if d == 0 { // of a day and a half nobody asks the minutes
		add(m, half(c.lang, "minuut", "minute"), half(c.lang, "minuten", "minutes"))
	}
	switch len(parts) {
	case 0:
		return half(c.lang, "minder dan 1 minuut", "less than 1 minute")
	case 1:
		return parts[0]
	}
	return parts[0] + half(c.lang, " en ", " and ") + parts[1]
}

func (c clock) hour(t time.Time) string { return t.Format("15:04") + half(c.lang, " uur", "") }

func (c clock) date(t time.Time) string {
	return fmt.Sprintf("%s %d %s", days[c.lang][t.Weekday()], t.Day(), months[c.lang][t.Month()-1])
}

func (c clock) today(t time.Time) bool { return c.sameDay(c.now, t) }

func (c clock) sameDay(a, b time.Time) bool {
	zone := c.now.Location()
	y1, m1, d1 := a.In(zone).Date()
	y2, m2, d2 := b.In(zone).Date()
	return y1 == y2 && m1 == m2 && d1 == d2
}

// quarterUp rounds an expected time up: a promise of 10:31 is kept at 10:45.
func quarterUp(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	const quarter = 15 * time.Minute
	if down := t.Truncate(quarter); !down.Equal(t) {
		return down.Add(quarter)
	}
	return t
}

var (
	days = map[string][]string{
		"nl": {"zondag", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag"},
		"en": {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
	}
	shortDays = map[string][]string{
		"nl": {"zo", "ma", "di", "wo", "do", "vr", "za"},
		"en": {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
	}
	months = map[string][]string{
		"nl": {"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"},
		"en": {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	}
	shortMonths = map[string][]string{
		"nl": {"jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"},
		"en": {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
	}
)
