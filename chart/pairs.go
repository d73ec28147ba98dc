package chart

import "html/template"

// Pair is one line of Pairs: a value, and the one it stands beside.
type Pair struct {
	Name        string
	Now, Before float64 // at least 0; less is drawn as nothing
	Text        string  // the values in words, drawn behind the bars
	None        bool    // there is no value now: only the text is drawn
	NoneBefore  bool
}

const (
	pairsWidth = 640
	pairPitch  = 44
	pairBars   = 400 // room of the longest bar
	pairName   = 34  // characters
)

// Pairs draws a value and the one before it for each name, as bars: the upper, thick
// one is now, the outline below it before. label is the sentence a screen reader says.
// Without pairs there is no picture.
func Pairs(pairs []Pair, label string) template.HTML {
	if len(pairs) == 0 {
		return ""
	}
	most := 0.0
	for _, p := range pairs {
		most = max(most, p.Now, p.Before)
	}
	width := func(x float64) float64 {
		if most == 0 || x <= 0 {
			return 0
		}
		return max(x/most*pairBars, 1)
	}
	var c canvas
	c.open("pairs", label, pairsWidth, len(pairs)*pairPitch+4, "")
	for n, p := range pairs {
		y := float64(n * pairPitch)
		now, before := width(p.Now), width(p.Before)
		c.draw(`<text class="c-name" x="0" y="%s">%s</text>`, fixed(y+13), esc(cut(p.Name, pairName)))
		if !p.None {
			c.draw(`<rect class="c-bar" x="0" y="%s" width="%s" height="12" rx="2"/>`, fixed(y+18), fixed(now))
		}
		if !p.NoneBefore {
			c.draw(`<rect class="c-was" x="0.5" y="%s" width="%s" height="6" rx="1.5"/>`, fixed(y+32.5), fixed(before))
		}
		c.draw(`<text class="c-value" x="%s" y="%s">%s</text>`, fixed(max(now, before)+8), fixed(y+30), esc(p.Text))
	}
	return c.close()
}
