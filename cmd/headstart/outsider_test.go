package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestOutsider is what an outsider tries of the OWASP API Security Top 10 (2023) and has no
// test elsewhere, on the whole service over its own listener. docs/attacks.md says which
// test holds which of the ten.
func TestOutsider(t *testing.T) {
	t.Parallel()
	r := start(t, prepare(t, ""))
	for name, try := range map[string]func(*testing.T, *running){
		"API3 fields nobody may set are no fields":      triesFields,
		"API4 nothing that is packed is unpacked":       triesPacked,
		"API4 a page has a most":                        triesPages,
		"API4 connections that say nothing hold nobody": triesSilence,
		"API4 live pages are counted":                   triesStreams,
		"API5 a method in a header is none":             triesMethods,
		"API7 an address inside is not asked":           triesInside,
		"API8 paths lead where they say":                triesPaths,
		"API8 no other site may read":                   triesOrigins,
		"API9 nothing old or forgotten answers":         triesForgotten,
	} {
		t.Run(name, func(t *testing.T) { try(t, r) })
	}
	if is := r.listWith(r.asAdmin()); len(is) != 0 {
		t.Errorf("the attacks left %d incidents", len(is))
	}
}

func (r *running) asAdmin() map[string]string {
	return map[string]string{"Authorization": "Bearer " + r.token}
}

// writes are the routes of the table of rights that take a body.
func writes(t *testing.T) (all []expectation) {
	t.Helper()
	_, table := readRights(t, filepath.Join("testdata", "rights.txt"))
	for _, e := range table {
		if e.method == http.MethodPost || e.method == http.MethodPut || e.method == http.MethodPatch {
			all = append(all, e)
		}
	}
	if len(all) < 80 {
		t.Fatalf("%d routes take a body; the table of rights was read wrong", len(all))
	}
	return all
}

// Identity, number, author and time of a thing are the service's; whoever sends them is
// refused, as for any other unknown key.
func triesFields(t *testing.T, r *running) {
	for path, good := range map[string]string{
		"/api/v1/incidents":      `"title":"x","services":["print"]`,
		"/api/v1/maintenance":    `"title":"x","services":["print"],"from":"2030-01-01T08:00:00Z","to":"2030-01-01T09:00:00Z"`,
		"/api/v1/desk/todo":      `"text":"x"`,
		"/api/v1/known-errors":   `"title":"x"`,
		"/api/v1/page-state":     `"page":"staff"`,
		"/api/v1/desk/handover":  `"text":"x"`,
		"/api/v1/checks/run":     `"assets":["sw-n-2"]`,
		"/api/v1/desk/todo-done": `"id":"x"`,
	} {
		for _, field := range []string{`"uid":"x"`, `"number":1`, `"by":"admin"`, `"at":"2020-01-01T00:00:00Z"`, `"scopes":["admin"]`, `"state":"resolved"`, `"__proto__":{"admin":true}`} {
			status, answer := r.try(attack{method: "POST", path: path, body: "{" + good + "," + field + "}", header: r.asAdmin()})
			if status < 400 || status >= 500 {
				t.Errorf("%s took %s: %d %s", path, field, status, tail(answer, 200))
			}
		}
	}
}

// packed is a gzip of text.
func packed(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// No route unpacks a body, so that none has to bound what comes out. A good body that is
// packed is as wrong as a bomb.
func triesPacked(t *testing.T, r *running) {
	bomb := packed(t, strings.Repeat("[", 4<<20))
	bodies := map[string]string{
		"/api/v1/incidents": packed(t, `{"title":"x","services":["print"]}`),
		"/api/v2/alerts":    packed(t, `[{"labels":{"alertname":"X"}}]`),
	}
	for _, e := range writes(t) {
		if strings.HasSuffix(e.path, "reload") { // it has no body, and starts the service anew at another port
			continue
		}
		body := bomb
		if good, ok := bodies[e.path]; ok {
			body = good
		}
		header := r.asAdmin()
		header["Content-Encoding"] = "gzip"
		status, answer := r.try(attack{method: e.method, path: e.path, body: body, header: header})
		bodiless := []string{"/logout", "/settings/examine", "/new/preview", "/channels/mail/test", "/login/link", "/api/v1/morning/seen", "/morning/seen", "/morning/send", "/api/v1/morning/send"}
		if status/100 == 2 && !slices.Contains(bodiless, e.path) {
			t.Errorf("%s %s took a packed body: %d %s", e.method, e.path, status, tail(answer, 200))
		}
		if status >= 500 && status != http.StatusServiceUnavailable && status != http.StatusNotImplemented {
			t.Errorf("%s %s broke on a packed body: %d %s", e.method, e.path, status, tail(answer, 200))
		}
	}
}

// A list is asked for in pages of at most 1,000.
func triesPages(t *testing.T, r *running) {
	for _, path := range []string{"incidents", "announcements", "known-errors", "audit", "tickets", "maintenance"} {
		for _, limit := range []string{"1001", "1000000000", "-1", "0", "1e9", "99999999999999999999"} {
			status, answer := r.try(attack{method: "GET", path: "/api/v1/" + path + "?limit=" + limit, header: r.asAdmin()})
			if status < 400 || status >= 500 {
				t.Errorf("%s by %s a page: %d %s", path, limit, status, tail(answer, 200))
			}
		}
	}
}

// Sixty-four connections whose headers never end do not keep others out.
func triesSilence(t *testing.T, r *running) {
	for range 64 {
		c, err := net.Dial("tcp", strings.TrimPrefix(r.base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		_, _ = io.WriteString(c, "POST /api/v2/alerts HTTP/1.1\r\nHost: 127.0.0.1\r\nX-")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.base+"/api/v1/incidents", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatalf("others are kept out: %v", err)
	}
	_ = res.Body.Close()
}

// Of one user, some live pages are served and no more; the others' still are.
func triesStreams(t *testing.T, r *running) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	open := 0
	for range 20 {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.base+"/events?topics=board", nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		switch res.StatusCode {
		case http.StatusOK:
			open++
		case http.StatusTooManyRequests:
			if res.Header.Get("Retry-After") == "" {
				t.Error("a refusal does not say when to try again")
			}
		default:
			t.Fatalf("a live page: %s", res.Status)
		}
	}
	if open < 1 || open > 8 {
		t.Errorf("%d live pages of one user are open, want 8 at most", open)
	}
	r.page("/")
}

func triesMethods(t *testing.T, r *running) {
	for _, header := range []string{"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"} {
		h := r.asAdmin()
		h[header] = http.MethodPost
		if status, _ := r.try(attack{method: "GET", path: "/api/v1/incidents", body: `{"title":"x","services":["print"]}`, header: h}); status != http.StatusOK {
			t.Errorf("%s: %d, want the list a GET gives", header, status)
		}
	}
	for _, method := range []string{"TRACE", "CONNECT", "PROPFIND", "OPTIONS"} {
		if status, answer := r.try(attack{method: method, path: "/api/v1/incidents", header: r.asAdmin()}); status/100 == 2 {
			t.Errorf("%s: %d %s", method, status, tail(answer, 200))
		}
	}
}

// A target that no setting names is not asked, by whatever spelling.
func triesInside(t *testing.T, r *running) {
	var asked bytes.Buffer
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			asked.WriteString(c.RemoteAddr().String() + "\n")
			_ = c.Close()
		}
	}()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	for _, target := range []string{
		"http://127.0.0.1:" + port, "http://localhost:" + port, "http://2130706433:" + port, "http://0x7f.1:" + port, "http://[::ffff:127.0.0.1]:" + port,
		"http://127.0.0.1%3a" + port, "http://169.254.169.254/latest/meta-data", "http://[fe80::1]/", "gopher://127.0.0.1:" + port, "file:///etc/passwd", "http://user:pw@127.0.0.1:" + port,
	} {
		status, answer := r.try(attack{method: "GET", path: "/probe?module=http_2xx&target=" + strings.ReplaceAll(target, "%", "%25"), header: r.asAdmin()})
		if status/100 == 2 && strings.Contains(answer, "probe_success 1") || strings.Contains(answer, "root:") {
			t.Errorf("%s was asked: %d %s", target, status, tail(answer, 200))
		}
	}
	_ = l.Close()
	<-done
	if asked.Len() > 0 {
		t.Errorf("an address inside was connected to, from %s", asked.String())
	}
}

// triesPaths writes requests by hand, since a client would tidy them.
func triesPaths(t *testing.T, r *running) {
	address := strings.TrimPrefix(r.base, "http://")
	for _, path := range []string{
		"/static/../data/admin-token", "/static/..%2f..%2fdata%2fadmin-token", "/static/%2e%2e/%2e%2e/etc/passwd", "/static/....//....//etc/passwd", "/static/..\\..\\etc\\passwd",
		"/static/app.css%00.html", "/s/..%2f..%2fetc%2fpasswd", "/s/%2e%2e/api/v1/incidents", "//api/v1/forget", "/s//../settings", "/./settings/../-/reload", "/static//etc/passwd",
		"/api/v1/incidents/..%2f..%2fforget", "/%2fetc%2fpasswd", "http://evil.example/api/v1/incidents", "/static/%252e%252e/etc/passwd", "/;/settings", "/settings;.css", "*",
	} {
		answer := spoken(t, address, "GET "+path+" HTTP/1.1\r\nHost: "+address+"\r\nConnection: close\r\n\r\n")
		if strings.HasPrefix(answer, "HTTP/1.1 2") || strings.Contains(answer, "root:") || strings.Contains(answer, r.token) {
			t.Errorf("%s: %.200q", path, answer)
		}
	}
	for name, request := range map[string]string{
		"two hosts":           "GET /api/v1/incidents HTTP/1.1\r\nHost: " + address + "\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
		"a host by forwarder": "GET /api/v1/incidents HTTP/1.1\r\nHost: " + address + "\r\nX-Forwarded-Host: evil.example\r\nConnection: close\r\n\r\n",
		"a scheme by header":  "GET /api/v1/incidents HTTP/1.1\r\nHost: " + address + "\r\nX-Forwarded-Proto: https\r\nForwarded: for=10.0.0.1;host=evil.example\r\nConnection: close\r\n\r\n",
		"a rewritten path":    "GET /nowhere HTTP/1.1\r\nHost: " + address + "\r\nX-Original-URL: /settings\r\nX-Rewrite-URL: /settings\r\nConnection: close\r\n\r\n",
		"a line in a header":  "GET /api/v1/incidents HTTP/1.1\r\nHost: " + address + "\r\nX-A: b\rSet-Cookie: c=d\r\nConnection: close\r\n\r\n",
		"a blank in a name":   "GET /api/v1/incidents HTTP/1.1\r\nHost: " + address + "\r\nTransfer-Encoding : chunked\r\nConnection: close\r\n\r\n",
	} {
		if answer := spoken(t, address, request); strings.HasPrefix(answer, "HTTP/1.1 2") {
			t.Errorf("%s: %.200q", name, answer)
		}
	}
}

// spoken writes a request as it stands and returns the whole answer.
func spoken(t *testing.T, address, request string) string {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	answer, _ := io.ReadAll(c) // what came before it was closed
	return string(answer)
}

func triesOrigins(t *testing.T, r *running) {
	for _, path := range []string{"/api/v1/incidents", "/api/v2/alerts", "/", "/metrics", "/events?topics=none"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Origin", "https://evil.example")
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if allowed := res.Header.Get("Access-Control-Allow-Origin"); allowed != "" {
			t.Errorf("%s may be read by %s", path, allowed)
		}
		if res.Header.Get("Server")+res.Header.Get("X-Powered-By") != "" {
			t.Errorf("%s says what it is made with", path)
		}
	}
}

// Debugging, older versions of interfaces and files that lie about are not served.
func triesForgotten(t *testing.T, r *running) {
	for _, path := range []string{
		"/debug/pprof/", "/debug/pprof/heap", "/debug/pprof/goroutine?debug=2", "/debug/vars", "/debug/requests", "/.git/config", "/.env", "/headstart.yml", "/catalog.yml", "/data/admin-token",
		"/admin-token", "/api/v0/incidents", "/api/v3/alerts", "/api/incidents", "/api/", "/swagger.json", "/graphql", "/actuator/env", "/server-status", "/static/", "/backup", "/-/quit", "/-/config",
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if status, answer := r.try(attack{method: method, path: path, header: r.asAdmin()}); status/100 == 2 {
				t.Errorf("%s %s: %d %s", method, path, status, tail(answer, 200))
			}
		}
	}
}

// TestPlantedSecrets puts a secret of its own in every key that holds or names one, reads
// everything the service prints and serves, to the admin too, and looks for them.
func TestPlantedSecrets(t *testing.T) {
	t.Parallel()
	planted := func(n int) string { return fmt.Sprintf("pLaNtEd-%02d-Zq7pWx3vRt9kLm2s", n) }
	config := prepare(t, fmt.Sprintf(`channels:
  - {name: mail, type: email, smarthost: "127.0.0.1:9", from: a@example.org, to: [b@example.org], username: u, password_file: secret-1}
  - {name: hook, type: webhook, url: "http://127.0.0.1:9/hook", secret_file: secret-2}
receivers:
  - name: ops
    webhook_configs: [{url: "http://127.0.0.1:9/%s"}]
    pagerduty_configs: [{routing_key: %q, url: "http://127.0.0.1:9/"}]
    slack_configs: [{api_url: "http://127.0.0.1:9/%s", channel: "#x"}]
    email_configs: [{to: x@example.org, from: y@example.org, smarthost: "127.0.0.1:9", auth_username: u, auth_password: %q}]
route: {receiver: ops}
heartbeat: [{url_file: heart}]
auth:
  tokens: [{name: reader, token_file: secret-3, scopes: [read]}]
probes:
  - {name: paper, kind: printer, target: "127.0.0.1:9", community: %q}
  - {name: directory, kind: ldap, target: "127.0.0.1:9", username: u, password_file: secret-4}
  - {name: job, kind: push, token_file: secret-5}
`, planted(11), planted(12), planted(13), planted(14), planted(16)))
	write(t, filepath.Join(filepath.Dir(config), "heart"), "http://127.0.0.1:9/"+planted(15))
	for n := range 6 {
		write(t, filepath.Join(filepath.Dir(config), fmt.Sprintf("secret-%d", n)), planted(n))
	}
	r := start(t, config)
	status, _ := r.try(attack{method: "POST", path: "/api/v2/alerts", body: `[{"labels":{"alertname":"HostDown","device":"sw-n-2","severity":"page"}}]`, header: r.asAdmin()})
	if status != http.StatusOK {
		t.Fatalf("the alert was refused: %d", status)
	}
	waitFor(t, 15*time.Second, "the incident", func() bool { return len(r.listWith(r.asAdmin())) == 1 })
	waitFor(t, 15*time.Second, "something to be tried and to fail", func() bool { return strings.Contains(r.stderr.String(), "127.0.0.1:9") })
	places := map[string]string{}
	_, table := readRights(t, filepath.Join("testdata", "rights.txt"))
	for _, e := range table {
		if e.method != http.MethodGet || strings.HasSuffix(e.path, "/events") || strings.HasSuffix(e.path, "/asks") {
			continue // they end when the caller goes
		}
		_, places[e.path] = r.try(attack{method: "GET", path: e.path, header: r.asAdmin()})
	}
	for name, args := range map[string][]string{"config show": {"config", "show"}, "config check": {"config", "check"}, "doctor": {"doctor"}} {
		_, places[name] = r.cli(args...)
	}
	token := r.token
	r.stop()
	_, places["export"] = r.cli("store", "export", "--raw")
	places["logs"] = r.stderr.String() + strings.ReplaceAll(r.stdout.String(), token, "") // which prints the first log-in once
	for place, text := range places {
		for n := range 17 {
			if strings.Contains(text, planted(n)) {
				t.Errorf("%s holds planted secret %d", place, n)
			}
		}
		if strings.Contains(text, token) {
			t.Errorf("%s holds the admin's token", place)
		}
	}
}
