package chart

import "html/template"

// Run is one run of a check in a spark.
type Run struct {
	Level  Level
	Height float64 // share of the full height, 0 to 1; of a run that failed, ignored
}

const (
	sparkPitch  = 3
	sparkHeight = 18
	sparkLowest = 2
)

// Spark draws the latest runs of a check, oldest first: how long each took, a full red
// bar for one that failed, an outline for one that could not be made. label is the
// sentence a screen reader says. Without runs there is no picture.
func Spark(runs []Run, label string) template.HTML {
	if len(runs) == 0 {
		return ""
	}
	var c canvas
	width := len(runs) * sparkPitch
	c.open("spark", label, width, sparkHeight, "")
	for i, r := range runs {
		x, h := float64(i*sparkPitch), sparkLowest+min(max(r.Height, 0), 1)*(sparkHeight-sparkLowest)
		if r.Level == Broken {
			h = sparkHeight
		}
		if r.Level == Unseen {
			h = sparkHeight / 2
			c.draw(`<rect class="c-unseen" x="%s" y="%s" width="1" height="%s"/>`, fixed(x+.5), fixed(sparkHeight-h+.5), fixed(h-1))
			continue
		}
		c.draw(`<rect class="c-%s" x="%s" y="%s" width="2" height="%s"/>`, r.Level, fixed(x), fixed(sparkHeight-h), fixed(h))
	}
	return c.close()
}
