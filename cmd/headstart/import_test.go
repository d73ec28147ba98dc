package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headstart"
)

// schoolPrinters is the list of 40 printers in three buildings that a school's desk
// keeps in a Dutch Excel: semicolons, Windows-1252, one address Excel took for a
// number, one printer listed twice.
func schoolPrinters() []byte {
	var b strings.Builder
	b.WriteString("Printernaam;IP-adres;Gebouw;Verdieping;Kamer;Merk;Type;Opmerking\r\n")
	for i := range 40 {
		building := []string{"Noord", "Zuid", "Caf\xe9"}[i%3]
		fmt.Fprintf(&b, "%c%d-%02d;127.77.%d.%d;Gebouw %s;%d;%d.%02d;HP;LaserJet M507;\r\n", building[0], i%4, i, i%3, i+1, building, i%4, i%4, i)
	}
	b.WriteString("Z9-99;127771100;Zuid;1;;;;\r\n")
	b.WriteString("N0-00;127.77.0.1;NOORD;0;;;;\r\n")
	return []byte(b.String())
}

// A stranger's list becomes a catalog that loads as it is, and runs: the buildings,
// every good row, and the bad one named.
func TestImportRuns(t *testing.T) {
	dir := t.TempDir()
	list, out := filepath.Join(dir, "printers.csv"), filepath.Join(dir, "new")
	if err := os.WriteFile(list, schoolPrinters(), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	code, stdout, stderr := command(t, "import", "csv", "--out", out, list)
	if code != 1 || !strings.Contains(stdout, "new: devices 40 (printer 40), locations 3, services 1, probes 1") {
		t.Errorf("import: %d\n%s%s", code, stdout, stderr)
	}
	if !strings.Contains(stderr, `printers.csv:42: address is "127771100"`) || strings.Count(stderr, "printers.csv") != 1 {
		t.Errorf("the bad row is to be named, and no other:\n%s", stderr)
	}
	config := filepath.Join(out, "headstart.yml")
	if code, stdout, stderr := command(t, "--config", config, "config", "check"); code != 0 {
		t.Fatalf("config check: %d\n%s%s", code, stdout, stderr)
	}
	code, stdout, stderr = command(t, "--config", config, "check", "--output", "json")
	var report checkReport
	if err := json.Unmarshal([]byte(stdout), &report); err != nil {
		t.Fatalf("check: %d %v\n%s", code, err, stderr)
	}
	at := map[string]int{}
	for _, r := range report.Results {
		at[r.Location]++
		if r.Kind != "printer" || r.Verdict != headstart.Down || r.Service != "print" {
			t.Errorf("%s: %s %s %s %s", r.Asset, r.Kind, r.Verdict, r.Service, r.Reason)
		}
	}
	if code != 2 || at["noord"] != 14 || at["zuid"] != 13 || at["cafe"] != 13 {
		t.Errorf("check: %d, results by location %v", code, at)
	}
	t.Chdir(out) // where serve keeps its data
	t.Setenv("HEADSTART_LISTEN", "127.0.0.1:0")
	r := start(t, config)
	waitFor(t, 10*time.Second, "40 probes to run", func() bool { return strings.Contains(r.stderr.String(), "probes=40") })
}

// A real Prometheus is asked what it looks at: what it scrapes becomes a device, what
// it has a blackbox_exporter ask a probe, and asked again there is nothing new.
func TestImportPrometheus(t *testing.T) {
	dir, address := t.TempDir(), freePort(t)
	t.Chdir(dir)
	write(t, "prometheus.yml", fmt.Sprintf(`global: {scrape_interval: 1h}
scrape_configs:
- job_name: node
  static_configs: [{targets: ["srv-erp.school.example:9100", "SRV-ERP:9182", "localhost:9090"], labels: {site: Noord}}]
- job_name: web
  metrics_path: /probe
  params: {module: [http_2xx]}
  static_configs: [{targets: ["http://%s/-/ready"]}]
  relabel_configs:
  - {source_labels: [__address__], target_label: __param_target}
  - {source_labels: [__param_target], target_label: instance}
  - {target_label: __address__, replacement: "127.77.0.1:9115"}
`, address))
	child(t, "prometheus", "--config.file="+filepath.Join(dir, "prometheus.yml"), "--storage.tsdb.path="+filepath.Join(dir, "tsdb"), "--web.listen-address="+address, "--log.level=error")
	waitFor(t, 30*time.Second, "prometheus to know its targets", func() bool {
		var answer struct {
			Data struct {
				Active []any `json:"activeTargets"`
			} `json:"data"`
		}
		return get("http://"+address+"/api/v1/targets", &answer) == nil && len(answer.Data.Active) == 4
	})

	code, stdout, stderr := command(t, "import", "prometheus", "http://"+address)
	if code != 1 || !strings.Contains(stdout, "new: devices 1 (server 1), locations 1, services 0, probes 1") || !strings.Contains(stderr, `"localhost:9090" is the machine that scrapes it`) {
		t.Errorf("import: %d\n%s%s", code, stdout, stderr)
	}
	// The other target is the Prometheus itself, at 127.0.0.1: told, not taken over.
	if strings.Count(stderr, "is the machine that scrapes it") != 2 {
		t.Errorf("127.0.0.1 is nobody's address:\n%s", stderr)
	}
	text, err := os.ReadFile(filepath.Join("discovered", "catalog.yml"))
	if err != nil || !strings.Contains(string(text), "{id: srv-erp, kind: server, location: noord, address: srv-erp.school.example}") {
		t.Errorf("%v\n%s", err, text)
	}
	code, stdout, _ = command(t, "--config", filepath.Join("discovered", "headstart.yml"), "import", "prometheus", "--out", "again", "http://"+address)
	if !strings.Contains(stdout, "new: devices 0, locations 0, services 0, probes 0\nin the catalog already: 1") {
		t.Errorf("again: %d\n%s", code, stdout)
	}
	for args, want := range map[string]string{
		"http://" + freePort(t):                       "is the address right?",
		"http://" + address + "/nowhere":              "answers 404 Not Found; is the address right, and the token?",
		"http://u:secret@" + address:                  "without a password",
		"ftp://" + address:                            "is no URL we can use",
		"--token-file none http://" + address:         "--token-file none holds no token",
		"--ca-file prometheus.yml https://" + address: "--ca-file: prometheus.yml holds no certificate",
		"http://localtest.invalid:" + address[10:]:    "is the address right?",
	} {
		code, _, stderr := command(t, append([]string{"import", "prometheus"}, strings.Fields(args)...)...)
		if code == 0 || !strings.Contains(stderr, want) || strings.Contains(stderr, "secret") {
			t.Errorf("%s: %d %s; want %q", args, code, stderr, want)
		}
	}
}
