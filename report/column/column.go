// Package column writes text for a terminal: in lines of at most so many characters,
// in whole words, and with nothing in it that a terminal would obey.
package column

import (
	"strings"
	"unicode"
)

// Lines collects lines no wider than Width characters.
type Lines struct {
	strings.Builder
	Width int
	Cut   string // what stands for the rest of a text: "…", in ASCII "..."
}

// Rule writes a line of signs.
func (p *Lines) Rule(sign string) { p.WriteString(strings.Repeat(sign, p.Width) + "\n") }

// Ends writes left and right at the two ends of one line; what does not fit is
// cut from the left part.
func (p *Lines) Ends(left, right string) {
	left = p.Clean(left)
	if room := p.Width - Count(right) - 1; Count(left) > room {
		left = p.Fit(left, p.Width-room)
	}
	p.WriteString(strings.TrimRight(left+strings.Repeat(" ", max(p.Width-Count(left)-Count(right), 1))+right, " ") + "\n")
}

// Fit shortens s to the width less reserve characters.
func (p *Lines) Fit(s string, reserve int) string {
	s = p.Clean(s)
	r, room := []rune(s), max(p.Width-reserve, 8)
	if len(r) <= room {
		return s
	}
	return string(r[:room-Count(p.Cut)]) + p.Cut
}

// Wrap writes text in lines of whole words, the first after first, the others
// after rest. A word wider than a line is cut.
func (p *Lines) Wrap(first, rest, text string) {
	line, empty := first, true
	for word := range strings.FieldsSeq(p.Clean(text)) {
		for {
			gap := " "
			if empty {
				gap = ""
			}
			if Count(line)+Count(gap)+Count(word) <= p.Width {
				line, empty = line+gap+word, false
				break
			}
			if empty { // it fits no line
				r := []rune(word)
				room := p.Width - Count(line)
				p.WriteString(line + string(r[:room]) + "\n")
				line, word = rest, string(r[room:])
				continue
			}
			p.WriteString(strings.TrimRight(line, " ") + "\n")
			line, empty = rest, true
		}
	}
	if !empty {
		p.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

// Clean is the function Clean, with the sign that ASCII takes three columns for: what a
// line holds must be known before it is laid out.
func (p *Lines) Clean(s string) string { return strings.ReplaceAll(Clean(s), "…", p.Cut) }

// Clean keeps what a terminal prints as one column: no control characters, no
// marks that turn the direction of a line.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
}

// Count is how many columns s takes.
func Count(s string) int { return len([]rune(s)) }
