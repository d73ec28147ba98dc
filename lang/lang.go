// Package lang says things to people in Dutch and English: a catalogue of
// messages with plurals, and times, dates and durations in words.
//
// It is a leaf: every part may import it and it imports none of ours. Both
// languages hold the same keys with the same variables; tests hold that, and
// that no key is unused. It reads no clock.
package lang

import (
	"bufio"
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"
)

// Words speaks one language in one time zone. It is safe for concurrent use.
type Words struct {
	Lang string // nl or en
	Zone *time.Location

	texts map[string]string
}

// New returns the words of a language; what is not a language of ours is
// Dutch. A nil zone is UTC.
func New(language string, zone *time.Location) *Words {
	if zone == nil {
		zone = time.UTC
	}
	if _, ok := catalogue[language]; !ok {
		language = "nl"
	}
	return &Words{Lang: language, Zone: zone, texts: catalogue[language]}
}

// Languages returns the languages of the catalogue, the default first.
func Languages() []string { return []string{"nl", "en"} }

// Say returns the message under key with its variables filled in, given as
// name, value, name, value. A whole number under the name n chooses between
// key.one and key.other. An unknown key is a programmer's error and panics.
func (w *Words) Say(key string, vars ...any) string {
	text, ok := w.find(key, vars)
	if !ok {
		panic("lang: unknown key " + key)
	}
	if len(vars) == 0 {
		return text
	}
	return fill(text, vars)
}

// fill puts values where text has their name in braces; other braces stay. A page says
// thousands of messages, so it is one walk through the text.
func fill(text string, vars []any) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, closed := strings.Cut(rest, "}")
		value, known := valueOf(name, vars)
		if text = after; !known || !closed {
			value, text = "{", rest
		}
		b.WriteString(value)
	}
}

// valueOf is the variable of that name, as it is written.
func valueOf(name string, vars []any) (string, bool) {
	for i := 0; i+1 < len(vars); i += 2 {
		if vars[i] != name {
			continue
		}
		switch v := vars[i+1].(type) {
		case string:
			return v, true
		case int:
			return strconv.Itoa(v), true
		default:
			return fmt.Sprint(v), true
		}
	}
	return "", false
}

// SayOr returns the message under prefix.word, or fallback when there is none:
// for words that come from outside, such as a kind of device.
func (w *Words) SayOr(prefix, word, fallback string, vars ...any) string {
	if _, ok := w.find(prefix+word, vars); !ok {
		return fallback
	}
	return w.Say(prefix+word, vars...)
}

func (w *Words) find(key string, vars []any) (string, bool) {
	for i := 0; i+1 < len(vars); i += 2 {
		n, whole := vars[i+1].(int)
		if vars[i] != "n" || !whole {
			continue
		}
		form := ".other"
		if n == 1 {
			form = ".one" // Dutch and English agree: only 1 is singular
		}
		if text, ok := w.texts[key+form]; ok {
			return text, true
		}
	}
	text, ok := w.texts[key]
	return text, ok
}

//go:embed nl.txt en.txt
var files embed.FS

var catalogue = map[string]map[string]string{"nl": mustRead("nl.txt"), "en": mustRead("en.txt")}

func mustRead(name string) map[string]string {
	b, err := fs.ReadFile(files, name)
	if err != nil {
		panic(err)
	}
	texts, err := parse(string(b))
	if err != nil {
		panic(fmt.Sprintf("lang: %s: %v", name, err))
	}
	return texts
}

// parse reads lines of "key = text"; empty lines and lines that begin with #
// say nothing.
func parse(s string) (map[string]string, error) {
	texts := map[string]string{}
	lines := bufio.NewScanner(strings.NewReader(s))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimRight(lines.Text(), "\r")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, text, ok := strings.Cut(line, " = ")
		if !ok {
			return nil, fmt.Errorf("line %d: no \" = \"", n)
		}
		if _, twice := texts[key]; twice {
			return nil, fmt.Errorf("line %d: %s stands twice", n, key)
		}
		texts[key] = text
	}
	return texts, lines.Err()
}
