package door

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"headstart"
)

var browser = header("Accept", "text/html,application/xhtml+xml")

// A person whose request does not reach its page reads what that means and what to do,
// in his language; nothing of the inside is told.
func TestARefusalTellsAPersonWhatToDo(t *testing.T) {
	d := testDoor(t, nil,
		headstart.Route{Pattern: "POST /form", Scope: headstart.ScopeOpen, Handler: http.NotFoundHandler(), MaxBody: 10},
		headstart.Route{Pattern: "GET /boom", Scope: headstart.ScopeOpen, Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("hunter2") })})
	large := form(url.Values{"text": {strings.Repeat("x", 100)}})
	for name, c := range map[string]struct {
		ask    *http.Request
		status int
		nl, en string
	}{
		"no such page":      {request("GET", "/tv"), http.StatusNotFound, "Hier is niets", "There is nothing here"},
		"a button's page":   {request("GET", "/form"), http.StatusMethodNotAllowed, "Dit is geen pagina", "This is not a page"},
		"another site":      {request("POST", "/form", header("Origin", "https://evil.example")), http.StatusForbidden, "Dit mag u hier niet", "You may not do this here"},
		"a large form":      {request("POST", "/form", large), http.StatusRequestEntityTooLarge, "Dit is te groot", "This is too large"},
		"another name":      {request("GET", "/", host("evil.example")), http.StatusMisdirectedRequest, "heet anders", "has another name"},
		"an address broken": {request("GET", "/a//b"), http.StatusBadRequest, "niet te lezen", "cannot be read"},
		"our fault":         {request("GET", "/boom"), http.StatusInternalServerError, "Er ging bij ons iets mis", "Something went wrong on our side"},
		"a reader's":        {request("GET", "/s/nergens"), http.StatusNotFound, "Naar de statuspagina", "To the status page"},
	} {
		browser(c.ask)
		for lang, want := range map[string]string{"nl": c.nl, "en-GB,en;q=0.8": c.en} {
			header("Accept-Language", lang)(c.ask)
			res := call(d.Desk(), c.ask)
			page := body(t, res)
			if res.StatusCode != c.status || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") || !strings.Contains(page, want) || !strings.Contains(page, `<a class="button" href="/`) {
				t.Errorf("%s in %s: %d %s, want %d and %q:\n%s", name, lang, res.StatusCode, res.Header.Get("Content-Type"), c.status, want, page)
			}
			if strings.Contains(page, "hunter2") || strings.Contains(page, "<script") {
				t.Errorf("%s tells of the inside:\n%s", name, page)
			}
		}
	}
	chosen := request("GET", "/tv", browser, header("Accept-Language", "nl"), header("Cookie", "headstart_lang=en"))
	if page := body(t, call(d.Desk(), chosen)); !strings.Contains(page, "There is nothing here") {
		t.Error("the language chosen on the desk is not spoken")
	}
}

// Both languages have words for the same refusals, among them one that waits.
func TestRefusalsAreWorded(t *testing.T) {
	for status := range refusedOf["nl"].by {
		if en, has := refusedOf["en"].by[status]; !has || en.Do == "" || refusedOf["nl"].by[status].Do == "" {
			t.Errorf("%d has no words in one language", status)
		}
	}
	if len(refusedOf["en"].by) != len(refusedOf["nl"].by) {
		t.Error("English has words that Dutch lacks")
	}
	rec := httptest.NewRecorder()
	wait(rec, request("GET", "/", browser), 90_000_000_000)
	if rec.Code != http.StatusTooManyRequests || rec.Header().Get("Retry-After") != "90" || !strings.Contains(rec.Body.String(), "Even wachten") {
		t.Errorf("too many: %d %v %s", rec.Code, rec.Header(), rec.Body)
	}
	rec = httptest.NewRecorder()
	refuse(rec, request("GET", "/", browser), http.StatusTeapot, "short <b>and</b> stout")
	if !strings.Contains(rec.Body.String(), "Dit ging niet") || !strings.Contains(rec.Body.String(), "short &lt;b&gt;and&lt;/b&gt; stout") {
		t.Errorf("of another kind: %s", rec.Body)
	}
}

// A program reads what it reads else: JSON of its API, a line of text.
func TestARefusalTellsAProgramWhatItReads(t *testing.T) {
	d := testDoor(t, nil)
	for name, c := range map[string]struct {
		ask    *http.Request
		status int
		kind   string
		says   string
	}{
		"our API":               {request("GET", "/api/v1/nothing", browser), http.StatusNotFound, "application/problem+json", `"status":404`},
		"our API, another way":  {request("DELETE", "/api/v1/things"), http.StatusMethodNotAllowed, "application/problem+json", "answers GET, HEAD, POST only"},
		"Alertmanager's":        {request("GET", "/api/v2/nothing"), http.StatusNotFound, "application/json", `"code":404`},
		"a script":              {request("GET", "/tv"), http.StatusNotFound, "text/plain; charset=utf-8", "nothing at this address"},
		"a program with a key":  {request("GET", "/tv", browser, bearer(allToken)), http.StatusNotFound, "text/plain; charset=utf-8", "nothing at this address"},
		"a part of a page":      {request("GET", "/tv", browser, header("HX-Request", "true")), http.StatusNotFound, "text/plain; charset=utf-8", "nothing at this address"},
		"a job that pushes":     {request("POST", "/push/x", browser), http.StatusNotFound, "text/plain; charset=utf-8", "nothing at this address"},
		"a health check, wrong": {request("GET", "/-/nothing", browser), http.StatusNotFound, "text/plain; charset=utf-8", "nothing at this address"},
	} {
		res := call(d.Desk(), c.ask)
		if text := body(t, res); res.StatusCode != c.status || res.Header.Get("Content-Type") != c.kind || !strings.Contains(text, c.says) {
			t.Errorf("%s: %d %s %s; want %d %s with %s", name, res.StatusCode, res.Header.Get("Content-Type"), text, c.status, c.kind, c.says)
		}
	}
	if res := call(d.Desk(), request("DELETE", "/api/v1/things")); res.Header.Get("Allow") != "GET, HEAD, POST" {
		t.Errorf("405 allows %q", res.Header.Get("Allow"))
	}
}

// Who makes up paths, or tokens, is told of in the log once, and cannot fill it.
func TestRefusedProgramsDoNotFillTheLog(t *testing.T) {
	d := testDoor(t, withAuth, headstart.Route{Pattern: "GET /api/v1/one/{id}", Scope: headstart.ScopeRead, Handler: http.NotFoundHandler()})
	var log bytes.Buffer
	d.logger = slog.New(slog.NewTextHandler(&log, nil))
	for n := range 30 {
		call(d.Desk(), request("GET", "/api/v1/one/"+strconv.Itoa(n), bearer("wrong")))
	}
	if n := strings.Count(log.String(), "a program is refused"); n < 1 || n > 2 { // by its token, and later as one that guesses
		t.Errorf("%d lines, want 1 or 2:\n%s", n, &log)
	}
}

// A stream or a part of a page whose reader was logged out is refused: the log-in page
// would be taken for what it asked for.
func TestAPartOfAPageIsNotSentToTheLogin(t *testing.T) {
	d := testDoor(t, withAuth)
	wantStatus(t, "a part of a page", call(d.Desk(), request("GET", "/", browser, header("HX-Request", "true"))), http.StatusUnauthorized)
	wantStatus(t, "the page", call(d.Desk(), request("GET", "/", browser)), http.StatusSeeOther)
}
