package headstart

import (
	"testing"
	"time"
)

// What a ticket went through is read from its copies, in the order they came.
func TestCourse(t *testing.T) {
	at := func(hour float64) time.Time {
		return time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC).Add(time.Duration(hour * float64(time.Hour)))
	}
	open := func(hour float64) Ticket { return Ticket{Status: "open", UpdatedAt: at(hour)} }
	waiting := func(hour float64) Ticket {
		return Ticket{Status: "waiting", WaitingOn: "user", UpdatedAt: at(hour)}
	}
	solved := func(hour float64) Ticket {
		return Ticket{Status: "resolved", SolvedAt: at(hour), UpdatedAt: at(hour)}
	}
	status := func(hour float64) Ticket { return Ticket{Status: "closed", UpdatedAt: at(hour)} }
	counted := func(hour float64, n int) Ticket { x := solved(hour); x.Reopens = n; return x }
	on := func(hour float64, line int) Ticket { x := open(hour); x.Line = line; return x }
	for name, c := range map[string]struct {
		copies      []Ticket
		waited      time.Duration
		spells, top int
		again, soon bool
	}{
		"nothing to tell":              {copies: []Ticket{open(1), open(2), solved(3)}},
		"it waited twice":              {copies: []Ticket{open(1), waiting(2), waiting(3), open(4), waiting(6), solved(7.5)}, waited: 3*time.Hour + 30*time.Minute, spells: 2},
		"it waits still":               {copies: []Ticket{waiting(1), waiting(3)}, spells: 1},
		"waiting on the supplier":      {copies: []Ticket{{Status: "waiting", WaitingOn: "supplier", UpdatedAt: at(1)}, open(5)}},
		"back to the first line":       {copies: []Ticket{on(1, 1), on(2, 3), on(3, 1), on(4, 1)}, top: 3},
		"opened again soon":            {copies: []Ticket{open(1), solved(2), open(30), solved(31)}, again: true, soon: true},
		"opened again after 8 days":    {copies: []Ticket{open(1), solved(2), open(2 + 8*24), solved(2 + 9*24)}, again: true},
		"its copies never say when":    {copies: []Ticket{open(1), status(2), open(2 + 8*24), status(2 + 9*24)}, again: true},
		"soon, and nobody says when":   {copies: []Ticket{open(1), status(2), open(3)}, again: true, soon: true},
		"counted between two copies":   {copies: []Ticket{solved(2), counted(40, 1)}, again: true, soon: true},
		"counted before the first one": {copies: []Ticket{counted(2, 1)}, again: true, soon: true},
	} {
		var course *Course
		var was *Ticket
		for n := range c.copies {
			course = course.Follow(was, &c.copies[n], c.copies[n].UpdatedAt)
			was = &c.copies[n]
		}
		got := Course{}
		if course != nil {
			got = *course
		}
		sum := time.Duration(0)
		for _, s := range got.Waited {
			if !s.To.IsZero() {
				sum += s.To.Sub(s.From)
			}
		}
		if sum != c.waited || len(got.Waited) != c.spells || got.TopLine != c.top || got.Again != c.again || got.Soon != c.soon {
			t.Errorf("%s: %+v; want %s in %d spells, line %d, again %t, soon %t", name, got, c.waited, c.spells, c.top, c.again, c.soon)
		}
	}
}

// A course is never changed in place: rows and the state may hold the one before.
func TestCourseIsNewEachTime(t *testing.T) {
	at := time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	waits, goes := Ticket{WaitingOn: "user", UpdatedAt: at}, Ticket{UpdatedAt: at.Add(time.Hour)}
	first := (*Course)(nil).Follow(nil, &waits, at)
	second := first.Follow(&waits, &goes, at.Add(time.Hour))
	if !first.Waited[0].To.IsZero() || second.Waited[0].To.IsZero() {
		t.Errorf("first %+v, second %+v; only the second has an end", first, second)
	}
	var many *Course
	was := &goes
	for n := range 3 * MostSpells {
		w, g := waits, goes
		w.UpdatedAt, g.UpdatedAt = at.Add(time.Duration(2*n)*time.Hour), at.Add(time.Duration(2*n+1)*time.Hour)
		many = many.Follow(was, &w, w.UpdatedAt)
		many, was = many.Follow(&w, &g, g.UpdatedAt), &g
	}
	if len(many.Waited) != MostSpells {
		t.Errorf("%d spells are kept, want %d", len(many.Waited), MostSpells)
	}
}
