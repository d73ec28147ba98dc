package public

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ical "github.com/arran4/golang-ical"
	"github.com/mmcdole/gofeed"
	"golang.org/x/net/html"

	"headstart"
)

// hostileWorld says what and where everywhere a text can come from outside: a
// person's message, a plan, the catalog.
func hostileWorld(t testing.TB, what, where string) *world {
	w := newWorld(t)
	w.cat.Organisation = where
	w.cat.Locations[0].Name = headstart.Names{"": where}
	w.cat.Services[0].Name = headstart.Names{"": what}
	w.rows = nil
	w.put(headstart.TableConfig, "current", headstart.LogConfig{Engine: 1, Language: "nl", Timezone: "Europe/Amsterdam", Catalog: &w.cat, Calendar: &headstart.Calendar{}})
	tx := headstart.Text{Title: what, Short: where, Phone: what, Body: what + "\n" + where, Lines: []headstart.TextLine{{Label: what, Text: where}}}
	w.put(headstart.TableIncidents, "HS-1", headstart.Incident{V: 1, ID: "HS-1", UID: "a", Seq: 1, State: headstart.Open, StartedAt: w.now.Add(-time.Hour)})
	w.put(headstart.TableAnnouncements, "a.x", headstart.Announcement{
		V: 1, ID: "a.x", UID: "a", Incident: "HS-1", State: headstart.AnnouncementPublished, Effect: "down", Severity: what, Services: []string{"wifi", what}, Locations: []string{"noord", where},
		Updates: []headstart.Update{{N: 1, Phase: headstart.Phase(what), At: w.now, Text: map[string]headstart.Text{"nl": tx}}},
	})
	w.put(headstart.TableMaintenance, "W", headstart.MaintenanceWindow{ID: "W", Services: []string{"wifi"}, Locations: []string{"noord"}, StartsAt: w.now, EndsAt: w.now.Add(time.Hour), Summary: headstart.Names{"": what}})
	return w.fill()
}

// elementsOf lists the elements of an XML or HTML file and their attributes.
func elementsOf(t testing.TB, path string, b []byte) (out []string) {
	t.Helper()
	if !strings.HasSuffix(path, ".html") {
		d := xml.NewDecoder(bytes.NewReader(b))
		for {
			x, err := d.Token()
			if errors.Is(err, io.EOF) {
				return out
			}
			if err != nil {
				t.Fatalf("%s: %v\n%s", path, err, b)
			}
			if e, ok := x.(xml.StartElement); ok {
				out = append(out, e.Name.Local)
				for _, a := range e.Attr {
					out = append(out, "@"+a.Name.Local)
				}
			}
		}
	}
	z := html.NewTokenizer(bytes.NewReader(b))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return out
		case html.StartTagToken, html.SelfClosingTagToken:
			x := z.Token()
			out = append(out, x.Data)
			for _, a := range x.Attr {
				out = append(out, "@"+a.Key)
			}
		}
	}
}

// Ruling 45: whatever the texts, every file is what its name says and has the
// elements it has for any text.
func FuzzFiles(f *testing.F) {
	f.Add("Mail werkt niet", "Gebouw Noord")
	f.Add(hostile(1), hostile(2))
	f.Add("]]></title><!ENTITY x SYSTEM 'file:///etc/passwd'>", "\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n")
	f.Add("\u2028</script>\x00\xff\ufffe", strings.Repeat("漢", 300)+"\\;,")
	f.Add("{{.}}${1}%s%d&auml;", "javascript:alert(1)//\u202e")
	names := []string{"feed.atom", "feed.rss", "badge.svg", "banner.html"}
	plain := map[string][]string{}
	h := serve(hostileWorld(f, "Mail", "Noord").site())
	for _, n := range names {
		plain[n] = slices.Compact(slices.Sorted(slices.Values(elementsOf(f, n, ask(h, "/s/nl/"+n).Body.Bytes()))))
	}
	f.Fuzz(func(t *testing.T, what, where string) {
		s := hostileWorld(t, what, where).site()
		h := serve(s)
		for _, name := range offered(s, s.all[0].state()) {
			rec := ask(h, "/s/nl/"+name)
			b := rec.Body.Bytes()
			if rec.Code != 200 || !utf8.Valid(b) {
				t.Fatalf("%s: status %d, UTF-8 %t", name, rec.Code, utf8.Valid(b))
			}
			switch {
			case slices.Contains(names, name):
				for _, e := range elementsOf(t, name, b) {
					if _, ours := slices.BinarySearch(plain[name], e); !ours {
						t.Errorf("the texts made %s in %s", e, name)
					}
				}
			case strings.HasSuffix(name, ".json"):
				if !json.Valid(b) || bytes.ContainsAny(b, "<>&\u2028\u2029") {
					t.Errorf("%s is no JSON that may stand in a page: %s", name, b)
				}
			case strings.HasSuffix(name, ".ics"):
				cal, err := ical.ParseCalendar(bytes.NewReader(b))
				if err != nil || len(cal.Events()) != 1 || len(cal.Components) != 1 {
					t.Errorf("%s: %v\n%s", name, err, b)
				}
			case name == "phone.txt":
				if n := len(strings.Fields(string(b))); n > mostSpoken || n == 0 {
					t.Errorf("%d words to speak: %s", n, b)
				}
			}
			if strings.HasPrefix(name, "feed.") {
				if x, err := gofeed.NewParser().Parse(bytes.NewReader(b)); err != nil || len(x.Items) != 2 {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
	})
}
