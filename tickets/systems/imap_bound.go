package systems

import (
	"errors"
	"io"
	"net"
	"regexp"
	"sync/atomic"
)

// bounded is a connection from which only so much is read, and nothing that the
// library is no match for: a server may promise literals of any size; for lists in
// lists it needs a stack, and the square of the time; and with a list among
// capabilities, where none belongs, it never ends (go-imap v2.0.0-beta.8).
type bounded struct {
	net.Conn
	in    io.Reader
	left  atomic.Int64 // bytes
	depth depth        // what was sent so far
}

// What is beyond a bound.
var (
	errTooLarge = errors.New("larger than what was asked for can be")
	errTooDeep  = errors.New("nested deeper than a mail can be, or where nothing is nested")
)

// allow lets the server send so many bytes from now on.
func (b *bounded) allow(n int64) { b.left.Store(n) }

// Read implements io.Reader. It is called by one goroutine at a time.
func (b *bounded) Read(p []byte) (int, error) {
	left := b.left.Load()
	if left <= 0 {
		return 0, errTooLarge
	}
	n, err := b.in.Read(p[:min(int64(len(p)), left)])
	b.left.Add(-int64(n))
	if !b.depth.pass(p[:n]) {
		return 0, errTooDeep
	}
	return n, err
}

// mostDepth is how deep lists may be nested.
const mostDepth = 200

// depth follows how deep lists are nested in what a server sends. It knows literals
// (RFC 3501 section 4.3): {3} at the end of a line, and so many bytes after it; and
// quoted strings, in which no line ends. What is said to people has neither.
type depth struct {
	lists   int
	line    []byte // how the response begins
	quoted  bool
	escaped bool   // the next byte of a quoted string means itself
	literal uint64 // bytes left of one
	size    uint64 // between braces
	state   byte   // '{' between braces, '}' just behind them
	matched int    // letters of CAPABILITY just read
	caps    bool   // among capabilities, until ] or the end of the line
}

const capability = "CAPABILITY"

// pass reports whether p may be let through.
func (d *depth) pass(p []byte) bool {
	for len(p) > 0 {
		if d.literal > 0 {
			n := min(d.literal, uint64(len(p)))
			d.literal -= n
			p = p[n:]
			continue
		}
		if d.quoted && (p[0] == '\r' || p[0] == '\n') {
			return false // the library would read on, for it another line is no end
		}
		d.next(p[0])
		if d.lists > mostDepth || d.caps && p[0] == '(' {
			return false
		}
		p = p[1:]
	}
	return true
}

func (d *depth) next(c byte) {
	if !d.quoted { // such as the name of what is attached
		d.letter(c)
	}
	if len(d.line) < lineMost {
		d.line = append(d.line, c)
	}
	switch {
	case d.escaped:
		d.escaped = false
	case d.quoted:
		d.quoted, d.escaped = c != '"', c == '\\'
	case c == '"' && !d.spoken():
		d.quoted, d.state = true, 0
	case c == '{':
		d.state, d.size = '{', 0
	case d.state == '{' && c >= '0' && c <= '9':
		d.size = min(d.size*10+uint64(c-'0'), 1<<40)
	case d.state == '{' && c == '}':
		d.state = '}'
	case d.state == '}' && c == '\r':
	case d.state == '}' && c == '\n' && !d.spoken():
		d.state, d.literal = 0, d.size
	case c == '\n': // a response ends
		d.state, d.lists, d.line = 0, 0, d.line[:0]
	default:
		d.state = 0
		if c == '(' {
			d.lists++
		}
		if c == ')' && d.lists > 0 {
			d.lists--
		}
	}
}

// letter notices the word CAPABILITY, and the end of what follows it.
func (d *depth) letter(c byte) {
	switch upper := c &^ 0x20; {
	case upper == capability[d.matched]:
		if d.matched++; d.matched == len(capability) {
			d.caps, d.matched = true, 0
		}
	case upper == capability[0]:
		d.matched = 1
	default:
		d.matched = 0
		d.caps = d.caps && c != ']' && c != '\n'
	}
}

// lineMost is how much of a response is looked at to tell what it is, in bytes: a tag
// of ours and the longest word of spoken.
const lineMost = 32

// spoken is how a response begins that ends with words for people (RFC 3501 sections
// 7.1 and 7.5): it goes to the end of its line, whatever stands in it.
var spoken = regexp.MustCompile(`(?i)^(\+|\S+ (OK|NO|BAD|BYE|PREAUTH)([^\w-]|$))`)

func (d *depth) spoken() bool { return spoken.Match(d.line) }
