// Package chart draws small pictures as SVG on the server: the bars of ninety
// days, a day with its planned work, the way from a cause to what it hits.
//
// It is a leaf: every part may import it and it imports none of ours. The same
// input gives the same bytes. No picture has a style attribute: colours are the
// classes of the style sheet (c-ok, c-warn, ...), so that a strict content
// security policy holds and dark follows light. Every picture is one image with
// a sentence that says what it shows; shape and height say what colour says.
package chart

import (
	"fmt"
	"html"
	"html/template"
	"strings"
)

// Level is how bad a bar or a box is.
type Level string

// The levels, best first. Planned is work that was announced; Unseen is a time
// nobody watched.
const (
	Fine    Level = "ok"
	Planned Level = "plan"
	Partly  Level = "warn"
	Broken  Level = "down"
	Unsure  Level = "none"
	Unseen  Level = "unseen"
)

// canvas collects SVG.
type canvas struct{ strings.Builder }

func (c *canvas) open(class, label string, w, h int, more string) {
	fmt.Fprintf(c, `<svg class="%s" role="img" aria-label="%s" viewBox="0 0 %d %d"%s>`, class, esc(label), w, h, more)
}

func (c *canvas) draw(format string, args ...any) { fmt.Fprintf(c, format, args...) }

func (c *canvas) close() template.HTML {
	c.WriteString("</svg>")
	return template.HTML(c.String()) //nolint:gosec // every text passed esc, the rest is ours
}

// esc makes text safe between tags and in attributes.
func esc(s string) string { return html.EscapeString(s) }

// cut shortens s to n characters.
func cut(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

// fixed renders a coordinate with one decimal, as short as possible.
func fixed(f float64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", f), ".0")
}
