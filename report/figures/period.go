package figures

import (
	"fmt"
	"time"
)

// Period is some whole days, local to a zone.
type Period struct {
	From, To time.Time // From's midnight, and the midnight after the last day
	Kind     Kind
}

// Kind says what people call a period.
type Kind string

// The kinds of period; a Span is any other run of days.
const (
	Week    Kind = "week" // from Monday
	Month   Kind = "month"
	Quarter Kind = "quarter"
	Year    Kind = "year"
	Span    Kind = "span"
)

// Kinds lists the kinds that have a name, the shortest first.
func Kinds() []Kind { return []Kind{Week, Month, Quarter, Year} }

// longestDays bounds a period: two years and a day.
const longestDays = 732

// Around is the period of a kind that t lies in.
func Around(kind Kind, t time.Time) Period {
	y, m, d := t.Date()
	var from time.Time
	switch kind {
	case Week:
		from = date(t, y, m, d-int(t.Weekday()+6)%7)
	case Quarter:
		from = date(t, y, (m-1)/3*3+1, 1)
	case Year:
		from = date(t, y, 1, 1)
	default:
		kind, from = Month, date(t, y, m, 1)
	}
	p := Period{From: from, Kind: kind}
	p.To = p.step(1)
	return p
}

// Between is the period from the day of from to the day of to, both included. One that
// is a whole month, quarter, year or week is called so.
func Between(from, to time.Time) (Period, error) {
	y, m, d := from.Date()
	from = date(from, y, m, d)
	y, m, d = to.In(from.Location()).Date()
	p := Period{From: from, To: date(from, y, m, d+1), Kind: Span}
	switch days := p.Days(); {
	case days < 1:
		return Period{}, fmt.Errorf("the period ends before it begins: %s to %s; swap the two", from.Format(time.DateOnly), to.Format(time.DateOnly))
	case days > longestDays:
		return Period{}, fmt.Errorf("the period has %d days; ask for at most %d", days, longestDays)
	}
	for _, kind := range Kinds() {
		if whole := Around(kind, from); whole.From.Equal(p.From) && whole.To.Equal(p.To) {
			return whole, nil
		}
	}
	return p, nil
}

// Before is the period before p: the month before a month, and as many days before any
// other span.
func (p Period) Before() Period {
	return Period{From: p.step(-1), To: p.From, Kind: p.Kind}
}

// After is the period after p, in the same way.
func (p Period) After() Period {
	next := Period{From: p.To, Kind: p.Kind}
	if p.Kind == Span {
		y, m, d := p.To.Date()
		next.To = date(p.To, y, m, d+p.Days())
		return next
	}
	next.To = next.step(1)
	return next
}

// step is the beginning of p moved by n periods of its kind.
func (p Period) step(n int) time.Time {
	y, m, d := p.From.Date()
	switch p.Kind {
	case Week:
		d += 7 * n
	case Month:
		m += time.Month(n)
	case Quarter:
		m += time.Month(3 * n)
	case Year:
		y += n
	default:
		d += n * p.Days()
	}
	return date(p.From, y, m, d)
}

// Days is how many days p has.
func (p Period) Days() int {
	return dayOf(p.To.Unix(), p.To.Location()) - dayOf(p.From.Unix(), p.From.Location())
}

// Last is the last day of p.
func (p Period) Last() time.Time {
	y, m, d := p.To.Date()
	return date(p.To, y, m, d-1)
}

// holds reports whether a time in Unix seconds lies in p; 0 does not.
func (p Period) holds(t int64) bool { return t != 0 && t >= p.From.Unix() && t < p.To.Unix() }

func date(like time.Time, y int, m time.Month, d int) time.Time {
	return time.Date(y, m, d, 0, 0, 0, 0, like.Location())
}
