package configs

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

// TestFull loads every key of the contract at once and looks at what is easily
// lost on the way: case and dots of names, CSV, guesses, what has no effect yet.
func TestFull(t *testing.T) {
	cfg, err := Load(Source{File: "testdata/full.yml"})
	if err != nil {
		t.Fatal(err)
	}
	d := cfg.Catalog.DeviceByID("prn-n2-04")
	if d == nil {
		t.Fatal("prn-n2-04 of the CSV is not in the catalog")
	}
	floor := 2
	want := headstart.Device{
		ID: "prn-n2-04", Kind: "printer", Name: headstart.Names{"": "N2-04"}, Location: "noord", Floor: &floor, Address: "10.1.2.4",
		Services: []string{"print"}, DependsOn: headstart.Dependencies{{"sw-core", "Switch.Reserve"}, {"srv-print01"}},
		Aliases: []string{"printer bij de trap", "trapprinter"}, People: 25,
	}
	if diff := cmp.Diff(want, *d); diff != "" {
		t.Errorf("device of the CSV (-want +got):\n%s", diff)
	}
	if n := cfg.Catalog.DepartmentByID("fin").People; n != 40 {
		t.Errorf("fin has %d people, want the 40 of the head-count", n)
	}
	if s := cfg.Catalog.ServiceByID("intranet"); s.Name.In("nl") != "intranet" || s.Kind != headstart.KindApplication || s.Criticality != headstart.Normal {
		t.Errorf("intranet is %+v; want its id as name, kind application, criticality normal", s)
	}
	if !strings.Contains(cfg.Notify.RouteYAML(), `app.kubernetes.io/name="x"`) || !strings.Contains(cfg.Notify.ReceiversYAML(), "Ops-Team") {
		t.Errorf("route %q, receivers %q; names must keep case and dots", cfg.Notify.RouteYAML(), cfg.Notify.ReceiversYAML())
	}
	if got, want := cfg.Tickets.Sources[1].Dir, "testdata"; got != want {
		t.Errorf("dir of the CSV source is %q, want %q: files count from the configuration", got, want)
	}
	if got, want := cfg.Archive.Dir, filepath.Join("data", "archive"); got != want {
		t.Errorf("archive.dir is %q, want %q", got, want)
	}
	if got := cfg.Maintenance.Windows; len(got) != 2 || got[0].EndsAt.Sub(got[0].StartsAt.Time) != time.Hour || len(got[1].Every.Times) != 1 || len(cfg.Maintenance.ICal) != 1 {
		t.Errorf("maintenance is %+v; want W-1 of one hour, W-2 with times, and a calendar", cfg.Maintenance)
	}
	if shown, err := cfg.Show(); err != nil || strings.Contains(shown, "geheim.ics") || !strings.Contains(shown, "start_time") {
		t.Errorf("what is shown must hide the calendar's address and hold the times (%v):\n%s", err, shown)
	}
	if len(cfg.Notify.Heartbeat) != 1 || time.Duration(cfg.Notify.Heartbeat[0].Interval) != time.Minute {
		t.Errorf("heartbeat is %+v, want one each minute", cfg.Notify.Heartbeat)
	}
}

// TestTemplatesCountFromTheConfiguration: so it is in Alertmanager, and for every other
// file that is read; the service may be started anywhere.
func TestTemplatesCountFromTheConfiguration(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"headstart.yml": "templates: [own/*.tmpl]\nreceivers: [{name: ops}]\nroute: {receiver: ops}\n",
		"own/page.tmpl": `{{ define "page" }}{{ end }}`,
	} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755), os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	cfg, err := Load(Source{File: filepath.Join(dir, "headstart.yml")})
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(dir, "own", "*.tmpl"); len(cfg.Notify.Templates) != 1 || cfg.Notify.Templates[0] != want {
		t.Errorf("templates are %q, want %q", cfg.Notify.Templates, want)
	}
}

// TestExampleIsTheDefault keeps the documented example true: what it says is
// the default is the default.
func TestExampleIsTheDefault(t *testing.T) {
	d, err := parseDocument("example.yml", []byte(Example))
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := decode(d)
	if err != nil {
		t.Fatal(err)
	}
	def := Default()
	def.Timezone = "Europe/Amsterdam"
	def.Archive.Dir = cfg.Archive.Dir
	def.Notify.Receivers, def.Notify.Route = cfg.Notify.Receivers, cfg.Notify.Route
	def.Notify.TimeIntervals, def.Notify.InhibitRules = cfg.Notify.TimeIntervals, cfg.Notify.InhibitRules
	// The example names a phone number and writes the default hours out.
	def.Contact, def.Calendar, def.CatalogFiles, def.Catalog = cfg.Contact, cfg.Calendar, cfg.CatalogFiles, cfg.Catalog
	want, err := def.Show()
	if err != nil {
		t.Fatal(err)
	}
	got, err := cfg.Show()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the example differs from the defaults (-default +example):\n%s", diff)
	}
	for day, hours := range headstart.DefaultHours() {
		if cfg.Calendar.Hours[day] != hours {
			t.Errorf("the example says %s is worked %q, the default is %q", day, cfg.Calendar.Hours[day], hours)
		}
	}
}

// TestLogConfig holds what enters the log: everything decisions need, nothing
// secret, and one hash for one meaning.
func TestLogConfig(t *testing.T) {
	cfg, err := Load(Source{File: "testdata/full.yml"})
	if err != nil {
		t.Fatal(err)
	}
	l := cfg.LogConfig("abc")
	b, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"geheim-geheim", "0123456789abcdef", "hooks.example", "host.example"} {
		if strings.Contains(string(b), secret) {
			t.Errorf("the log would hold %q: %s", secret, b)
		}
	}
	if l.Engine != headstart.EngineVersion || !l.Ticks || l.Installation != "abc" || l.Catalog == nil || len(l.Channels) != 1 || l.Route == "" || len(l.Audiences) != 1 {
		t.Errorf("the log line lacks what decisions need: %+v", l)
	}
	again, err := Load(Source{File: "testdata/full.yml"})
	if err != nil {
		t.Fatal(err)
	}
	if h := again.LogConfig("abc").Hash; h != l.Hash || !strings.HasPrefix(h, "sha256:") {
		t.Errorf("the same file gives hash %s, then %s", l.Hash, h)
	}
	again.Correlation.Settle *= 2
	if h := again.LogConfig("abc").Hash; h == l.Hash {
		t.Error("another settle gives the same hash; a change would not reach the log")
	}
	if h := cfg.LogConfig("other").Hash; h == l.Hash {
		t.Error("another installation gives the same hash")
	}
}

// TestQuickstart: what `make run` starts with loads on this machine and on one
// without network.
func TestQuickstart(t *testing.T) {
	cfg, err := Load(Source{File: "quickstart.yml"})
	if err != nil {
		t.Fatal(err)
	}
	if !cfg.Publish.Enabled || cfg.Store.Mode != "embedded" {
		t.Errorf("the quick start publishes %t in mode %s", cfg.Publish.Enabled, cfg.Store.Mode)
	}
}

func TestGuessKind(t *testing.T) {
	for id, want := range map[string]headstart.ServiceKind{
		"print": headstart.KindPrinter, "wifi": headstart.KindNetwork, "wifi-printen": headstart.KindPrinter, "mail": headstart.KindMail,
		"webmail": headstart.KindOther, "sso": headstart.KindLogin, "telefonie": headstart.KindTelephony, "vpn": headstart.KindVPN,
		"erp": headstart.KindApplication, "teams": headstart.KindM365, "netwerkschijf": headstart.KindFileshare, "koffie": headstart.KindOther,
	} {
		if got := guessKind(&headstart.Service{ID: id}); got != want {
			t.Errorf("service %s is of kind %s, want %s", id, got, want)
		}
	}
	byAlias := &headstart.Service{ID: "afas", Name: headstart.Names{"nl": "AFAS"}, Aliases: []string{"HR-systeem"}}
	if got := guessKind(byAlias); got != headstart.KindApplication {
		t.Errorf("afas, alias HR-systeem, is of kind %s, want application", got)
	}
}

func TestCircles(t *testing.T) {
	got := circles(map[string][]string{"c": {"a"}, "a": {"b"}, "b": {"c", "d"}, "d": {"d"}, "e": {"a"}})
	want := [][]string{{"a", "b", "c", "a"}, {"d", "d"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("circles (-want +got):\n%s", diff)
	}
}

func TestBytes(t *testing.T) {
	for text, want := range map[string]Bytes{"0": 0, "512MiB": 512 << 20, "4GiB": 4 << 30, "100": 100, "1KiB": 1 << 10} {
		var b Bytes
		if err := b.UnmarshalText([]byte(text)); err != nil || b != want {
			t.Errorf("%s reads as %d, %v; want %d", text, b, err, want)
		}
		if b.String() != text {
			t.Errorf("%d is written %s, want %s", b, b, text)
		}
	}
	for _, text := range []string{"", "-1", "4 GB", "9999999999999TiB", "1.5GiB"} {
		var b Bytes
		if err := b.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q reads as %d, want an error", text, b)
		}
	}
}

// TestCSVOfAnOldSpreadsheet: names have the letters that they had there.
func TestCSVOfAnOldSpreadsheet(t *testing.T) {
	c := &catalog{at: map[string]entry{}}
	if err := c.addCSV("x.csv", []byte("id;name\r\na;Caf\xe9\r\n")); err != nil {
		t.Fatal(err)
	}
	if d := c.DeviceByID("a"); d == nil || d.Name[""] != "Café" {
		t.Errorf("read as %+v, want a device a called Café", c.Devices)
	}
}

// TestCSVMistakes: tables say the line and what to write, too.
func TestCSVMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"id,adress\na,10.0.0.1\n":         `x.csv:1: unknown column "adress"; did you mean "address"?`,
		"id,people\na,many\n":             `x.csv:2: people is "many"; write a whole number, or true or false`,
		"id,kind\na\n":                    "x.csv:2: wrong number of fields; give each line as many columns as the first",
		"department,people\nfin,3\n":      `x.csv:2: department "fin" is in no file before this one; add it, or list this file later`,
		"id,location\na,\nb,zuid\n":       `x.csv:3: location names "zuid", which is no location; the catalog has none yet: add it, or remove this`,
		"PK\x03\x04":                      "x.csv: this is a workbook, not CSV; in the spreadsheet choose Save as, CSV UTF-8",
		"\ufeffid;people\r\na;3\r\na;4\r": `x.csv:3: id "a" is taken by x.csv:2; ids are unique over all lists, rename one of the two`,
	} {
		c := &catalog{at: map[string]entry{}}
		err := c.addCSV("x.csv", []byte(text))
		if err == nil {
			c.check()
			err = c.mistakes
		}
		if err.Error() != want {
			t.Errorf("%q: %v; want %s", text, err, want)
		}
	}
}
