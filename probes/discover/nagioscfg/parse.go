package nagioscfg

import (
	"bytes"
	"fmt"
	"strings"
)

// raw is a definition as it stands in a file.
type raw struct {
	Object
	name     string // of the template it is
	register bool

	state int // of filling in: 0 not begun, 1 begun, 2 done
	whole map[string]string
}

// parse reads the definitions of one file.
func (c *Config) parse(s Source, objects []*raw) []*raw {
	var open *raw
	lines := logicalLines(s.Data)
	for _, l := range lines {
		place := fmt.Sprintf("%s:%d", s.Name, l.number)
		switch {
		case open == nil && strings.HasPrefix(l.text, "define"):
			if len(objects) == mostObjects {
				c.wrong(place, "more than %d objects; import a part of them", mostObjects)
				return objects
			}
			kind, ok := opening(l.text)
			if !ok {
				c.wrong(place, "is no beginning of an object; write define host{ and the rest below it")
				continue
			}
			open = &raw{Object: Object{Type: kind, Place: place, Is: map[string]string{}}, register: true}
		case open == nil:
			if !strings.HasPrefix(l.text, "include_file") && !strings.HasPrefix(l.text, "include_dir") { // which are other files
				c.wrong(place, "stands outside of an object; remove it, or close the object above it with a bracket of its own line")
			}
		case l.text == "}":
			objects, open = append(objects, open), nil
		default:
			c.directive(open, place, l.text)
		}
	}
	if open != nil {
		c.wrong(open.Place, "is not closed; write } on a line of its own")
	}
	return objects
}

// opening reads "define host{" and "define host {".
func opening(text string) (kind string, ok bool) {
	rest := strings.TrimSpace(strings.TrimPrefix(text, "define"))
	kind, ok = strings.CutSuffix(rest, "{")
	kind = strings.TrimSpace(kind)
	return kind, ok && kind != "" && !strings.ContainsAny(kind, " \t")
}

// directive reads one line of an object: a word, blanks and the rest.
func (c *Config) directive(o *raw, place, text string) {
	i := strings.IndexAny(text, " \t")
	key, value := text, ""
	if i > 0 {
		key, value = text[:i], strings.TrimSpace(text[i:])
	}
	switch {
	case len(value) > mostValue:
		c.wrong(place, "%s is longer than %d KiB; shorten it", shown(key), mostValue>>10)
	case len(o.Is) >= mostDirectives:
		c.wrong(place, "the object has more than %d lines; remove some", mostDirectives)
	case key == "name":
		o.name = value
	case key == "register":
		o.register = value != "0"
	default:
		o.Is[key] = value
	}
}

// line is one line, with those that continue it.
type line struct {
	number int
	text   string
}

// logicalLines leaves comments and empty lines out: # at the beginning of a line, and ;
// anywhere unless a backslash stands before it. A backslash at the end continues the
// line.
func logicalLines(data []byte) []line {
	var out []line
	number, from := 0, 0
	joined := ""
	for text := range bytes.SplitSeq(bytes.ToValidUTF8(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), []byte("?")), []byte("\n")) {
		number++
		s := strings.TrimSpace(string(text))
		if joined == "" {
			from = number
		}
		if before, ok := strings.CutSuffix(s, "\\"); ok && len(joined) < mostValue {
			joined += before
			continue
		}
		s = strings.TrimSpace(uncomment(joined + s))
		joined = ""
		if s != "" && s[0] != '#' {
			out = append(out, line{from, s})
		}
	}
	return out
}

// uncomment takes off what stands behind a semicolon that is not escaped.
func uncomment(s string) string {
	if !strings.Contains(s, ";") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && s[i+1] == ';':
			b.WriteByte(';')
			i++
		case s[i] == ';':
			return b.String()
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
