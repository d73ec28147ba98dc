package figures

import (
	"maps"
	"slices"
)

// reaction is of the tickets reported in the period that were answered.
func reaction(of statistic) func(*cases, *Figure) {
	return func(c *cases, f *Figure) {
		var values []float64
		for _, t := range c.reported {
			if t.reaction >= 0 {
				values = append(values, float64(t.reaction))
			}
		}
		f.take(values, of)
		f.leave(Unanswered, len(c.reported)-len(values))
		f.given(c, len(c.reported), func(g gives) bool { return g.answer })
	}
}

// resolution is of the tickets of one priority that were solved in the period.
func resolution(priority string, clock bool, of statistic) func(*cases, *Figure) {
	return func(c *cases, f *Figure) {
		var values []float64
		none := 0
		for _, t := range c.solved {
			switch {
			case t.Priority == "":
				none++
			case t.Priority != priority:
			case clock:
				values = append(values, float64(t.clock))
			default:
				values = append(values, float64(t.working))
			}
		}
		f.take(values, of)
		f.leave(NoPriority, none)
		if none == len(c.solved) {
			f.given(c, len(c.solved), func(g gives) bool { return g.priority })
		}
	}
}

// firstContact is the share of the tickets solved of which contacts and line are known
// that needed one contact, stayed on the first line and were not opened again within
// seven days.
func (c *cases) firstContact(f *Figure) {
	n, known := 0, 0
	for _, t := range c.solved {
		if t.Contacts == 0 || t.Line == 0 {
			continue
		}
		known++
		if t.Contacts == 1 && t.Line == 1 && !t.Soon {
			n++
		}
	}
	f.share(n, known)
	f.leave(FieldGone, len(c.solved)-known)
	f.given(c, len(c.solved), func(g gives) bool { return g.contacts && g.line })
}

// escalated is the share of the tickets solved of which the line is known that were
// ever on the second or a higher one.
func (c *cases) escalated(f *Figure) {
	n, known := 0, 0
	for _, t := range c.solved {
		if t.Line == 0 {
			continue
		}
		known++
		if t.Line >= 2 {
			n++
		}
	}
	f.share(n, known)
	f.leave(FieldGone, len(c.solved)-known)
	f.given(c, len(c.solved), func(g gives) bool { return g.line })
}

func (c *cases) reopened(f *Figure) {
	n := 0
	for _, t := range c.solved {
		if t.Again {
			n++
		}
	}
	f.share(n, len(c.solved))
}

// scores are those of one to five of the tickets solved; ten-point scales are left out.
func (c *cases) scores() (scores []float64, off int) {
	for _, t := range c.solved {
		switch s := t.Satisfaction; {
		case s == nil:
		case *s > 5:
			off++
		default:
			scores = append(scores, *s)
		}
	}
	return scores, off
}

// satisfaction is hidden below MinAnswers: a few answers are people, not a figure.
func satisfaction(of statistic) func(*cases, *Figure) {
	return func(c *cases, f *Figure) {
		scores, off := c.scores()
		f.leave(OffScale, off)
		if n := len(scores); n > 0 && n < MinAnswers {
			f.Missing = TooFew
			return
		}
		f.take(scores, of)
		f.given(c, len(c.solved), func(g gives) bool { return g.score })
	}
}

// satisfactionResponse is the share of the tickets solved with a score, of the sources
// that gave one at all. It is hidden with the scores.
func (c *cases) satisfactionResponse(f *Figure) {
	n, all := 0, 0
	for _, t := range c.solved {
		if !c.scored[t.Source] {
			continue
		}
		all++
		if t.Satisfaction != nil {
			n++
		}
	}
	if n > 0 && n < MinAnswers {
		f.Missing = TooFew
		return
	}
	f.share(n, all)
	f.given(c, len(c.solved), func(g gives) bool { return g.score })
}

func timeSpent(of statistic) func(*cases, *Figure) {
	return func(c *cases, f *Figure) {
		var values []float64
		for _, t := range c.solved {
			if t.Minutes != nil {
				values = append(values, *t.Minutes)
			}
		}
		f.take(values, of)
		f.leave(FieldGone, len(c.solved)-len(values))
		f.given(c, len(c.solved), func(g gives) bool { return g.minutes })
	}
}

// given says of a figure without a value, or of part of its cases, that it is the
// sources that do not give what it needs. n tickets it could be of.
func (f *Figure) given(c *cases, n int, does func(gives) bool) {
	if n == 0 {
		return
	}
	var not []string
	some := false
	for _, source := range slices.Sorted(maps.Keys(c.givesAny)) {
		if does(c.givesAny[source]) {
			some = true
		} else {
			not = append(not, source)
		}
	}
	switch {
	case len(not) == 0:
	case f.Value == nil && !some:
		f.Missing, f.MissingFrom = NotGiven, not
	default:
		f.LeavesUnsaid = not
	}
}

// Source says which fields a ticket source gave in the period.
type Source struct {
	Name  string
	Lacks []string // fields that none of its tickets had, in the order of the contract
}

func sourcesOf(c *cases) []Source {
	var out []Source
	for _, name := range slices.Sorted(maps.Keys(c.givesAny)) {
		g := c.givesAny[name]
		s := Source{Name: name}
		for _, f := range []struct {
			field string
			given bool
		}{{"first_response_at", g.answer}, {"priority", g.priority}, {"line", g.line}, {"contacts", g.contacts}, {"minutes_spent", g.minutes}, {"satisfaction", g.score}} {
			if !f.given {
				s.Lacks = append(s.Lacks, f.field)
			}
		}
		out = append(out, s)
	}
	return out
}
