package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"headstart"
)

// command runs a command line and returns what it said.
func command(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = execute(t.Context(), args, &out, &errs)
	return code, out.String(), errs.String()
}

// configured writes files into a new folder and returns its headstart.yml.
func configured(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.ReplaceAll(text, "DIR", dir)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "headstart.yml")
}

// TestEveryCommandHasAnExample holds the contract: COMMAND --help explains each
// with an example.
func TestEveryCommandHasAnExample(t *testing.T) {
	var walk func(cmd *cobra.Command)
	seen := 0
	walk = func(cmd *cobra.Command) {
		for _, c := range cmd.Commands() {
			if c.Name() == "help" {
				continue
			}
			seen++
			if c.Short == "" || !strings.Contains(c.Example, "headstart ") {
				t.Errorf("%s: short %q, example %q; want both", c.CommandPath(), c.Short, c.Example)
			}
			walk(c)
		}
	}
	walk((&program{}).root())
	if seen < 25 {
		t.Errorf("%d commands, want at least 25", seen)
	}
}

// TestConfigCheck holds exit code 2 and FILE:LINE for every mistake at once.
func TestConfigCheck(t *testing.T) {
	wrong := configured(t, map[string]string{
		"headstart.yml": "languge: nl\nannounce:\n  evidence: 0\ncatalog: [catalog.yml]\n",
		"catalog.yml":   "devices:\n  - {id: a, depends_on: [b]}\n  - {id: b, depends_on: [a]}\n",
	})
	code, _, stderr := command(t, "--config", wrong, "config", "check")
	dir := filepath.Dir(wrong)
	want := fmt.Sprintf(`headstart: %[1]s/headstart.yml:1: unknown key "languge"; did you mean "language"?
headstart: %[1]s/headstart.yml:3: announce.evidence is 0; set at least 1, or every blip stands on the status page
headstart: %[1]s/catalog.yml:2: depends_on: a needs b needs a; remove one of these
`, dir)
	if code != 2 || stderr != want {
		t.Errorf("exit code %d, said\n%s\nwant 2 and\n%s", code, stderr, want)
	}

	fine := configured(t, map[string]string{"headstart.yml": "retention: {incidents: 30d}\n"})
	code, stdout, stderr := command(t, "--config", fine, "config", "check")
	if code != 0 || !strings.Contains(stdout, ": fine (") {
		t.Errorf("exit code %d, said %q %q; want 0, and fine", code, stdout, stderr)
	}
	if code, _, stderr = command(t, "--config", filepath.Join(dir, "absent.yml"), "config", "check"); code != 2 || !strings.Contains(stderr, "--config") {
		t.Errorf("an absent file: exit code %d, said %q; want 2 and a remedy", code, stderr)
	}
}

// TestConfigShow prints no secret, and what it prints loads again.
func TestConfigShow(t *testing.T) {
	const secret = "correct-horse-battery-staple"
	file := configured(t, map[string]string{
		"headstart.yml": `auth: {users: [{name: samira, password: ` + secret + `, role: desk}], tokens: [{name: t, token: ` + secret + `, scopes: [read]}]}
channels: [{name: hook, type: webhook, url: "https://x.example/` + secret + `", secret_file: DIR/key}]
receivers: [{name: ops, slack_configs: [{api_url: "https://x.example/` + secret + `", channel: c}]}]
route: {receiver: ops}
store: {max_bytes: 1GiB}
`,
		"key": "0123456789abcdef",
	})
	code, stdout, stderr := command(t, "--config", file, "config", "show")
	if code != 0 || strings.Contains(stdout+stderr, secret) {
		t.Fatalf("exit code %d; a secret must not be shown:\n%s%s", code, stdout, stderr)
	}
	for _, want := range []string{"max_bytes: 1GiB", "settle: 1m", "name: ops", "resolved_after: 15m"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("config show lacks %q:\n%s", want, stdout)
		}
	}
	code, example, _ := command(t, "config", "show", "--example")
	again := configured(t, map[string]string{"headstart.yml": example})
	if c, _, said := command(t, "--config", again, "config", "check"); code != 0 || c != 0 {
		t.Errorf("the example does not pass its own check: %s", said)
	}
}

// TestTestMapping places what Alertmanager, Prometheus and a webhook send
// (ruling 18).
func TestTestMapping(t *testing.T) {
	file := configured(t, map[string]string{
		"headstart.yml": "catalog: [catalog.yml]\n",
		"catalog.yml":   "locations: [{id: noord}]\ndevices: [{id: sw-n-2, location: noord, address: 10.1.2.1}]\n",
	})
	known := `{"labels":{"alertname":"HostDown","instance":"10.1.2.1:9100"}}`
	for name, in := range map[string]string{
		"API v2":     "[" + known + "]",
		"webhook":    `{"alerts":[` + known + `]}`,
		"Prometheus": `{"status":"success","data":{"alerts":[` + known + `]}}`,
		"label sets": `[{"alertname":"HostDown","instance":"10.1.2.1"}]`,
	} {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := mapping(t, file, in)
			if code != 0 || !strings.Contains(stdout, "HostDown  sw-n-2  -        noord     reachability  label instance") {
				t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
			}
		})
	}
	code, stdout, _ := mapping(t, file, `[{"labels":{"alertname":"Odd","job":"x"}}]`)
	if code != 1 || !strings.Contains(stdout, "no place: job=x") {
		t.Errorf("an alert without a place: exit code %d\n%s", code, stdout)
	}
	if !strings.Contains(stdout, `# "Odd" names no device; write a rule of alerts.map for it`) {
		t.Errorf("nothing is proposed for an alert without a device:\n%s", stdout)
	}
	code, stdout, stderr := mapping(t, file, `[{"labels":{"alertname":"Watchdog","severity":"none"}}]`)
	if code != 0 || !strings.Contains(stdout, "sign of life") || strings.Contains(stdout, "devices:") {
		t.Errorf("a watchdog, which is no alert: exit code %d\n%s%s", code, stdout, stderr)
	}
	_, stdout, _ = mapping(t, file, `[{"labels":{"alertname":"SwitchDown","instance":"sw-z-1:161"}},{"labels":{"alertname":"SwitchDown","instance":"sw-z-1:161"}}]`)
	if !strings.HasSuffix(stdout, "\n# proposed for the catalog, to be read before use\ndevices:\n  - {id: sw-z-1, kind: switch}\n") {
		t.Errorf("want the switch proposed, once:\n%s", stdout)
	}
	if code, _, stderr := mapping(t, file, "nonsense"); code != 1 || !strings.Contains(stderr, "; ") {
		t.Errorf("nonsense: exit code %d, %q; want 1 and a remedy", code, stderr)
	}
}

func mapping(t *testing.T, file, in string) (code int, stdout, stderr string) {
	t.Helper()
	return reading(t, in, "--config", file, "config", "test-mapping")
}

// reading is command with something on its standard input.
func reading(t *testing.T, in string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	p := &program{stdout: &out, stderr: &errs, in: strings.NewReader(in)}
	code = p.execute(t.Context(), args)
	return code, out.String(), errs.String()
}

// TestCheck probes real sockets on loopback and answers as Nagios plugins do.
func TestCheck(t *testing.T) {
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "fine") }))
	defer up.Close()
	gone := freePort(t) // nobody listens there
	file := configured(t, map[string]string{"headstart.yml": fmt.Sprintf(`probes:
  - {name: site, kind: http, target: %q, interval: 60s}
  - {name: port, kind: tcp, target: %q, interval: 60s}
`, up.URL, gone)})

	code, stdout, stderr := command(t, "--config", file, "check")
	if code != 2 || !strings.HasPrefix(stdout, "2 checked: 1 down, 1 ok\n\n(no service, no location)\n  down  port ") || !strings.Contains(stdout, "\n  ok    site ") {
		t.Errorf("check: exit code %d\n%s%s\nwant 2, what fails first", code, stdout, stderr)
	}
	code, stdout, _ = command(t, "--config", file, "check", "site", "--output", "json")
	var report struct {
		CheckedAt string                    `json:"checked_at"`
		Results   []headstart.CheckResult   `json:"results"`
		Summary   map[headstart.Verdict]int `json:"summary"`
	}
	if err := json.Unmarshal([]byte(stdout), &report); err != nil || code != 0 {
		t.Fatalf("check --output json: exit code %d, %v\n%s", code, err, stdout)
	}
	want := map[headstart.Verdict]int{headstart.OK: 1, headstart.Warn: 0, headstart.Down: 0, headstart.Unknown: 0}
	if diff := cmp.Diff(want, report.Summary); diff != "" || len(report.Results) != 1 || report.CheckedAt == "" || !strings.Contains(stdout, `"conditions": []`) {
		t.Errorf("check --output json:\n%s\n%s", diff, stdout)
	}
	for _, args := range [][]string{{"check", "nobody"}, {"check", "--only", "kind"}, {"check", "--output", "xml"}} {
		if code, _, stderr := command(t, append([]string{"--config", file}, args...)...); code != 3 || !strings.Contains(stderr, "headstart: ") {
			t.Errorf("%v: exit code %d, %q; want 3 and why", args, code, stderr)
		}
	}
	broken := configured(t, map[string]string{"headstart.yml": "probes: 3\n"})
	if code, _, _ := command(t, "--config", broken, "check"); code != 3 {
		t.Errorf("check with a wrong configuration: exit code %d, want 3", code)
	}
}

// TestClientExitCodes holds 2 for a refusal by rights or state and 1 otherwise,
// with the service's own words.
func TestClientExitCodes(t *testing.T) {
	status, body := 0, ""
	var got []string
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got = append(got, r.Method+" "+r.URL.RequestURI()+" "+r.Header.Get("Authorization")+" "+string(b))
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	defer service.Close()
	file := configured(t, map[string]string{"headstart.yml": "data_dir: DIR\n", "admin-token": "secret-token\n", "other": "other-token\n"})
	act := func(args ...string) (int, string, string) {
		return command(t, append([]string{"--config", file, "incidents", "--url", service.URL}, args...)...)
	}
	for _, test := range []struct {
		status int
		body   string
		code   int
		says   string
	}{
		{200, `{"id":"HS-3"}`, 0, ""},
		{202, `{}`, 1, "not decided within 5 s"},
		{403, `{"title":"Forbidden","detail":"HS-3 lies outside the locations of your account"}`, 2, "outside the locations"},
		{409, `{"title":"Conflict","detail":"HS-3 is resolved already"}`, 2, "resolved already"},
		{422, `{"title":"x","detail":"the body is wrong","errors":[{"pointer":"/text","detail":"is needed"}]}`, 2, "/text: is needed"},
		{503, `{"title":"Service Unavailable","detail":"nothing was done, try again"}`, 1, "try again"},
		{500, `<html>`, 1, "500 Internal Server Error"},
	} {
		status, body = test.status, test.body
		if code, _, stderr := act("ack", "HS-3"); code != test.code || !strings.Contains(stderr, test.says) {
			t.Errorf("%d %s: exit code %d, said %q; want %d and %q", test.status, test.body, code, stderr, test.code, test.says)
		}
	}
	status, body, got = 200, `{"id":"HS-3"}`, nil
	for _, args := range [][]string{
		{"link", "HS-3", "rt/101"},
		{"note", "HS-3", "leverancier", "gebeld"},
		{"announce", "HS-3", "--phase", "workaround", "--var", "Workaround=Print via N2-05"},
		{"open", "Geen internet", "--service", "lan", "--location", "noord", "--token-file", filepath.Join(filepath.Dir(file), "other")},
		{"hush", "--all", "--for", "2h"},
		{"split", "HS-3", "a", "b"},
	} {
		if code, _, stderr := act(args...); code != 0 {
			t.Errorf("%v: exit code %d: %s", args, code, stderr)
		}
	}
	want := []string{
		`POST /api/v1/incidents/HS-3/link Bearer secret-token {"source":"rt","ticket":"101"}`,
		`POST /api/v1/incidents/HS-3/note Bearer secret-token {"text":"leverancier gebeld"}`,
		`POST /api/v1/incidents/HS-3/announce Bearer secret-token {"phase":"workaround","variables":{"Workaround":"Print via N2-05"}}`,
		`POST /api/v1/incidents Bearer other-token {"locations":["noord"],"services":["lan"],"title":"Geen internet"}`,
		`POST /api/v1/hush Bearer secret-token {"for":"2h"}`,
		`POST /api/v1/incidents/HS-3/split Bearer secret-token {"assets":["a","b"]}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	for _, args := range [][]string{{"hush", "--for", "2h"}, {"hush", "--all", "--for", "later"}, {"link", "HS-3", "101"}, {"assign", "HS-3"}} {
		if code, _, stderr := act(args...); code != 1 || len(got) != len(want) {
			t.Errorf("%v: exit code %d, %q; want 1 before anything is sent", args, code, stderr)
		}
	}
}

// TestWithoutService: what a command says when nothing listens.
func TestWithoutService(t *testing.T) {
	file := configured(t, map[string]string{"headstart.yml": "listen: 127.0.0.1:1\nexternal_url: http://127.0.0.1:1\ndata_dir: DIR/none\n"})
	for _, test := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"ready"}, 1, "is `headstart serve` running"},
		{[]string{"incidents", "list"}, 1, "is `headstart serve` running"},
		{[]string{"morning"}, 3, "no service has run with this data_dir"},
		{[]string{"morning", "--at", "yesterday"}, 3, "write a time as"},
		{[]string{"store", "verify"}, 1, "no service has run with this data_dir"},
		{[]string{"store", "export"}, 1, "no service has run with this data_dir"},
		{[]string{"frobnicate"}, 1, "unknown command"},
		{[]string{"incidents", "frobnicate"}, 1, `unknown command "frobnicate" for "headstart incidents"; see headstart incidents --help`},
		{[]string{"incidents", "note", "HS-1"}, 1, "see headstart incidents note --help"},
		{[]string{"incidents", "announce", "HS-1", "--phase", "soon"}, 1, "write one of investigating, identified"},
		{[]string{"incidents", "list", "--output", "yaml"}, 1, "write text or json"},
		{[]string{"incidents", "show", "HS-1", "--output", "yaml"}, 1, "write text or json"},
		{[]string{"serve", "--prot"}, 1, "see headstart serve --help"},
		{[]string{"check", "--olny", "kind=icmp"}, 3, "see headstart check --help"},
	} {
		code, _, stderr := command(t, append([]string{"--config", file}, test.args...)...)
		if code != test.code || !strings.Contains(stderr, test.says) {
			t.Errorf("%v: exit code %d, said %q; want %d and %q", test.args, code, stderr, test.code, test.says)
		}
	}
	if entries, err := os.ReadDir(filepath.Join(filepath.Dir(file), "none")); err == nil {
		t.Errorf("looking made %v; only serve makes a store", entries)
	}
}

// The help of export says what its file tells a reader, as the runbook does.
func TestExportSaysWhatStaysReadable(t *testing.T) {
	_, help, _ := command(t, "store", "export", "--help")
	help = strings.Join(strings.Fields(help), " ")
	for _, want := range []string{"ids of the catalog", "locations", "audiences", "names of all labels", "matches on", "the rules of the configuration"} {
		if !strings.Contains(help, want) {
			t.Errorf("store export --help does not say %q:\n%s", want, help)
		}
	}
}

// A folder that cannot be made is told before the first start, with its remedy.
func TestDataDirThatCannotBeMade(t *testing.T) {
	file := configured(t, map[string]string{"plain": "no folder", "headstart.yml": "listen: 127.0.0.1:1\nexternal_url: http://127.0.0.1:1\ndata_dir: DIR/plain/data\n"})
	if _, stdout, _ := command(t, "--config", file, "doctor"); !strings.Contains(stdout, "make it and chown it") && !strings.Contains(stdout, "a folder of its own") {
		t.Errorf("doctor says nothing about it:\n%s", stdout)
	}
	code, _, stderr := command(t, "--config", file, "serve")
	if code != 1 || !strings.Contains(stderr, "; set data_dir to a folder that this user may write") {
		t.Errorf("serve: exit code %d, said %q; want 1 and the remedy", code, stderr)
	}
}

// TestDoctor names what is wrong with its remedy (ruling 19 among it).
func TestDoctor(t *testing.T) {
	alertmanager := func(config string) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_ = json.NewEncoder(w).Encode(map[string]any{"config": map[string]string{"original": config}})
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	hook := "webhook_configs: [{url: 'http://headstart:8480/hooks/alertmanager'}]"
	onlyUs := alertmanager("route: {receiver: hs}\nreceivers: [{name: hs, " + hook + "}, {name: unused, email_configs: [{to: a@b}]}]\n")
	also := alertmanager("route: {receiver: hs, routes: [{receiver: hs, matchers: ['team=\"x\"']}, {receiver: mail, matchers: ['severity=\"critical\"']}]}\nreceivers: [{name: hs, " + hook + "}, {name: mail, email_configs: [{to: a@b}]}]\n")
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = silent.Close()
	file := configured(t, map[string]string{
		"headstart.yml": fmt.Sprintf(`listen: 127.0.0.1:1
external_url: http://127.0.0.1:1
data_dir: DIR
channels: [{name: mail-all, type: email, smarthost: %q, from: a@example.org, to: [b@example.org]}]
alerts: {reconcile: [{url: %q}, {url: %q}]}
heartbeat: [{url_file: beat}]
`, silent.Addr(), onlyUs, also),
		"beat":        "http://" + silent.Addr().String() + "/s3cr3t",
		"admin-token": strings.Repeat("a", 64),
	})
	if err := os.Chmod(filepath.Join(filepath.Dir(file), "admin-token"), 0o644); err != nil { //nolint:gosec // that is the mistake
		t.Fatal(err)
	}
	code, stdout, _ := command(t, "--config", file, "doctor")
	if code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	for _, want := range []string{
		"MIND  heartbeat[0]: dial tcp ",
		"MIND  catalog: no device and no service; describe them",
		"MIND  admin token: mode 0644, others may read it; chmod 0600 ",
		"MIND  channel mail-all: ",
		"MIND  service: does not answer at http://127.0.0.1:1; start it",
		"MIND  dead man: at " + onlyUs + " HeadstartDown reaches nobody but headstart; give it a route",
		"ok    dead man: " + also + " pages mail without us",
		"ok    store: embedded, made at the first start",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("doctor does not say %q:\n%s", want, stdout)
		}
	}
}
