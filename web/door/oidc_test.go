package door

import (
	"bytes"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestSomebodyLogsInAtTheIssuer(t *testing.T) { // ruling 43
	for _, alg := range []string{"RS256", "ES256"} {
		c := newClock()
		i := newTestIssuer(t, c.now)
		i.alg = alg
		dir := t.TempDir()
		o := oidcOptions(t, i, dir, c.now, withOneUser)
		d, err := New(o, testRoutes())
		if err != nil {
			t.Fatal(err)
		}
		v := visitorOf(t, d.Desk())
		res := v.get("/")
		wantStatus(t, alg+": a page before logging in", res, http.StatusSeeOther)
		page := body(t, v.get(res.Header.Get("Location")))
		if !strings.Contains(page, `href="/login/oidc?next=%2f"`) && !strings.Contains(page, `href="/login/oidc?next=%2F"`) || !strings.Contains(page, `name="password"`) {
			t.Fatalf("%s: the log-in page offers not both ways:\n%s", alg, page)
		}
		res = v.comeBack(i, "/login/oidc?next=%2Fi%2FHS-3%3Flang%3Den")
		wantStatus(t, alg+": coming back", res, http.StatusSeeOther)
		if to := res.Header.Get("Location"); to != "/i/HS-3?lang=en" {
			t.Errorf("%s: sent to %q, want where the person was going", alg, to)
		}
		if who := body(t, v.get("/")); !strings.Contains(who, `name="fatima@example.org" role="desk"`) {
			t.Errorf("%s: logged in as %s", alg, who)
		}
		if len(v.cookies) != 1 || v.cookies[plainCookie] == nil {
			t.Errorf("%s: cookies %v are left, want the session alone", alg, v.cookies)
		}

		again, err := New(o, testRoutes()) // a restart logs nobody out
		if err != nil {
			t.Fatal(err)
		}
		v.h = again.Desk()
		wantStatus(t, alg+": after a restart", v.get("/"), 200)
		c.add(sessionLife + time.Second)
		if who := v.get("/"); who.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: after 12 h status %d, want to log in again", alg, who.StatusCode)
		}
	}
}

// What comes back is believed only if this browser began it, once, and if the token is of
// this issuer, for us, for this log-in, now.
func TestWhatComesBackFromTheIssuerIsNotBelieved(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(i *testIssuer)
		back  func(v *visitor, at *url.URL) // changes the way back
	}{
		"a wrong nonce":           {spoil: func(i *testIssuer) { i.claims["nonce"] = "another" }},
		"no nonce":                {spoil: func(i *testIssuer) { i.claims["nonce"] = nil }},
		"alg none":                {spoil: func(i *testIssuer) { i.alg = "none" }},
		"HS256 with a public key": {spoil: func(i *testIssuer) { i.alg = "HS256" }},
		"another audience":        {spoil: func(i *testIssuer) { i.claims["aud"] = "wiki" }},
		"two audiences, no azp":   {spoil: func(i *testIssuer) { i.claims["aud"] = []string{"wiki", "headstart"} }},
		"made for another client": {spoil: func(i *testIssuer) { i.claims["azp"] = "wiki" }},
		"another issuer":          {spoil: func(i *testIssuer) { i.claims["iss"] = "https://evil.example" }},
		"over":                    {spoil: func(i *testIssuer) { i.claims["exp"] = i.now().Add(-2 * time.Minute).Unix() }},
		"from the future":         {spoil: func(i *testIssuer) { i.claims["iat"] = i.now().Add(time.Hour).Unix() }},
		"not yet good":            {spoil: func(i *testIssuer) { i.claims["nbf"] = i.now().Add(time.Hour).Unix() }},
		"no subject":              {spoil: func(i *testIssuer) { i.claims["sub"] = "" }},
		"a subject without end":   {spoil: func(i *testIssuer) { i.claims["sub"] = strings.Repeat("s", 300) }},
		"a key nobody published": {spoil: func(i *testIssuer) {
			i.handle["/keys"] = func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"keys":[]}`) }
		}},
		"an answer without token": {spoil: func(i *testIssuer) {
			i.handle["/token"] = func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, `{"access_token":"x","token_type":"Bearer"}`)
			}
		}},
		"a name of ours":             {spoil: func(i *testIssuer) { i.claims["preferred_username"] = "desk" }},
		"a name of ours, written so": {spoil: func(i *testIssuer) { i.claims["preferred_username"] = "Desk" }},
		"the name of the admin":      {spoil: func(i *testIssuer) { i.claims["preferred_username"] = "Admin" }},
		"another state":              {back: func(_ *visitor, at *url.URL) { set(at, "state", token(16)) }},
		"no state":                   {back: func(_ *visitor, at *url.URL) { set(at, "state", "") }},
		"another code":               {back: func(_ *visitor, at *url.URL) { set(at, "code", token(16)) }},
		"no code":                    {back: func(_ *visitor, at *url.URL) { set(at, "code", "") }},
		"an answer of another one":   {back: func(_ *visitor, at *url.URL) { set(at, "iss", "https://evil.example") }},
		"access denied":              {back: func(_ *visitor, at *url.URL) { set(at, "error", "access_denied") }},
		"no cookie (log-in CSRF)":    {back: func(v *visitor, _ *url.URL) { clear(v.cookies) }},
		"a forged cookie":            {back: func(v *visitor, _ *url.URL) { v.cookies[deskFlow.purpose].Value = token(200) }},
		"two cookies": {back: func(v *visitor, _ *url.URL) {
			v.cookies["tossed"] = &http.Cookie{Name: deskFlow.purpose, Value: "x"}
		}},
	} {
		c := newClock()
		i := newTestIssuer(t, c.now)
		d := oidcDoor(t, i, c.now, withOneUser)
		v := visitorOf(t, d.Desk())
		if tt.spoil != nil {
			tt.spoil(i)
		}
		at := i.authorize(t, v.get("/login/oidc").Header.Get("Location"))
		if tt.back != nil {
			tt.back(v, at)
		}
		res := v.get(at.RequestURI())
		text := body(t, res)
		if res.StatusCode < 400 || res.StatusCode >= 500 || v.cookies[plainCookie] != nil {
			t.Errorf("%s: status %d and cookies %v, want a refusal and no session", name, res.StatusCode, v.cookies)
		}
		for _, secret := range []string{at.Query().Get("code"), at.Query().Get("state"), "at-secret", "s3cret", "leaked-description", "eyJ"} {
			if secret != "" && strings.Contains(text, secret) {
				t.Errorf("%s: the page holds %q", name, secret)
			}
		}
		if !strings.Contains(text, "/login/oidc") {
			t.Errorf("%s: the page offers no way to begin again:\n%s", name, text)
		}
	}
}

func set(u *url.URL, key, value string) {
	q := u.Query()
	q.Set(key, value)
	if value == "" {
		q.Del(key)
	}
	u.RawQuery = q.Encode()
}

func TestALogInIsFinishedOnceByTheBrowserThatBegan(t *testing.T) {
	c := newClock()
	i := newTestIssuer(t, c.now)
	d := oidcDoor(t, i, c.now, nil)
	v := visitorOf(t, d.Desk())
	at := i.authorize(t, v.get("/login/oidc").Header.Get("Location"))
	kept := *v.cookies[deskFlow.purpose]
	wantStatus(t, "the first time", v.get(at.RequestURI()), http.StatusSeeOther)

	thief := visitorOf(t, d.Desk()) // who saw address and cookie
	thief.cookies[kept.Name] = &kept
	i.mu.Lock()
	i.codes[at.Query().Get("code")] = url.Values{} // as if the issuer took a code twice
	i.mu.Unlock()
	wantStatus(t, "the same again", thief.get(at.RequestURI()), http.StatusBadRequest)

	// Mixed up: the answer to A's log-in in B's browser.
	a, b := visitorOf(t, d.Desk()), visitorOf(t, d.Desk())
	forA := i.authorize(t, a.get("/login/oidc").Header.Get("Location"))
	b.get("/login/oidc")
	wantStatus(t, "A's answer in B's browser", b.get(forA.RequestURI()), http.StatusBadRequest)

	// Begun for a status page, brought to the desk, and the other way round.
	page := visitorOf(t, d.Desk())
	forPage := i.authorize(t, page.get("/login/page?next=/s/").Header.Get("Location"))
	stolen := *page.cookies[pageFlow.purpose]
	stolen.Name = deskFlow.purpose
	page.cookies[stolen.Name] = &stolen
	wantStatus(t, "a reader's log-in at the desk", page.get("/login/oidc/callback?"+forPage.RawQuery), http.StatusBadRequest)

	late := visitorOf(t, d.Desk())
	at = i.authorize(t, late.get("/login/oidc").Header.Get("Location"))
	c.add(attemptLife + time.Second)
	wantStatus(t, "too late", late.get(at.RequestURI()), http.StatusBadRequest)
}

func TestALogInAtTheIssuerChangesTheSession(t *testing.T) { // session fixation
	c := newClock()
	i := newTestIssuer(t, c.now)
	d := oidcDoor(t, i, c.now, withOneUser)
	v := visitorOf(t, d.Desk())
	v.cookies[plainCookie] = logIn(t, d, "desk")[0]
	before := v.cookies[plainCookie].Value
	v.comeBack(i, "/login/oidc")
	if v.cookies[plainCookie].Value == before {
		t.Fatal("the session kept its id over the log-in")
	}
	if _, ok := d.sessions.get(before); ok {
		t.Error("the session before still runs")
	}
}

func TestNextStaysOnThisHostAfterTheIssuer(t *testing.T) { // open redirect
	c := newClock()
	i := newTestIssuer(t, c.now)
	d := oidcDoor(t, i, c.now, nil)
	for _, next := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "/\t/evil.example", "javascript:alert(1)", "/%09/evil.example", "https:evil.example", "/login", "///evil.example", "http:///evil.example"} {
		v := visitorOf(t, d.Desk())
		res := v.comeBack(i, "/login/oidc?"+url.Values{"next": {next}}.Encode())
		if to := res.Header.Get("Location"); to != "/" && !strings.HasPrefix(to, "/%09") {
			t.Errorf("next=%q goes to %q, want /", next, to)
		}
	}
}

// A long address does not fit the cookie: who comes from there logs in all the same.
func TestALongNextKeepsNobodyOut(t *testing.T) {
	c := newClock()
	i := newTestIssuer(t, c.now)
	d := oidcDoor(t, i, c.now, nil)
	res := visitorOf(t, d.Desk()).comeBack(i, "/login/oidc?"+url.Values{"next": {"/tickets?q=" + strings.Repeat("x", 5000)}}.Encode())
	if to := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || to != "/" {
		t.Errorf("a long next: %d to %.80q, want a log-in that goes to /", res.StatusCode, to)
	}
}

func TestRolesFollowTheMappingAtEachRequest(t *testing.T) {
	c := newClock()
	i := newTestIssuer(t, c.now)
	d := oidcDoor(t, i, c.now, nil)
	v := visitorOf(t, d.Desk())
	v.comeBack(i, "/login/oidc")
	wantStatus(t, "a write of the desk", v.visit("POST", "/api/v1/things"), 200)

	cfg := d.guard.Load().cfg
	gone := *cfg.Auth.OIDC
	gone.Roles = map[string]string{"ICT-Beheer": "admin", "Kijkers": "viewer"}
	cfg.Auth.OIDC = &gone
	if err := d.Reload(cfg); err != nil {
		t.Fatal(err)
	}
	res := v.get("/")
	text := body(t, res)
	if res.StatusCode != http.StatusForbidden || !strings.Contains(text, "Kijkers (viewer)") || strings.Contains(text, "ICT-Beheer") || !strings.Contains(text, "fatima@example.org") {
		t.Errorf("after the mapping went: %d, want a page that says whom to ask for what\n%s", res.StatusCode, text)
	}
	wantStatus(t, "a program's view of it", v.visit("POST", "/api/v1/things"), http.StatusForbidden)

	other := *cfg.Auth.OIDC
	other.ClientID = "headstart-2"
	cfg.Auth.OIDC = &other
	if err := d.Reload(cfg); err != nil {
		t.Fatal(err)
	}
	wantStatus(t, "after another client took over", v.get("/"), http.StatusSeeOther)
}

// Groups come in many shapes; none but a name of the mapping gives anything.
func TestGroupsOfEveryShape(t *testing.T) {
	huge := make([]string, 20000)
	for n := range huge {
		huge[n] = token(12)
	}
	for name, tt := range map[string]struct {
		groups any
		claim  string
		claims map[string]any
		want   string // of who it is; empty: no access
	}{
		"of several the highest":         {groups: []string{"Kijkers", "ICT-Beheer", "ICT-Servicedesk"}, want: `role="admin"`},
		"one as a string":                {groups: "Kijkers", want: `role="viewer"`},
		"none":                           {groups: []string{}},
		"none of ours":                   {groups: []string{"Iedereen"}},
		"a number":                       {groups: 42},
		"an object":                      {groups: map[string]string{"ICT-Beheer": "yes"}},
		"a list of objects":              {groups: []any{map[string]string{"name": "ICT-Beheer"}}},
		"one that is called a person":    {groups: []string{"user:fatima@example.org"}},
		"another case":                   {groups: []string{"ict-beheer"}},
		"twenty thousand, ours the last": {groups: append(huge, "Kijkers"), want: `role="viewer"`},
		"left out, told by userinfo":     {want: `role="admin"`},
		"a path":                         {claim: "realm_access.roles", claims: map[string]any{"realm_access": map[string]any{"roles": []string{"Kijkers"}}}, want: `role="viewer"`},
		"a claim that is a URL":          {claim: "https://example.org/groups", claims: map[string]any{"https://example.org/groups": []string{"Kijkers"}}, want: `role="viewer"`},
		"bound to a place":               {groups: []string{"ICT-Servicedesk", "Noord"}, want: `role="desk"`},
	} {
		c := newClock()
		i := newTestIssuer(t, c.now)
		i.groups = tt.groups
		maps.Copy(i.claims, tt.claims)
		d := oidcDoor(t, i, c.now, func(c *Config) { c.Auth.OIDC.GroupsClaim = tt.claim })
		v := visitorOf(t, d.Desk())
		res := v.comeBack(i, "/login/oidc")
		wantStatus(t, name, res, http.StatusSeeOther)
		res = v.get("/")
		if got := body(t, res); tt.want == "" && res.StatusCode != http.StatusForbidden || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %d %s; want %q", name, res.StatusCode, got, tt.want)
		}
	}
}

func TestTheIssuerIsDownSlowOrLoud(t *testing.T) {
	c := newClock()
	i := newTestIssuer(t, c.now)
	i.handle["/.well-known/openid-configuration"] = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }
	var log bytes.Buffer
	o := oidcOptions(t, i, t.TempDir(), c.now, withOneUser)
	o.Logger = slog.New(slog.NewTextHandler(&log, nil))
	d, err := New(o, testRoutes()) // starts though the issuer does not answer
	if err != nil {
		t.Fatal(err)
	}
	v := visitorOf(t, d.Desk())
	res := v.get("/login/oidc")
	if text := body(t, res); res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(text, "antwoordt niet") || !strings.Contains(text, `name="password"`) {
		t.Errorf("with the issuer down: %d\n%s", res.StatusCode, text)
	}
	wantStatus(t, "an account of ours meanwhile", call(d.Desk(), request("GET", "/", withCookies(logIn(t, d, "desk")))), 200)
	asked := i.asked["/.well-known/openid-configuration"]
	v.get("/login/oidc")
	if i.asked["/.well-known/openid-configuration"] != asked {
		t.Error("the issuer was asked again at once; people would wait in line for its time-out")
	}
	i.mu.Lock()
	delete(i.handle, "/.well-known/openid-configuration")
	i.mu.Unlock()
	c.add(5 * time.Second)
	wantStatus(t, "when it is back", v.comeBack(i, "/login/oidc"), http.StatusSeeOther)

	loud := func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"access_token":"at-secret","x":"`)
		for range 40 {
			_, _ = w.Write(bytes.Repeat([]byte("x"), 64<<10))
		}
	}
	i.mu.Lock()
	i.handle["/token"] = loud
	i.mu.Unlock()
	loudly := visitorOf(t, d.Desk())
	if res := loudly.comeBack(i, "/login/oidc"); res.StatusCode < 400 || loudly.cookies[plainCookie] != nil {
		t.Errorf("an answer without end: %d", res.StatusCode)
	}
	for _, secret := range []string{"at-secret", "s3cret", "xxxxxxxx"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log holds %q:\n%s", secret, log.String())
		}
	}

	i.mu.Lock()
	delete(i.handle, "/token")
	i.kid = "k2" // which is asked for
	i.handle["/keys"] = func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(bytes.Repeat([]byte("y"), 64<<10)) }
	i.mu.Unlock()
	log.Reset()
	c.add(time.Minute)
	wantStatus(t, "keys that are none", visitorOf(t, d.Desk()).comeBack(i, "/login/oidc"), http.StatusBadRequest)
	if log.Len() > 2000 {
		t.Errorf("what the issuer answered fills the log with %d bytes", log.Len())
	}
}

// Keys and tokens travel over TLS only, wherever the issuer says they are.
func TestAnIssuerWithAnAddressInPlainHTTPIsNotAsked(t *testing.T) {
	for _, name := range []string{"authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"} {
		c := newClock()
		i := newTestIssuer(t, c.now)
		i.handle["/.well-known/openid-configuration"] = func(w http.ResponseWriter, _ *http.Request) {
			says := map[string]any{"issuer": i.srv.URL}
			for _, n := range []string{"authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"} {
				says[n] = i.srv.URL + "/" + n
			}
			says[name] = "http://login.example.org/" + name
			w.Header().Set("Content-Type", "application/json")
			writeTest(w, says)
		}
		var log bytes.Buffer
		o := oidcOptions(t, i, t.TempDir(), c.now, nil)
		o.Logger = slog.New(slog.NewTextHandler(&log, nil))
		d, err := New(o, testRoutes())
		if err != nil {
			t.Fatal(err)
		}
		wantStatus(t, name, visitorOf(t, d.Desk()).get("/login/oidc"), http.StatusServiceUnavailable)
		if !strings.Contains(log.String(), name) {
			t.Errorf("the log does not name %s:\n%s", name, log.String())
		}
	}
}

func TestKeysRotateAndClocksDiffer(t *testing.T) {
	c := newClock()
	i := newTestIssuer(t, c.now)
	d := oidcDoor(t, i, c.now, nil)
	wantStatus(t, "the first key", visitorOf(t, d.Desk()).comeBack(i, "/login/oidc"), http.StatusSeeOther)
	i.mu.Lock()
	i.rsa, i.ec = issuerKeys[1]()
	i.kid = "k2"
	i.mu.Unlock()
	wantStatus(t, "the next key", visitorOf(t, d.Desk()).comeBack(i, "/login/oidc"), http.StatusSeeOther)
	i.claims["exp"] = c.now().Add(-30 * time.Second).Unix()
	i.claims["iat"] = c.now().Add(time.Minute).Unix()
	wantStatus(t, "a clock half a minute off", visitorOf(t, d.Desk()).comeBack(i, "/login/oidc"), http.StatusSeeOther)
}

func TestLoggingOutEndsBothSessions(t *testing.T) {
	c := newClock()
	i := newTestIssuer(t, c.now)
	d := oidcDoor(t, i, c.now, nil)
	v := visitorOf(t, d.Desk())
	v.comeBack(i, "/login/oidc")
	id := v.cookies[plainCookie].Value
	res := v.visit("POST", "/logout")
	wantStatus(t, "logging out", res, http.StatusSeeOther)
	if _, ok := d.sessions.get(id); ok || v.cookies[plainCookie] != nil {
		t.Error("the session runs on")
	}
	page := body(t, v.get(res.Header.Get("Location")))
	if !strings.Contains(page, i.srv.URL+"/logout?client_id=headstart&amp;post_logout_redirect_uri=http%3A%2F%2F127.0.0.1%3A8480%2Flogin") {
		t.Errorf("the page offers no end of the issuer's session:\n%s", page)
	}
}
