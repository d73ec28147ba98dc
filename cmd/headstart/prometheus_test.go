package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/OpenPrinting/goipp"

	"headstart"
)

// wired is a headstart with a real Prometheus and a real Alertmanager around it, as
// docs/prometheus.md says, and somebody outside who expects its heartbeat.
type wired struct {
	*running
	beats        atomic.Int32
	team, pager  *hook // the receivers here, and at Alertmanager
	alertmanager string
	prometheus   string
}

// wireUp starts headstart and Alertmanager; Prometheus comes with watched.
func wireUp(t *testing.T) *wired {
	t.Helper()
	w := &wired{team: startHook(t), pager: startHook(t), alertmanager: freePort(t)}
	snitch := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/s3cr3t-beat" {
			w.beats.Add(1)
		}
	}))
	t.Cleanup(snitch.Close)
	page := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(page.Close)
	config := prepare(t, fmt.Sprintf(`heartbeat: [{url_file: beat, interval: 5s}]
alerts: {reconcile: [{url: "http://%s"}]}
receivers: [{name: team, webhook_configs: [{url: %q, send_resolved: true}]}]
route: {receiver: team}
channels: [{name: hook, type: webhook, url: %q, secret_file: secret}]
blackbox: blackbox.yml
probes:
  - {name: page, kind: http, module: lax, target: %q, service: print, location: noord, interval: 1s}
  - {name: gone, kind: tcp, target: %q, asset: prn-z1-01, interval: 1s}
  - {name: printers, kind: printer, target: %q, asset: prn-z1-01, protocol: [ipp], interval: 1s}
`, w.alertmanager, w.team.URL+"/", w.pager.URL+"/", page.URL, freePort(t), toner(t)))
	dir := filepath.Dir(config)
	write(t, filepath.Join(dir, "beat"), snitch.URL+"/s3cr3t-beat\n")
	write(t, filepath.Join(dir, "secret"), strings.Repeat("k", 32))
	write(t, filepath.Join(dir, "blackbox.yml"), "modules: {lax: {prober: http, http: {tls_config: {insecure_skip_verify: true}}}}\n")
	b, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("recover: 3s}", "recover: 3s, reopen: 2s}", "resolved_after: 10s", "resolved_after: 2s").Replace(string(b))
	write(t, config, text)
	w.running = start(t, config)

	am := t.TempDir()
	write(t, filepath.Join(am, "alertmanager.yml"), fmt.Sprintf(`route:
  receiver: pager
  group_wait: 1s
  group_interval: 1s
  group_by: ['...']
  routes:
    - {receiver: headstart, continue: true}
    - {receiver: pager}
receivers:
  - name: headstart
    webhook_configs: [{url: %q, send_resolved: true}]
  - name: pager
    webhook_configs: [{url: %q}]
`, w.base+"/hooks/alertmanager", w.pager.URL+"/"))
	child(t, "prometheus-alertmanager", "--config.file="+filepath.Join(am, "alertmanager.yml"), "--storage.path="+filepath.Join(am, "data"),
		"--web.listen-address="+w.alertmanager, "--cluster.listen-address=", "--log.level=warn")
	waitFor(t, 30*time.Second, "alertmanager to be ready", func() bool { return get("http://"+w.alertmanager+"/-/ready", nil) == nil })
	return w
}

// watched starts the Prometheus, with the rules that we ship.
func (w *wired) watched() {
	t := w.t
	t.Helper()
	rules, err := filepath.Abs(ruleFile)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	w.prometheus = freePort(t)
	us := strings.TrimPrefix(w.base, "http://")
	write(t, filepath.Join(dir, "prometheus.yml"), fmt.Sprintf(`global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [%q]
alerting: {alertmanagers: [{static_configs: [{targets: [%q, %q]}]}]}
scrape_configs: [{job_name: headstart, static_configs: [{targets: [%q]}]}]
`, rules, us, w.alertmanager, us))
	child(t, "prometheus", "--config.file="+filepath.Join(dir, "prometheus.yml"), "--storage.tsdb.path="+filepath.Join(dir, "data"),
		"--web.listen-address="+w.prometheus, "--rules.alert.resend-delay=1s", "--log.level=warn")
	waitFor(t, 30*time.Second, "prometheus to be ready", func() bool { return get("http://"+w.prometheus+"/-/ready", nil) == nil })
}

// toner is a printer over IPP that works and has some toner left.
func toner(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		m := goipp.NewResponse(goipp.DefaultVersion, goipp.StatusOk, 1)
		m.Printer.Add(goipp.MakeAttribute("printer-state", goipp.TagEnum, goipp.Integer(3)))
		m.Printer.Add(goipp.MakeAttribute("marker-names", goipp.TagName, goipp.String("Black Toner")))
		m.Printer.Add(goipp.MakeAttribute("marker-levels", goipp.TagInteger, goipp.Integer(60)))
		_ = m.Encode(rw)
	}))
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}

// TestPrometheusWiring (ruling 19, docs/prometheus.md): without a watchdog no heartbeat
// leaves and doctor says what is missing; with Prometheus wired as documented doctor
// proves every way by a test alert; then something happens, and each query of each
// dashboard we ship has something to show.
func TestPrometheusWiring(t *testing.T) {
	t.Parallel()
	w := wireUp(t)
	waitFor(t, 20*time.Second, "the heartbeat to be held back", func() bool { return strings.Contains(w.stderr.String(), "heartbeat waits") })
	if n := w.beats.Load(); n != 0 {
		t.Errorf("%d heartbeats although no watchdog was heard", n)
	}
	if strings.Contains(w.stderr.String(), "heartbeat not called") {
		t.Error("a service that just started warns that no watchdog was heard, though none can have been")
	}
	code, out := w.cli("doctor", "--url", w.base)
	for _, want := range []string{
		"MIND  sources: no watchdog was heard since the service began to listen ",
		"MIND  heartbeat: the running service does not call it",
		"ok    heartbeat[0]: 127.0.0.1 takes connections",
		"ok    dead man: http://" + w.alertmanager + " pages pager without us",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("before Prometheus is there doctor does not say %q", want)
		}
	}
	if code != 1 {
		t.Errorf("doctor ends with %d, want 1", code)
	}
	if t.Failed() {
		t.Logf("doctor:\n%s", out)
	}

	w.watched()
	waitFor(t, 30*time.Second, "the heartbeat", func() bool { return w.beats.Load() > 0 })
	w.proved()
	w.outage()
	w.drawn()
	w.untested()
	_, settings := w.try(attack{method: "GET", path: "/settings", header: map[string]string{"Authorization": "Bearer " + w.token}})
	if !strings.Contains(settings, "</html>") {
		t.Errorf("the page Settings is %.200q", settings)
	}
	if said := w.stderr.String() + settings; strings.Contains(said, "s3cr3t") {
		t.Error("the address of the heartbeat is in the log or on a page")
	}
}

// proved has doctor prove the wiring.
func (w *wired) proved() {
	t := w.t
	t.Helper()
	waitFor(t, 30*time.Second, "Prometheus to have scraped us", func() bool { return len(w.ask(`headstart_build_info`)) > 0 })
	_, out := w.cli("doctor", "--url", w.base, "--prometheus", "http://"+w.prometheus, "--test-alert")
	for _, want := range []string{
		"ok    sources: the watchdog of ",
		"ok    heartbeat: the last call was taken",
		": posts its alerts here, and beside us",
		": has the rule Watchdog",
		": has the rule HeadstartDown",
		": scrapes our metrics",
		"ok    test alert: taken, decided, and sent to team",
		"ok    test alert at http://" + w.alertmanager + ": goes to pager",
		"ok    test alert at http://" + w.alertmanager + ": reached us from there",
		"ok    test alert: ended; its incident is resolved 2s later",
		"ok    test alert at http://" + w.alertmanager + ": ended; its incident here is resolved 2s later",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("doctor does not say %q", want)
		}
	}
	if strings.Contains(out, "MIND  prometheus") {
		t.Error("doctor minds the Prometheus that is wired as documented")
	}
	if t.Failed() {
		t.Logf("doctor:\n%s", out)
	}
	waitFor(t, 20*time.Second, "the page that does not pass through us", func() bool { return len(w.pager.ids()) > 0 })
}

// untested waits until the incidents of doctor's test alerts are resolved, which they are
// because their end was said and not because somebody fell silent.
func (w *wired) untested() {
	w.t.Helper()
	waitFor(w.t, 20*time.Second, "the two test alerts to be over", func() bool {
		over := 0
		for _, i := range w.incidents() {
			if strings.Contains(i.Title.In("en"), "HeadstartTest") && (i.State == headstart.Resolved || i.CloseReason == "resolved") {
				over++
			}
		}
		return over == 2
	})
}

// outage lets a switch fail, a user report it after the message, and all of it end.
func (w *wired) outage() {
	t := w.t
	t.Helper()
	began := time.Now()
	alerts := func(ends time.Time) int {
		return w.alert(sent("prom-a", "HostDown", "sw-n-2", began, ends), sent("prom-a", "PrinterOffline", "prn-n2-04", began, ends))
	}
	if status := alerts(began.Add(time.Hour)); status != http.StatusOK {
		t.Fatalf("the alerts are answered %d", status)
	}
	var id headstart.IncidentID
	at := func() *headstart.Incident {
		for _, i := range w.incidents() {
			if i.Cause.Asset == "sw-n-2" {
				id = i.ID
				return &i
			}
		}
		return nil
	}
	waitFor(t, 20*time.Second, "the message to users", func() bool { i := at(); return i != nil && i.AnnouncedAt != nil })
	status, answer := w.post("/hooks/tickets/portal", fmt.Sprintf(
		`{"ticket":{"id":"T-1","title":"Printer doet het niet","body":"Ik kan niet meer afdrukken in gebouw Noord.","requester":{"id":"u1@voorbeeld.example","location":"noord"},"channel":"portal","created_at":%q}}`,
		time.Now().UTC().Format(time.RFC3339Nano)))
	if status/100 != 2 {
		t.Fatalf("the ticket is answered %d %s", status, answer)
	}
	waitFor(t, 20*time.Second, "the ticket to be suggested", func() bool { return at().Tickets.Suggested+at().Tickets.Linked == 1 })
	if got, said := w.try(attack{method: "POST", path: "/api/v1/incidents/" + string(id) + "/confirm-link", body: `{"ticket":"T-1","source":"portal"}`, header: map[string]string{"Authorization": "Bearer " + w.token}}); got/100 != 2 {
		t.Fatalf("confirm-link is answered %d %s", got, said)
	}
	alerts(time.Now())
	waitFor(t, 30*time.Second, "the incident to close", func() bool { return at().State == headstart.Closed })
	waitFor(t, 20*time.Second, "Prometheus to know the head start", func() bool { return len(w.ask(`headstart_lead_seconds_count + headstart_users_first_total > 0`)) > 0 })
}

// ask runs a query on the Prometheus.
func (w *wired) ask(query string) []json.RawMessage {
	var answer struct {
		Data struct {
			Result []json.RawMessage `json:"result"`
		} `json:"data"`
	}
	if err := get("http://"+w.prometheus+"/api/v1/query?query="+url.QueryEscape(query), &answer); err != nil {
		w.t.Errorf("%s\n%v", query, err)
	}
	return answer.Data.Result
}

// silentPanels show nothing in this test, and why.
var silentPanels = map[string]string{
	`"I have this too" on the status page`: "nobody reads the page; what counts it is tested in package incidents",
}

// drawn asks Prometheus what every panel of every dashboard asks, and holds each to
// metrics that the service has.
func (w *wired) drawn() {
	t := w.t
	t.Helper()
	files, err := filepath.Glob("../../configs/grafana/*.json")
	if err != nil || len(files) != 6 {
		t.Fatalf("%d dashboards, %v; want six", len(files), err)
	}
	exposed := w.page("/metrics")
	holdsLabels(t, exposed)
	inGrafana := strings.NewReplacer("$__rate_interval", "30s", "$__range", "1h", "$__interval", "5s")
	uids := map[string]bool{}
	for _, file := range files {
		d := readDashboard(t, file)
		if uids[d.UID] || d.UID == "" || d.Title == "" {
			t.Errorf("%s: uid %q, title %q; each has its own", file, d.UID, d.Title)
		}
		uids[d.UID] = true
		for _, p := range d.Panels {
			for _, q := range p.Targets {
				for _, name := range regexp.MustCompile(`\b(headstart|probe|printer|process|go)_\w+`).FindAllString(q.Expr, -1) {
					base := regexp.MustCompile(`_(bucket|count)$`).ReplaceAllString(name, "")
					if has := "# TYPE " + base + " "; !strings.Contains(exposed, has) && silentPanels[p.Title] == "" {
						waitFor(t, patience, fmt.Sprintf("the service to have %s, which %s, %q asks for", name, file, p.Title), func() bool { return strings.Contains(w.page("/metrics"), has) })
					}
				}
				shown := func() bool { return len(w.ask(inGrafana.Replace(q.Expr))) > 0 }
				if why := silentPanels[p.Title]; why != "" {
					if shown() {
						t.Errorf("%s, %q shows something, although %s", file, p.Title, why)
					}
					continue
				}
				// A probe that was late has no certificate in the scrape after it.
				waitFor(t, patience, fmt.Sprintf("%s, %q to have results of\n%s", file, p.Title, q.Expr), shown)
			}
		}
	}
	for title := range silentPanels {
		if !slices.ContainsFunc(files, func(f string) bool {
			return slices.ContainsFunc(readDashboard(t, f).Panels, func(p panel) bool { return p.Title == title })
		}) {
			t.Errorf("no panel is called %q", title)
		}
	}
}

// dashboard is what the test reads of a dashboard.
type dashboard struct {
	UID    string  `json:"uid"`
	Title  string  `json:"title"`
	Panels []panel `json:"panels"`
}

type panel struct {
	Title   string `json:"title"`
	Targets []struct {
		Expr string `json:"expr"`
	} `json:"targets"`
}

func readDashboard(t *testing.T, file string) (d dashboard) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &d); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return d
}
