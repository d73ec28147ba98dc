package web

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"headstart"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestActionsBecomeCommands(t *testing.T) {
	for name, c := range map[string]struct {
		path   string
		fields []string
		want   headstart.Command
		back   string
	}{
		"take it":      {"/i/HS-1043/ack", []string{"back", "board"}, headstart.Command{Do: "ack", Incident: "HS-1043"}, "/"},
		"a note":       {"/i/HS-1043/note", []string{"text", " eerste \x00regel\ntweede "}, headstart.Command{Do: "note", Incident: "HS-1043", Text: "eerste regel\ntweede"}, "/i/HS-1043"},
		"hand over":    {"/i/HS-1043/assign", []string{"owner", "joris", "support_group", "netwerk"}, headstart.Command{Do: "assign", Incident: "HS-1043", Owner: "joris", SupportGroup: "netwerk"}, "/i/HS-1043"},
		"link":         {"/i/HS-1042/link", []string{"ticket", "rt/M-4"}, headstart.Command{Do: "link", Incident: "HS-1042", Source: "rt", Ticket: "M-4"}, "/i/HS-1042"},
		"confirm":      {"/i/HS-1042/confirm-link", []string{"ticket", "rt/a/b"}, headstart.Command{Do: "confirm-link", Incident: "HS-1042", Source: "rt", Ticket: "a/b"}, "/i/HS-1042"},
		"still fails":  {"/i/HS-1042/confirm", []string{"ticket", "rt/M-4"}, headstart.Command{Do: "confirm", Incident: "HS-1042", Source: "rt", Ticket: "M-4"}, "/i/HS-1042"},
		"a time":       {"/i/HS-1042/set-eta", []string{"eta", "09:15", "reason", "het onderdeel komt later"}, headstart.Command{Do: "set-eta", Incident: "HS-1042", Text: "het onderdeel komt later"}, "/i/HS-1042"},
		"approve":      {"/i/HS-1042/approve", []string{"announcement", "aa11.noord"}, headstart.Command{Do: "approve", Incident: "HS-1042", Announcement: "aa11.noord"}, "/i/HS-1042"},
		"announce":     {"/i/HS-1042/announce", []string{"phase", "workaround", "var_Workaround", "Gebruik 4G"}, headstart.Command{Do: "announce", Incident: "HS-1042", Phase: headstart.WorkaroundFound, Variables: map[string]string{"Workaround": "Gebruik 4G"}}, "/i/HS-1042"},
		"resolve":      {"/i/HS-1042/resolve", []string{"cause", "c", "solution", "s", "prevention", "p", "summary", "x"}, headstart.Command{Do: "resolve", Incident: "HS-1042", Cause: "c", Solution: "s", Prevention: "p", Summary: "x"}, "/i/HS-1042"},
		"known error":  {"/i/HS-1042/resolve", []string{"solution", "s", "known_error", "KE-7"}, headstart.Command{Do: "resolve", Incident: "HS-1042", Solution: "s", KnownError: "KE-7"}, "/i/HS-1042"},
		"merge":        {"/i/HS-1043/merge", []string{"into", "HS-1042", "reason", "zelfde verdeler"}, headstart.Command{Do: "merge", Incident: "HS-1043", Into: "HS-1042", Text: "zelfde verdeler"}, "/i/HS-1043"},
		"split":        {"/i/HS-1042/split", []string{"asset", "prn-n2-04", "reason", "eigen storing"}, headstart.Command{Do: "split", Incident: "HS-1042", Assets: []string{"prn-n2-04"}, Text: "eigen storing"}, "/i/HS-1042"},
		"silence":      {"/i/HS-1042/hush", []string{"for", "2h", "reason", "oefening"}, headstart.Command{Do: "hush", Incident: "HS-1042", For: "2h", Text: "oefening"}, "/i/HS-1042"},
		"back to tab":  {"/i/HS-1042/link", []string{"ticket", "rt/M-4", "tab", "tickets"}, headstart.Command{Do: "link", Incident: "HS-1042", Source: "rt", Ticket: "M-4"}, "/i/HS-1042?tab=tickets"},
		"reopen":       {"/i/HS-1021/reopen", nil, headstart.Command{Do: "reopen", Incident: "HS-1021"}, "/i/HS-1021"},
		"by its short": {"/i/1043/ack", nil, headstart.Command{Do: "ack", Incident: "HS-1043"}, "/i/HS-1043"},
	} {
		t.Run(name, func(t *testing.T) {
			w := badMonday(t)
			who := desk
			if c.want.Do == "approve" {
				if rec := post(serve(w.site(), desk), c.path, c.fields...); rec.Code != http.StatusForbidden {
					t.Fatalf("the desk approves without the role: %d", rec.Code)
				}
				who = approver
			}
			rec := post(serve(w.site(), who), c.path, c.fields...)
			if rec.Code != http.StatusSeeOther || len(w.done) != 1 {
				t.Fatalf("status %d, %d commands: %s", rec.Code, len(w.done), rec.Body)
			}
			c.want.By = who.Name
			if diff := cmp.Diff(c.want, w.done[0], cmpopts.IgnoreFields(headstart.Command{}, "ID", "ETA"), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("command differs (-want +got):\n%s", diff)
			}
			sign := "?"
			if strings.Contains(c.back, "?") {
				sign = "&"
			}
			if want := c.back + sign + "did=" + url.QueryEscape(w.done[0].ID); rec.Header().Get("Location") != want || w.done[0].ID == "" {
				t.Errorf("goes to %s, want %s", rec.Header().Get("Location"), want)
			}
		})
	}
}

// What is over can be taken up again by those who may write, and not be taken
// on: that would be refused.
func TestAResolvedIncidentOffersToReopen(t *testing.T) {
	for state, want := range map[headstart.IncidentState]string{
		headstart.Open: "ack", headstart.Recovering: "ack", headstart.Holding: "ack", headstart.Resolved: "reopen", headstart.Closed: "", headstart.Merged: "",
	} {
		w := newWorld(t)
		w.put(headstart.TableIncidents, "HS-1", headstart.Incident{V: 1, ID: "HS-1", Seq: 1, State: state, StartedAt: w.now})
		w.fill()
		for who, id := range map[string]headstart.Identity{"desk": desk, "looker": looker} {
			body := get(t, serve(w.site(), id), "/i/HS-1", 200)
			for _, do := range []string{"ack", "reopen"} {
				if got := strings.Contains(body, `action="/i/HS-1/`+do+`"`); got != (do == want && who == "desk") {
					t.Errorf("%s, %s: offers %s: %v", state, who, do, got)
				}
			}
		}
	}
}

func TestAnExpectedTimeIsTodayOrTomorrow(t *testing.T) {
	for value, want := range map[string]string{"09:15": "2026-11-23 09:15", "08:00": "2026-11-24 08:00"} {
		w := badMonday(t) // it is 08:24
		if rec := post(serve(w.site(), desk), "/i/HS-1042/set-eta", "eta", value); rec.Code != http.StatusSeeOther {
			t.Fatalf("status %d: %s", rec.Code, rec.Body)
		}
		if got := w.done[0].ETA; !got.Equal(w.at(want)) {
			t.Errorf("%s is %s, want %s", value, got, want)
		}
	}
}

func TestBadFormsAreRefusedInWords(t *testing.T) {
	for name, c := range map[string]struct {
		path   string
		fields []string
		status int
		says   string
	}{
		"an empty note":         {"/i/HS-1042/note", nil, 400, "Vul in: tekst."},
		"a note too long":       {"/i/HS-1042/note", []string{"text", strings.Repeat("é", maxText+1)}, 400, "hoogstens 4000"},
		"no text at all":        {"/i/HS-1042/note", []string{"text", "\xff"}, 400, "geen tekst"},
		"hand over to nobody":   {"/i/HS-1042/assign", nil, 400, "Vul in wie"},
		"a ticket of no source": {"/i/HS-1042/link", []string{"ticket", "M-4"}, 400, "Kies een melding"},
		"a time that is none":   {"/i/HS-1042/set-eta", []string{"eta", "25:00"}, 400, "is geen tijd"},
		"a merge into nothing":  {"/i/HS-1042/merge", []string{"reason", "dubbel"}, 400, "Gaat op in"},
		"a split of nothing":    {"/i/HS-1042/split", []string{"reason", "los"}, 400, "hoort er niet bij"},
		"silence without end":   {"/i/HS-1042/hush", []string{"for", "9y", "reason", "x"}, 400, "Hoe lang"},
		"no such incident":      {"/i/HS-9/ack", nil, 404, "geen storing HS-9"},
		"no such action":        {"/i/HS-1042/eat", nil, 404, "bestaat niet"},
		"a service not there":   {"/new", []string{"service", "x", "effect", "down", "severity", "major"}, 400, "Kies een dienst"},
		"a place not there":     {"/new", []string{"service", "wifi", "location", "x", "effect", "down", "severity", "major"}, 400, "Kies plekken"},
		"no effect":             {"/new", []string{"service", "wifi", "severity", "major"}, 400, "wat mensen merken"},
		"no severity":           {"/new", []string{"service", "wifi", "effect", "down"}, 400, "hoe ernstig"},
	} {
		t.Run(name, func(t *testing.T) {
			w := badMonday(t)
			rec := post(serve(w.site(), desk), c.path, c.fields...)
			if rec.Code != c.status || !strings.Contains(rec.Body.String(), c.says) {
				t.Errorf("status %d, want %d and %q:\n%s", rec.Code, c.status, c.says, rec.Body)
			}
			if len(w.done) != 0 {
				t.Errorf("it sent %+v", w.done)
			}
		})
	}
}

func TestNewIncidentOpensAndAnnounces(t *testing.T) {
	w := badMonday(t)
	w.do = func(c headstart.Command) (headstart.Outcome, bool, error) {
		return headstart.Outcome{Command: c.ID, Incident: "HS-1060"}, false, nil
	}
	rec := post(serve(w.site(), desk), "/new", "service", "print", "location", "noord", "effect", "partly", "severity", "minor", "announce", "1")
	if rec.Code != http.StatusSeeOther || !strings.HasPrefix(rec.Header().Get("Location"), "/i/HS-1060?did=") {
		t.Fatalf("status %d to %s", rec.Code, rec.Header().Get("Location"))
	}
	want := []headstart.Command{
		{By: "samira", Do: "open", Title: "Printen: werkt deels", Services: []string{"print"}, Locations: []string{"noord"}, Severity: "minor", Variables: map[string]string{"effect": "partly"}},
		{By: "samira", Do: "announce", Phase: headstart.Investigating, Variables: map[string]string{"effect": "partly"}},
	}
	if diff := cmp.Diff(want, w.done, cmpopts.IgnoreFields(headstart.Command{}, "ID", "Ref", "Incident")); diff != "" {
		t.Errorf("commands differ (-want +got):\n%s", diff)
	}
	if w.done[0].Ref == "" || w.done[1].Incident != w.done[0].Ref {
		t.Errorf("the message is about %q, the incident is %q", w.done[1].Incident, w.done[0].Ref)
	}
}

// What is typed may be an id, a name in either language or an alias; of two services of
// one name neither is meant, and one that its writer may not read of is as unknown as
// none (ruling 30).
func TestTheServiceOfANewIncident(t *testing.T) {
	w := newWorld(t)
	w.cat = headstart.Catalog{Services: []headstart.Service{
		{ID: "wifi", Name: headstart.Names{"nl": "Wifi en internet", "en": "Wifi and internet"}, Aliases: []string{"netwerk"}},
		{ID: "mail", Name: headstart.Names{"": "Mail"}, Aliases: []string{"Outlook", "post"}},
		{ID: "brief", Name: headstart.Names{"": "Post"}},
		{ID: "salaris", Name: headstart.Names{"": "Salaris"}, Confidential: true},
	}}
	w.put(headstart.TableConfig, "current", headstart.LogConfig{Engine: 1, Catalog: &w.cat})
	w.fill()
	if got := viewerOf(approver, w.view).serviceNamed("salaris"); got != "salaris" {
		t.Errorf("an approver who types salaris means %q", got)
	}
	v := viewerOf(desk, w.view)
	for typed, want := range map[string]string{"wifi": "wifi", "WIFI EN internet": "wifi", "Wifi and internet": "wifi", "Netwerk": "wifi", "mail": "mail", "outlook": "mail", "post": "", "": "", "tv": "", "salaris": "", "Salaris": ""} {
		if got := v.serviceNamed(typed); got != want {
			t.Errorf("%q is %q, want %q", typed, got, want)
		}
	}
}

func TestAMessageDoesNotFollowARefusedOpening(t *testing.T) {
	w := badMonday(t)
	w.do = func(c headstart.Command) (headstart.Outcome, bool, error) {
		return headstart.Outcome{Command: c.ID, Refused: "bestaat al"}, false, nil
	}
	post(serve(w.site(), desk), "/new", "service", "print", "effect", "down", "severity", "minor", "announce", "1")
	if len(w.done) != 1 {
		t.Errorf("%d commands, want the opening alone", len(w.done))
	}
}

// Ruling 9: a write whose outcome is not known yet says so; one that was
// refused says why; the page reads it from the view.
func TestThePageSaysWhatBecameOfACommand(t *testing.T) {
	w := badMonday(t)
	w.put(headstart.TableOutcomes, "web-1", headstart.Outcome{V: 1, Command: "web-1", Do: "ack", Refused: "al <b>opgelost</b>"})
	w.put(headstart.TableOutcomes, "web-2", headstart.Outcome{V: 1, Command: "web-2", Do: "ack"})
	h := serve(w.fill().site(), desk)
	for id, want := range map[string]string{"web-1": "Niet gedaan: al &lt;b&gt;opgelost", "web-2": "Gedaan.", "web-3": "Wordt verwerkt."} {
		body := get(t, h, "/i/HS-1042?did="+id, 200)
		if !strings.Contains(body, want) {
			t.Errorf("%s: the page does not say %q", id, want)
		}
		if pending := strings.Contains(body, `http-equiv="refresh" content="2"`); pending != (id == "web-3") {
			t.Errorf("%s: looks again by itself: %v", id, pending)
		}
	}
}

func TestAStoreThatIsDown(t *testing.T) {
	w := badMonday(t)
	w.do = func(headstart.Command) (headstart.Outcome, bool, error) {
		return headstart.Outcome{}, false, errors.New("dial tcp 10.0.0.1:6379: refused")
	}
	rec := post(serve(w.site(), desk), "/i/HS-1042/ack")
	if rec.Code != http.StatusServiceUnavailable || rec.Header().Get("Retry-After") == "" {
		t.Errorf("status %d", rec.Code)
	}
	if body := rec.Body.String(); !strings.Contains(body, "Er is niets gedaan") || strings.Contains(body, "10.0.0.1") {
		t.Errorf("the page says %s", body)
	}
}

func TestActionsKeepToTheLocationsOfAUser(t *testing.T) {
	w := badMonday(t)
	south := desk
	south.Locations = []string{"zuid"}
	h := serve(w.site(), south)
	if rec := post(h, "/i/HS-1042/ack"); rec.Code != http.StatusForbidden {
		t.Errorf("an incident of Noord: status %d, want 403", rec.Code)
	}
	if rec := post(h, "/i/HS-1043/ack"); rec.Code != http.StatusSeeOther {
		t.Errorf("an incident of no place: status %d, want 303", rec.Code)
	}
	if rec := post(h, "/new", "service", "wifi", "location", "noord", "effect", "down", "severity", "major"); rec.Code != http.StatusBadRequest {
		t.Errorf("a new one in Noord: status %d, want 400", rec.Code)
	}
	for _, path := range []string{"/new", "/maintenance"} { // a form offers what may be sent
		body := get(t, h, path, http.StatusOK)
		if strings.Contains(body, `name="location" value="noord"`) || strings.Contains(body, "Salarisbestanden") || !strings.Contains(body, `name="location" value="zuid"`) || !strings.Contains(body, "Roosterplanner") {
			t.Errorf("%s does not offer what this account may choose, and nothing else", path)
		}
	}
}

func TestPreferencesStayHere(t *testing.T) {
	h := serve(badMonday(t).site(), looker)
	for back, want := range map[string]string{"/i/HS-1?x=1": "/i/HS-1?x=1", "//evil.example": "/", "https://evil.example": "/", `/\evil.example`: "/", "": "/"} {
		rec := post(h, "/preferences", "lang", "en", "theme", "dark", "back", back)
		if got := rec.Header().Get("Location"); got != want {
			t.Errorf("back %q goes to %q, want %q", back, got, want)
		}
		if got := len(rec.Result().Cookies()); got != 2 {
			t.Errorf("%d cookies", got)
		}
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.AddCookie(&http.Cookie{Name: "headstart_lang", Value: "en"})
	r.AddCookie(&http.Cookie{Name: "headstart_theme", Value: "dark"})
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	if !strings.Contains(rec.Body.String(), `<html lang="en" data-theme="dark">`) {
		t.Errorf("the cookies are not heeded: %s", rec.Body.String()[:80])
	}
}

// No GET changes anything: mail scanners and crawlers follow links.
func TestNoGetChangesAnything(t *testing.T) {
	w := badMonday(t)
	s := w.site()
	h := serve(s, approver)
	links := regexp.MustCompile(`(?:href|action)="(/[^"#?]*)`)
	seen, todo := map[string]bool{}, []string{"/", "/i/HS-1042", "/s/"}
	before := w.view.Cursor()
	for len(todo) > 0 {
		path := todo[0]
		todo = todo[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		if cookies := rec.Result().Cookies(); len(cookies) != 0 {
			t.Errorf("GET %s sets %v", path, cookies)
		}
		for _, m := range links.FindAllStringSubmatch(rec.Body.String(), -1) {
			todo = append(todo, m[1])
		}
	}
	if len(seen) < 15 {
		t.Errorf("the crawl saw only %d addresses", len(seen))
	}
	if len(w.done) != 0 || w.view.Cursor() != before {
		t.Errorf("following links sent %+v", w.done)
	}
}
