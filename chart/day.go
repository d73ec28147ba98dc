package chart

import "html/template"

// Stretch is a part of a day, in hours since midnight.
type Stretch struct {
	From, To float64 // 0 to 24
	Level    Level
}

// Day draws one day from midnight to midnight with what is planned in it and a
// mark at now; open is when work is done, nowWord stands over the mark.
func Day(planned []Stretch, open Stretch, now float64, nowWord, label string) template.HTML {
	var c canvas
	x := func(hour float64) float64 { return 8 + 324*min(max(hour, 0), 24)/24 }
	c.open("day", label, 340, 66, "")
	c.draw(`<rect class="c-track" x="8" y="24" width="324" height="16" rx="5"/>`)
	if open.To > open.From {
		c.draw(`<rect class="c-open" x="%s" y="24" width="%s" height="16"/>`, fixed(x(open.From)), fixed(x(open.To)-x(open.From)))
	}
	for _, p := range planned {
		width := max(x(p.To)-x(p.From), 3) // a short window must still be seen
		c.draw(`<rect class="c-span c-%s" x="%s" y="20" width="%s" height="24" rx="4"/>`, p.Level, fixed(x(p.From)), fixed(width))
	}
	c.draw(`<path class="c-now" d="M%s 14V48"/><text class="c-nowtext" x="%s" y="10" text-anchor="middle">%s</text>`, fixed(x(now)), fixed(x(now)), esc(nowWord))
	for _, h := range []struct{ hour, anchor string }{{"0", "start"}, {"6", "middle"}, {"12", "middle"}, {"18", "middle"}, {"24", "end"}} {
		at := map[string]float64{"0": 0, "6": 6, "12": 12, "18": 18, "24": 24}[h.hour]
		c.draw(`<text class="c-scale" x="%s" y="60" text-anchor="%s">%s</text>`, fixed(x(at)), h.anchor, h.hour)
	}
	return c.close()
}
