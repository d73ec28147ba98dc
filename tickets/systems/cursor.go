package systems

import (
	"cmp"
	"slices"
	"time"
)

// firstRead is how far back the first read looks, for tickets not done yet.
const firstRead = 14 * 24 * time.Hour

// Cursor is a place in the list of changes. Between walks only Since is set, to
// the latest change seen by the server's own clock, so that a clock of ours that
// is off does no harm. It never moves on an error. The zero Cursor is the start.
//
// A walk is never by page number alone: a ticket that changes meanwhile moves to
// the end of the list, and the one that takes its place would be skipped for good.
type Cursor struct {
	Since time.Time `json:"since,omitzero"`
	First bool      `json:"first,omitempty"` // only what is not done is read

	// Within a walk: the next page begins after (From, After); where a system
	// cannot say that, it is page number Page of what changed since From.
	From  time.Time `json:"from,omitzero"`
	After string    `json:"after,omitempty"`
	High  time.Time `json:"high,omitzero"` // the latest change of this walk

	Places string `json:"places,omitempty"` // how far each folder was read, of systems that number instead of dating; their own word
	Page   int    `json:"page,omitempty"`
	Token  string `json:"token,omitempty"` // the server's word for that page, where pages have no number
}

// Begin starts a walk that goes overlap further back than the last one ended:
// what was written late, or indexed late, must not be missed.
func (c Cursor) Begin(now time.Time, overlap time.Duration) Cursor {
	if !c.From.IsZero() {
		return c // a walk that was broken off goes on
	}
	if c.Since.IsZero() {
		return Cursor{First: true, From: now.Add(-firstRead)}
	}
	return Cursor{Since: c.Since, From: c.Since.Add(-overlap), Places: c.Places}
}

// keyset moves on for a system that can continue after (time, id).
func (c Cursor) keyset(rows []Ticket, more bool) Cursor {
	c = c.seen(rows)
	switch {
	case !more:
		return c.end()
	case len(rows) == 0: // all rows of the page are hidden from our user
		c.Page = max(c.Page, 1) + 1
	default:
		last := rows[len(rows)-1]
		c.From, c.After, c.Page = last.Updated, last.ID, 0
	}
	return c
}

// restart moves on for a system that cannot: the next page begins at the time of
// the last row, and pages are counted only while one holds a single time.
func (c Cursor) restart(rows []Ticket, more bool) Cursor {
	c = c.seen(rows)
	if !more {
		return c.end()
	}
	if n := len(rows); n > 0 && rows[n-1].Updated.After(c.From) {
		c.From, c.Page = rows[n-1].Updated, 0
		return c
	}
	c.Page = max(c.Page, 1) + 1
	return c
}

// numbered moves on by page number, for a list whose order a change of a ticket
// does not touch: by creation. A ticket that comes into it meanwhile makes others
// be read twice; only one deleted meanwhile could hide another.
func (c Cursor) numbered(rows []Ticket, more bool) Cursor {
	c = c.seen(rows)
	if !more {
		return c.end()
	}
	c.Page = c.page() + 1
	return c
}

func (c Cursor) seen(rows []Ticket) Cursor {
	for i := range rows {
		if rows[i].Updated.After(c.High) {
			c.High = rows[i].Updated
		}
	}
	return c
}

// end finishes a walk. One that saw nothing stays where it began.
func (c Cursor) end() Cursor {
	high := c.High
	if high.Before(c.Since) {
		high = c.Since
	}
	if high.IsZero() {
		high = c.From
	}
	return Cursor{Since: high}
}

// page is the number of the page to ask for, from 1.
func (c Cursor) page() int { return max(c.Page, 1) }

// inOrder sorts rows as the walk needs them, for servers that sort by time only.
func inOrder(rows []Ticket) {
	slices.SortStableFunc(rows, func(a, b Ticket) int { return cmp.Or(a.Updated.Compare(b.Updated), cmp.Compare(a.ID, b.ID)) })
}
