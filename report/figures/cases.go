package figures

import "slices"

// work is what one computation shares.
type work struct {
	clock *clock
	now   int64 // Unix seconds
	scope Scope
}

// cases are the facts of one period that somebody may see, with what was worked out of
// each. They are cut by service, category and so on; a cut shares their rows.
type cases struct {
	period    Period
	reported  []*reportedTicket
	solved    []*solvedTicket
	incidents []*happened
	calls     []Calls
	givesAny  map[string]gives
	whole     bool // nothing was left out by a person's rights
	hidden    int
}

type reportedTicket struct {
	*Ticket
	reaction int64 // working seconds; -1: no answer
}

type solvedTicket struct {
	*Ticket
	working, clock int64 // seconds, waiting on the user taken off
}

type happened struct {
	*Incident
	opened         bool  // in the period
	working, clock int64 // seconds in the period in which it ran
	kept, missed   int   // promises due in the period
}

// gives says which fields the tickets of a source had in a period.
type gives struct {
	reported bool // it has tickets reported in the period
	answer   bool

	solved                                   bool // it has tickets solved in the period
	contacts, line, minutes, score, priority bool
}

func (w *work) cases(f *Facts, p Period) *cases {
	c := &cases{period: p, givesAny: map[string]gives{}, whole: w.scope.Sees == nil}
	w.addTickets(c, f)
	w.addIncidents(c, f)
	for _, x := range f.Calls {
		if p.holds(x.From) && c.whole {
			c.calls = append(c.calls, x)
		}
	}
	return c
}

func (w *work) addTickets(c *cases, f *Facts) {
	for n := range f.Reported {
		if t := &f.Reported[n]; c.period.holds(t.Reported) && w.sees(t.Location) {
			c.reported = append(c.reported, &reportedTicket{t, w.reaction(t)})
			g := c.givesAny[t.Source]
			g.reported, g.answer = true, g.answer || t.Answered != 0
			c.givesAny[t.Source] = g
		}
	}
	for n := range f.Solved {
		if t := &f.Solved[n]; c.period.holds(t.Solved) && w.sees(t.Location) {
			working, clock := w.resolution(t)
			c.solved = append(c.solved, &solvedTicket{t, working, clock})
			c.note(t)
		}
	}
}

func (w *work) addIncidents(c *cases, f *Facts) {
	for n := range f.Incidents {
		i := &f.Incidents[n]
		x := w.happened(i, c.period)
		switch {
		case x == nil || w.scope.Sees != nil && !w.scope.Sees(i.Locations):
		case i.Confidential && !w.scope.Confidential:
			if x.opened {
				c.hidden++
			}
		default:
			c.incidents = append(c.incidents, x)
		}
	}
}

func (w *work) sees(location string) bool {
	switch {
	case w.scope.Sees == nil:
		return true
	case location == "":
		return w.scope.Sees(nil)
	default:
		return w.scope.Sees([]string{location})
	}
}

// note takes down what the source of a solved ticket gives.
func (c *cases) note(t *Ticket) {
	g := c.givesAny[t.Source]
	g.solved = true
	g.contacts = g.contacts || t.Contacts != 0
	g.line = g.line || t.Line != 0
	g.minutes = g.minutes || t.Minutes != nil
	g.score = g.score || t.Satisfaction != nil
	g.priority = g.priority || t.Priority != ""
	c.givesAny[t.Source] = g
}

// reaction is the working time from the report to the first answer by a person.
func (w *work) reaction(t *Ticket) int64 {
	if t.Answered == 0 {
		return -1
	}
	return w.clock.between(t.Reported, t.Answered, t.Location)
}

// resolution is the time from the report to the end, less what it waited on the user.
func (w *work) resolution(t *Ticket) (working, clock int64) {
	working, clock = w.clock.between(t.Reported, t.Solved, t.Location), max(0, t.Solved-t.Reported)
	for _, s := range t.Waited {
		from, to := max(s[0], t.Reported), min(s[1], t.Solved)
		if to > from {
			working, clock = working-w.clock.between(from, to, t.Location), clock-(to-from)
		}
	}
	return working, clock
}

// happened is what an incident has to do with a period; nil: nothing.
func (w *work) happened(i *Incident, p Period) *happened {
	x := &happened{Incident: i, opened: p.holds(i.Opened)}
	to := i.Ended
	if to == 0 {
		to = w.now
	}
	from, to := max(i.Started, p.From.Unix()), min(to, p.To.Unix())
	if from < to {
		x.clock, x.working = to-from, w.clock.anywhere(from, to, i.Locations)
	}
	for _, promise := range i.Promises {
		switch {
		case !p.holds(promise.Due):
		case promise.Kept:
			x.kept++
		default:
			x.missed++
		}
	}
	if !x.opened && x.clock == 0 && x.kept+x.missed == 0 {
		return nil
	}
	return x
}

// only is the cases that keep a key of a dimension; those of incidents may have several.
func (c *cases) only(d Dimension, key string, of func(string) string) *cases {
	cut := &cases{period: c.period, givesAny: c.givesAny, whole: c.whole}
	for _, t := range c.reported {
		if of(d.ticket(t.Ticket)) == key {
			cut.reported = append(cut.reported, t)
		}
	}
	for _, t := range c.solved {
		if of(d.ticket(t.Ticket)) == key {
			cut.solved = append(cut.solved, t)
		}
	}
	if d == ByCategory {
		return cut
	}
	for _, i := range c.incidents {
		if slices.ContainsFunc(d.incident(i.Incident), func(id string) bool { return of(id) == key }) {
			cut.incidents = append(cut.incidents, i)
		}
	}
	return cut
}
