package ical

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

// Occurrence is one time an event comes.
type Occurrence struct {
	Event *Event

	// Original is the start the event's rule gave it: it stays when the occurrence
	// is moved. Zero: the event comes once.
	Original time.Time

	Start, End time.Time
}

// Left is an event that was left out, and why.
type Left struct{ UID, Why string }

// Occurrences are all times the events come that overlap from to to, by start.
// A series with anything unclear in it is left out whole. The error is that of
// ctx: a rule may take long to find that it never comes.
func Occurrences(ctx context.Context, events []Event, from, to time.Time) ([]Occurrence, []Left, error) {
	var out []Occurrence
	var left []Left
	for _, s := range gather(events) {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		if why := s.unclear(); why != "" {
			left = append(left, Left{s.uid, why})
			continue
		}
		found, why := s.between(from, to)
		if why != "" {
			left = append(left, Left{s.uid, why})
			continue
		}
		out = append(out, found...)
	}
	slices.SortStableFunc(out, func(a, b Occurrence) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Event.UID, b.Event.UID))
	})
	return out, left, nil
}

// series are all events of one UID: the event and what replaces single
// occurrences of it.
type series struct {
	uid      string
	event    *Event
	replaced map[int64]*Event // by Unix second of the original start
}

// gather puts events together by UID, in the order of the file. Of two versions
// the one with the higher sequence counts, of equals the later.
func gather(events []Event) []*series {
	var out []*series
	byUID := map[string]*series{}
	for i := range events {
		e := &events[i]
		s := byUID[e.UID]
		if s == nil {
			s = &series{uid: e.UID, replaced: map[int64]*Event{}}
			byUID[e.UID] = s
			out = append(out, s)
		}
		if e.Replaces.IsZero() {
			s.event = newer(s.event, e)
		} else {
			s.replaced[e.Replaces.Unix()] = newer(s.replaced[e.Replaces.Unix()], e)
		}
	}
	return out
}

func newer(a, b *Event) *Event {
	if a == nil {
		return b
	}
	m, _ := strconv.Atoi(a.Sequence)
	n, _ := strconv.Atoi(b.Sequence)
	if m > n {
		return a
	}
	return b
}

func (s *series) unclear() string {
	if s.event != nil && s.event.Unclear != "" {
		return s.event.Unclear
	}
	for _, at := range slices.Sorted(maps.Keys(s.replaced)) {
		if why := s.replaced[at].Unclear; why != "" {
			return why
		}
	}
	return ""
}

func (s *series) between(from, to time.Time) (out []Occurrence, why string) {
	if s.event != nil && !s.event.Cancelled {
		starts, why := s.event.starts(from.Add(-s.event.End.Sub(s.event.Start)-time.Hour), to)
		if why != "" {
			return nil, why
		}
		for _, at := range starts {
			if s.replaced[at.Unix()] == nil && !s.event.leavesOut(at) {
				out = append(out, s.event.on(at))
			}
		}
	}
	for _, e := range s.replaced {
		if !e.Cancelled {
			out = append(out, Occurrence{Event: e, Original: e.Replaces, Start: e.Start, End: e.End})
		}
	}
	out = slices.DeleteFunc(out, func(o Occurrence) bool { return !o.End.After(from) || !o.Start.Before(to) })
	slices.SortFunc(out, func(a, b Occurrence) int {
		return cmp.Or(a.Start.Compare(b.Start), a.Original.Compare(b.Original))
	})
	return out, ""
}

// on is the occurrence that begins at at.
func (e *Event) on(at time.Time) Occurrence {
	o := Occurrence{Event: e, Start: at, End: at.Add(e.End.Sub(e.Start))}
	if e.Days > 0 {
		o.End = at.AddDate(0, 0, e.Days)
	}
	if e.comesAgain() {
		o.Original = at
	}
	return o
}

func (e *Event) comesAgain() bool { return e.Rule != "" || len(e.Also) > 0 }

func (e *Event) leavesOut(at time.Time) bool {
	return slices.ContainsFunc(e.Except, func(m Moment) bool {
		return m.At.Equal(at) || (m.Date && at.In(m.At.Location()).Format(time.DateOnly) == m.At.Format(time.DateOnly))
	})
}

// starts are the starts from from to to.
func (e *Event) starts(from, to time.Time) ([]time.Time, string) {
	out := []time.Time{e.Start}
	if e.Rule != "" {
		rule, why := e.rule()
		if why != "" {
			return nil, why
		}
		out = rule.Between(from, to, true)
	}
	out = append(out, e.Also...)
	slices.SortFunc(out, time.Time.Compare)
	return slices.CompactFunc(out, time.Time.Equal), ""
}

// rule reads RRULE. Work is not planned by the hour: rules finer than a day
// would only cost time.
func (e *Event) rule() (*rrule.RRule, string) {
	const why = "a rule of recurrence that cannot be read"
	if len(e.Rule) > 500 {
		return nil, why
	}
	o, err := rrule.StrToROptionInLocation(strings.ToUpper(e.Rule), e.Start.Location())
	if err != nil {
		return nil, why
	}
	if o.Freq > rrule.DAILY || len(o.Byhour)+len(o.Byminute)+len(o.Bysecond) > 0 {
		return nil, "a rule of recurrence finer than a day"
	}
	o.Dtstart = e.Start
	r, err := rrule.NewRRule(*o)
	if err != nil {
		return nil, why
	}
	return r, ""
}
