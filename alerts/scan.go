package alerts

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// posted is one alert of a body. Its strings point into the body: whoever keeps
// one clones it.
type posted struct {
	labels      []pair // sorted by name, empty values left out
	annotations []pair // sorted by name
	startsAt    time.Time
	endsAt      time.Time
	generator   string
	hasLabels   bool // false: the object had no labels, which is an error of the schema
}

type pair struct{ name, value string }

// value returns the value of the label name, or "".
func (p *posted) value(name string) string {
	for _, l := range p.labels {
		if l.name == name {
			return l.value
		}
	}
	return ""
}

// scanner reads the usual body, a list of flat alerts, in one pass and without
// allocating a string. It knows less JSON than encoding/json and never guesses:
// at anything unusual (a null, a key twice or in another case, an unknown key
// with a nested value, a surrogate escape, an odd date) it gives up, and decode
// reads the body again with encoding/json. So both agree by construction on
// what is an error, and FuzzPostAlerts compares them on what is not.
type scanner struct {
	s    string
	i    int
	pool []pair // labels and annotations of all alerts, to allocate in few pieces

	unescaped  strings.Builder // strings that held an escape, one after the other
	raw, plain string          // the last of them, to its quote, and what it says
}

// scanAlerts returns the alerts of body, which lie in the room, or false to have it decoded
// the slow way.
func scanAlerts(body string, in *room) ([]posted, bool) {
	if !utf8.ValidString(body) {
		return nil, false
	}
	s := scanner{s: body, pool: in.pairs}
	out := in.posted[:0]
	defer func() { in.pairs, in.posted = s.pool, out }()
	if !s.open('[') {
		return nil, false
	}
	for n := 0; ; n++ {
		more, ok := s.next(']', n)
		if !ok {
			return nil, false
		}
		if !more {
			break
		}
		out = append(out, posted{})
		if !s.alert(&out[n]) {
			return nil, false
		}
	}
	s.space()
	return out, s.i == len(s.s)
}

// alert reads one object.
func (s *scanner) alert(p *posted) bool {
	if !s.open('{') {
		return false
	}
	var seen [5]bool
	for n := 0; ; n++ {
		more, ok := s.next('}', n)
		if !ok || !more {
			return ok
		}
		key, ok := s.key()
		if !ok {
			return false
		}
		k := slices.Index(alertKeys[:], key)
		switch {
		case k < 0:
			ok = !almostKey(key) && s.skip()
		case seen[k]:
			ok = false
		default:
			seen[k] = true
			ok = s.field(p, alertKeys[k])
		}
		if !ok {
			return false
		}
	}
}

var alertKeys = [5]string{"labels", "annotations", "startsAt", "endsAt", "generatorURL"}

// almostKey reports whether encoding/json may take key for one of ours, though
// it is written otherwise.
func almostKey(key string) bool {
	return strings.ContainsFunc(key, func(r rune) bool { return r >= utf8.RuneSelf }) ||
		slices.ContainsFunc(alertKeys[:], func(a string) bool { return strings.EqualFold(a, key) })
}

// field reads the value of one of alertKeys into p.
func (s *scanner) field(p *posted, key string) (ok bool) {
	switch key {
	case "labels":
		p.hasLabels = true
		p.labels, ok = s.pairs(true)
	case "annotations":
		p.annotations, ok = s.pairs(false)
	case "startsAt":
		p.startsAt, ok = s.time()
	case "endsAt":
		p.endsAt, ok = s.time()
	case "generatorURL":
		p.generator, ok = s.string()
	}
	return ok
}

// pairs reads an object of strings and sorts it by name.
func (s *scanner) pairs(dropEmpty bool) ([]pair, bool) {
	if !s.open('{') {
		return nil, false
	}
	if cap(s.pool)-len(s.pool) < 32 {
		s.pool = make([]pair, 0, max(512, 2*cap(s.pool)))
	}
	from := len(s.pool)
	for n := 0; ; n++ {
		more, ok := s.next('}', n)
		if !ok {
			return nil, false
		}
		if !more {
			break
		}
		name, ok := s.key()
		if !ok {
			return nil, false
		}
		value, ok := s.string()
		if !ok {
			return nil, false
		}
		s.pool = append(s.pool, pair{name, value})
	}
	out := s.pool[from:len(s.pool):len(s.pool)]
	return arrange(out, dropEmpty)
}

// arrange sorts ps by name and leaves out empty values if asked; false if a
// name stands there twice.
func arrange(ps []pair, dropEmpty bool) ([]pair, bool) {
	byName := func(a, b pair) int { return strings.Compare(a.name, b.name) }
	if !slices.IsSortedFunc(ps, byName) {
		slices.SortFunc(ps, byName)
	}
	for i := 1; i < len(ps); i++ {
		if ps[i].name == ps[i-1].name {
			return nil, false
		}
	}
	if dropEmpty {
		ps = slices.DeleteFunc(ps, func(p pair) bool { return p.value == "" })
	}
	return ps, true
}

// time reads a string holding a date as Prometheus writes it.
func (s *scanner) time() (time.Time, bool) {
	text, ok := s.string()
	if !ok {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	return t.UTC(), err == nil
}

func (s *scanner) space() {
	for s.i < len(s.s) && (s.s[s.i] == ' ' || s.s[s.i] == '\n' || s.s[s.i] == '\t' || s.s[s.i] == '\r') {
		s.i++
	}
}

func (s *scanner) open(c byte) bool {
	s.space()
	if s.i >= len(s.s) || s.s[s.i] != c {
		return false
	}
	s.i++
	return true
}

// next steps to element n of a list or object that c closes; more is false at
// its end.
func (s *scanner) next(c byte, n int) (more, ok bool) {
	s.space()
	switch {
	case s.i >= len(s.s):
		return false, false
	case s.s[s.i] == c:
		s.i++
		return false, true
	case n == 0:
		return true, true
	case s.s[s.i] == ',':
		s.i++
		s.space()
		return true, s.i < len(s.s) && s.s[s.i] != c
	}
	return false, false
}

func (s *scanner) key() (string, bool) {
	k, ok := s.string()
	if !ok {
		return "", false
	}
	return k, s.open(':')
}

// string reads one string; it lies in the body unless it holds an escape.
func (s *scanner) string() (string, bool) {
	if !s.open('"') {
		return "", false
	}
	from := s.i
	for ; s.i < len(s.s); s.i++ {
		switch c := s.s[s.i]; {
		case c == '"':
			s.i++
			return s.s[from : s.i-1], true
		case c == '\\':
			return s.escaped(from)
		case c < ' ':
			return "", false
		}
	}
	return "", false
}

// escaped reads on at the first backslash of the string that began at from. The alerts of
// a request are mostly of one rule, whose address has escapes.
func (s *scanner) escaped(from int) (string, bool) {
	if s.raw != "" && strings.HasPrefix(s.s[from:], s.raw) {
		s.i = from + len(s.raw)
		return s.plain, true
	}
	b := &s.unescaped
	start := b.Len()
	b.WriteString(s.s[from:s.i])
	for s.i < len(s.s) {
		c := s.s[s.i]
		s.i++
		switch {
		case c == '"':
			s.raw, s.plain = s.s[from:s.i], b.String()[start:]
			return s.plain, true
		case c < ' ':
			return "", false
		case c != '\\':
			b.WriteByte(c)
			continue
		}
		r, ok := s.escape()
		if !ok {
			return "", false
		}
		b.WriteRune(r)
	}
	return "", false
}

// escape reads what follows a backslash.
func (s *scanner) escape() (rune, bool) {
	if s.i >= len(s.s) {
		return 0, false
	}
	c := s.s[s.i]
	s.i++
	if c == 'u' {
		return s.hex()
	}
	k := strings.IndexByte(`"\/bfnrt`, c)
	if k < 0 {
		return 0, false
	}
	return rune("\"\\/\b\f\n\r\t"[k]), true
}

// hex reads the four digits after \u; surrogates are left to encoding/json.
func (s *scanner) hex() (rune, bool) {
	if s.i+4 > len(s.s) {
		return 0, false
	}
	var r rune
	for _, c := range []byte(s.s[s.i : s.i+4]) {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	s.i += 4
	return r, r < 0xD800 || r > 0xDFFF
}

// skip passes over the value of an unknown key if it is a string.
func (s *scanner) skip() bool {
	_, ok := s.string()
	return ok
}
