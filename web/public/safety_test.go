package public

import (
	"html"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"headstart"
)

// forbidden is what the policy blocks.
var forbidden = regexp.MustCompile(`\sstyle=|<style|<script(?:>|\s[^>]*>[^<])|\son[a-z]+=|(?:src|href|action)="(?:https?:)?//`)

func TestTemplatesKeepToThePolicy(t *testing.T) {
	for _, bad := range []string{`<p style="x">`, `<script>x</script>`, `<script src="a">x</script>`, `<b onclick="x">`, `href="https://example.org"`, `src="//cdn.example.org/x.js"`} {
		if !forbidden.MatchString(bad) {
			t.Errorf("the lint does not catch %s", bad)
		}
	}
	err := fs.WalkDir(templateFiles, "templates", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := templateFiles.ReadFile(path)
		if m := forbidden.FindString(string(b)); m != "" {
			t.Errorf("%s holds %q", path, m)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range NewAssets(staticFiles).hashed {
		body := strings.ReplaceAll(string(File(name)), "http://www.w3.org/2000/svg", "")
		if strings.Contains(body, "http://") || strings.Contains(body, "https://") || strings.Contains(body, "@import") || strings.Contains(body, "url(") {
			t.Errorf("%s loads something from elsewhere", name)
		}
	}
}

// Ruling 45: text from outside is data, on every page.
func TestHostileTextIsHarmless(t *testing.T) {
	w := badMonday(t)
	n := 0
	evil := func() string { n++; return hostile(n) + strings.Repeat("w", 10_000) }
	w.put(headstart.TableIncidents, "HS-1050", headstart.Incident{V: 1, ID: "HS-1050", UID: "ee", Seq: 1050, State: headstart.Open, StartedAt: w.now.Add(-time.Hour)})
	u := headstart.Update{N: 1, Phase: headstart.Phase(evil()), At: w.now, By: evil(), Why: []string{evil()}, Text: map[string]headstart.Text{"nl": text(evil(), evil(), evil(), evil())}}
	w.put(headstart.TableAnnouncements, "ee.x", headstart.Announcement{
		V: 1, ID: evil(), Incident: "HS-1050", UID: "ee", Audience: evil(), State: headstart.AnnouncementPublished, Effect: evil(), Severity: evil(),
		Services: []string{"wifi", evil()}, Locations: []string{evil()}, Updates: []headstart.Update{u},
	})
	w.put(headstart.TableMaintenance, "e", headstart.MaintenanceWindow{ID: evil(), StartsAt: w.now, EndsAt: w.now.Add(time.Hour), Summary: headstart.Names{"": evil()}})
	h := serve(w.fill().site())
	for _, path := range []string{"/s/", "/s/nl/", "/s/en/"} {
		body := get(t, h, path, 200)
		for _, bad := range []string{"<script>alert", "<img"} {
			if strings.Contains(body, bad) {
				t.Errorf("%s lets %q through", path, bad)
			}
		}
	}
	if !strings.Contains(get(t, h, "/s/nl/", 200), html.EscapeString("<script>alert(")) {
		t.Error("the hostile text is not shown as text: the test tests nothing")
	}
}

// Rulings 35 and 41: public bytes hold no device, address, alias, owner or
// person, nothing confidential, no cookie and no link of the desk; Host is
// never echoed.
func TestPublicBytesHoldNothingPrivate(t *testing.T) {
	w := badMonday(t)
	w.put(headstart.TableIncidents, "HS-1051", headstart.Incident{V: 1, ID: "HS-1051", UID: "ff", Seq: 1051, State: headstart.Open, Confidential: true, Services: []string{"salaris"}, StartedAt: w.now})
	w.put(headstart.TableAnnouncements, "ff.x", headstart.Announcement{V: 1, ID: "ff.x", Incident: "HS-1051", UID: "ff", State: headstart.AnnouncementPublished, Effect: "down", Services: []string{"salaris"}, Updates: []headstart.Update{{Text: map[string]headstart.Text{"nl": text("Salarisbestanden", "geheim")}}}})
	w.put(headstart.TableMaintenance, "W-1", headstart.MaintenanceWindow{ID: "W-1", Services: []string{"salaris"}, StartsAt: w.now, EndsAt: w.now.Add(time.Hour), Summary: headstart.Names{"": "Salarisbestanden"}})
	s := w.fill().site()
	needles := []string{"joris", "samira", "daan", "Salaris", "HS-1051", "netwerk", "applicaties", "desk.example.org", "/i/", "T-07", "concept", "stand van zaken", "Monteur", "Set-Cookie", "kwaad.example"}
	for _, d := range w.cat.Devices {
		needles = append(append(needles, d.ID, d.Address), d.Aliases...)
	}
	for _, p := range s.all[0].editions {
		r := httptest.NewRequest(http.MethodGet, p.path, nil)
		r.Host = "kwaad.example"
		rec := httptest.NewRecorder()
		serve(s).ServeHTTP(rec, r)
		var all strings.Builder
		if err := rec.Header().Write(&all); err != nil {
			t.Fatal(err)
		}
		all.WriteString(rec.Body.String())
		if !strings.Contains(all.String(), "https://storingen.example.org"+p.path) {
			t.Errorf("%s: no link to itself from publish.external_url", p.path)
		}
		for _, needle := range needles {
			if strings.Contains(strings.ToLower(all.String()), strings.ToLower(needle)) {
				t.Errorf("%s holds %q", p.path, needle)
			}
		}
	}
}

func TestStaticFilesAreKeptForEver(t *testing.T) {
	h := serve(badMonday(t).site())
	names := regexp.MustCompile(`(?:href|src)="\.\./(static/[^"]+)"`).FindAllStringSubmatch(get(t, h, "/s/nl/", 200), -1)
	if len(names) != 4 {
		t.Fatalf("the page loads %d files", len(names))
	}
	for _, n := range names {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/s/"+n[1], nil))
		if rec.Code != 200 || !strings.Contains(rec.Header().Get("Cache-Control"), "immutable") || rec.Body.Len() == 0 {
			t.Errorf("%s: %d %s", n[1], rec.Code, rec.Header())
		}
	}
	get(t, h, "/s/static/page.css", 404) // without its hash it would be kept for ever, and wrong
}

func TestEveryAnswerCarriesThePolicy(t *testing.T) {
	h := serve(badMonday(t).site())
	for _, path := range []string{"/s/", "/s/nl/", "/s/x", "/s/static/x", "/favicon.ico"} {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		for header, want := range map[string]string{"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"} {
			if got := rec.Header().Get(header); got != want {
				t.Errorf("%s: %s is %q", path, header, got)
			}
		}
	}
	for _, bad := range []string{"unsafe-inline", "unsafe-eval", "http:", "*"} {
		if strings.Contains(policy, bad) {
			t.Errorf("the policy allows %s", bad)
		}
	}
}
