package public

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	ical "github.com/arran4/golang-ical"
	"github.com/mmcdole/gofeed"

	"headstart"
)

// ask requests a file with headers, given as name, value, name, value.
func ask(h http.Handler, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec
}

// offered are the names of all files of an edition, those made per message and per
// window among them.
func offered(s *Site, st *State) []string {
	var out []string
	for _, f := range s.files {
		out = append(out, f.name)
	}
	for _, w := range st.Windows {
		out = append(out, w.ID+".ics")
	}
	return out
}

// decode reads a JSON file and refuses what the type has no field for.
func decode(t testing.TB, h http.Handler, path string, into any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(get(t, h, path, 200)))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// told is what the forms of one page say runs, by message id.
func told(t *testing.T, h http.Handler, s *Site, path string) map[string][]string {
	t.Helper()
	st := s.all[0].state()
	out := map[string][]string{"page": nil, "banner": nil, "summary": nil, "unresolved": nil, "atom": nil, "rss": nil}
	page := get(t, h, path, 200)
	for _, m := range st.Messages {
		if _, after, ok := strings.Cut(page, ` id="m`+m.ID+`"`); ok && !strings.Contains(after[:strings.Index(after, "</p>")], `class="tag green"`) && !m.Withdrawn {
			out["page"] = append(out["page"], m.ID)
		}
	}
	var banner bannerFile
	decode(t, h, path+"banner.json", &banner)
	for _, m := range banner.Messages {
		out["banner"] = append(out["banner"], m.ID)
	}
	var summary spSummaryFile
	decode(t, h, path+"api/v2/summary.json", &summary)
	for _, i := range summary.Incidents {
		out["summary"] = append(out["summary"], i.ID)
	}
	var unresolved spIncidentsFile
	decode(t, h, path+"api/v2/incidents/unresolved.json", &unresolved)
	for _, i := range unresolved.Incidents {
		out["unresolved"] = append(out["unresolved"], i.ID)
	}
	for _, form := range []string{"atom", "rss"} {
		f, err := gofeed.NewParser().ParseString(get(t, h, path+"feed."+form, 200))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range st.Live() { // a feed is a history: what runs must be in it
			if slices.ContainsFunc(f.Items, func(i *gofeed.Item) bool { return strings.Contains(i.Link, m.ID) }) {
				out[form] = append(out[form], m.ID)
			}
		}
	}
	for form := range out {
		slices.Sort(out[form])
	}
	return out
}

// Page, feeds, banner and API are made of one state and list the same messages;
// page, calendar and API the same planned work.
func TestAllFormsListTheSame(t *testing.T) {
	w := badMonday(t)
	s := w.site()
	h := serve(s)
	for _, path := range []string{"/s/", "/s/nl/", "/s/en/"} {
		var want []string
		for _, m := range s.all[0].state().Live() {
			want = append(want, m.ID)
		}
		slices.Sort(want)
		if len(want) != 2 {
			t.Fatalf("%d messages run, want 2", len(want))
		}
		for form, got := range told(t, h, s, path) {
			if !slices.Equal(got, want) {
				t.Errorf("%s: %s lists %v, want %v", path, form, got, want)
			}
		}
		cal, err := ical.ParseCalendar(strings.NewReader(get(t, h, path+"calendar.ics", 200)))
		if err != nil {
			t.Fatal(err)
		}
		var api spMaintenancesFile
		decode(t, h, path+"api/v2/scheduled-maintenances.json", &api)
		if windows := s.all[0].state().Windows; len(windows) != 4 || len(cal.Events()) != len(windows) || len(api.Scheduled) != len(windows) {
			t.Errorf("%s: %d windows, %d events, %d in the API; want 4 each", path, len(windows), len(cal.Events()), len(api.Scheduled))
		}
	}
}

// The same text, word for word, in every form that carries it (announcements.md,
// section 13).
func TestAllFormsSayTheSame(t *testing.T) {
	w := badMonday(t)
	s := w.site()
	h := serve(s)
	for _, l := range []string{"nl", "en"} {
		path := "/s/" + l + "/"
		st := s.all[0].state()
		var unresolved spIncidentsFile
		decode(t, h, path+"api/v2/incidents/unresolved.json", &unresolved)
		var banner bannerFile
		decode(t, h, path+"banner.json", &banner)
		atom, err := gofeed.NewParser().ParseString(get(t, h, path+"feed.atom", 200))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range st.Live() {
			want, _ := m.Last().In(l)
			for _, i := range unresolved.Incidents {
				if got := i.IncidentUpdates[0].Body; i.ID == m.ID && got != bodyOf(&want) {
					t.Errorf("%s: the API says %q, want %q", path, got, bodyOf(&want))
				}
			}
			for _, b := range banner.Messages {
				if b.ID == m.ID && (b.Title != want.Title || b.Short != want.Short) {
					t.Errorf("%s: the banner says %q, %q", path, b.Title, b.Short)
				}
			}
			entry := slices.IndexFunc(atom.Items, func(i *gofeed.Item) bool {
				return strings.Contains(i.Link, m.ID) && i.UpdatedParsed.Equal(m.Last().At)
			})
			if entry < 0 || atom.Items[entry].Title != want.Title || atom.Items[entry].Description != want.Short {
				t.Errorf("%s: the feed has no entry that says %q, %q", path, want.Title, want.Short)
			}
		}
	}
}

// Every update is an entry; one that corrects the one before takes its place under
// the same name, which is the same in every rendering and on every host.
func TestAFeedHasAnEntryPerUpdate(t *testing.T) {
	w := newWorld(t)
	w.put(headstart.TableIncidents, "HS-1", headstart.Incident{V: 1, ID: "HS-1", UID: "a", Seq: 1, State: headstart.Open, StartedAt: w.at("2026-11-23 07:00")})
	said := func(n int, at, title string, corrects bool) headstart.Update {
		return headstart.Update{N: n, Phase: headstart.Investigating, At: w.at(at), Corrects: corrects, Text: map[string]headstart.Text{"nl": text(title, title)}}
	}
	a := headstart.Announcement{
		V: 1, ID: "a.x", UID: "a", Incident: "HS-1", State: headstart.AnnouncementPublished, Effect: "down", Services: []string{"mail"},
		Updates: []headstart.Update{said(1, "2026-11-23 07:05", "een", false), said(2, "2026-11-23 07:10", "twee", false)},
	}
	entries := func(change ...func(*Options)) map[string]string {
		f, err := gofeed.NewParser().ParseString(get(t, serve(w.fill().site(change...)), "/s/nl/feed.atom", 200))
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		for _, i := range f.Items {
			out[i.Title] = i.GUID + " " + i.PublishedParsed.In(w.zone).Format("15:04") + " " + i.UpdatedParsed.In(w.zone).Format("15:04")
		}
		return out
	}
	w.put(headstart.TableAnnouncements, "a.x", a)
	before := entries()
	if len(before) != 2 {
		t.Fatalf("%v, want two entries", before)
	}
	a.Updates = append(a.Updates, said(3, "2026-11-23 07:12", "twee, beter", true), said(4, "2026-11-23 07:20", "twee, nog beter", true))
	w.rows = w.rows[:len(w.rows)-1]
	w.put(headstart.TableAnnouncements, "a.x", a)
	after := entries(func(o *Options) { o.Config.ExternalURL = "https://elders.example.org" })
	name, _, _ := strings.Cut(before["twee"], " ")
	want := map[string]string{"een": before["een"], "twee, nog beter": name + " 07:10 07:20"}
	if len(after) != 2 || after["een"] != want["een"] || after["twee, nog beter"] != want["twee, nog beter"] {
		t.Errorf("entries are %v, want %v", after, want)
	}
}

// A reader that knows the state is told so, by tag or by time (RFC 9110, section 13).
func TestFilesAreAskedForConditionally(t *testing.T) {
	s := badMonday(t).site()
	h := serve(s)
	for _, name := range offered(s, s.all[0].state()) {
		path := "/s/nl/" + name
		first := ask(h, path)
		tag := first.Header().Get("ETag")
		if first.Code != http.StatusOK || tag == "" || first.Header().Get("Content-Language") != "nl" {
			t.Errorf("%s: status %d, ETag %q, language %q", path, first.Code, tag, first.Header().Get("Content-Language"))
		}
		if again := ask(h, path, "If-None-Match", tag); again.Code != http.StatusNotModified || again.Body.Len() != 0 {
			t.Errorf("%s: status %d for who has it", path, again.Code)
		}
		if again := ask(h, path); !bytes.Equal(again.Body.Bytes(), first.Body.Bytes()) {
			t.Errorf("%s: the same state gave other bytes", path)
		}
		modified := first.Header().Get("Last-Modified")
		if wants := strings.HasPrefix(name, "feed.") || strings.HasSuffix(name, ".ics"); wants != (modified != "") {
			t.Errorf("%s: Last-Modified is %q", path, modified)
		}
		if modified == "" {
			continue
		}
		at, err := http.ParseTime(modified)
		if err != nil {
			t.Fatal(err)
		}
		for since, want := range map[time.Time]int{at: 304, at.Add(time.Hour): 304, at.Add(-time.Second): 200} {
			if got := ask(h, path, "If-Modified-Since", since.UTC().Format(http.TimeFormat)); got.Code != want {
				t.Errorf("%s: status %d for who has that of %s, want %d", path, got.Code, since, want)
			}
		}
		if got := ask(h, path, "If-Modified-Since", modified, "If-None-Match", `"other"`); got.Code != 200 {
			t.Errorf("%s: the time outranks the tag", path)
		}
	}
}

// Ruling 41: scripts of other sites may read the figures of an open page, and of
// no other; nobody may frame anything but the banner, and that only portals named
// in the configuration.
func TestOtherSitesGetWhatIsMeantForThem(t *testing.T) {
	w := badMonday(t)
	s := w.site(func(o *Options) {
		o.Config.Pages = []Page{{ID: ""}, {ID: "personeel", Access: "network", Networks: []string{"192.0.2.0/24"}}}
		o.Config.EmbedOrigins = []string{"https://portaal.example.org", "https://intranet.example.org:8443"}
	})
	h := serve(s)
	for _, page := range []string{"/s/", "/s/personeel/"} {
		for _, name := range offered(s, s.all[0].state()) {
			header := ask(h, page+"nl/"+name, "Origin", "https://kwaad.example").Header()
			want := ""
			if page == "/s/" && (strings.HasSuffix(name, ".json") || name == "badge.svg") {
				want = "*"
			}
			if got := header.Get("Access-Control-Allow-Origin"); got != want {
				t.Errorf("%snl/%s: Access-Control-Allow-Origin is %q, want %q", page, name, got, want)
			}
			policy := header.Get("Content-Security-Policy")
			frames := "frame-ancestors 'none'"
			if name == "banner.html" {
				frames = "frame-ancestors https://portaal.example.org https://intranet.example.org:8443"
			}
			if !strings.Contains(policy, frames) || !strings.HasPrefix(policy, "default-src 'none'; ") || strings.Contains(policy, "unsafe") {
				t.Errorf("%snl/%s: the policy is %q", page, name, policy)
			}
			if header.Get("Set-Cookie") != "" {
				t.Errorf("%snl/%s sets a cookie", page, name)
			}
		}
	}
	if got := ask(serve(w.site()), "/s/nl/banner.html").Header().Get("Content-Security-Policy"); !strings.Contains(got, "frame-ancestors 'none'") {
		t.Errorf("without portals the banner's policy is %q", got)
	}
}

// A badge is a picture with a title, in light and dark, and its own style is all it
// may load.
func TestTheBadge(t *testing.T) {
	w := badMonday(t)
	rec := ask(serve(w.site()), "/s/nl/badge.svg")
	body := rec.Body.String()
	for _, want := range []string{`role="img" aria-labelledby="t" lang="nl" class="red"`, `<title id="t">Voorbeeld College – ICT-storingen: 2 diensten werken nu niet goed</title>`, ">2 diensten werken nu niet goed</text>", "prefers-color-scheme:dark", "<path"} {
		if !strings.Contains(body, want) {
			t.Errorf("the badge lacks %s\n%s", want, body)
		}
	}
	if err := wellFormed(rec.Body.Bytes()); err != nil {
		t.Error(err)
	}
	if got := rec.Header().Get("Content-Security-Policy"); !strings.Contains(got, "style-src 'sha256-"+base64Hash(badgeStyle)+"'") {
		t.Errorf("the policy is %q", got)
	}
}

// wellFormed reads XML to its end.
func wellFormed(b []byte) error {
	d := xml.NewDecoder(bytes.NewReader(b))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
