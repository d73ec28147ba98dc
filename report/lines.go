package report

import (
	"bytes"
	"html/template"
	"strings"
)

// PageLines writes lines to the page that is being written, and leaves nothing more to
// write to the template that asks for them. By a template the thousand lines of a bad
// morning take longer than all else of the report together, and as a value that it writes
// they would be copied several times.
func (m *Morning) PageLines(lines []Line) template.HTML {
	w := &pageWriter{b: m.page, fresh: m.say.Say("report.mark.new"), tick: m.say.Say("report.tick")}
	w.b.Grow(room(lines))
	w.raw(`<ul class="lines">`)
	for n := range lines {
		w.line(&lines[n])
	}
	w.raw(`</ul>`)
	return ""
}

// room is about how many bytes lines take on the page.
func room(lines []Line) (n int) {
	const around, fact = 250, 40 // markup of a line and of one of its facts
	for i := range lines {
		l := &lines[i]
		n += around + len(l.Key) + len(l.Text) + len(l.Link) + len(l.URL) + len(l.Right)
		for _, f := range l.Facts {
			n += fact + len(f)
		}
	}
	return n
}

// pageWriter writes markup. All that comes from outside goes through text or link.
type pageWriter struct {
	b           *bytes.Buffer
	fresh, tick string // in the reader's language
}

func (w *pageWriter) line(l *Line) {
	w.raw(`<li class="line wide`)
	if l.Level != "" {
		w.raw(" lv-")
		w.text(l.Level)
	}
	w.raw(`">`)
	if l.Sign != "" {
		w.around(`<span class="sign" aria-hidden="true">`, l.Sign, `</span>`)
	}
	w.raw(`<div><p>`)
	if l.Fresh {
		w.around(`<mark class="new">`, w.fresh, `</mark> `)
	}
	w.words(l)
	if l.Ask != "" {
		w.raw(" ")
		w.open(`class="btn quiet noprint" `, l.Ask)
		w.around("", w.tick, `</a>`)
	}
	w.raw(`</p>`)
	for _, f := range l.Facts {
		w.around(`<p class="small mute"><bdi>`, f, `</bdi></p>`)
	}
	w.raw(`</div>`)
	if l.Right != "" {
		w.around(`<span class="num small"><bdi>`, l.Right, `</bdi></span>`)
	}
	w.raw(`</li>`)
}

// words are what a line says. Its key leads to the thing, at home or in a ticket system;
// without one the text does.
func (w *pageWriter) words(l *Line) {
	switch {
	case l.Key == "":
		w.linked(l.Link, "<bdi>", l.Text, "</bdi>")
		return
	case l.URL+l.Link == "":
		w.around(`<b><bdi>`, l.Key, `</bdi></b> `)
	case l.URL != "":
		w.linked(l.URL, "<bdi>", l.Key, "</bdi>")
		w.raw(" ")
	default:
		w.linked(l.Link, "<bdi>", l.Key, "</bdi>")
		w.raw(" ")
	}
	w.around("<bdi>", l.Text, "</bdi>")
}

// linked writes text in markup, in a link to address if there is one.
func (w *pageWriter) linked(address, before, text, after string) {
	if address != "" {
		w.open("", address)
		after += "</a>"
	}
	w.around(before, text, after)
}

// open begins a link; other are its other attributes.
func (w *pageWriter) open(other, address string) {
	w.around(`<a `+other+`href="`, opens(address), `">`)
}

// opens is address if a browser opens it as a page. Anything else that a ticket system
// may name, such as a script, leads nowhere.
func opens(address string) string {
	scheme, _, found := strings.Cut(address, ":")
	if !found || strings.Contains(scheme, "/") {
		return address
	}
	switch strings.ToLower(scheme) {
	case "http", "https", "mailto":
		return address
	}
	return "#"
}

func (w *pageWriter) raw(s string)  { w.b.WriteString(s) }
func (w *pageWriter) text(s string) { w.b.WriteString(template.HTMLEscapeString(s)) }

func (w *pageWriter) around(before, text, after string) {
	w.raw(before)
	w.text(text)
	w.raw(after)
}
