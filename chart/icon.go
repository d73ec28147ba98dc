package chart

import "html/template"

// icons are drawn inline, so that they take the colour of the word beside them.
// They are decoration: the word says it too.
var icons = map[string]string{
	"warn":  `<path d="M8 1.2 15 14H1z"/><path d="M8 6v3.6M8 11.6v.4"/>`,
	"clock": `<circle cx="8" cy="8" r="6.4"/><path d="M8 4.6V8l2.4 1.8"/>`,
	"ok":    `<circle cx="8" cy="8" r="6.4"/><path d="m5.2 8.2 2 2 3.7-4"/>`,
	"plan":  `<rect x="2" y="3" width="12" height="11" rx="2"/><path d="M2 6.6h12M5.4 1.4v3M10.6 1.4v3"/>`,
	"back":  `<path d="M3 8a5 5 0 1 0 1.6-3.7M3 2.4v2.8h2.8"/>`,
	"lock":  `<rect x="3" y="7" width="10" height="7" rx="1.5"/><path d="M5.2 7V5a2.8 2.8 0 0 1 5.6 0v2"/>`,
	"phone": `<path d="M4 2h2l1 3.4-1.6 1a8 8 0 0 0 4.200 4.200l1-1.600L14 10v2a2 2 0 0 1-2.200 2A10.500 10.500 0 0 1 2 4.200 2 2 0 0 1 4 2z"/>`,
	"look":  `<circle cx="7" cy="7" r="4.600"/><path d="m10.500 10.500 3.700 3.700"/>`,
}

// Icon draws a sign beside a word; a name it does not know is a programmer's error.
func Icon(name string) template.HTML {
	shape, ok := icons[name]
	if !ok {
		panic("chart: no icon " + name)
	}
	return template.HTML(`<svg class="ic" viewBox="0 0 16 16" aria-hidden="true">` + shape + `</svg>`) //nolint:gosec // all ours
}

// LevelIcon is the sign of a level (red amber blue grey green): shape says what colour says.
func LevelIcon(level string) template.HTML {
	switch level {
	case "red":
		return Icon("warn")
	case "green":
		return Icon("ok")
	case "blue":
		return Icon("plan")
	case "grey":
		return Icon("look")
	default:
		return Icon("clock")
	}
}
