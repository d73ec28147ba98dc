package headstart

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Offset is the position of a record in the log: the millisecond the log
// accepted it and a sequence number within it. It is the engine's only clock.
// The zero Offset stands before the first record.
type Offset struct{ Ms, Seq uint64 }

// String renders o as Redis writes a stream id, "1795295378324-0".
func (o Offset) String() string { return fmt.Sprintf("%d-%d", o.Ms, o.Seq) }

// Compare orders offsets as the log does.
func (o Offset) Compare(p Offset) int {
	return cmp.Or(cmp.Compare(o.Ms, p.Ms), cmp.Compare(o.Seq, p.Seq))
}

// Before reports whether o stands before p.
func (o Offset) Before(p Offset) bool { return o.Compare(p) < 0 }

// At is the time of the log clock at o, in UTC.
func (o Offset) At() time.Time { return time.UnixMilli(int64(o.Ms)).UTC() }

// ParseOffset reads what String writes.
func ParseOffset(s string) (Offset, error) {
	ms, seq, ok := strings.Cut(s, "-")
	if !ok {
		return Offset{}, fmt.Errorf("offset %q: want MILLISECONDS-SEQUENCE", s)
	}
	m, err := strconv.ParseUint(ms, 10, 64)
	if err != nil {
		return Offset{}, fmt.Errorf("offset %q: %w", s, err)
	}
	n, err := strconv.ParseUint(seq, 10, 64)
	if err != nil {
		return Offset{}, fmt.Errorf("offset %q: %w", s, err)
	}
	return Offset{Ms: m, Seq: n}, nil
}

// Cursor is how far the engine has come (ruling 1): Off is the last record
// applied whole, Part the number of units (timers, lines) applied of the next
// one. A commit moves it; a restart resumes at it.
type Cursor struct {
	Off  Offset
	Part uint32
}

// String renders c as "1795295378324-0/3".
func (c Cursor) String() string { return c.Off.String() + "/" + strconv.FormatUint(uint64(c.Part), 10) }

// Compare orders cursors as the log does.
func (c Cursor) Compare(d Cursor) int {
	return cmp.Or(c.Off.Compare(d.Off), cmp.Compare(c.Part, d.Part))
}

// ParseCursor reads what String writes.
func ParseCursor(s string) (Cursor, error) {
	off, part, ok := strings.Cut(s, "/")
	if !ok {
		return Cursor{}, fmt.Errorf("cursor %q: want OFFSET/PART", s)
	}
	o, err := ParseOffset(off)
	if err != nil {
		return Cursor{}, err
	}
	p, err := strconv.ParseUint(part, 10, 32)
	if err != nil {
		return Cursor{}, fmt.Errorf("cursor %q: %w", s, err)
	}
	return Cursor{Off: o, Part: uint32(p)}, nil
}

// MarshalText writes a cursor as String does.
func (c Cursor) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (c *Cursor) UnmarshalText(b []byte) (err error) { *c, err = ParseCursor(string(b)); return err }

// Entry is one record as the log (or the feed) returns it.
type Entry struct {
	Off  Offset
	Data []byte // of the log: what Record.Encode wrote; of the feed: a FeedEntry
}

// SideText is ticket text kept beside the log, never in it (ruling 7). The store
// deletes it, and every copy of it, once the day of Until is past.
type SideText struct {
	Kind  string // "title" or "text": each has a retention of its own
	Key   string // source/id of the ticket
	Value []byte
	Until time.Time
}

// Append is one record to append, with the text that goes beside it.
type Append struct {
	Data []byte
	Text []SideText
	Once *Once // nil: the record is added whatever others wrote

	// First has it go before what else waits to be appended: the end of an alert, what a
	// person does, what became of a message. All of it is little, and makes less.
	First bool
}

// Once keeps replicas that hear the same from writing it once each. A record of which
// a piece is the newest word of the log on its subject already is not added: its offset
// is zero, Said names the pieces, and the caller appends what is left.
type Once struct {
	Pieces []Piece
	Said   []int // set by the append: indexes of Pieces
}

// Piece is what a record says on one subject, both as hashes. Word 0 is never said
// already: it only ends what was said on the subject before.
type Piece struct{ Subject, Word uint64 }

// MaxPieces is how many pieces one record may have.
const MaxPieces = 256

// Token proves leadership. Epoch orders leaders for people and logs; the nonce
// never repeats, though an asynchronous failover may hand an epoch out twice;
// Incarnation names the server the state was loaded from, so that a commit of
// an event the server has lost since is refused.
type Token struct {
	Epoch       uint64
	Nonce       string
	Incarnation string
}

// OpKind says what an Op does.
type OpKind byte

// The kinds of Op.
const (
	Put    OpKind = 'P' // table[key] = val
	Delete OpKind = 'D'
)

// Op changes one row of a state table.
type Op struct {
	Kind  OpKind
	Table string
	Key   string
	Val   []byte
}

// Rows are changed rows as they stood when they were taken.
type Rows interface {
	// Ops writes them, on any goroutine, once. The list and its values are the
	// caller's until Empty.
	Ops() []Op

	// Empty forgets them, once, on any goroutine; their memory serves when they are given
	// back to be filled again.
	Empty()
}

// Owed is one message in the outbox. Its ID derives from content only (ruling 6):
// uid/audience/update/channel/recipient group. Writing the same ID again
// replaces message and due time, which is how a retry is put off.
type Owed struct {
	ID   string
	Due  time.Time
	Data []byte // a Notice; of one that a store returned it must not be changed
}

// Batch is everything one commit changes; a store makes all of it visible or
// none. It holds at most 256 operations (Ops, Out and Ack together), except
// that a single unit may exceed that rather than be torn. A store keeps nothing of
// Ops and Feed once Commit returns: the next batch is written into the same memory.
type Batch struct {
	Token Token
	Prev  Cursor // compare-and-set on the stored cursor
	Next  Cursor // equal to Prev in a batch that only deletes expired rows
	Ops   []Op
	Out   []Owed
	Ack   []string // outbox ids done with
	Feed  [][]byte // FeedEntry each
}

// MaxOps is how many operations one commit may carry (ruling 1).
const MaxOps = 256

// MaxUnit is how many operations one unit may have: a due timer, an alert line, a
// ticket. What is larger goes on in units of its own (ruling 1).
const MaxUnit = 200

// Errors of a store's Commit, Renew and Append that callers branch on.
var (
	ErrFenced  = errors.New("another engine holds the lease")
	ErrGap     = errors.New("the store is not what the engine loaded")
	ErrFull    = errors.New("the store has no room") // ingest answers 503
	ErrDown    = errors.New("the store does not answer")
	ErrRefused = errors.New("the store cannot be used as it is")

	// ErrUnconfirmed is of a Barrier: what was committed may be on one server only.
	ErrUnconfirmed = errors.New("no replica has confirmed what was written")
)

// Row is one row of a state table. Val is JSON carrying `"v":1`.
type Row struct {
	Key string          `json:"k"`
	Val json.RawMessage `json:"d,omitempty"`
}
