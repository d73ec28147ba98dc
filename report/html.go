package report

import (
	"bytes"
	_ "embed"
	"html/template"
	"time"

	"headstart/lang"
)

//go:embed morning.html
var morningHTML string

var pages = parse()

func parse() map[string]*template.Template {
	out := map[string]*template.Template{}
	for _, l := range lang.Languages() {
		w := lang.New(l, time.UTC) // words only: times come from the report's own zone
		out[l] = template.Must(template.New("morning").Funcs(template.FuncMap{"t": w.Say}).Parse(morningHTML))
	}
	return out
}

// HTML renders the report for the page: classes of the site's style sheet, no
// inline style, groups folded when nothing in them asks for attention.
func (m *Morning) HTML() (template.HTML, error) {
	var b bytes.Buffer
	if err := pages[m.say.Lang].Execute(&b, m); err != nil {
		return "", err
	}
	return template.HTML(b.String()), nil //nolint:gosec // html/template escaped it
}

// When renders a time as people say it on the morning of the report.
func (m *Morning) When(t time.Time) string { return m.say.When(t, m.now) }

// Title is the date and the window, for the head of the page.
func (m *Morning) Title() string { return m.say.Date(m.At) + ", " + m.say.Clock(m.At) }

// Window says where the report begins.
func (m *Morning) Window() string {
	return m.say.Say("report.since", "date", m.say.Date(m.Since), "time", m.say.Clock(m.Since), "span", m.say.Hours(m.At.Sub(m.Since)))
}

// Told says what users were told of a running incident.
func (m *Morning) Told(r Running) string { return m.messageWords(r) }
