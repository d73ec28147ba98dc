package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"headstart"
	"headstart/configs"
	"headstart/web/door"
	"headstart/web/public"
)

// everySender is a configuration that has each kind of route and of caller.
const everySender = `trusted_proxies: [192.0.2.1/32]
auth:
  proxy: {header: X-Remote-User, groups_header: X-Remote-Groups, from: [192.0.2.1/32], roles: {viewer: viewer, desk: desk, approver: approver, admin: admin}, locations: {noord: [noord]}}
  tokens:
    - {name: t-read, token_file: t-read, scopes: [read]}
    - {name: t-write, token_file: t-write, scopes: [write]}
    - {name: t-ingest, token_file: t-ingest, scopes: [ingest]}
    - {name: t-probe, token_file: t-probe, scopes: [probe]}
    - {name: t-admin, token_file: t-admin, scopes: [admin]}
agents: [{name: noord, asset: sw-n-2, token_file: site}, {name: zuid, asset: prn-z1-01, token_file: site-2}]
probes:
  - {name: nightly, kind: push, token_file: job, interval: 24h}
  - {name: weekly, kind: push, interval: 24h}
publish:
  subscribe_domains: [voorbeeld.example]
  pages: [{id: ""}, {id: staff, access: oidc}, {id: board, access: link}]
channels:
  - {name: mail, type: email, smarthost: "127.0.0.1:25", from: servicedesk@voorbeeld.example, subscribers: true}
`

// Sources of tickets, in place of the one that settings has.
const everySource = `sources: [{name: portal, type: webhook, token_file: portal}, {name: other, type: webhook, token_file: portal-2},
    {name: signed, type: webhook, auth: hmac, token_file: signing}, {name: rt, type: rt, url: "http://127.0.0.1:9", token_file: rt, hook_secret_file: hint}]`

// serviceOf draws the whole service of a configuration, with its store, and runs nothing of it.
func serviceOf(t *testing.T, config string) *door.Door {
	t.Helper()
	p := &program{stdout: io.Discard, stderr: io.Discard, in: strings.NewReader(""), configFile: config, logFormat: "text", logLevel: "error"}
	cfg, err := configs.Load(configs.Source{File: config, Folders: configs.Folders()})
	if err != nil {
		t.Fatal(err)
	}
	logger, err := p.logger()
	if err != nil {
		t.Fatal(err)
	}
	s := &service{program: p, role: roleAll, cfg: cfg, logger: logger, registry: prometheus.NewRegistry(), next: make(chan *configs.Config, 1)}
	s.reloads = newReloadMetrics(s.registry)
	if err := s.openStore(t.Context()); err != nil {
		t.Fatal(err)
	}
	g, err := s.pipeline(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return g.door
}

// expectation is a line of the table: a request, and what each caller is answered.
type expectation struct {
	method, path string
	answers      []string // by caller, as marks of the table
}

// readRights reads the table: the callers, and every request with its block's answers.
func readRights(t *testing.T, file string) (callers []string, all []expectation) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var answers []string
	for n, line := range strings.Split(string(text), "\n") {
		columns := slices.DeleteFunc(strings.Fields(line), func(s string) bool { return s == "|" })
		switch {
		case len(columns) == 0 || columns[0] == "#":
		case columns[0] == "callers":
			callers = columns[1:]
		case columns[0] == "answers":
			if answers = columns[1:]; len(answers) != len(callers) {
				t.Fatalf("%s:%d: %d answers, and there are %d callers", file, n+1, len(answers), len(callers))
			}
		case len(columns) == 2 && answers != nil:
			all = append(all, expectation{columns[0], columns[1], answers})
		default:
			t.Fatalf("%s:%d: neither callers, answers, nor METHOD PATH: %q", file, n+1, line)
		}
	}
	return callers, all
}

// request asks for something as one of the table's callers. What takes longer than the
// answer to who may is cut off.
func (e *expectation) request(ctx context.Context, who string, secrets map[string]string) *http.Request {
	r := httptest.NewRequestWithContext(ctx, e.method, "http://127.0.0.1:8480"+strings.NewReplacer("LINK", secrets["link"]).Replace(e.path), http.NoBody)
	r.RemoteAddr = "192.0.2.1:9"
	role, places, bound := strings.Cut(who, "@")
	switch {
	case who == "nobody" || who == "link":
	case slices.Contains([]string{"viewer", "desk", "approver", "admin"}, role):
		r.Header.Set("X-Remote-User", "wendy")
		r.Header.Set("X-Remote-Groups", role)
		if bound {
			r.Header.Set("X-Remote-Groups", role+","+places)
		}
	default:
		r.Header.Set("Authorization", "Bearer "+secrets[who])
	}
	return r
}

// mark is how the table writes an answer.
func mark(status int) string {
	switch status {
	case http.StatusUnauthorized, http.StatusTooManyRequests:
		return "?"
	case http.StatusForbidden:
		return "-"
	default:
		return "+"
	}
}

// TestRights asks for every route of the whole service as every kind of caller, and
// compares who is let in with a table written by hand (rulings 37, 39, 41 to 43). A route
// that the table lacks fails it.
func TestRights(t *testing.T) {
	t.Parallel()
	config := prepare(t, everySender)
	dir := filepath.Dir(config)
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	write(t, config, strings.Replace(string(text), "sources: [{name: portal, type: webhook}]", everySource, 1))
	secrets := map[string]string{"wrong": "a token that nobody was ever given"}
	for _, name := range []string{"t-read", "t-write", "t-ingest", "t-probe", "t-admin", "site", "site-2", "job", "portal", "portal-2", "signing", "rt", "hint"} {
		secrets[name] = "a secret of " + name + " alone, long enough"
		write(t, filepath.Join(dir, name), secrets[name])
	}
	d := serviceOf(t, config)
	if secrets["link"], err = public.OpenLinks(filepath.Join(dir, "data")).Make("board", time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	callers, table := readRights(t, filepath.Join("testdata", "rights.txt"))

	mux, missing := http.NewServeMux(), map[string]headstart.Route{}
	for _, rt := range d.Routes() {
		mux.Handle(rt.Pattern, http.NotFoundHandler())
		missing[rt.Pattern] = rt
	}
	gone, cut := context.WithCancel(t.Context())
	cut()
	for _, e := range table {
		_, pattern := mux.Handler(e.request(gone, "nobody", secrets))
		if pattern == "" {
			t.Errorf("%s %s is in the table and not served", e.method, e.path)
		}
		delete(missing, pattern)
		for n, who := range callers {
			rec := httptest.NewRecorder()
			ctx := gone
			if e.path == "/login" {
				ctx = t.Context() // guesses wait for each other; nothing else here may wait
			}
			d.Desk().ServeHTTP(rec, e.request(ctx, who, secrets))
			if got := mark(rec.Code); got != e.answers[n] {
				t.Errorf("%s %s as %s: %d, want %s: %s", e.method, e.path, who, rec.Code, e.answers[n], strings.TrimSpace(rec.Body.String()))
			}
		}
	}
	for pattern, rt := range missing {
		t.Errorf("%s (scope %s) is not in testdata/rights.txt: write who may and who may not", pattern, rt.Scope)
	}
}
