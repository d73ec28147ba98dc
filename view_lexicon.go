package headstart

import "strings"

// lexicon numbers texts that rows say, for as long as one of them does.
type lexicon struct {
	numbers map[string]uint32
	texts   []lexeme
	free    []uint32 // numbers that nobody uses
}

type lexeme struct {
	text string
	uses uint32
}

func newLexicon() *lexicon { return &lexicon{numbers: map[string]uint32{}} }

// takeText is take for a text in memory that is used again.
func (l *lexicon) takeText(s []byte) uint32 {
	if n, known := l.numbers[string(s)]; known { // which copies nothing
		l.texts[n].uses++
		return n
	}
	return l.take(string(s))
}

// take returns the number of a text, which one more row uses.
func (l *lexicon) take(s string) uint32 {
	n, known := l.numbers[s]
	switch {
	case known:
	case len(l.free) > 0:
		n = l.free[len(l.free)-1]
		l.free = l.free[:len(l.free)-1]
		l.texts[n].text = strings.Clone(s) // it may be part of a longer one
		l.numbers[l.texts[n].text] = n
	default:
		n = uint32(len(l.texts)) //nolint:gosec // texts in memory are fewer
		l.texts = append(l.texts, lexeme{text: strings.Clone(s)})
		l.numbers[l.texts[n].text] = n
	}
	l.texts[n].uses++
	return n
}

// drop is told that one row less uses a number.
func (l *lexicon) drop(n uint32) {
	x := &l.texts[n]
	if x.uses--; x.uses == 0 {
		delete(l.numbers, x.text)
		x.text = ""
		l.free = append(l.free, n)
	}
}
