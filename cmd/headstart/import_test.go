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
