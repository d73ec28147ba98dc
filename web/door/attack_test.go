package door

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"headstart"
)

func TestForwardingHeadersOfStrangersAreRefused(t *testing.T) { // ruling 37
	d := testDoor(t, nil)
	for _, h := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Anything", "X-Real-IP", "Via"} {
		res := call(d.Desk(), request("GET", "/api/v1/things", header(h, "127.0.0.1")))
		text := body(t, res)
		if res.StatusCode != http.StatusMisdirectedRequest || !strings.Contains(text, "trusted_proxies") {
			t.Errorf("%s from an unknown proxy: status %d, %s; want 421 naming trusted_proxies", h, res.StatusCode, text)
		}
		wantStatus(t, h+" on the public page", call(d.Public(), request("GET", "/s/", header(h, "127.0.0.1"))), 421)
		if h != "Via" {
			wantStatus(t, h+" with the admin token", call(d.Desk(), request("GET", "/api/v1/things", header(h, "1.2.3.4"), bearer(d.admin))), 421)
		}
	}
	custom := testDoor(t, func(c *Config) { c.ClientIPHeader = "CF-Connecting-IP" })
	wantStatus(t, "the configured header", call(custom.Desk(), request("GET", "/api/v1/things", header("CF-Connecting-IP", "127.0.0.1"))), 421)
}

func TestTheRightmostUntrustedHopIsTheCaller(t *testing.T) { // ruling 43
	d := testDoor(t, func(c *Config) { c.TrustedProxies = []string{"10.0.0.0/8", "127.0.0.1", "::1/128"} })
	tests := map[string]struct {
		peer   string
		values []string
		want   string
	}{
		"one hop":                         {"10.0.0.5", []string{"198.51.100.1"}, "198.51.100.1"},
		"the caller wrote one himself":    {"10.0.0.5", []string{"127.0.0.1, 198.51.100.1"}, "198.51.100.1"},
		"two proxies":                     {"10.0.0.5", []string{"127.0.0.1, 198.51.100.1, 10.0.0.9"}, "198.51.100.1"},
		"two lines":                       {"10.0.0.5", []string{"127.0.0.1", "198.51.100.1"}, "198.51.100.1"},
		"with a port":                     {"10.0.0.5", []string{"198.51.100.1:4711"}, "198.51.100.1"},
		"IPv6":                            {"10.0.0.5", []string{"[2001:db8::1]:80"}, "2001:db8::1"},
		"mapped IPv4":                     {"::ffff:10.0.0.5", []string{"198.51.100.1"}, "198.51.100.1"},
		"nothing said":                    {"10.0.0.5", nil, "10.0.0.5"},
		"rubbish":                         {"10.0.0.5", []string{"<script>"}, "10.0.0.5"},
		"rubbish behind":                  {"10.0.0.5", []string{"unknown, 10.0.0.9"}, "10.0.0.9"},
		"proxies only":                    {"10.0.0.5", []string{"10.0.0.7, 10.0.0.9"}, "10.0.0.7"},
		"a proxy on the same machine":     {"127.0.0.1", []string{"127.0.0.1"}, "127.0.0.1"},
		"a proxy that forgets the header": {"127.0.0.1", nil, "127.0.0.1"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := request("GET", "/api/v1/things", from(tt.peer))
			if tt.values != nil {
				header("X-Forwarded-For", tt.values...)(r)
			}
			c, err := d.guard.Load().clientOf(r)
			if err != nil || c.addr.String() != tt.want {
				t.Errorf("caller %v, %v; want %s", c.addr, err, tt.want)
			}
			if c.loopback() {
				t.Error("a request through a proxy counts as loopback")
			}
			wantStatus(t, "reading through a proxy without a log-in", call(d.Desk(), r), http.StatusUnauthorized)
		})
	}
}

func TestForeignHostNamesAreRefused(t *testing.T) { // DNS rebinding, ruling 37
	d := testDoor(t, func(c *Config) {
		c.ExternalURL = "https://storing.example.nl"
		c.Publish.ExternalURL = "https://status.example.nl"
	})
	for name, want := range map[string]int{
		"storing.example.nl:443": 200, "STORING.example.nl.:443": 200, "status.example.nl:443": 200,
		"127.0.0.1:8480": 200, "localhost:8480": 200, "[::1]:8480": 200, "127.9.9.9:8480": 200,
		"evil.example:8480": 421, "localhost.evil.example:8480": 421, "127.0.0.1.evil.example:8480": 421, "storing.example.nl:8480": 421,
		"localhost:80": 421, "127.0.0.1": 421, "": 421, "[::1": 421, "127.0.0.1:8480:8480": 421, "192.0.2.9:8480": 421, "storing.example.nl@evil.example:8480": 421,
	} {
		wantStatus(t, "Host "+name, call(d.Desk(), request("GET", "/api/v1/things", host(name))), want)
	}
	wantStatus(t, "a program with a token by a container's name", call(d.Desk(), request("GET", "/api/v1/things", host("headstart:8480"), bearer(d.admin))), 200)
	wantStatus(t, "the public page by another name", call(d.Public(), request("GET", "/s/", host("evil.example"))), 421)
	wantStatus(t, "the public page by its name", call(d.Public(), request("GET", "/s/", host("status.example.nl:443"))), 200)
}

func TestCrossSiteRequestsChangeNothing(t *testing.T) {
	d := testDoor(t, withAuth)
	open := testDoor(t, nil)
	session := withCookies(logIn(t, d, "desk"))
	cross := header("Sec-Fetch-Site", "cross-site")
	origin := header("Origin", "https://evil.example")
	write := func(d *Door, change ...func(*http.Request)) *http.Response {
		return call(d.Desk(), request("POST", "/api/v1/things", change...))
	}
	wantStatus(t, "session, same origin", write(d, session, header("Sec-Fetch-Site", "same-origin")), 200)
	wantStatus(t, "session, Sec-Fetch-Site", write(d, session, cross), 403)
	wantStatus(t, "session, same site", write(d, session, header("Sec-Fetch-Site", "same-site")), 403)
	wantStatus(t, "session, Origin", write(d, session, origin), 403)
	wantStatus(t, "session, Origin null", write(d, session, header("Origin", "null")), 403)
	wantStatus(t, "Bearer token", write(d, bearer(allToken), cross), 200)
	wantStatus(t, "Basic token, which browsers repeat", write(d, func(r *http.Request) { r.SetBasicAuth("x", allToken) }, cross), 403)
	wantStatus(t, "Basic token to ingest", call(d.Desk(), request("POST", "/api/v2/alerts", func(r *http.Request) { r.SetBasicAuth("x", ingestToken) }, cross)), 200)
	wantStatus(t, "a page in a browser on loopback", call(open.Desk(), request("POST", "/api/v2/alerts", cross)), 403)
	wantStatus(t, "Prometheus on loopback", call(open.Desk(), request("POST", "/api/v2/alerts")), 200)
	wantStatus(t, "log-in from another site", call(d.Desk(), request("POST", "/login", cross, form(url.Values{"name": {"desk"}, "password": {password}}))), 403)
	wantStatus(t, "confirm from another site", call(d.Public(), request("POST", "/s/HS-1/confirm", cross)), 403)
	wantStatus(t, "reading", call(d.Desk(), request("GET", "/api/v1/things", session, cross)), 200)
}

func TestPathTricks(t *testing.T) {
	d := testDoor(t, nil)
	for _, path := range []string{
		"//api/v1/things", "/api//v1/things", "/api/v1/./things", "/s/../api/v1/things", "/s/%2e%2e/api/v1/things", "/s/%2E%2E/api/v1/things",
		"/s/..%2fapi/v1/things", "/api%2fv1%2fthings", "/s/..%5capi/v1/things", "/s/..\\api/v1/things", "/api/v1/things%00", "/api/v1/things%0a",
	} {
		r := request("POST", "/", from("192.0.2.7"))
		u, err := url.Parse(path)
		if strings.HasPrefix(path, "//") {
			u, err = &url.URL{Path: path}, nil
		}
		if err != nil {
			t.Fatal(err)
		}
		r.URL = u
		wantStatus(t, path, call(d.Desk(), r), http.StatusBadRequest)
	}
	for _, path := range []string{"/api/v1/Things", "/api/v1/things/", "/API/v1/things", "/api/v1/things;a=b"} {
		wantStatus(t, path, call(d.Desk(), request("GET", path, from("192.0.2.7"))), http.StatusNotFound)
	}
}

func TestAMethodInAHeaderIsNoMethod(t *testing.T) {
	d := testDoor(t, withAuth)
	for _, h := range []string{"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"} {
		res := call(d.Desk(), request("GET", "/api/v1/things", bearer(readToken), header(h, "POST")))
		wantStatus(t, h, res, 200) // read as the GET it is
	}
	wantStatus(t, "_method", call(d.Desk(), request("POST", "/api/v1/things?_method=GET", bearer(readToken))), 403)
	wantStatus(t, "TRACE", call(d.Desk(), request("TRACE", "/api/v1/things", bearer(allToken))), 405)
}

func TestBodiesAreBounded(t *testing.T) {
	d := testDoor(t, nil)
	send := func(declare bool) *http.Response {
		return call(d.Desk(), request("POST", "/api/v1/things", bearer(d.admin), func(r *http.Request) {
			r.Body = io.NopCloser(strings.NewReader(strings.Repeat("x", 101)))
			r.ContentLength = -1
			if declare {
				r.ContentLength = 101
			}
		}))
	}
	res := send(true)
	wantStatus(t, "a declared length", res, http.StatusRequestEntityTooLarge)
	if got := res.Header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("413 of /api/v1 has content type %q, want a problem", got)
	}
	wantStatus(t, "an undeclared length", send(false), http.StatusRequestEntityTooLarge)
}

func TestHugeHeadersAndSlowBodiesEndTheConnection(t *testing.T) {
	addr := serveDoor(t, testDoor(t, func(c *Config) { c.Listen = "127.0.0.1:0" }), func(s *http.Server) {
		s.ReadTimeout, s.ReadHeaderTimeout = 300*time.Millisecond, 300*time.Millisecond
	})
	talk := func(text string) string {
		t.Helper()
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(20 * time.Second))
		_, _ = io.WriteString(c, text)
		b, _ := io.ReadAll(c)
		return string(b)
	}
	huge := talk("GET / HTTP/1.1\r\nHost: " + addr + "\r\nX-Big: " + strings.Repeat("x", maxHeader+8192) + "\r\n\r\n")
	if !strings.Contains(huge, " 431 ") {
		t.Errorf("huge headers: %.80q, want 431", huge)
	}
	slow := talk("POST /api/v2/alerts HTTP/1.1\r\nHost: " + addr + "\r\nContent-Length: 1000\r\n\r\n[")
	if strings.Contains(slow, " 200 ") {
		t.Errorf("a body that never comes: %.80q, want no 200", slow)
	}
	if got := talk("GET / HTTP/1.1\r\nHost: "); strings.Contains(got, " 200 ") {
		t.Errorf("headers that never end: %.80q", got)
	}
	smuggled := talk("POST /api/v2/alerts HTTP/1.1\r\nHost: " + addr + "\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\nGET /probe HTTP/1.1\r\n")
	if strings.Count(smuggled, "HTTP/1.1 ") > 1 {
		t.Errorf("two lengths were read as two requests: %.200q", smuggled)
	}
	if got := talk("GET /api/v1/things HTTP/1.1\r\nHost: a\r\nHost: " + addr + "\r\n\r\n"); !strings.Contains(got, " 400 ") {
		t.Errorf("two Host headers: %.80q, want 400", got)
	}
}

func TestAPanicTellsTheCallerNothing(t *testing.T) {
	var log bytes.Buffer
	boom := headstart.Route{Pattern: "GET /api/v1/boom", Scope: headstart.ScopeRead, Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		panic("database password is hunter2")
	})}
	d, err := New(Options{Config: DefaultConfig(), DataDir: t.TempDir(), Logger: slog.New(slog.NewTextHandler(&log, nil))}, []headstart.Route{boom})
	if err != nil {
		t.Fatal(err)
	}
	res := call(d.Desk(), request("GET", "/api/v1/boom"))
	text := body(t, res)
	if res.StatusCode != 500 || strings.Contains(text, "hunter2") || strings.Contains(text, "goroutine") {
		t.Errorf("status %d, %s; want 500 that says neither why nor where", res.StatusCode, text)
	}
	if id := res.Header.Get("X-Request-Id"); id == "" || !strings.Contains(log.String(), "request="+id) || !strings.Contains(log.String(), "hunter2") {
		t.Errorf("the log does not have the panic under request %q: %s", id, log.String())
	}
}

func TestEveryAnswerCarriesTheDefaultHeaders(t *testing.T) {
	d := testDoor(t, nil)
	for _, path := range []string{"/", "/login", "/api/v1/things", "/nowhere"} {
		h := call(d.Desk(), request("GET", path)).Header
		if h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s lacks a default header: %v", path, h)
		}
	}
}

func TestErrorsHaveTheShapeOfTheirAPI(t *testing.T) {
	d := testDoor(t, withAuth)
	for path, want := range map[string][2]string{
		"/api/v1/things": {"application/problem+json", `"status":401`},
		"/api/v2/alerts": {"application/json", `"code":401`},
		"/probe":         {"text/plain; charset=utf-8", "scope"},
	} {
		method := "GET"
		if path == "/api/v2/alerts" {
			method = "POST"
		}
		res := call(d.Desk(), request(method, path))
		if text := body(t, res); res.Header.Get("Content-Type") != want[0] || !strings.Contains(text, want[1]) {
			t.Errorf("%s: %s %s, want %s with %s", path, res.Header.Get("Content-Type"), text, want[0], want[1])
		}
	}
	html := header("Accept", "text/html,application/xhtml+xml")
	res := call(d.Desk(), request("GET", "/?lang=en", html))
	if got := res.Header.Get("Location"); res.StatusCode != 303 || got != "/login?next="+url.QueryEscape("/?lang=en") {
		t.Errorf("a browser without a session: %d %q, want to be sent to the log-in page", res.StatusCode, got)
	}
}
