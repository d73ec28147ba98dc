package knownerrors

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// fresh is the heading of an entry that has no id yet.
const fresh = "(new)"

// EncodeMarkdown writes entries for people to read and change: each under a heading with
// its id, short facts as a list, longer texts under headings of their own.
func EncodeMarkdown(w io.Writer, entries []Entry) error {
	b := bufio.NewWriter(w)
	fmt.Fprintln(b, "# Known errors") // b keeps its first error for Flush
	for i := range entries {
		writeEntry(b, &entries[i])
	}
	return b.Flush()
}

func writeEntry(b *bufio.Writer, e *Entry) {
	heading := fresh
	if id := tidy(e.ID, false); id != "" {
		heading = id
	}
	if name := tidy(e.Name("nl"), false); name != "" && name != heading {
		heading += nameAfter + name
	}
	fmt.Fprintf(b, "\n## %s\n\n", heading)
	for n := range fields {
		if v := fields[n].get(e); v != "" && !fields[n].text {
			fmt.Fprintf(b, "- %s: %s\n", fields[n].name, v)
		}
	}
	for n := range fields {
		if v := fields[n].get(e); v != "" && fields[n].text {
			writeText(b, fields[n].name, v)
		}
	}
}

func writeText(b *bufio.Writer, name, text string) {
	fmt.Fprintf(b, "\n### %s\n\n", name)
	for line := range strings.SplitSeq(text, "\n") {
		fmt.Fprintln(b, guarded(line))
	}
}

// nameAfter stands between the id of an entry and its name, which is there for readers.
const nameAfter = " · "

// guarded puts a backslash before a line of a text that would begin something else.
func guarded(line string) string {
	if strings.HasPrefix(line, "#") || strings.HasPrefix(line, `\`) {
		return `\` + line
	}
	return line
}

// DecodeMarkdown reads what EncodeMarkdown writes, and what people made of it. What an
// entry does not name it does not say. An entry with a mistake is left out and told of.
func DecodeMarkdown(data []byte) ([]Entry, []Mistake) {
	text, err := asText(data)
	if err != nil {
		return nil, []Mistake{{Text: err.Error()}}
	}
	d := markdown{}
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n++
		if d.line(n, line); len(d.wrong) >= mostEntries {
			d.wrong = append(d.wrong, Mistake{Text: fmt.Sprintf("more than %d mistakes; the rest was not read", mostEntries)})
			d.bad = true
			break
		}
	}
	d.end()
	return d.entries, d.wrong
}

// markdown is how far a file was read.
type markdown struct {
	entries []Entry
	wrong   []Mistake

	e     *Entry // being read; nil: none
	bad   bool   // it has a mistake
	field *field // whose text is read; nil: the list of facts is
	text  []string
}

func (d *markdown) line(n int, line string) {
	switch {
	case strings.HasPrefix(line, "## "):
		d.end()
		d.begin(n, strings.TrimSpace(line[len("## "):]))
	case d.e == nil: // the title of the file, and what stands below it
	case strings.HasPrefix(line, "### "):
		d.endText()
		d.section(n, strings.TrimSpace(line[len("### "):]))
	case d.field != nil:
		d.text = append(d.text, unguarded(line))
	case strings.HasPrefix(line, "- "):
		d.fact(n, line[len("- "):])
	case strings.TrimSpace(line) != "" && d.e != nil && !strings.HasPrefix(line, "# "):
		d.mistake(n, fmt.Sprintf("%.40q belongs to nothing; write \"- NAME: …\" or a heading \"### NAME\" above it", line))
	}
}

func unguarded(line string) string {
	if rest, ok := strings.CutPrefix(line, `\`); ok && (strings.HasPrefix(rest, "#") || strings.HasPrefix(rest, `\`)) {
		return rest
	}
	return line
}

// begin starts an entry. A heading of several words without an id is the title of a new
// one.
func (d *markdown) begin(n int, heading string) {
	if len(d.entries) == mostEntries {
		d.mistake(n, fmt.Sprintf("more than %d entries; cut the file into parts", mostEntries))
		return
	}
	d.e, d.bad = &Entry{Line: n}, false
	id, _, named := strings.Cut(heading, nameAfter)
	id, err := idOf(id)
	switch {
	case err == nil:
		d.e.ID = id
	case named:
		d.mistake(n, err.Error())
	default:
		_ = fieldNamed("title").set(d.e, heading)
		d.e.Said = append(d.e.Said, "title")
	}
}

func (d *markdown) fact(n int, fact string) {
	name, value, _ := strings.Cut(fact, ":")
	f := fieldNamed(strings.ToLower(strings.TrimSpace(name)))
	if f == nil {
		d.mistake(n, fmt.Sprintf("%.40q is not known; write one of %s", name, fieldNames()))
		return
	}
	if err := f.set(d.e, value); err != nil {
		d.mistake(n, err.Error())
		return
	}
	d.e.Said = append(d.e.Said, f.name)
}

func (d *markdown) section(n int, name string) {
	if d.field = fieldNamed(strings.ToLower(name)); d.field == nil {
		d.mistake(n, fmt.Sprintf("%.40q is not known; write one of %s", name, fieldNames()))
		d.field = &field{set: func(*Entry, string) error { return nil }} // its text is left out too
	}
}

func (d *markdown) mistake(n int, text string) {
	d.wrong = append(d.wrong, Mistake{n, text})
	d.bad = true
}

func (d *markdown) endText() {
	if d.field == nil {
		return
	}
	if err := d.field.set(d.e, strings.Join(d.text, "\n")); err != nil {
		d.mistake(d.e.Line, err.Error())
	}
	if d.field.name != "" {
		d.e.Said = append(d.e.Said, d.field.name)
	}
	d.field, d.text = nil, nil
}

func (d *markdown) end() {
	if d.e == nil {
		return
	}
	d.endText()
	if !d.bad {
		d.entries = append(d.entries, *d.e)
	}
	d.e = nil
}
