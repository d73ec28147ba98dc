package door

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"headstart"
)

func TestReadersOfAPageLogInWithoutTheDesk(t *testing.T) { // rulings 41, 43
	c := newClock()
	i := newTestIssuer(t, c.now)
	i.groups = []string{"Iedereen"} // anybody of the organisation
	d := oidcDoor(t, i, c.now, func(c *Config) {
		c.Publish.Listen, c.Publish.ExternalURL = "127.0.0.1:8481", "http://storing.example.nl:8481"
	})
	v := visitorOf(t, d.Public())
	v.host = "storing.example.nl:8481"
	if who := body(t, v.get("/s/")); !strings.Contains(who, "cookies=0") {
		t.Fatalf("a stranger: %s", who)
	}
	res := v.comeBack(i, "/login/page?next=/s/beheer/nl/")
	wantStatus(t, "coming back", res, http.StatusSeeOther)
	if to := res.Header.Get("Location"); to != "/s/beheer/nl/" {
		t.Errorf("sent to %q, want the page", to)
	}
	if len(v.cookies) != 1 || v.cookies[readerPurpose] == nil {
		t.Errorf("cookies %v, want the reader's alone", v.cookies)
	}
	if len(d.sessions.all) != 0 {
		t.Error("a reader got a session of the desk")
	}
	for _, next := range []string{"/", "/i/HS-3", "https://evil.example/s/", "//evil.example/s/"} {
		if to := visitorAt(t, d, v.host).comeBack(i, "/login/page?"+url.Values{"next": {next}}.Encode()).Header.Get("Location"); to != "/s/" {
			t.Errorf("next=%q goes to %q, want /s/", next, to)
		}
	}
	wantStatus(t, "the desk's log-in on the public listener", v.get("/login/oidc"), 404)
	v.h, v.host = d.Desk(), "127.0.0.1:8480"
	wantStatus(t, "the desk with a reader's cookie", v.get("/"), http.StatusSeeOther)
	for _, scope := range []headstart.Scope{headstart.ScopeRead, headstart.ScopeWrite, headstart.ScopeIngest, headstart.ScopeProbe, headstart.ScopeAdmin} {
		if !slices.ContainsFunc(d.Routes(), func(rt headstart.Route) bool { return rt.Scope == scope }) {
			t.Errorf("no route with scope %s; this proves nothing of it", scope)
		}
	}
	for _, rt := range d.Routes() {
		method, path, _ := strings.Cut(rt.Pattern, " ")
		if rt.Scope == headstart.ScopeOpen || rt.Scope == headstart.ScopePage {
			continue
		}
		if res := v.visit(method, strings.NewReplacer("{$}", "").Replace(path)); res.StatusCode != http.StatusUnauthorized && res.StatusCode != http.StatusSeeOther {
			t.Errorf("%s with a reader's cookie: %d, want a request to log in", rt.Pattern, res.StatusCode)
		}
	}
	v.cookies[plainCookie] = &http.Cookie{Name: plainCookie, Value: v.cookies[readerPurpose].Value}
	wantStatus(t, "the desk with a reader's cookie as session", v.get("/"), http.StatusSeeOther)
}

func visitorAt(t *testing.T, d *Door, host string) *visitor {
	v := visitorOf(t, d.Public())
	v.host = host
	return v
}

// A reader who tries too often is told so on his own page: the desk's accounts and token
// are no business of the public listener.
func TestAReaderIsSlowedDownOnHisOwnPage(t *testing.T) {
	c := newClock()
	i := newTestIssuer(t, c.now)
	d := oidcDoor(t, i, c.now, func(c *Config) {
		withOneUser(c)
		c.Publish.Listen, c.Publish.ExternalURL = "127.0.0.1:8481", "http://storing.example.nl:8481"
	})
	a := &acts{}
	d.opts.Record = a.record
	for n := range 40 {
		v := visitorAt(t, d, "storing.example.nl:8481")
		at := i.authorize(t, v.get("/login/page").Header.Get("Location"))
		set(at, "code", token(16))
		res := v.get(at.RequestURI())
		if res.StatusCode != http.StatusTooManyRequests {
			continue
		}
		if text := body(t, res); res.Header.Get("Retry-After") == "" || strings.Contains(text, `type="password"`) || !strings.Contains(text, "/login/page?") {
			t.Errorf("attempt %d is answered with Retry-After %q and:\n%s", n, res.Header.Get("Retry-After"), text)
		}
		if len(a.got) > 0 {
			t.Errorf("readers stand in the audit log: %v", a.lines())
		}
		return
	}
	t.Error("forty wrong codes cost nothing")
}
