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
		f.given(c, func(g gives) (of, has bool) { return g.reported, g.answer })
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
			f.given(c, func(g gives) (of, has bool) { return g.solved, g.priority })
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
	f.given(c, func(g gives) (of, has bool) { return g.solved, g.contacts && g.line })
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
	f.given(c, func(g gives) (of, has bool) { return g.solved, g.line })
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

// scores are those of one to five of the tickets solved. What lies outside is of another
// scale, or zero for no answer, and is left out.
func (c *cases) scores() (scores []float64, off int) {
	for _, t := range c.solved {
		switch s := t.Satisfaction; {
		case s == nil:
		case *s < 1, *s > 5:
			off++
		default:
			scores = append(scores, *s)
		}
	}
	return scores, off
}

// satisfaction is hidden below minAnswers: a few answers are people, not a figure.
func satisfaction(of statistic) func(*cases, *Figure) {
	return func(c *cases, f *Figure) {
		scores, off := c.scores()
		f.leave(OffScale, off)
		if n := len(scores); n > 0 && n < minAnswers {
			f.Missing = TooFew
			return
		}
		f.take(scores, of)
		f.given(c, func(g gives) (of, has bool) { return g.solved, g.score })
	}
}

// satisfactionResponse is the share of the tickets solved with a score, of the sources
// that gave one at all. It is hidden with the scores.
func (c *cases) satisfactionResponse(f *Figure) {
	n, all := 0, 0
	for _, t := range c.solved {
		if !c.givesAny[t.Source].score {
			continue
		}
		all++
		if t.Satisfaction != nil && *t.Satisfaction >= 1 {
			n++
		}
	}
	if n > 0 && n < minAnswers {
		f.Missing = TooFew
		return
	}
	f.share(n, all)
	f.given(c, func(g gives) (of, has bool) { return g.solved, g.score })
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
		f.given(c, func(g gives) (of, has bool) { return g.solved, g.minutes })
	}
}

// given says of a figure without a value, or of part of its cases, that it is the
// sources that do not give what it needs. field reports whether a source has tickets
// that it could be of, and whether any of them has the field.
func (f *Figure) given(c *cases, field func(gives) (of, has bool)) {
	var not []string
	some := false
	for _, source := range slices.Sorted(maps.Keys(c.givesAny)) {
		switch of, has := field(c.givesAny[source]); {
		case !of:
		case has:
			some = true
		default:
			not = append(not, source)
		}
	}
	switch {
	case len(not) == 0 || len(c.reported)+len(c.solved) == 0:
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
			field     string
			of, given bool
		}{
			{"first_response_at", g.reported, g.answer},
			{"priority", g.solved, g.priority},
			{"line", g.solved, g.line},
			{"contacts", g.solved, g.contacts},
			{"minutes_spent", g.solved, g.minutes},
			{"satisfaction", g.solved, g.score},
		} {
			if f.of && !f.given {
				s.Lacks = append(s.Lacks, f.field)
			}
		}
		out = append(out, s)
	}
	return out
}
