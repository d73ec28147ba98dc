package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"headstart/configs"
	"headstart/web/door"
)

// lifetime is an installation that a test follows for more than a year: the whole
// service without listeners and probes, inside a bubble of testing/synctest. Between its
// sessions nobody runs it, so that months pass in no time.
type lifetime struct {
	t      *testing.T
	config string
	dir    string
	log    *lines // at level debug

	h  http.Handler // of the session under way
	as string       // file with the token of who asks
}

func newLifetime(t *testing.T, more string) *lifetime {
	config := prepare(t, more)
	dir := filepath.Dir(config)
	return &lifetime{t: t, config: config, dir: dir, log: &lines{}, as: filepath.Join(dir, "data", door.AdminTokenFile)}
}

// session runs the service, calls f, and lets it run for some minutes more.
func (l *lifetime) session(f func()) {
	l.t.Helper()
	p := &program{stdout: io.Discard, stderr: l.log, in: strings.NewReader(""), configFile: l.config, logFormat: "text", logLevel: "debug"}
	cfg, err := configs.Load(configs.Source{File: l.config, Folders: configs.Folders()})
	if err != nil {
		l.t.Fatal(err)
	}
	logger, err := p.logger()
	if err != nil {
		l.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &service{program: p, role: roleAll, cfg: cfg, logger: logger, registry: prometheus.NewRegistry()}
	s.reloads = newReloadMetrics(s.registry)
	if err := s.openStore(ctx); err != nil {
		l.t.Fatal(err)
	}
	g, err := s.pipeline(ctx, cfg)
	if err != nil {
		l.t.Fatal(err)
	}
	var parts sync.WaitGroup
	for _, part := range g.parts {
		if part.name == "door" || part.name == "probes" { // what waits for the network does not let time pass
			continue
		}
		parts.Go(func() {
			if err := part.run(ctx); err != nil && ctx.Err() == nil {
				l.t.Errorf("%s: %v", part.name, err)
			}
		})
	}
	l.h = g.door.Desk()
	for ready := false; !ready; ready = l.ask("GET", "/-/ready", "").Code == http.StatusOK {
		time.Sleep(time.Second)
	}
	if f != nil {
		f()
	}
	time.Sleep(5 * time.Minute)
	synctest.Wait()
	l.h = nil
	cancel()
	parts.Wait()
	if err := s.store.Close(); err != nil {
		l.t.Fatal(err)
	}
}

// ask sends a request as the administrator of this machine, or as whom l.as names.
func (l *lifetime) ask(method, path, body string) *httptest.ResponseRecorder {
	l.t.Helper()
	token, err := os.ReadFile(l.as)
	if err != nil {
		l.t.Fatal(err)
	}
	r := httptest.NewRequest(method, "http://127.0.0.1:8480"+path, strings.NewReader(body))
	r.RemoteAddr = "127.0.0.1:50000"
	r.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	l.h.ServeHTTP(w, r)
	return w
}

// do posts, and fails if that is refused.
func (l *lifetime) do(path, body string) string {
	l.t.Helper()
	w := l.ask("POST", path, body)
	if w.Code/100 != 2 {
		l.t.Fatalf("POST %s: %d %s", path, w.Code, w.Body)
	}
	return w.Body.String()
}

// until lets time pass up to a moment on a day so many days after the first.
func (l *lifetime) until(day int, clock string) {
	at, err := time.Parse("15:04", clock)
	if err != nil {
		l.t.Fatal(err)
	}
	friday := time.Date(2000, 1, 7, 0, 0, 0, 0, time.UTC) // bubbles begin a week before, on a Saturday
	due := friday.AddDate(0, 0, day).Add(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute)
	if wait := time.Until(due); wait > 0 {
		time.Sleep(wait)
	}
}

// cli runs a command while no service does.
func (l *lifetime) cli(args ...string) string {
	l.t.Helper()
	var out, errs bytes.Buffer
	if code := execute(context.Background(), append(args, "--config", l.config), &out, &errs); code != 0 {
		l.t.Fatalf("%v: exit %d: %s", args, code, errs.String())
	}
	return out.String()
}

// pages are every page and answer that a person or a program can read, by path.
func (l *lifetime) pages() map[string]string {
	l.t.Helper()
	paths := []string{
		"/", "/tickets", "/map", "/announcements", "/maintenance", "/morning", "/wall", "/metrics", "/s/nl/", "/s/en/", "/s/nl/feed.atom",
		"/api/v1/incidents?limit=1000", "/api/v1/tickets?limit=1000", "/api/v1/announcements?limit=1000", "/api/v1/morning?format=text&width=300",
		"/api/v1/catalog", "/api/v1/maintenance", "/api/v1/audit", "/api/v1/openapi.json", "/api/v2/alerts", "/api/v2/silences", "/api/v2/status",
	}
	var list struct {
		Incidents []struct {
			ID string `json:"id"`
		} `json:"incidents"`
	}
	if err := json.Unmarshal(l.ask("GET", "/api/v1/incidents?limit=1000", "").Body.Bytes(), &list); err != nil {
		l.t.Fatal(err)
	}
	for _, i := range list.Incidents {
		paths = append(paths, "/i/"+i.ID, "/api/v1/incidents/"+i.ID, "/api/v1/incidents/"+i.ID+"/explain")
	}
	out := map[string]string{}
	for _, p := range paths {
		w := l.ask("GET", p, "")
		if w.Code >= 500 {
			l.t.Errorf("GET %s: %d %s", p, w.Code, w.Body)
		}
		out[p] = w.Body.String()
	}
	return out
}

// ticket posts a ticket as a help desk's portal does.
func (l *lifetime) ticket(source, id, title, body, requester, more string) {
	l.t.Helper()
	b, err := json.Marshal(map[string]any{
		"id": id, "title": title, "body": body, "channel": "mail", "created_at": time.Now().UTC().Format(time.RFC3339),
		"requester": map[string]string{"id": requester, "location": "noord"},
	})
	if err != nil {
		l.t.Fatal(err)
	}
	l.do("/hooks/tickets/"+source, fmt.Sprintf(`{"ticket":%s%s}`, strings.TrimSuffix(string(b), "}"), more+"}"))
}
