package report

import (
	"bytes"
	"html"
	"html/template"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"headstart/lang"
)

// linesTemplate is the markup of lines as html/template would write it: slow, and escaped
// by who knows best.
const linesTemplate = `<ul class="lines">{{range .}}<li class="line wide{{with .Level}} lv-{{.}}{{end}}">{{if .Sign}}<span class="sign" aria-hidden="true">{{.Sign}}</span>{{end}}<div><p>{{if .Fresh}}<mark class="new">{{t "report.mark.new"}}</mark> {{end}}{{if .Key}}{{if .URL}}<a href="{{.URL}}"><bdi>{{.Key}}</bdi></a> {{else if .Link}}<a href="{{.Link}}"><bdi>{{.Key}}</bdi></a> {{else}}<b><bdi>{{.Key}}</bdi></b> {{end}}<bdi>{{.Text}}</bdi>{{else if .Link}}<a href="{{.Link}}"><bdi>{{.Text}}</bdi></a>{{else}}<bdi>{{.Text}}</bdi>{{end}}{{with .Ask}} <a class="btn quiet noprint" href="{{.}}">{{t "report.tick"}}</a>{{end}}</p>{{range .Facts}}<p class="small mute"><bdi>{{.}}</bdi></p>{{end}}</div>{{with .Right}}<span class="num small"><bdi>{{.}}</bdi></span>{{end}}</li>{{end}}</ul>`

// TestPageLines: lines written by hand say, mark, link and escape what html/template would.
func TestPageLines(t *testing.T) {
	say := lang.New("nl", time.UTC)
	slow := template.Must(template.New("lines").Funcs(template.FuncMap{"t": say.Say}).Parse(linesTemplate))
	evil := `"><script>alert(1)</script>'&amp; + x` + "\x00"
	lines := []Line{{}, {Text: "one"}, {Text: "two", Link: "/tickets"}}
	for _, key := range []string{"", "HS-1", evil} {
		for _, link := range []string{"", "/i/HS-1", `/i/"onclick="x`} {
			for _, url := range []string{"", "https://rt.example/1?a=1&b=2", "MAILTO:a@example.org", "javascript:alert(1)", " javascript:alert(1)", "data:text/html,x", "x/y:z"} {
				lines = append(lines, Line{Sign: "▲", Level: "red", Key: key, Link: link, URL: url, Text: evil, Right: evil, Facts: []string{"a", evil}, Fresh: url == "", Ask: link})
			}
		}
	}
	var want strings.Builder
	if err := slow.Execute(&want, lines); err != nil {
		t.Fatal(err)
	}
	var page bytes.Buffer
	(&Morning{say: say, page: &page}).PageLines(lines)
	got := page.String()
	if diff := cmp.Diff(asRead(want.String()), asRead(got)); diff != "" {
		t.Errorf("lines (-html/template +ours):\n%s", diff)
	}
	if strings.Contains(got, "<script") || strings.Contains(got, "javascript") {
		t.Error("a script stands in the page")
	}
}

var href = regexp.MustCompile(`href="([^"]*)"`)

// asRead is markup as a browser understands it: one element a line, characters instead
// of their names, and one way to write an address that leads nowhere.
func asRead(s string) []string {
	s = strings.NewReplacer("#ZgotmplZ", "#", "\ufffd", "").Replace(s)
	s = href.ReplaceAllStringFunc(s, func(a string) string {
		return strings.NewReplacer("%22", "&#34;").Replace(a)
	})
	parts := strings.SplitAfter(s, ">")
	for n := range parts {
		if !strings.HasPrefix(parts[n], "<") { // text, and the element that ends it
			parts[n] = html.UnescapeString(parts[n])
		}
	}
	return parts
}
