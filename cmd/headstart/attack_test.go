package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// attack is one request nobody should get away with.
type attack struct {
	method, path, body string
	header             map[string]string
	host               string
	want               []int
}

func (r *running) try(a attack) (status int, answer string) {
	r.t.Helper()
	req, err := http.NewRequest(a.method, r.base+a.path, strings.NewReader(a.body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for k, v := range a.header {
		req.Header.Set(k, v)
	}
	if a.host != "" {
		req.Host = a.host
	}
	res, err := http.DefaultTransport.RoundTrip(req) // redirects are not followed
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

// TestAttacks tries rulings 37 to 43 on the whole service from outside.
func TestAttacks(t *testing.T) {
	t.Parallel()
	config := prepare(t, `auth:
  tokens:
    - {name: grafana, token_file: read-token, scopes: [read]}
    - {name: prometheus, token_file: ingest-token, scopes: [ingest]}
`)
	dir := filepath.Dir(config)
	write(t, filepath.Join(dir, "read-token"), "a-token-that-only-reads-things")
	write(t, filepath.Join(dir, "ingest-token"), "a-token-that-only-takes-alerts")
	r := start(t, config)
	bearer := func(token string) map[string]string { return map[string]string{"Authorization": "Bearer " + token} }
	with := func(h map[string]string, kv ...string) map[string]string {
		out := map[string]string{}
		maps.Copy(out, h)
		for n := 0; n < len(kv); n += 2 {
			out[kv[n]] = kv[n+1]
		}
		return out
	}
	admin := bearer(r.token)
	open := `{"title":"x","services":["print"]}`
	refused := []int{http.StatusUnauthorized, http.StatusForbidden}
	attacks := map[string]attack{
		"no token, reading":                    {method: "GET", path: "/api/v1/incidents", want: refused},
		"no token, alerts":                     {method: "POST", path: "/api/v2/alerts", body: `[{"labels":{"alertname":"X"}}]`, want: refused},
		"no token, a write":                    {method: "POST", path: "/api/v1/incidents", body: open, want: refused},
		"no token, metrics":                    {method: "GET", path: "/metrics", want: refused},
		"no token, reload":                     {method: "POST", path: "/-/reload", want: refused},
		"a wrong token":                        {method: "GET", path: "/api/v1/incidents", header: bearer("guessed-guessed-guessed"), want: refused},
		"a reader writes":                      {method: "POST", path: "/api/v1/incidents", body: open, header: bearer("a-token-that-only-reads-things"), want: refused},
		"a reader posts alerts":                {method: "POST", path: "/api/v2/alerts", body: `[]`, header: bearer("a-token-that-only-reads-things"), want: refused},
		"an ingester reads":                    {method: "GET", path: "/api/v1/incidents", header: bearer("a-token-that-only-takes-alerts"), want: refused},
		"forwarding headers from a stranger":   {method: "GET", path: "/api/v1/incidents", header: with(admin, "X-Forwarded-For", "10.0.0.1"), want: []int{http.StatusMisdirectedRequest}},
		"an identity header from a stranger":   {method: "GET", path: "/api/v1/incidents", header: map[string]string{"X-Remote-User": "admin"}, want: refused},
		"a foreign Host (DNS rebinding)":       {method: "GET", path: "/", host: "evil.example", want: []int{http.StatusMisdirectedRequest}},
		"a cross-site POST of a browser":       {method: "POST", path: "/i/HS-1/ack", header: map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example", "Content-Type": "application/x-www-form-urlencoded"}, want: refused},
		"a path with dots":                     {method: "GET", path: "/static/../api/v1/incidents", want: []int{http.StatusBadRequest}},
		"a body over 8 MiB":                    {method: "POST", path: "/api/v2/alerts", body: strings.Repeat(" ", 8<<20+1), header: bearer("a-token-that-only-takes-alerts"), want: []int{http.StatusRequestEntityTooLarge}},
		"invalid UTF-8":                        {method: "POST", path: "/api/v2/alerts", body: "[{\"labels\":{\"a\":\"\xff\xfe\"}}]", header: bearer("a-token-that-only-takes-alerts"), want: []int{http.StatusBadRequest}},
		"deep nesting":                         {method: "POST", path: "/api/v1/incidents", body: strings.Repeat("[", 100000), header: admin, want: []int{http.StatusBadRequest, http.StatusUnprocessableEntity}},
		"unknown keys in a command":            {method: "POST", path: "/api/v1/incidents", body: `{"titel":"x"}`, header: admin, want: []int{http.StatusBadRequest, http.StatusUnprocessableEntity}},
		"an incident that does not exist":      {method: "POST", path: "/api/v1/incidents/HS-999/ack", body: `{}`, header: admin, want: []int{http.StatusNotFound}},
		"the old API of Alertmanager (ruling)": {method: "GET", path: "/api/v1/alerts", header: admin, want: []int{http.StatusGone}},
	}
	for name, a := range attacks {
		t.Run(name, func(t *testing.T) {
			status, answer := r.try(a)
			if slices.Contains(a.want, status) {
				return
			}
			t.Errorf("%d %s, want one of %v", status, tail(answer, 300), a.want)
		})
	}
	if is := r.listWith(admin); len(is) != 0 {
		t.Errorf("the attacks left %d incidents", len(is))
	}
}

// listWith returns the ids of incidents as a caller with header sees them.
func (r *running) listWith(header map[string]string) []string {
	r.t.Helper()
	_, body := r.try(attack{method: "GET", path: "/api/v1/incidents", header: header})
	var list struct {
		Incidents []struct {
			ID string `json:"id"`
		} `json:"incidents"`
	}
	if err := json.Unmarshal([]byte(body), &list); err != nil {
		r.t.Fatalf("%v in %s", err, body)
	}
	var ids []string
	for _, i := range list.Incidents {
		ids = append(ids, i.ID)
	}
	return ids
}

// TestStoredText lets hostile labels, annotations and ticket titles through the
// front door and looks at every page they come out of (ruling 45).
func TestStoredText(t *testing.T) {
	t.Parallel()
	r := start(t, prepare(t, ""))
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(2)>`
	status := r.alert(map[string]any{
		"labels":      map[string]string{"alertname": evil, "device": "sw-n-2", "severity": "page"},
		"annotations": map[string]string{"summary": evil, "description": evil},
	})
	if status != http.StatusOK {
		t.Fatalf("the alert was refused: %d", status)
	}
	body, _ := json.Marshal(map[string]any{"ticket": map[string]any{"id": "T-1", "title": evil, "body": evil, "created_at": time.Now().UTC()}})
	if status, answer := r.post("/hooks/tickets/portal", string(body)); status/100 != 2 {
		t.Fatalf("the ticket was refused: %d %s", status, answer)
	}
	waitFor(t, 15*time.Second, "the incident", func() bool { return len(r.incidents()) == 1 })
	note, _ := json.Marshal(map[string]string{"text": evil})
	if status, answer := r.try(attack{method: "POST", path: "/api/v1/incidents/HS-1/note", body: string(note), header: map[string]string{"Authorization": "Bearer " + r.token}}); status != http.StatusOK {
		t.Fatalf("the note was refused: %d %s", status, answer)
	}
	for _, path := range []string{"/", "/i/HS-1", "/tickets", "/announcements", "/morning", "/new", "/s/nl/", "/s/en/"} {
		page := r.page(path)
		if strings.Contains(page, "<script>alert") || strings.Contains(page, "<img src=x") {
			t.Errorf("%s carries the script out again", path)
		}
	}
}

// TestWebhookCannotReachInside: a webhook channel that redirects to the cloud's
// metadata, or whose name leads there, is refused before a byte leaves (ruling 40).
func TestWebhookCannotReachInside(t *testing.T) {
	t.Parallel()
	var asked bytes.Buffer
	inside := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { fmt.Fprintln(&asked, r.URL) }))
	defer inside.Close()
	redirect := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, strings.Replace(inside.URL, "127.0.0.1", "127.0.0.2", 1), http.StatusTemporaryRedirect)
	}))
	defer redirect.Close()
	config := prepare(t, fmt.Sprintf(`channels:
  - {name: hook, type: webhook, url: %q, secret_file: secret}
  - {name: metadata, type: webhook, url: "http://169.254.169.254/latest", secret_file: secret}
`, redirect.URL))
	write(t, filepath.Join(filepath.Dir(config), "secret"), "a secret of twenty bytes")
	r := start(t, config)
	r.opens(sent("prom-a", "HostDown", "sw-n-2", time.Now(), time.Now().Add(time.Hour)), sent("prom-a", "PrinterOffline", "prn-n2-04", time.Now(), time.Now().Add(time.Hour)))
	waitFor(t, 20*time.Second, "the message to be tried", func() bool { return strings.Contains(r.stderr.String(), "hook") })
	time.Sleep(2 * time.Second)
	if asked.Len() > 0 {
		t.Errorf("the redirect was followed inside: %s", asked.String())
	}
	if strings.Contains(r.stderr.String(), "a secret of twenty bytes") {
		t.Error("the log holds the secret")
	}
}

// TestSecretsStayOut looks for every secret in logs, pages and exports (DESIGN 3.8).
func TestSecretsStayOut(t *testing.T) {
	t.Parallel()
	config := prepare(t, `channels:
  - {name: mail, type: email, smarthost: "127.0.0.1:9", from: a@example.org, to: [b@example.org], username: u, password_file: mail-password}
receivers:
  - name: ops
    webhook_configs: [{url: "http://127.0.0.1:9/hook-with-SECRETPATH"}]
route: {receiver: ops}
`)
	write(t, filepath.Join(filepath.Dir(config), "mail-password"), "SECRETPASSWORD")
	r := start(t, config)
	r.opens(sent("prom-a", "HostDown", "sw-n-2", time.Now(), time.Now().Add(time.Hour)), sent("prom-a", "PrinterOffline", "prn-n2-04", time.Now(), time.Now().Add(time.Hour)))
	time.Sleep(3 * time.Second)
	var seen strings.Builder
	seen.WriteString(r.stderr.String())
	for _, path := range []string{"/", "/i/HS-1", "/api/v1/incidents/HS-1", "/api/v2/status", "/metrics", "/s/nl/"} {
		seen.WriteString(r.page(path))
	}
	_, shown := r.cli("config", "show")
	r.stop()
	_, log := r.cli("store", "export", "--raw")
	key, err := os.ReadFile(filepath.Join(r.dir, "data", "hash-key"))
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"SECRETPASSWORD", "SECRETPATH", r.token, string(key)} {
		for where, text := range map[string]string{"logs or pages": seen.String(), "config show": shown, "the export": log} {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds the secret %.6s…", where, secret)
			}
		}
	}
}
