package figures

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Asked is what a query asks for.
type Asked struct {
	Period Period
	By     Dimension
}

// Mistake is one thing wrong with a query. Text says what to write.
type Mistake struct{ Field, Text string }

// Read reads a query: from and to, days that are both included, or period (week month
// quarter year) and on, a day in it; by. Without any it is the month of now. Times are
// those of now's zone.
func Read(q url.Values, now time.Time) (Asked, []Mistake) {
	var wrong []Mistake
	add := func(field, format string, args ...any) {
		wrong = append(wrong, Mistake{field, fmt.Sprintf(format, args...)})
	}
	day := func(field string, or time.Time) time.Time {
		s := q.Get(field)
		if s == "" {
			return or
		}
		t, err := time.ParseInLocation(time.DateOnly, s, now.Location())
		if err != nil || t.Year() < 1970 || t.Year() > 2199 {
			add(field, "%.30q is no day; write one as 2026-11-23", s)
			return or
		}
		return t
	}
	a := Asked{By: Dimension(q.Get("by"))}
	if a.By != "" && !slices.Contains(Dimensions(), a.By) {
		add("by", "%.30q is none; write service, category, department, location or month", string(a.By))
	}
	kind := Kind(q.Get("period"))
	if kind != "" && !slices.Contains(Kinds(), kind) {
		add("period", "%.30q is none; write week, month, quarter or year", string(kind))
	}
	if q.Get("from") == "" && q.Get("to") == "" {
		a.Period = Around(kind, day("on", now))
		return a, wrong
	}
	if kind != "" || q.Get("on") != "" {
		add("period", "stands beside from and to; write one of the two")
	}
	from, to := day("from", now), day("to", now)
	if q.Get("from") == "" {
		add("from", "is missing; write the first day, or period=month")
	}
	var err error
	if a.Period, err = Between(from, to); err != nil {
		add("to", "%s", strings.TrimPrefix(err.Error(), "the period "))
		a.Period = Around(Month, now)
	}
	return a, wrong
}
