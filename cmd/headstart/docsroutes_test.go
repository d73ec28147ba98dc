package main

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	aRequest = regexp.MustCompile(`^(GET|POST|PUT|PATCH|DELETE) (/\S*)$`)
	aPath    = regexp.MustCompile(`^/(?:-|api|a|i|s|hooks|push|static|login|metrics|probe|audit|events|map|wall|morning|tickets|desk|reports|settings|channels|announcements|maintenance|known-errors|search|ack)(?:[/?]\S*)?$`)
)

// TestDocumentedRoutesExist asks the table of routes for every path that a sentence names.
func TestDocumentedRoutesExist(t *testing.T) {
	t.Parallel()
	config := prepare(t, everySender)
	dir := filepath.Dir(config)
	write(t, config, strings.Replace(readText(t, config), "sources: [{name: portal, type: webhook}]", everySource, 1))
	for _, name := range []string{"t-read", "t-write", "t-ingest", "t-probe", "t-admin", "site", "site-2", "job", "portal", "portal-2", "signing", "rt", "hint"} {
		write(t, filepath.Join(dir, name), "a secret of "+name+" alone, long enough")
	}
	mux := http.NewServeMux()
	for _, rt := range serviceOf(t, config).Routes() {
		mux.Handle(rt.Pattern, http.NotFoundHandler())
	}
	serves := func(method, path string) bool {
		path, _, _ = strings.Cut(path, "?")
		path = strings.ReplaceAll(regexp.MustCompile(`\{[^}/]*\}|…`).ReplaceAllString(path, "x"), "/hooks/tickets/NAME", "/hooks/tickets/portal")
		for _, at := range []string{path, path + "x", "/api/v1/incidents/HS-3" + path} { // desk.md names what stands below one incident
			if _, pattern := mux.Handler(httptest.NewRequest(method, at, nil)); pattern != "" {
				return true
			}
		}
		return method+" "+path == "GET /api/v1/agent" // of the agent of a site
	}
	if serves("GET", "/api/v1/nothing-of-ours") || serves("POST", "/nothing-of-ours") {
		t.Fatal("everything is served; this test proves nothing")
	}
	found := 0
	for _, p := range documents(t) {
		prose := p.prose()
		for _, m := range span.FindAllStringSubmatchIndex(prose, -1) {
			text := strings.Fields(prose[m[2]:m[3]])[0]
			if full := aRequest.FindStringSubmatch(prose[m[2]:m[3]]); full != nil {
				found++
				if !serves(full[1], full[2]) {
					t.Errorf("%s: nothing serves %s", p.at(m[0]), full[0])
				}
				continue
			}
			if !aPath.MatchString(text) {
				continue
			}
			found++
			if !serves("GET", text) && !serves("POST", text) {
				t.Errorf("%s: nothing serves %s", p.at(m[0]), text)
			}
		}
	}
	if found < 60 {
		t.Errorf("%d paths found; do the patterns of this test still fit?", found)
	}
}
