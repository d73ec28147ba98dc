package announce

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"headstart"
)

// CheckLines holds an organisation's own lines to what ours are held to: known
// variables, those ours cannot do without, and then every message that prints one
// of them, in every state: the gate with the internal names of cat, sentences, 160
// characters of GSM-7, 45 words on the telephone, nothing claimed that nobody
// proved. A line with a fault is named once, with the first message that shows it.
func CheckLines(cat *headstart.Catalog, address string, lines []Line) []Fault {
	base := shipped(address)
	c := ownCheck{base: base, places: base.places(), gate: newGate(base, cat), address: address}
	first := map[string]Line{}
	for _, l := range lines {
		if other, twice := first[l.Key]; twice {
			c.say(l, "stands at %s:%d already; keep one of the two", other.File, other.At)
			continue
		}
		first[l.Key] = l
		c.read(l)
	}
	c.render()
	slices.SortStableFunc(c.faults, func(a, b Fault) int { return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.At, b.At)) })
	return c.faults
}

type ownCheck struct {
	base    *book
	places  map[string]place
	gate    *gate
	address string
	good    []Line // so far, in the order of the files
	faults  []Fault
}

func (c *ownCheck) say(l Line, format string, args ...any) {
	text := strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", " ")
	c.faults = append(c.faults, Fault{l.File, l.At, l.Key + ": " + text})
}

// read looks at a line alone.
func (c *ownCheck) read(l Line) {
	p, known := c.places[l.Key]
	if !known {
		c.say(l, "is no line of ours; docs/announcements.md lists them")
		return
	}
	t, err := c.base.template(p, l.Text)
	if err != nil {
		c.say(l, "%v", err)
		return
	}
	used, _ := t.names()
	for _, name := range c.base.must(l.Key, p) {
		if !slices.Contains(used, name) {
			c.say(l, "lacks {{.%s}}, which ours holds: %s; write it where it belongs, in {{if}} or {{with}} if ours does", name, p.line.src)
			return
		}
	}
	if strings.TrimSpace(l.Text) == "" && !p.body {
		c.say(l, "is empty and cannot be left out; write words, or remove the key for ours: %s", p.line.src)
		return
	}
	if strings.ContainsFunc(l.Text, func(r rune) bool { return r < ' ' }) || clean(l.Text) != l.Text {
		c.say(l, "holds a line break, two spaces together or signs that cannot be seen; write it in one line of plain text")
		return
	}
	if words := c.gate.needles.in(strings.ToLower(l.Text)); len(words) > 0 {
		c.say(l, "%q is an internal name of the catalog; write what users call it", words[0])
		return
	}
	if hits := c.gate.hits(p.lang, p.words(t)); len(hits) > 0 {
		c.say(l, "%s", saidOf(hits[0]))
		return
	}
	c.good = append(c.good, l)
}

// slots are the actions of a template.
var slots = regexp.MustCompile(`\{\{[^}]*\}\}`)

// words are all words of t, whatever holds: both sides of an if. Variables are
// left out.
func (p place) words(t text) string {
	if p.label || t.tmpl == nil || t.tmpl.Tree == nil {
		return t.src
	}
	return strings.Join(strings.FieldsFunc(slots.ReplaceAllString(t.src, "\n"), func(r rune) bool { return r == '\n' }), ". ")
}

// saidOf words a hit of the gate for whoever writes configuration.
func saidOf(h headstart.Hit) string {
	if h.Plain == "" {
		return fmt.Sprintf("%q: %s; write it in other words", h.Word, h.Why)
	}
	return fmt.Sprintf("%q: %s; write instead: %s", h.Word, h.Why, h.Plain)
}

// render composes each message that prints one of the lines. A line found wrong is
// taken out, so that those after it are judged without it.
func (c *ownCheck) render() {
	if len(c.good) == 0 {
		return
	}
	words := c.wordsOf(c.good)
	for _, t := range trials(c.base) {
		if !slices.ContainsFunc(c.good, func(l Line) bool { return c.places[l.Key].uses(t) }) {
			continue
		}
		for {
			faults := c.compose(words, t)
			if len(faults) == 0 {
				break
			}
			at := c.blame(t)
			if at < 0 {
				break // ours alone: the tests hold that
			}
			c.say(c.good[at], "in a message of %s about %s: %s", t.phase, t.kind, faults[0])
			c.good = slices.Delete(c.good, at, at+1)
			words = c.wordsOf(c.good)
		}
	}
}

func (c *ownCheck) wordsOf(lines []Line) *Words {
	return &Words{book: c.base.with(Own(lines)), gate: newGate(c.base, nil)}
}

// compose renders t, unless another form of address is configured.
func (c *ownCheck) compose(w *Words, t trial) []string {
	if t.voice.lang == "nl" && t.voice.address != c.base.Address {
		return nil
	}
	return w.book.faults(t, w.Compose(t.wording(c.base, time.UTC)))
}

// blame finds the line that makes t wrong: one that does so alone, else the last
// of those that it prints.
func (c *ownCheck) blame(t trial) int {
	last := -1
	for i, l := range c.good {
		if !c.places[l.Key].uses(t) {
			continue
		}
		if len(c.compose(c.wordsOf([]Line{l}), t)) > 0 {
			return i
		}
		last = i
	}
	return last
}

// faults lists what a user should not see in got, each with its remedy.
func (b *book) faults(c trial, got headstart.Composed) []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, name := range got.Missing {
		say("{{.%s}} may be empty there, and the message could not go out; write {{with .%s}}{{.}}{{end}}", name, name)
	}
	for _, h := range got.Hits {
		say("%s", saidOf(h))
	}
	if n := septets(got.Text.Short); got.TooLong || n > b.Gate.MaxShort {
		say("a text message of %d characters, at most %d; shorten: %s", n, b.Gate.MaxShort, got.Text.Short)
	}
	for _, r := range got.Text.Short {
		if !strings.ContainsRune(gsm7, r) {
			say("%q is not in GSM-7; a text message with it holds 70 characters: %s", r, got.Text.Short)
		}
	}
	b.phoneFaults(c, got.Text.Phone, say)
	if got.Text.Title == "" || got.Text.Subject == "" || got.Text.Body == "" {
		say("title %q, subject %q, body %q; none may be empty", got.Text.Title, got.Text.Subject, got.Text.Body)
	}
	lineFaults(got.Text.Lines, say)
	whole := strings.Join([]string{got.Text.Title, got.Text.Short, got.Text.Phone, got.Text.Body}, "\n")
	if strings.Contains(whole, "{{") || strings.Contains(whole, "no value") {
		say("unfilled; close the braces: %s", whole)
	}
	if claim := b.claim(c, whole); claim != "" {
		say("%q says that somebody is on it, and nobody is; write that within {{if .Attended}}", claim)
	}
	return out
}

func lineFaults(lines []headstart.TextLine, say func(string, ...any)) {
	for i, l := range lines {
		if l.Text == "" {
			say("the answer to %q is empty; leave the line out", l.Label)
		}
		if l.Label != "" && i > 0 && lines[i-1].Label == l.Label {
			say("%q is asked twice; ask it once", l.Label)
		}
		if l.Text != raise(l.Text) {
			say("starts small; begin with a capital: %s", l.Text)
		}
	}
}

func (b *book) phoneFaults(c trial, said string, say func(string, ...any)) {
	if n := len(strings.Fields(said)); n > b.Phone.MaxWords || (n == 0 && c.phase == headstart.Investigating) {
		say("%d words on the telephone, 1 to %d are said; shorten what phone, title and urgent_contact say", n, b.Phone.MaxWords)
	}
	if strings.ContainsAny(said, "()") || strings.Contains(said, "HS-") {
		say("brackets and numbers cannot be read aloud; leave them out: %s", said)
	}
}

// claim finds what nobody may be told while nobody attends (ruling 28).
func (b *book) claim(c trial, said string) string {
	f := b.Forms[c.form]
	if !slices.Contains(f.Phases, string(headstart.Progress)) || half(c.voice.lang, f.NL, f.EN)["Attended"] != "" {
		return ""
	}
	said = strings.ToLower(said)
	for _, claim := range b.Gate.Claims[c.voice.lang] {
		if strings.Contains(said, claim) {
			return claim
		}
	}
	return ""
}
