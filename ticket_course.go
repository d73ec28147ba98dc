package headstart

import "time"

// Course is what a ticket's earlier copies told and its last one does not: a ticket
// system shows how a ticket stands, figures need how it went.
type Course struct {
	// Waited are the spells in which it waited on its user, oldest first. Each begins
	// and ends with the copy that first said so, at most MostSpells of them.
	Waited []Spell `json:"waited,omitempty"`

	TopLine int       `json:"top_line,omitempty"` // the highest line it was on before; 0: no higher than now
	Solved  time.Time `json:"solved,omitzero"`    // when it was last called solved, if its copy did not say
	Again   bool      `json:"again,omitempty"`    // it was opened again after it had been called solved

	// Soon says that it was opened again within SoonAgain of being called solved, or
	// nobody knows when.
	Soon bool `json:"soon,omitempty"`
}

// Spell is a stretch of time; a zero To says that it still runs.
type Spell struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to,omitzero"`
}

const (
	// MostSpells is how many spells of one ticket are kept. What waits on its user
	// more often than that is counted as ours from then on.
	MostSpells = 50

	// SoonAgain is within which time a ticket that is opened again was not solved at
	// the first contact.
	SoonAgain = 7 * 24 * time.Hour
)

// Follow returns the course of a ticket whose copy was is followed by is, at now on
// the log's clock; was is nil for the first copy. Nil: there is nothing to tell. c is
// left as it is.
func (c *Course) Follow(was, is *Ticket, now time.Time) *Course {
	next := Course{}
	if c != nil {
		next = *c
		next.Waited = append([]Spell(nil), c.Waited...)
	}
	at := is.UpdatedAt // the copy's own clock: it may have been read much later
	if at.IsZero() || at.After(now) {
		at = now
	}
	if was != nil && was.Line > is.Line {
		next.TopLine = max(next.TopLine, was.Line)
	}
	next.reopen(was, is, at)
	next.wait(is, at)
	if len(next.Waited) == 0 && next.TopLine <= is.Line && next.Solved.IsZero() && !next.Again {
		return nil
	}
	return &next
}

// reopen takes note of an end, and of one that was taken back.
func (c *Course) reopen(was, is *Ticket, at time.Time) {
	ended, before, counted := c.Solved, false, 0
	if was != nil {
		before, counted = was.Solved(), was.Reopens
		if !was.SolvedAt.IsZero() {
			ended = was.SolvedAt
		}
	}
	if is.Reopens > counted || before && !is.Solved() {
		c.Again = true
		c.Soon = c.Soon || ended.IsZero() || at.Sub(ended) <= SoonAgain
	}
	if is.Solved() && is.SolvedAt.IsZero() && !before {
		c.Solved = at
	}
	if !is.SolvedAt.IsZero() {
		c.Solved = time.Time{}
	} else if before && !is.Solved() {
		c.Solved = ended // its copies name it no longer; a count of reopens may follow later
	}
}

// wait begins or ends a spell.
func (c *Course) wait(is *Ticket, at time.Time) {
	waits := is.WaitingOn == "user" && !is.Solved()
	last := len(c.Waited) - 1
	runs := last >= 0 && c.Waited[last].To.IsZero()
	switch {
	case waits && !runs && len(c.Waited) < MostSpells:
		c.Waited = append(c.Waited, Spell{From: at})
	case !waits && runs:
		if is.Solved() && !is.SolvedAt.IsZero() && is.SolvedAt.Before(at) {
			at = is.SolvedAt
		}
		if !at.After(c.Waited[last].From) {
			c.Waited = c.Waited[:last]
			return
		}
		c.Waited[last].To = at
	}
}
