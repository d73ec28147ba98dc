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
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"headstart"
	"headstart/store/redistest/ports"
)

// The world around the service, for tests that run the real thing: real
// Prometheus and Alertmanager of Debian, a real mail server, and devices whose
// state a test sets. Everything listens on loopback and ends with the test.

// devices is an exporter whose devices a test switches off and on.
type devices struct {
	*httptest.Server
	mu sync.Mutex
	up map[string]bool
}

func startDevices(t *testing.T, names ...string) *devices {
	d := &devices{up: map[string]bool{}}
	for _, n := range names {
		d.up[n] = true
	}
	d.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		d.mu.Lock()
		defer d.mu.Unlock()
		for n, up := range d.up {
			v := 0
			if up {
				v = 1
			}
			fmt.Fprintf(w, "device_up{device=%q} %d\n", n, v)
		}
	}))
	t.Cleanup(d.Close)
	return d
}

func (d *devices) set(up bool, names ...string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, n := range names {
		d.up[n] = up
	}
}

// freePort is an address that is the test's until it ends; nobody listens there yet.
func freePort(t *testing.T) string {
	t.Helper()
	return ports.Address(t)
}

// child runs a program until the test ends; its output is shown if it fails.
func child(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is not installed; make test installs it from Debian's packages: %v", name, err)
	}
	var out bytes.Buffer
	cmd := exec.Command(path, args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s:\n%s", name, tail(out.String(), 4000))
		}
	})
	return cmd
}

func tail(s string, n int) string {
	if len(s) > n {
		return "…" + s[len(s)-n:]
	}
	return s
}

// startPrometheus scrapes d each second and sends two rules to each target: a
// switch that does not answer, and a printer behind it.
func startPrometheus(t *testing.T, d *devices, alertmanagers ...string) (address string, stop func()) {
	t.Helper()
	dir, address := t.TempDir(), freePort(t)
	write(t, filepath.Join(dir, "rules.yml"), `groups:
- name: devices
  rules:
  - alert: HostDown
    expr: device_up{device=~"sw-.*"} == 0
    labels: {severity: critical}
    annotations: {summary: "{{ $labels.device }} does not answer"}
  - alert: PrinterOffline
    expr: device_up{device=~"prn-.*"} == 0
    labels: {severity: warning}
    annotations: {summary: "{{ $labels.device }} does not answer"}
`)
	var targets strings.Builder
	for _, a := range alertmanagers {
		fmt.Fprintf(&targets, "  - static_configs: [{targets: [%q]}]\n", a)
	}
	write(t, filepath.Join(dir, "prometheus.yml"), fmt.Sprintf(`global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [rules.yml]
alerting:
  alertmanagers:
%sscrape_configs:
- job_name: devices
  static_configs: [{targets: [%q]}]
`, targets.String(), strings.TrimPrefix(d.URL, "http://")))
	cmd := child(t, "prometheus", "--config.file="+filepath.Join(dir, "prometheus.yml"), "--storage.tsdb.path="+filepath.Join(dir, "data"),
		"--web.listen-address="+address, "--rules.alert.resend-delay=1s", "--log.level=warn")
	waitFor(t, 30*time.Second, "prometheus to be ready", func() bool { return get("http://"+address+"/-/ready", nil) == nil })
	return address, func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }
}

// startAlertmanager hands every alert to our webhook at once.
func startAlertmanager(t *testing.T, webhook string) string {
	t.Helper()
	dir, address := t.TempDir(), freePort(t)
	write(t, filepath.Join(dir, "alertmanager.yml"), fmt.Sprintf(`route: {receiver: headstart, group_wait: 1s, group_interval: 1s, group_by: ['...']}
receivers:
- name: headstart
  webhook_configs: [{url: %q, send_resolved: true}]
`, webhook))
	child(t, "prometheus-alertmanager", "--config.file="+filepath.Join(dir, "alertmanager.yml"), "--storage.path="+filepath.Join(dir, "data"),
		"--web.listen-address="+address, "--cluster.listen-address=", "--log.level=warn")
	waitFor(t, 30*time.Second, "alertmanager to be ready", func() bool { return get("http://"+address+"/-/ready", nil) == nil })
	return address
}

// office is an invented organisation: one switch in Gebouw Noord, printers behind it.
const office = `organisation: Voorbeeld College
locations:
  - {id: noord, name: Gebouw Noord, aliases: [Noord]}
  - {id: zuid, name: Gebouw Zuid, aliases: [Zuid]}
departments:
  - {id: fin, name: Financiën, locations: [noord], uses: [print], people: 40}
services:
  - {id: print, name: {nl: Printen, en: Printing}, kind: printer, aliases: [afdrukken, printer], criticality: normal}
devices:
  - {id: sw-n-2, kind: switch, location: noord, address: 10.1.0.2}
  - {id: prn-n2-04, kind: printer, name: N2-04, location: noord, services: [print], depends_on: [sw-n-2], address: 10.1.2.4, people: 25}
  - {id: prn-z1-01, kind: printer, name: Z1-01, location: zuid, services: [print], address: 10.2.1.1, people: 25}
`

// settings is a configuration with short times; more is added at its end.
func settings(dir, more string) string {
	return fmt.Sprintf(`listen: 127.0.0.1:0
data_dir: %s
catalog: [catalog.yml]
correlation: {settle: 2s, settle_probed: 2s, hold: 2s, recover: 3s}
tickets: {sources: [{name: portal, type: webhook}]}
announce:
  after: {P1: 1s, default: 1s}
  resolved_after: 10s
  push: {mode: auto, min_people: 2}
  quiet: {from: "00:00", to: "00:00", closed_days: false}
%s`, filepath.Join(dir, "data"), more)
}

// running is one service in this process.
type running struct {
	t      *testing.T
	config string
	dir    string
	base   string // http://address
	token  string
	cancel context.CancelFunc
	done   chan int
	stdout *lines
	stderr *lines
}

// lines is output another goroutine writes.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) { l.mu.Lock(); defer l.mu.Unlock(); return l.b.Write(p) }

func (l *lines) String() string { l.mu.Lock(); defer l.mu.Unlock(); return l.b.String() }

// prepare writes a configuration below a new folder.
func prepare(t *testing.T, more string) (config string) {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "catalog.yml"), office)
	config = filepath.Join(dir, "headstart.yml")
	write(t, config, settings(dir, more))
	return config
}

// start runs the service and waits until it is ready.
func start(t *testing.T, config string) *running {
	t.Helper()
	r := serving(t, config)
	waitFor(t, 20*time.Second, "the service to be ready", func() bool { return get(r.base+"/-/ready", nil) == nil })
	token, err := os.ReadFile(filepath.Join(r.dir, "data", "admin-token"))
	if err != nil {
		t.Fatal(err)
	}
	r.token = strings.TrimSpace(string(token))
	return r
}

// serving runs the service and waits until it listens.
func serving(t *testing.T, config string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{t: t, config: config, dir: filepath.Dir(config), cancel: cancel, done: make(chan int, 1), stdout: &lines{}, stderr: &lines{}}
	go func() { r.done <- execute(ctx, []string{"serve", "--config", config}, r.stdout, r.stderr) }()
	t.Cleanup(func() {
		r.stop()
		if t.Failed() {
			_, log := r.cli("store", "export", "--raw")
			t.Logf("service:\n%s\nlog:\n%s", tail(r.stderr.String(), 6000), tail(log, 6000))
		}
	})
	waitFor(t, 20*time.Second, "the service to listen", func() bool {
		_, rest, ok := strings.Cut(r.stdout.String(), "listening address=")
		if ok {
			address, _, whole := strings.Cut(rest, "\n")
			r.base = "http://" + address
			return whole
		}
		select {
		case code := <-r.done:
			r.done <- code
			t.Fatalf("the service ended with %d:\n%s", code, r.stderr.String())
		default:
		}
		return false
	})
	return r
}

func (r *running) stop() {
	r.cancel()
	select {
	case code := <-r.done:
		r.done <- code
	case <-time.After(20 * time.Second):
		r.t.Error("the service did not stop within 20 s")
	}
}

// cli runs a command of the program against the service.
func (r *running) cli(args ...string) (code int, out string) {
	var stdout, stderr bytes.Buffer
	args = append(args, "--config", r.config)
	if args[0] == "incidents" || args[0] == "maintenance" || args[0] == "morning" || args[0] == "known-errors" {
		args = append(args, "--url", r.base)
	}
	code = execute(context.Background(), args, &stdout, &stderr)
	if code != 0 {
		return code, stdout.String() + stderr.String()
	}
	return code, stdout.String()
}

// incidents returns all incidents whole, oldest first.
func (r *running) incidents() []headstart.Incident {
	var list struct {
		Incidents []headstart.Incident `json:"incidents"`
		Items     []headstart.Incident `json:"items"`
	}
	r.get("/api/v1/incidents", &list)
	var out []headstart.Incident
	for _, i := range append(list.Incidents, list.Items...) {
		var whole headstart.Incident
		r.get("/api/v1/incidents/"+string(i.ID), &whole)
		out = append([]headstart.Incident{whole}, out...)
	}
	return out
}

// story tells the incidents with their timelines, for a failing test.
func (r *running) story() string {
	var b strings.Builder
	for _, i := range r.incidents() {
		fmt.Fprintf(&b, "\n%s %s %s clear of %d: %d firing", i.ID, i.State, i.Priority, i.Alerts.Total, i.Alerts.Firing)
		for _, e := range i.Timeline {
			fmt.Fprintf(&b, "\n  %s %s %s", e.At.Format("15:04:05.000"), e.Rule, e.Text)
		}
		for _, a := range i.Announcements {
			fmt.Fprintf(&b, "\n  announcement %s %s %s", a.Audience, a.State, a.How)
		}
	}
	return b.String()
}

func (r *running) get(path string, into any) {
	r.t.Helper()
	if err := get(r.base+path, into); err != nil {
		r.t.Fatal(err)
	}
}

// page returns a page as text.
func (r *running) page(path string) string {
	r.t.Helper()
	res, err := http.Get(r.base + path)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		r.t.Fatalf("GET %s: %s %v", path, res.Status, err)
	}
	return string(b)
}

func (r *running) post(path, body string) (status int, answer string) {
	r.t.Helper()
	status, answer, err := post(r.base+path, body)
	if err != nil {
		r.t.Fatal(err)
	}
	return status, answer
}

func get(url string, into any) error {
	res, err := http.Get(url)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		b, _ := io.ReadAll(io.LimitReader(res.Body, 1000))
		return fmt.Errorf("GET %s: %s %s", url, res.Status, b)
	}
	if into == nil {
		return nil
	}
	return json.NewDecoder(res.Body).Decode(into)
}

func post(url, body string) (status int, answer string, err error) {
	res, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	return res.StatusCode, string(b), err
}

func write(t testing.TB, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// patience is the least that a test waits for what must come. A limit ends a test that
// would hang; it measures nothing, and on a busy machine a page takes ten times as long.
const patience = time.Minute

// waitFor polls until ok, and fails naming what did not come.
func waitFor(t testing.TB, most time.Duration, what string, ok func() bool) {
	t.Helper()
	most = max(most, patience)
	for end := time.Now().Add(most); !ok(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited %s for %s", most, what)
		}
	}
}
