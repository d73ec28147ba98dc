package headstart

import (
	"encoding/json"
	"unicode/utf8"
)

// AppendText appends s as a string of JSON, the bytes encoding/json gives. Rows are full
// of short plain words, and a storm writes millions of them.
func AppendText(b []byte, s string) []byte {
	if PlainText(s) {
		return append(append(append(b, '"'), s...), '"')
	}
	quoted, _ := json.Marshal(s) // a string always can be
	return append(b, quoted...)
}

// PlainText reports whether s stands in JSON as it is, between quotes.
func PlainText(s string) bool {
	if len(s) < 8 {
		for n := range len(s) {
			if escaped[s[n]] {
				return false
			}
		}
		return true
	}
	last := len(s) - 8
	for n := 0; n < last; n += 8 {
		if escapes(eight(s[n:])) {
			return false
		}
	}
	return !escapes(eight(s[last:])) // some of these a second time
}

// escaped are the bytes that encoding/json does not always write as they are.
var escaped = func() (e [256]bool) {
	for c := range e {
		e[c] = c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&'
	}
	return e
}()

// eight is the first eight bytes of s.
func eight(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// escapes reports whether one of eight bytes is escaped, all looked at in one go: the
// highest bit of a byte of the sum below says so of it.
func escapes(x uint64) bool {
	const (
		ones  = 0x0101010101010101
		highs = 0x80 * ones
	)
	// Of a byte below 0x80, x-k borrows into its highest bit if it is below k.
	found := x | (x - ' '*ones)
	found |= (x | ('"'^'&')*ones ^ '&'*ones) - ones // " and & differ in one bit,
	found |= (x | ('<'^'>')*ones ^ '>'*ones) - ones // and so do < and >
	found |= (x ^ '\\'*ones) - ones
	return found&highs != 0
}
