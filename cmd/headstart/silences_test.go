package main

import (
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headstart"
)

// amtool runs Alertmanager's own client of Debian against the service, with the
// admin's token.
func (r *running) amtool(args ...string) string {
	r.t.Helper()
	file := filepath.Join(r.dir, "amtool-http.yml")
	write(r.t, file, fmt.Sprintf("authorization: {credentials: %q}\n", r.token))
	cmd := exec.Command("amtool", append(args, "--alertmanager.url="+r.base, "--http.config.file="+file)...)
	var stdout, stderr strings.Builder // stderr warns of our newer version
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		r.t.Fatalf("amtool %s: %v\n%s%s", strings.Join(args, " "), err, &stdout, &stderr)
	}
	return strings.TrimSpace(stdout.String())
}

// TestAmtoolSilences (ruling 17): people silence with the client they know. An
// outage silenced before it begins pages nobody and is announced by nobody but a
// person, who reads who silenced it and why; ended early, it is heard, and pages.
func TestAmtoolSilences(t *testing.T) {
	t.Parallel()
	pages := startHook(t)
	r := start(t, prepare(t, fmt.Sprintf(`receivers: [{name: team, webhook_configs: [{url: %q}]}]
route: {receiver: team}
`, pages.URL+"/")))
	id := r.amtool("silence", "add", "--author=joris", "--comment=switch wordt vervangen", "--duration=2h", `alertname=~"HostDown|PrinterOffline"`)
	if got := r.amtool("silence", "query", "-q"); got != id {
		t.Errorf("amtool silence query -q gives %q, want %q", got, id)
	}
	if got := r.amtool("silence", "query", "alertname=~HostDown|PrinterOffline"); !strings.Contains(got, "joris") {
		t.Errorf("amtool silence query does not find it by its matcher:\n%s", got)
	}

	now := time.Now()
	r.opens(sent("prom-a", "HostDown", "sw-n-2", now, now.Add(time.Hour)), sent("prom-a", "PrinterOffline", "prn-n2-04", now, now.Add(time.Hour)))
	time.Sleep(3 * time.Second) // longer than announce.after
	i := r.only()
	if len(i.SilencedBy) != 1 || i.SilencedBy[0].By != "joris (admin)" || i.SilencedBy[0].Comment != "switch wordt vervangen" {
		t.Errorf("the incident is silenced by %v, want joris and his comment", i.SilencedBy)
	}
	if n := len(pages.ids()); n > 0 {
		t.Errorf("%d pages of a silenced incident, want none: %s", n, r.story())
	}
	for _, a := range i.Announcements {
		if a.State != headstart.AnnouncementDraft || a.Draft == nil || !strings.Contains(strings.Join(a.Draft.Why, "; "), "gedempt door joris (admin): switch wordt vervangen") {
			t.Errorf("the announcement is %s, want a draft that names joris and his comment: %+v", a.State, a.Draft)
		}
	}
	if !strings.Contains(r.page("/"), "switch wordt vervangen") || !strings.Contains(r.page("/i/"+string(i.ID)), "Gedempt door joris") {
		t.Error("the board and the incident's page do not say by whom it is silenced")
	}
	for query, want := range map[string]int{"": 2, "?silenced=false": 0, "?active=false": 2} {
		if n := len(r.alertsLike(query)); n != want {
			t.Errorf("GET /api/v2/alerts%s has %d alerts, want %d", query, n, want)
		}
	}
	if got := r.amtool("alert", "query", "--silenced", "-o", "simple"); !strings.Contains(got, "HostDown") {
		t.Errorf("amtool alert query --silenced does not list it:\n%s", got)
	}

	r.amtool("silence", "expire", id)
	waitFor(t, 10*time.Second, "the page once the silence has ended", func() bool { return len(pages.ids()) > 0 })
	if got := r.amtool("silence", "query", "-q"); got != "" {
		t.Errorf("amtool still lists %q as active", got)
	}
	if got := r.amtool("silence", "query", "--expired", "-q"); got != id {
		t.Errorf("amtool silence query --expired gives %q, want %q", got, id)
	}
}

// Who may only read may not silence (ruling 39).
func TestSilenceNeedsWrite(t *testing.T) {
	t.Parallel()
	r := start(t, prepare(t, ""))
	if status, body := r.post("/api/v2/silences", `{}`); status != http.StatusUnauthorized && status != http.StatusForbidden {
		t.Errorf("POST without a token answered %d %s, want 401 or 403", status, body)
	}
}

// alertsLike are the alerts GET /api/v2/alerts answers.
func (r *running) alertsLike(query string) []map[string]any {
	var list []map[string]any
	r.get("/api/v2/alerts"+query, &list)
	return list
}

// TestReconcileLive (ruling 17): the webhook of Alertmanager never reaches us.
// What it knows is taken in all the same, and what it silences pages nobody.
func TestReconcileLive(t *testing.T) {
	t.Parallel()
	pages := startHook(t)
	am := "http://" + startAlertmanager(t, "http://127.0.0.1:9/hooks/alertmanager")
	now := time.Now().UTC()
	for path, body := range map[string]string{
		"/api/v2/silences": fmt.Sprintf(`{"matchers":[{"name":"alertname","value":"HostDown","isRegex":false}],"createdBy":"marie","comment":"switch wordt vervangen","startsAt":%q,"endsAt":%q}`,
			now.Format(time.RFC3339Nano), now.Add(time.Hour).Format(time.RFC3339Nano)),
		"/api/v2/alerts": `[{"labels":{"alertname":"HostDown","device":"sw-n-2"},"generatorURL":"http://prom-a:9090/graph"},
			{"labels":{"alertname":"HostDown","device":"prn-n2-04"},"generatorURL":"http://prom-a:9090/graph"}]`,
	} {
		if status, answer, err := post(am+path, body); err != nil || status != http.StatusOK {
			t.Fatalf("%s: %d %s %v", path, status, answer, err)
		}
	}
	r := start(t, prepare(t, fmt.Sprintf(`alerts: {reconcile: [{url: %q}]}
receivers: [{name: team, webhook_configs: [{url: %q}]}]
route: {receiver: team}
`, am, pages.URL+"/")))
	waitFor(t, 15*time.Second, "the incident nobody told us of", func() bool {
		is := r.incidents()
		return len(is) == 1 && is[0].Alerts.Total == 2
	})
	if i := r.only(); len(i.SilencedBy) != 1 || i.SilencedBy[0].By != "marie" {
		t.Errorf("the incident is silenced by %v, want marie: %s", i.SilencedBy, r.story())
	}
	if n := len(pages.ids()); n > 0 {
		t.Errorf("%d pages, want none: %s", n, r.story())
	}
	if list := r.alertsLike("?active=false"); len(list) != 2 {
		t.Errorf("%d suppressed alerts, want both: %v", len(list), list)
	}
	id := r.amtool("silence", "query", "-q")
	if status, _ := r.send("DELETE", "/api/v2/silence/"+id); status != http.StatusNotFound {
		t.Errorf("DELETE of marie's silence answered %d, want 404: it ends where it was made", status)
	}
}

// send makes a request with the admin's token.
func (r *running) send(method, path string) (status int, answer string) {
	r.t.Helper()
	req, err := http.NewRequest(method, r.base+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+r.token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	return res.StatusCode, res.Status
}
