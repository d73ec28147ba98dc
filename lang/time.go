package lang

import (
	"fmt"
	"strings"
	"time"
)

// Clock renders the time of day, "07:41".
func (w *Words) Clock(t time.Time) string { return t.In(w.Zone).Format("15:04") }

// Stamp renders a day and a time, "ma 23 nov 08:24".
func (w *Words) Stamp(t time.Time) string { return w.Day(t) + " " + w.Clock(t) }

// Day renders a day, "ma 23 nov".
func (w *Words) Day(t time.Time) string {
	t = t.In(w.Zone)
	return fmt.Sprintf("%s %d %s", w.weekday(t)[:w.short()], t.Day(), w.month(t)[:3])
}

// Date renders a day in full, "maandag 23 november 2026".
func (w *Words) Date(t time.Time) string {
	t = t.In(w.Zone)
	return fmt.Sprintf("%s %d %s %d", w.weekday(t), t.Day(), w.months()[t.Month()-1], t.Year())
}

// DayOfYear renders a day that is less than a year away, "22 november".
func (w *Words) DayOfYear(t time.Time) string {
	t = t.In(w.Zone)
	return fmt.Sprintf("%d %s", t.Day(), w.months()[t.Month()-1])
}

// When renders t as people say it at now: the time alone today, else with its
// day, and with its year when that differs.
func (w *Words) When(t, now time.Time) string {
	t, now = t.In(w.Zone), now.In(w.Zone)
	switch {
	case t.Year() == now.Year() && t.YearDay() == now.YearDay():
		return w.Clock(t)
	case t.Year() == now.Year():
		return w.Stamp(t)
	default:
		return fmt.Sprintf("%s %d %s", w.Day(t), t.Year(), w.Clock(t))
	}
}

// Span renders a duration in words, to the minute: "1 uur en 38 minuten". The
// largest unit is kept with its neighbour; a negative duration is its opposite.
func (w *Words) Span(d time.Duration) string {
	minutes := int(d.Abs().Round(time.Second) / time.Minute)
	if minutes == 0 {
		return w.Say("time.moment")
	}
	var parts []string
	for _, u := range []struct {
		key  string
		size int
	}{{"time.days", 24 * 60}, {"time.hours", 60}, {"time.minutes", 1}} {
		if n := minutes / u.size; n > 0 && len(parts) < 2 {
			parts = append(parts, w.Say(u.key, "n", n))
			minutes -= n * u.size
		} else if len(parts) > 0 {
			break
		}
	}
	return strings.Join(parts, " "+w.Say("time.and")+" ")
}

// Hours renders a duration in hours and minutes however long it is, "62 uur en
// 30 minuten": the length of a weekend is a number of hours people know.
func (w *Words) Hours(d time.Duration) string {
	minutes := int(d.Abs().Round(time.Second) / time.Minute)
	switch {
	case minutes < 60:
		return w.Span(d)
	case minutes%60 == 0:
		return w.Say("time.hours", "n", minutes/60)
	default:
		return w.Say("time.hours", "n", minutes/60) + " " + w.Say("time.and") + " " + w.Say("time.minutes", "n", minutes%60)
	}
}

// Brief renders a duration for a narrow place: "43 min", "1 u 38 min", "2 d 3 u".
func (w *Words) Brief(d time.Duration) string {
	m := int(d.Abs().Round(time.Second) / time.Minute)
	switch {
	case m < 60:
		return w.Say("time.brief.m", "m", m)
	case m < 24*60 && m%60 == 0:
		return w.Say("time.brief.h", "h", m/60)
	case m < 24*60:
		return w.Say("time.brief.hm", "h", m/60, "m", m%60)
	default:
		return w.Say("time.brief.dh", "d", m/(24*60), "h", m/60%24)
	}
}

var (
	dutchDays   = []string{"zondag", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag"}
	dutchMonths = []string{
		"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december",
	}
	englishMonths = []string{
		"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
	}
)

func (w *Words) weekday(t time.Time) string {
	if w.Lang == "nl" {
		return dutchDays[t.Weekday()]
	}
	return t.Weekday().String()
}

// short is how many letters an abbreviated weekday has: ma, Mon.
func (w *Words) short() int {
	if w.Lang == "nl" {
		return 2
	}
	return 3
}

func (w *Words) months() []string {
	if w.Lang == "nl" {
		return dutchMonths
	}
	return englishMonths
}

// month is the name abbreviations are cut from: maart is mrt.
func (w *Words) month(t time.Time) string {
	if w.Lang == "nl" && t.Month() == time.March {
		return "mrt"
	}
	return w.months()[t.Month()-1]
}
