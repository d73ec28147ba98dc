package chart

import (
	"html/template"
	"slices"
	"unicode"
)

// Topology is what hangs on what: boxes from cause on the left to effect on the right,
// laid out here. Equal topologies give equal bytes, in whatever order they name things.
type Topology struct {
	Things []Thing
	Lines  []Arrow
	Label  string // the sentence that says what the picture shows
	Links  string // name of the layer of links over the picture; empty: no links

	// Small is a picture beside words: it is scaled to the room there is, and closer
	// together. Else it keeps its size, and is scrolled where there is less room.
	Small bool
}

// Arrow leads from one box to another; a broken one is dashed.
type Arrow struct {
	From, To string
	Broken   bool
}

// Thing is one box of a topology: a name, and under it in words what its sign and
// colour say. Things without Word are one line high.
type Thing struct {
	ID, Text, Word string
	Level          Level
	Cause          bool   // drawn heavier
	Mark           string // "plan" or "mute": a sign of planned work, or that it is silenced
	Href           string // empty: it leads nowhere
}

const (
	thingHeight, lineHeight = 44, 28
	thingGap                = 10
	rankGap, smallGap       = 54, 30
	thingText, thingWord    = 24, 34 // characters at most
	signRoom                = 20
)

// signs are drawn rather than written: fonts differ in what they have.
var signs = map[Level]string{
	Fine: "m1.5 6.5 3 3 6-7", Broken: "M2 2l8 8M10 2l-8 8", Partly: "M6 1.5v6M6 10v.5", Unsure: "M3 4a3 3 0 1 1 4.2 2.7C6.3 7.2 6 7.6 6 8.5M6 10.6v.4",
	Planned: "M1.5 3h9v7.5h-9zM1.5 5.5h9M4 1.5v2M8 1.5v2",
}

// marks stand at the right of a box.
var marks = map[string]string{
	"plan": "M1.5 3h9v7.5h-9zM1.5 5.5h9M4 1.5v2M8 1.5v2",
	"mute": "M1.5 4.5h2l3-2.5v8l-3-2.5h-2zM8.5 4.5l3 3M11.5 4.5l-3 3",
}

// Draw renders t; one without things renders as nothing. The picture is an image with
// a name; links lie in a layer of their own over it, since an image has no parts.
func (t *Topology) Draw() template.HTML {
	if len(t.Things) == 0 {
		return ""
	}
	things, lines := t.sorted()
	class, gap := "topo", float64(rankGap)
	if t.Small {
		class, gap = "topo small", smallGap
	}
	places, l, edges, y, width, height := arrange(things, lines, gap)
	room := ""
	if !t.Small {
		room = size(width, height)
	}
	var c canvas
	c.open(class, t.Label, int(width), int(height), room)
	c.edges(lines, edges, places, l, y)
	for i := range things {
		c.thing(&things[i], places[i])
	}
	c.WriteString("</svg>")
	if t.Links != "" {
		c.links(things, places, t.Links, width, height)
	}
	return template.HTML(c.String()) //nolint:gosec // every text passed esc, the rest is ours
}

// sorted returns things in order of their ids, and the lines between them.
func (t *Topology) sorted() ([]Thing, []Arrow) {
	things := slices.Clone(t.Things)
	slices.SortFunc(things, func(a, b Thing) int { return compareText(a.ID, b.ID) })
	lines := slices.Clone(t.Lines)
	slices.SortFunc(lines, func(a, b Arrow) int {
		if c := compareText(a.From, b.From); c != 0 {
			return c
		}
		return compareText(a.To, b.To)
	})
	return things, lines
}

func compareText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// arrange gives things their places and lines the ends they join; a line to what is
// not a thing joins nothing.
func arrange(things []Thing, lines []Arrow, gap float64) (places []place, l *layered, edges [][2]int, y []float64, width, height float64) {
	l, edges = joinedBy(things, lines)
	tall := func(n int) float64 {
		if n >= len(things) {
			return 4 // a bend
		}
		return things[n].height()
	}
	y = l.heights(tall, thingGap)
	places = make([]place, len(things))
	x := 2.0
	for _, nodes := range l.ranks {
		w := widest(things, nodes)
		for _, n := range nodes {
			if n < len(things) {
				places[n] = place{x, y[n] - tall(n)/2 + 2, w, tall(n)}
			}
			height = max(height, y[n]+tall(n)/2)
		}
		if w > 0 {
			x += w + gap
		}
	}
	return places, l, edges, y, x - gap + 2, height + 4
}

// joinedBy ranks things by lines, and says for each line which two it joins; -1: none.
func joinedBy(things []Thing, lines []Arrow) (l *layered, edges [][2]int) {
	at, ids := map[string]int{}, make([]string, len(things))
	for i := range things {
		at[things[i].ID], ids[i] = i, things[i].ID
	}
	edges = make([][2]int, len(lines))
	var known [][2]int
	for i, a := range lines {
		from, ok1 := at[a.From]
		to, ok2 := at[a.To]
		if edges[i] = [2]int{from, to}; !ok1 || !ok2 || from == to {
			edges[i] = [2]int{-1, -1}
			continue
		}
		known = append(known, edges[i])
	}
	return newLayered(ids, known), edges
}

// widest is the width of the widest of nodes; bends have none.
func widest(things []Thing, nodes []int) (w float64) {
	for _, n := range nodes {
		if n < len(things) {
			w = max(w, things[n].width())
		}
	}
	return w
}

// place is where a box stands and how large it is.
type place struct{ x, y, w, h float64 }

// edges draws lines as curves from the right of one box to the left of another,
// through the bends of a long one.
func (c *canvas) edges(lines []Arrow, edges [][2]int, places []place, l *layered, y []float64) {
	left := make([]float64, len(l.ranks)) // of each rank, and how wide it is
	wide := make([]float64, len(l.ranks))
	for n, p := range places {
		left[l.rank[n]], wide[l.rank[n]] = p.x, p.w
	}
	for i, e := range edges {
		if e[0] < 0 {
			continue
		}
		if l.rank[e[0]] > l.rank[e[1]] { // it closes a circle
			e = [2]int{e[1], e[0]}
		}
		class := "c-edge"
		if lines[i].Broken {
			class = "c-edge c-cut"
		}
		a, b := places[e[0]], places[e[1]]
		x, from := a.x+a.w, a.y+a.h/2
		c.draw(`<path class="%s" d="M%s %s`, class, fixed(x), fixed(from))
		for _, bend := range l.bends[e] {
			r := l.rank[bend]
			c.curve(x, from, left[r], y[bend]+2)
			c.draw(`H%s`, fixed(left[r]+wide[r]))
			x, from = left[r]+wide[r], y[bend]+2
		}
		c.curve(x, from, b.x, b.y+b.h/2)
		c.WriteString(`"/>`)
	}
}

func (c *canvas) curve(x1, y1, x2, y2 float64) {
	half := (x2 - x1) / 2
	c.draw("C%s %s %s %s %s %s", fixed(x1+half), fixed(y1), fixed(x2-half), fixed(y2), fixed(x2), fixed(y2))
}

func (c *canvas) thing(t *Thing, p place) {
	class := "c-box c-" + string(t.Level)
	if t.Cause {
		class += " c-cause"
	}
	c.draw(`<g class="%s"><rect x="%s" y="%s" width="%s" height="%s" rx="7"/>`, class, fixed(p.x), fixed(p.y), fixed(p.w), fixed(p.h))
	first := p.y + p.h/2 + 4
	if t.Word != "" {
		first = p.y + 18
	}
	if d := signs[t.Level]; d != "" {
		c.draw(`<path class="c-sign" transform="translate(%s %s)" d="%s"/>`, fixed(p.x+9), fixed(first-10), d)
	}
	c.draw(`<text x="%s" y="%s">%s</text>`, fixed(p.x+9+signRoom), fixed(first), esc(cut(t.Text, thingText)))
	if t.Word != "" {
		c.draw(`<text class="c-word" x="%s" y="%s">%s</text>`, fixed(p.x+9+signRoom), fixed(p.y+35), esc(cut(t.Word, thingWord)))
	}
	if d := marks[t.Mark]; d != "" {
		c.draw(`<path class="c-sign c-mark" transform="translate(%s %s)" d="%s"/>`, fixed(p.x+p.w-20), fixed(p.y+7), d)
	}
	c.WriteString("</g>")
}

// links lays a see-through link over every box that leads somewhere.
func (c *canvas) links(things []Thing, places []place, name string, width, height float64) {
	c.draw(`<svg class="topolinks" role="group" aria-label="%s" viewBox="0 0 %d %d"%s>`, esc(name), int(width), int(height), size(width, height))
	for i := range things {
		t, p := &things[i], places[i]
		if t.Href == "" {
			continue
		}
		said := t.Text
		if t.Word != "" {
			said += ": " + t.Word
		}
		c.draw(`<a href="%s" aria-label="%s"><title>%s</title><rect x="%s" y="%s" width="%s" height="%s" rx="7"/></a>`,
			esc(t.Href), esc(said), esc(said), fixed(p.x), fixed(p.y), fixed(p.w), fixed(p.h))
	}
	c.WriteString("</svg>")
}

// size is how large a picture is when there is room; narrower, it is scrolled.
func size(width, height float64) string {
	return ` width="` + fixed(float64(int(width))) + `" height="` + fixed(float64(int(height))) + `"`
}

func (t *Thing) height() float64 {
	if t.Word == "" {
		return lineHeight
	}
	return thingHeight
}

// width is that of the longer line in the page's font, with room for the signs.
func (t *Thing) width() float64 {
	w := max(textWidth(cut(t.Text, thingText), 7), textWidth(cut(t.Word, thingWord), 6.2))
	if t.Cause {
		w *= 1.06
	}
	if t.Mark != "" {
		w += 16
	}
	return max(w+signRoom+20, 96)
}

// textWidth guesses: capitals are wide, and names of devices are made of them.
func textWidth(s string, each float64) float64 {
	w := 0.0
	for _, r := range s {
		if unicode.IsUpper(r) {
			w += each * 1.3
		} else {
			w += each
		}
	}
	return w
}
