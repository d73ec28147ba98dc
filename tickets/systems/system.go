// Package systems speaks with ticket systems: it reads what users report, and
// writes back what is decided about it.
//
// Polling is the truth and hooks are hints. Whatever is written carries a mark
// that is looked for before and read back after, so that a repeat writes nothing
// twice. Of whoever reported only a keyed hash leaves this package; nothing of a
// ticket, and no secret, is ever part of an error.
package systems

import (
	"context"
	"net/http"
	"time"
)

// System is one ticket system. Its methods fail with the errors of this package;
// what a system cannot do it says in Caps and answers with ErrUnsupported.
type System interface {
	Caps() Caps

	// Check looks at rights, fields, clock and time zone, and changes nothing.
	Check(ctx context.Context) (Report, error)

	// Changes returns the next page of tickets changed since c, in order of change.
	Changes(ctx context.Context, c Cursor) (Page, error)

	// Get returns one ticket; if it went into another, Merged says which.
	Get(ctx context.Context, id string) (Ticket, error)

	Writer

	// Hint returns the ids of the tickets a hook speaks of, and takes nothing else of
	// its body. Unless the sender is known, having shown a token, the hook must
	// prove itself first.
	Hint(h http.Header, body []byte, now time.Time, known bool) ([]string, error)
}

// Writer is what writing back is made of. Perform puts it in the right order.
type Writer interface {
	// Noted reports whether ticket id holds what bears mark.
	Noted(ctx context.Context, id, mark string) (bool, error)
	Note(ctx context.Context, id string, n Note) error

	Linked(ctx context.Context, id string, to Target) (bool, error)
	Link(ctx context.Context, id string, to Target) error
	Unlink(ctx context.Context, id string, to Target) error

	// Made returns the id of what was made with mark, empty if there is none.
	Made(ctx context.Context, kind, mark string) (string, error)
	Make(ctx context.Context, d Draft) (id string, err error)
}

// Caps is what a system can do.
type Caps struct {
	Note    bool          // write what only the desk reads
	Reply   bool          // write what the user reads, who is mailed
	Parent  bool          // hang a ticket under another
	Page    bool          // link a ticket to a web page
	Make    bool          // make a ticket
	Problem bool          // make a problem
	Outage  bool          // record an outage of what fails
	Find    bool          // what bears a mark can be found again; else writing is at most once
	Signed  bool          // hooks prove themselves by a signature
	Deleted bool          // what was deleted is told
	Lag     time.Duration // how long its search may lag behind; the overlap is no shorter
}

// Ticket is a ticket as its system shows it, in our words. What the system does
// not know stays zero.
type Ticket struct {
	ID     string
	Number string // as people say it; never a key
	Title  string
	Body   string // plain text

	Requester  string // keyed hash
	Shared     bool   // the requester calls for others
	Department string
	Location   string

	Category     string
	Priority     string // P1 to P4
	Native       string // the system's own word for the status
	Status       string // new open waiting resolved closed deleted
	WaitingOn    string // us user supplier
	Channel      string // phone mail chat portal walk_in monitoring
	SupportGroup string
	Line         int
	Reopens      int
	Minutes      *float64
	URL          string

	Created, Updated, Reported, FirstResponse, Solved time.Time

	Merged string // the id it lives under now
	Ours   bool   // we made it: it is no report of a user
}

// Page is one page of changes. More says that Next leads to another; a page may
// be empty and have more behind it.
type Page struct {
	Tickets []Ticket
	Next    Cursor
	More    bool
}

// Note is a text for a ticket, with the mark it is found by. The mark is ASCII
// without quotes and at most 100 bytes.
type Note struct {
	Mark   string
	Title  string // one line, where the system has room for it
	Text   string // plain
	Public bool   // the user reads it
}

// Target is what a ticket is linked to: another ticket, or a page.
type Target struct {
	Ticket string
	Page   string
	Title  string // of the page
}

// Draft is a ticket to make.
type Draft struct {
	Mark     string
	Kind     string // ticket, problem or outage
	Title    string
	Text     string
	Priority string
	Since    time.Time // when it began
	Asset    string    // the probable cause, if one is known
}

// Report is what Check found.
type Report struct {
	Version string
	Skew    time.Duration // the server's clock minus ours
	Queues  []string      // those our user can see, if the system tells
	Inbound []string      // addresses whose mail becomes a ticket, if the system tells
	Lacks   []string      // each a sentence with its remedy
	Expires time.Time     // of the secret; zero: not known
}

func (r *Report) lack(sentence string) { r.Lacks = append(r.Lacks, sentence) }
