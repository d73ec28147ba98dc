package web

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

// forbidden is what the policy blocks, or what needs eval in htmx.
var forbidden = regexp.MustCompile(`hx-on|js:|\sstyle=|<style|<script(?:>|\s[^>]*>[^<])|\son[a-z]+=|hx-trigger="[^"]*\[|(?:src|href|action)="(?:https?:)?//`)

func TestTemplatesKeepToThePolicy(t *testing.T) {
	for _, bad := range []string{`<p hx-on:click="x">`, `hx-vals="js:x"`, `<p style="x">`, `<script>x</script>`, `<script src="a">x</script>`, `<b onclick="x">`, `hx-trigger="keyup[ctrlKey]"`, `href="https://example.org"`, `src="//cdn.example.org/x.js"`} {
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
	b, err := staticFiles.ReadFile("static/app.css")
	if err != nil {
		t.Fatal(err)
	}
	if body := string(b); strings.Contains(body, "http") || strings.Contains(body, "@import") || strings.Contains(body, "url(") {
		t.Error("app.css loads something from elsewhere")
	}
}

func TestEveryAnswerCarriesThePolicy(t *testing.T) {
	s := badMonday(t).site()
	for _, r := range s.Routes() {
		if strings.Contains(r.Pattern, "/events") {
			continue // it streams; secure wraps it as it wraps the rest
		}
		method, path, _ := strings.Cut(r.Pattern, " ")
		rec := httptest.NewRecorder()
		r.Handler.ServeHTTP(rec, httptest.NewRequest(method, strings.NewReplacer("{$}", "", "{id}", "HS-1042", "{do}", "ack", "{name}", "x").Replace(path), nil))
		for header, want := range map[string]string{"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"} {
			if got := rec.Header().Get(header); got != want {
				t.Errorf("%s: %s is %q", r.Pattern, header, got)
			}
		}
	}
	for _, bad := range []string{"unsafe-inline", "unsafe-eval", "http:", "*"} {
		if strings.Contains(policy, bad) {
			t.Errorf("the policy allows %s", bad)
		}
	}
}

// Ruling 39: every route has a scope; what changes something needs write, or more.
func TestEveryRouteHasAScope(t *testing.T) {
	for _, r := range badMonday(t).site().Routes() {
		method, path, _ := strings.Cut(r.Pattern, " ")
		mailed := strings.HasPrefix(path, "/ack/") // who has the link of a mail may: it is the permission
		open := strings.HasPrefix(path, "/static/") || mailed
		switch {
		case r.Scope == "":
			t.Errorf("%s has no scope", r.Pattern)
		case open != (r.Scope == headstart.ScopeOpen || r.Scope == headstart.ScopePage):
			t.Errorf("%s has scope %s", r.Pattern, r.Scope)
		case method == http.MethodPost && r.Scope != headstart.ScopeWrite && r.Scope != headstart.ScopeAdmin && path != "/preferences" && path != "/morning/seen" && !mailed: // of the reader alone
			t.Errorf("%s changes something with scope %s", r.Pattern, r.Scope)
		case r.Public:
			t.Errorf("%s is on the public listener", r.Pattern)
		}
	}
}

// Ruling 45: text from outside is data, on every page.
func TestHostileTextIsHarmless(t *testing.T) {
	w := badMonday(t)
	n := 0
	evil := func() string { n++; return hostile(n) + strings.Repeat("w", 10_000) }
	i := headstart.Incident{
		V: 1, ID: "HS-1050", UID: "ee", Seq: 1050, Group: 9, State: headstart.Open, Priority: "P1", Title: headstart.Names{"": evil()}, StartedAt: w.now.Add(-time.Hour),
		Cause: headstart.Cause{Asset: evil(), Kind: headstart.CauseJoint, Also: []string{evil()}, Reason: evil()}, Tags: []string{evil()}, Owner: evil(), SupportGroup: evil(),
		Services: []string{"wifi", evil()}, Locations: []string{evil()}, KnownError: evil(), Summary: &headstart.Summary{Cause: evil(), Solution: evil(), Prevention: evil(), Text: evil()},
	}
	w.put(headstart.TableIncidents, "HS-1050", i)
	u := headstart.Update{
		N: 1, Phase: headstart.Phase(evil()), At: w.now, By: evil(), Why: []string{evil()}, Hits: []headstart.Hit{{Word: evil(), Plain: evil()}},
		Text: map[string]headstart.Text{"nl": text(evil(), evil(), evil(), evil())},
	}
	w.put(headstart.TableAnnouncements, "ee.x", headstart.Announcement{V: 1, ID: evil(), Incident: "HS-1050", UID: "ee", Audience: evil(), State: headstart.AnnouncementPublished, Effect: evil(), Services: []string{"wifi"}, Updates: []headstart.Update{u}, Draft: &u})
	key := headstart.ProblemKey(evil())
	w.put(headstart.TableProblems, string(key), headstart.Problem{V: 1, Key: key, Asset: evil(), Check: evil(), Reason: evil(), State: headstart.ProblemOpen, Group: 9})
	w.put(headstart.TableMembers, headstart.MemberKey(9, 1), headstart.Member{V: 1, Group: 9, N: 1, Problem: key, Asset: evil(), Rule: evil()})
	w.put(headstart.TableTimeline, headstart.TimelineKey(1050, 1), headstart.Decision{V: 1, N: 1, Rule: evil(), Outcome: evil(), By: evil(), Subject: evil()})
	w.put(headstart.TableTickets, "rt/E", headstart.TicketState{
		V: 1, Ticket: headstart.Ticket{Source: "rt", ID: evil(), Priority: evil(), Requester: headstart.Requester{Location: evil()}},
		Links: []headstart.Link{{Group: 9, Score: .5, Band: headstart.BandSuggest, For: []string{evil()}, Against: []string{evil()}}},
	})
	w.put(headstart.TableDesk, "e", headstart.DeskNote{V: 1, Kind: "handover", By: evil(), Text: evil()})
	w.put(headstart.TableMaintenance, "e", headstart.MaintenanceWindow{ID: evil(), StartsAt: w.now, EndsAt: w.now.Add(time.Hour), Summary: headstart.Names{"": evil()}})
	w.checks = append(w.checks, headstart.CheckResult{Probe: evil(), Target: evil(), Verdict: headstart.Warn, Reason: evil(), Conditions: []headstart.Condition{{Name: evil(), Effect: headstart.EffectReport, Detail: evil()}}})
	for k := range w.titles {
		w.titles[k] = evil()
	}
	h := serve(w.fill().site(), desk)
	for _, path := range []string{"/", "/i/HS-1050", "/tickets", "/announcements", "/new", "/i/" + "%3Cscript%3Ealert(1)%3C%2Fscript%3E", "/?did=%3Cscript%3E"} {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		body := rec.Body.String()
		for _, bad := range []string{"<script>alert", "<img", "onerror=alert(1)>\u202Eedoc'`{{.}}</title>"} {
			if strings.Contains(body, bad) {
				t.Errorf("%s lets %q through", path, bad)
			}
		}
		if open, closed := strings.Count(body, "<bdi>"), strings.Count(body, "</bdi>"); open != closed {
			t.Errorf("%s: %d <bdi> and %d </bdi>", path, open, closed)
		}
	}
	if !strings.Contains(get(t, h, "/", 200), html.EscapeString("<script>alert(")) {
		t.Error("the hostile text is not shown as text: the test tests nothing")
	}
}

// Ruling 30: viewers and desk learn that there is something confidential, and
// no more; approvers see it.
func TestConfidentialIncidents(t *testing.T) {
	w := badMonday(t)
	secret := "Salarissysteem gehackt"
	w.put(headstart.TableIncidents, "HS-1051", headstart.Incident{V: 1, ID: "HS-1051", UID: "ff", Seq: 1051, Group: 11, State: headstart.Open, Priority: "P1", Confidential: true, Title: headstart.Names{"": secret}, StartedAt: w.now, Owner: "geheime-eigenaar"})
	w.put(headstart.TableAnnouncements, "ff.x", headstart.Announcement{V: 1, ID: "ff.x", Incident: "HS-1051", State: headstart.AnnouncementDraft, Draft: &headstart.Update{Text: map[string]headstart.Text{"nl": text(secret, secret)}}})
	w.put(headstart.TableTickets, "rt/S", headstart.TicketState{V: 1, Ticket: headstart.Ticket{Source: "rt", ID: "M-9"}, Links: []headstart.Link{{Group: 11, Band: headstart.BandSuggest, For: []string{secret}}}})
	s := w.fill().site()
	for name, id := range map[string]headstart.Identity{"viewer": looker, "desk": desk} {
		h := serve(s, id)
		for path, want := range map[string]int{"/": 200, "/i/HS-1051": 403, "/tickets": 200, "/announcements": 200} {
			body := get(t, h, path, want)
			if strings.Contains(body, secret) || strings.Contains(body, "geheime-eigenaar") {
				t.Errorf("%s: %s shows it", name, path)
			}
		}
		if !strings.Contains(get(t, h, "/", 200), "Vertrouwelijk") {
			t.Errorf("%s: the board does not say that there is something", name)
		}
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/events?topics=incident:HS-1051", nil))
		if rec.Code != http.StatusBadRequest {
			t.Errorf("%s: the stream answers %d", name, rec.Code)
		}
	}
	if rec := post(serve(s, desk), "/i/HS-1051/ack"); rec.Code != http.StatusForbidden || len(w.done) != 0 {
		t.Errorf("desk acknowledged it: %d", rec.Code)
	}
	if !strings.Contains(get(t, serve(s, approver), "/i/HS-1051", 200), secret) {
		t.Error("an approver does not see it")
	}
}

func TestAViewerHasNoButtons(t *testing.T) {
	h := serve(badMonday(t).site(), looker)
	for _, path := range []string{"/", "/i/HS-1042", "/tickets", "/announcements", "/new"} {
		body := get(t, h, path, 200)
		if n := strings.Count(body, `method="post"`); n != 2 { // the preferences and logging out
			t.Errorf("%s shows a viewer %d forms", path, n-2)
		}
	}
}

func TestStaticFilesAreKeptForEver(t *testing.T) {
	s := badMonday(t).site()
	h := serve(s, nobody)
	names := regexp.MustCompile(`/static/([^"]+)"`).FindAllStringSubmatch(get(t, serve(s, desk), "/", 200), -1)
	if len(names) < 4 {
		t.Fatalf("the board loads %d files", len(names))
	}
	for _, n := range names {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/static/"+n[1], nil))
		if rec.Code != 200 || !strings.Contains(rec.Header().Get("Cache-Control"), "immutable") || rec.Body.Len() == 0 {
			t.Errorf("%s: %d %s", n[1], rec.Code, rec.Header())
		}
	}
	get(t, h, "/static/app.css", 404) // without its hash it would be kept for ever, and wrong
	if licence := get(t, h, "/static/"+s.static.Name("htmx.LICENSE.txt"), 200); licence == "" {
		t.Error("htmx is here without its licence")
	}
}
