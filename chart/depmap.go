package chart

import (
	"html/template"
	"unicode"
)

// Map is the way from a cause to what it hits: boxes in columns, left to right,
// and arrows between boxes of neighbouring columns. The caller decides columns
// and order; equal maps give equal bytes.
type Map struct {
	Columns [][]Box
	Arrows  []Arrow
	Label   string // the sentence that says what the picture shows
}

// Box is one thing of a map. Its sign says what its colour says.
type Box struct {
	ID    string
	Text  string
	Level Level
	Cause bool // drawn larger
}

// Arrow leads from one box to another; a broken one is dashed.
type Arrow struct {
	From, To string
	Broken   bool
}

const (
	boxHeight, causeHeight = 28, 40
	boxGap, columnGap      = 8, 46
	longest                = 22 // characters in a box
)

type place struct{ x, y, w, h float64 }

// Draw renders m; a map without boxes renders as nothing.
func (m *Map) Draw() template.HTML {
	places, width, height := m.layout()
	if len(places) == 0 {
		return ""
	}
	var c canvas
	c.open("map", m.Label, int(width), int(height), "")
	for _, a := range m.Arrows {
		from, ok1 := places[a.From]
		to, ok2 := places[a.To]
		if !ok1 || !ok2 {
			continue
		}
		class := "c-edge"
		if a.Broken {
			class = "c-edge c-cut"
		}
		x1, y1, x2, y2 := from.x+from.w, from.y+from.h/2, to.x, to.y+to.h/2
		half := (x2 - x1) / 2
		c.draw(`<path class="%s" d="M%s %sC%s %s %s %s %s %s"/>`, class,
			fixed(x1), fixed(y1), fixed(x1+half), fixed(y1), fixed(x2-half), fixed(y2), fixed(x2), fixed(y2))
	}
	for _, column := range m.Columns {
		for _, b := range column {
			p := places[b.ID]
			class := "c-box c-" + string(b.Level)
			if b.Cause {
				class += " c-cause"
			}
			c.draw(`<g class="%s"><rect x="%s" y="%s" width="%s" height="%s" rx="7"/><text x="%s" y="%s" text-anchor="middle">%s</text></g>`,
				class, fixed(p.x), fixed(p.y), fixed(p.w), fixed(p.h), fixed(p.x+p.w/2), fixed(p.y+p.h/2+4), esc(caption(b)))
		}
	}
	return c.close()
}

// caption is the text of a box with the sign of its level.
func caption(b Box) string {
	text := cut(b.Text, longest)
	switch b.Level {
	case Fine:
		return text + " ✓"
	case Broken:
		return "✕ " + text
	case Unsure:
		return "? " + text
	default:
		return text
	}
}

// layout stacks each column and centres it; the widest box of a column gives
// all of them their width.
func (m *Map) layout() (places map[string]place, width, height float64) {
	places = map[string]place{}
	heights := make([]float64, len(m.Columns))
	for i, column := range m.Columns {
		for j, b := range column {
			if j > 0 {
				heights[i] += boxGap
			}
			heights[i] += b.height()
		}
		height = max(height, heights[i])
	}
	x := 2.0
	for i, column := range m.Columns {
		w := 0.0
		for _, b := range column {
			w = max(w, b.width())
		}
		y := 2 + (height-heights[i])/2
		for _, b := range column {
			places[b.ID] = place{x, y, w, b.height()}
			y += b.height() + boxGap
		}
		if w > 0 {
			x += w + columnGap
		}
	}
	return places, x - columnGap + 2, height + 4
}

// width is the caption's in the page's font, with room at both sides. Capitals
// are wide, and names of devices are made of them; a cause stands in bold.
func (b *Box) width() float64 {
	w := 0.0
	for _, r := range caption(*b) {
		if unicode.IsUpper(r) || r == '✕' || r == '✓' {
			w += 8.8
		} else {
			w += 6.6
		}
	}
	if b.Cause {
		w *= 1.1
	}
	return w + 24
}

func (b *Box) height() float64 {
	if b.Cause {
		return causeHeight
	}
	return boxHeight
}
