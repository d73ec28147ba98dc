package door

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	commoncfg "github.com/prometheus/common/config"

	"headstart"
)

const (
	ingestToken = "ingest-token-0123456789"
	readToken   = "read-token-0123456789"
	allToken    = "all-token-0123456789abc"
	password    = "correct horse battery"
)

// testRoutes is one route per scope and kind; each answers with who called.
func testRoutes() []headstart.Route {
	who := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := headstart.IdentityFrom(r.Context())
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
			return
		}
		fmt.Fprintf(w, "name=%q role=%q cookies=%d user=%q", id.Name, id.Role, len(r.Cookies()), r.Header.Get("X-Remote-User"))
	})
	return []headstart.Route{
		{Pattern: "GET /{$}", Scope: headstart.ScopeRead, Handler: who},
		{Pattern: "GET /api/v1/things", Scope: headstart.ScopeRead, Handler: who},
		{Pattern: "POST /api/v1/things", Scope: headstart.ScopeWrite, Handler: who, MaxBody: 100},
		{Pattern: "POST /api/v2/alerts", Scope: headstart.ScopeIngest, Handler: who},
		{Pattern: "GET /probe", Scope: headstart.ScopeProbe, Handler: who},
		{Pattern: "POST /-/reload", Scope: headstart.ScopeAdmin, Handler: who},
		{Pattern: "GET /-/healthy", Scope: headstart.ScopeOpen, Handler: who},
		{Pattern: "GET /s/{$}", Scope: headstart.ScopePage, Handler: who, Public: true},
		{Pattern: "POST /s/{id}/confirm", Scope: headstart.ScopePage, Handler: who, Public: true},
	}
}

// testDoor opens a door for testRoutes and more.
func testDoor(t *testing.T, change func(*Config), more ...headstart.Route) *Door {
	t.Helper()
	return testDoorAt(t, t.TempDir(), time.Now, change, more...)
}

func testDoorAt(t *testing.T, dir string, now func() time.Time, change func(*Config), more ...headstart.Route) *Door {
	t.Helper()
	c := DefaultConfig()
	if change != nil {
		change(&c)
	}
	d, err := New(Options{Config: c, DataDir: dir, Logger: slog.New(slog.DiscardHandler), Now: now}, append(testRoutes(), more...))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// withAuth configures users, one per role, and tokens.
func withAuth(c *Config) {
	for _, role := range roleOrder {
		c.Auth.Users = append(c.Auth.Users, User{Name: role, Password: password, Role: role})
	}
	c.Auth.Tokens = []Token{
		{Name: "prometheus", Token: ingestToken, Scopes: []headstart.Scope{headstart.ScopeIngest}},
		{Name: "grafana", Token: readToken, Scopes: []headstart.Scope{headstart.ScopeRead}},
		{Name: "all", Token: commoncfg.Secret(allToken), Scopes: []headstart.Scope{headstart.ScopeAdmin}},
	}
}

// request is one from loopback to the desk's own name, unless changed.
func request(method, target string, change ...func(*http.Request)) *http.Request {
	r := httptest.NewRequest(method, target, nil)
	r.Host, r.RemoteAddr = "127.0.0.1:8480", "127.0.0.1:50000"
	for _, f := range change {
		f(r)
	}
	return r
}

func from(addr string) func(*http.Request) {
	return func(r *http.Request) { r.RemoteAddr = net.JoinHostPort(addr, "50000") }
}

func host(name string) func(*http.Request) { return func(r *http.Request) { r.Host = name } }

func header(name string, values ...string) func(*http.Request) {
	return func(r *http.Request) { r.Header[http.CanonicalHeaderKey(name)] = values }
}

func bearer(tok string) func(*http.Request) { return header("Authorization", "Bearer "+tok) }

func form(v url.Values) func(*http.Request) {
	return func(r *http.Request) {
		r.Body = io.NopCloser(strings.NewReader(v.Encode()))
		r.ContentLength = int64(len(v.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
}

func withCookies(cookies []*http.Cookie) func(*http.Request) {
	return func(r *http.Request) {
		for _, c := range cookies {
			r.AddCookie(c)
		}
	}
}

func call(h http.Handler, r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, res *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func wantStatus(t *testing.T, what string, res *http.Response, status int) {
	t.Helper()
	if res.StatusCode != status {
		t.Errorf("%s: status %d, want %d; body: %s", what, res.StatusCode, status, body(t, res))
	}
}

// logIn returns the cookies of a session.
func logIn(t *testing.T, d *Door, name string) []*http.Cookie {
	t.Helper()
	res := call(d.Desk(), request("POST", "/login", form(url.Values{"name": {name}, "password": {password}})))
	if res.StatusCode != http.StatusSeeOther || len(res.Cookies()) != 1 {
		t.Fatalf("log in as %s: status %d, %d cookies", name, res.StatusCode, len(res.Cookies()))
	}
	return res.Cookies()
}

func adminToken(t *testing.T, dir string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, AdminTokenFile))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(b))
}

// serveDoor runs the door on free ports and returns the desk's address.
func serveDoor(t *testing.T, d *Door, tune ...func(*http.Server)) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	if err := d.Listen(ctx); err != nil {
		t.Fatal(err)
	}
	for _, s := range d.servers {
		for _, f := range tune {
			f(s.http)
		}
	}
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run returned %v, want nil after its context ended", err)
		}
	})
	return d.Addresses()[0].String()
}

func TestTheTableRefusesRoutesThatSayTooLittle(t *testing.T) { // ruling 39
	ok := http.NotFoundHandler()
	tests := map[string]struct {
		routes []headstart.Route
		want   string
	}{
		"no scope":           {[]headstart.Route{{Pattern: "GET /x", Handler: ok}}, `route "GET /x" has scope ""`},
		"a scope of nobody":  {[]headstart.Route{{Pattern: "GET /x", Scope: "root", Handler: ok}}, `route "GET /x" has scope "root"`},
		"no method":          {[]headstart.Route{{Pattern: "/x", Scope: headstart.ScopeRead, Handler: ok}}, `route "/x": write method and path`},
		"an unknown method":  {[]headstart.Route{{Pattern: "FETCH /x", Scope: headstart.ScopeRead, Handler: ok}}, `route "FETCH /x": write method`},
		"a host":             {[]headstart.Route{{Pattern: "GET example.com/x", Scope: headstart.ScopeRead, Handler: ok}}, `route "GET example.com/x"`},
		"twice":              {[]headstart.Route{{Pattern: "GET /x", Scope: headstart.ScopeRead, Handler: ok}, {Pattern: "GET /x", Scope: headstart.ScopeOpen, Handler: ok}}, `route "GET /x"`},
		"one of the door's":  {[]headstart.Route{{Pattern: "POST /login", Scope: headstart.ScopeOpen, Handler: ok}}, `route "POST /login"`},
		"no handler":         {[]headstart.Route{{Pattern: "GET /x", Scope: headstart.ScopeRead}}, "has no handler"},
		"a negative limit":   {[]headstart.Route{{Pattern: "GET /x", Scope: headstart.ScopeRead, Handler: ok, MaxBody: -1}}, "negative MaxBody"},
		"public for readers": {[]headstart.Route{{Pattern: "GET /x", Scope: headstart.ScopeRead, Handler: ok, Public: true}}, "is public with scope"},
		"a bad wildcard":     {[]headstart.Route{{Pattern: "GET /{x", Scope: headstart.ScopeRead, Handler: ok}}, `route "GET /{x"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := New(Options{Config: DefaultConfig(), DataDir: t.TempDir()}, tt.routes)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("New: %v, want an error with %q", err, tt.want)
			}
		})
	}
}

// TestRightsMatrix calls every route as everybody. What it wants follows from
// the scopes alone, so a route or a role added later is covered too.
func TestRightsMatrix(t *testing.T) { // rulings 37, 39
	open := testDoor(t, nil)
	auth := testDoor(t, withAuth)
	type caller struct {
		door   *Door
		scopes []headstart.Scope // nil: nobody
		known  bool              // somebody, so 403 and not 401
		as     func(*http.Request)
	}
	none := func(*http.Request) {}
	callers := map[string]caller{
		"loopback without auth":    {open, openScopes, false, none},
		"IPv6 loopback":            {open, openScopes, false, from("::1")},
		"a stranger without auth":  {open, nil, false, from("192.0.2.7")},
		"the admin token":          {open, []headstart.Scope{headstart.ScopeAdmin}, true, bearer(open.admin)},
		"the token from afar":      {open, []headstart.Scope{headstart.ScopeAdmin}, true, func(r *http.Request) { from("192.0.2.7")(r); bearer(open.admin)(r) }},
		"loopback with auth":       {auth, nil, false, none},
		"a stranger with auth":     {auth, nil, false, from("192.0.2.7")},
		"an unknown token":         {auth, nil, false, bearer("0123456789abcdef0123456789abcdef")},
		"an unknown token at home": {open, nil, false, bearer("0123456789abcdef0123456789abcdef")},
		"an ingest token":          {auth, []headstart.Scope{headstart.ScopeIngest}, true, bearer(ingestToken)},
		"a read token":             {auth, []headstart.Scope{headstart.ScopeRead}, true, bearer(readToken)},
		"a token as password":      {auth, []headstart.Scope{headstart.ScopeIngest}, true, func(r *http.Request) { r.SetBasicAuth("whoever", ingestToken) }},
		"a token of all scopes":    {auth, []headstart.Scope{headstart.ScopeAdmin}, true, bearer(allToken)},
		"two tokens at once":       {auth, nil, false, header("Authorization", "Bearer "+readToken, "Bearer "+allToken)},
		"an invented session":      {auth, nil, false, withCookies([]*http.Cookie{{Name: plainCookie, Value: token(32)}})},
	}
	for _, role := range roleOrder {
		callers["user "+role] = caller{auth, roleScopes[role], true, withCookies(logIn(t, auth, role))}
	}
	for name, c := range callers {
		for _, rt := range append(testRoutes(), auth.own()...) {
			method, path, _ := strings.Cut(rt.Pattern, " ")
			if path == "/logout" {
				continue // it is open, and would end the sessions under test
			}
			path = strings.NewReplacer("{$}", "", "{id}", "HS-1").Replace(path)
			who := headstart.Identity{Scopes: c.scopes}
			res := call(c.door.Desk(), request(method, path, c.as))
			switch {
			case rt.Scope == headstart.ScopeOpen || rt.Scope == headstart.ScopePage || who.Has(rt.Scope):
				if (res.StatusCode == 401 && path != "/login") || res.StatusCode == 403 || res.StatusCode == 421 {
					t.Errorf("%s, %s (scope %s): status %d, want to be let in", name, rt.Pattern, rt.Scope, res.StatusCode)
				}
			case c.known:
				wantStatus(t, name+", "+rt.Pattern, res, http.StatusForbidden)
			default:
				wantStatus(t, name+", "+rt.Pattern, res, http.StatusUnauthorized)
				if !slices.Contains(res.Header.Values("WWW-Authenticate"), `Bearer realm="headstart"`) {
					t.Errorf("%s, %s: 401 without WWW-Authenticate: Bearer", name, rt.Pattern)
				}
			}
		}
	}
}

// A token that is held to paths opens those, and nothing else its scope would.
func TestTokenHeldToPaths(t *testing.T) {
	own := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, headstart.IdentityFrom(r.Context()).Name) })
	d, err := New(Options{
		Config: DefaultConfig(), DataDir: t.TempDir(), Logger: slog.New(slog.DiscardHandler),
		Tokens: []Token{{Name: "agent/noord", Token: "noords-token-0123456789", Scopes: []headstart.Scope{headstart.ScopeIngest}, Under: "/api/v1/agents/noord/"}},
	}, append(testRoutes(), headstart.Route{Pattern: "POST /api/v1/agents/{name}/events", Scope: headstart.ScopeIngest, Handler: own}))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{"/api/v1/agents/noord/events": 200, "/api/v1/agents/zuid/events": 403, "/api/v1/agents/noordoost/events": 403, "/api/v2/alerts": 403} {
		res := call(d.Desk(), request("POST", path, bearer("noords-token-0123456789")))
		wantStatus(t, path, res, want)
	}
}
