package chart

import "html/template"

// Bar is one day of a strip.
type Bar struct {
	Level Level
	Title string // shown when pointed at: "23 nov: 38 minuten storing"
}

const (
	stripWidth  = 812
	stripHeight = 30
)

// Strip draws a bar for each day, oldest first. Height carries the level as
// colour does: low and green is good, half and amber partly, full and red down,
// an outline planned, a low outline a day nobody watched. label is the sentence a screen reader says.
func Strip(bars []Bar, label string) template.HTML {
	var c canvas
	c.open("strip", label, stripWidth, stripHeight, ` preserveAspectRatio="none"`)
	pitch := float64(stripWidth) / float64(max(len(bars), 1))
	width := pitch * 0.71
	for i, b := range bars {
		height := barHeight(b.Level)
		x, y := float64(i)*pitch, stripHeight-height
		if b.Level == Planned || b.Level == Unseen {
			c.draw(`<rect class="c-%s" x="%s" y="%s" width="%s" height="%s" rx="1.5"><title>%s</title></rect>`,
				b.Level, fixed(x+.7), fixed(y+.7), fixed(width-1.4), fixed(height-1.4), esc(b.Title))
			continue
		}
		c.draw(`<rect class="c-%s" x="%s" y="%s" width="%s" height="%s" rx="1.5"><title>%s</title></rect>`,
			b.Level, fixed(x), fixed(y), fixed(width), fixed(height), esc(b.Title))
	}
	return c.close()
}

func barHeight(l Level) float64 {
	switch l {
	case Broken:
		return 30
	case Partly:
		return 22
	case Unseen:
		return 6
	default:
		return 14
	}
}

// Key draws one bar of the legend, beside the word that explains it.
func Key(l Level) template.HTML {
	var c canvas
	h := barHeight(l) / 30 * 16
	c.draw(`<svg class="key" aria-hidden="true" viewBox="0 0 8 16"><rect class="c-%s" x="1" y="%s" width="6" height="%s" rx="1"/>`,
		l, fixed(16-h+.5), fixed(h-1))
	return c.close()
}
