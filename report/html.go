package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"time"

	"headstart/lang"
)

//go:embed morning.html
var morningHTML string

//go:embed mail.html
var mailHTML string

var pages, mails = parse("morning", morningHTML), parse("mail", mailHTML)

func parse(name, text string) map[string]*template.Template {
	out := map[string]*template.Template{}
	for _, l := range lang.Languages() {
		w := lang.New(l, time.UTC) // words only: times come from the report's own zone
		out[l] = template.Must(template.New(name).Funcs(template.FuncMap{"t": w.Say, "bar": bar}).Parse(text))
	}
	return out
}

// HTML renders the report for the page: classes of the site's style sheet, no
// inline style, parts folded when nothing in them asks for attention.
func (m *Morning) HTML() (template.HTML, error) {
	b, err := m.Fragment(false)
	return template.HTML(b), err //nolint:gosec // html/template escaped it
}

// Fragment is HTML as bytes; of the walk alone it holds the printers, to be printed and
// carried along.
func (m *Morning) Fragment(walk bool) ([]byte, error) {
	var b bytes.Buffer
	name := "morning"
	if walk {
		name = "walk"
	}
	m.page = &b // a template writes what it has before it asks for more
	if err := pages[m.say.Lang].ExecuteTemplate(&b, name, m); err != nil {
		return nil, fmt.Errorf("write the page: %w", err)
	}
	return b.Bytes(), nil
}
