package probes

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/OpenPrinting/goipp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"headstart"
)

// queue is a printer over IPP in the given state, with toner at level.
func queue(t *testing.T, state, level int) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		m := goipp.NewResponse(goipp.DefaultVersion, goipp.StatusOk, 1)
		m.Printer.Add(goipp.MakeAttribute("printer-state", goipp.TagEnum, goipp.Integer(state)))
		m.Printer.Add(goipp.MakeAttribute("marker-names", goipp.TagName, goipp.String("Black Toner")))
		m.Printer.Add(goipp.MakeAttribute("marker-levels", goipp.TagInteger, goipp.Integer(level)))
		_ = m.Encode(w)
	}))
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}

// The probe of the documentation, a printer per asset at its address: verdict,
// part of the catalog and metric.
func TestPrinterPerAsset(t *testing.T) {
	cat := &headstart.Catalog{
		Devices: []headstart.Device{
			{ID: "prn-1", Kind: "printer", Address: queue(t, 3, 4)}, {ID: "prn-2", Kind: "printer", Address: queue(t, 5, 60)}, {ID: "sw-1", Kind: "switch", Address: "10.0.0.1"},
		},
		Parts: []headstart.Part{{ID: "TN-2420", Fits: []string{"prn-1"}}},
	}
	reg := prometheus.NewRegistry()
	c := config(t, `probes: [{name: printers, kind: printer, assets: {kind: printer}, protocol: [ipp], interval: 2m}]`)
	f := newFleet(t, Options{Config: c, Catalog: cat, Registerer: reg, Append: newLogbook().Append})
	var got strings.Builder
	for _, r := range f.CheckNow(t.Context(), Filter{}, nil) {
		fmt.Fprintf(&got, "%s %s %s\n", r.Asset, r.Verdict, r.Reason)
	}
	if want := "prn-1 warn toner or ink low (Black Toner 4 %, part TN-2420)\nprn-2 down stopped\n"; got.String() != want {
		t.Errorf("got:\n%swant:\n%s", got.String(), want)
	}
	for _, j := range f.jobs { // as a run would
		f.keep(j, attempt(t.Context(), f.probe, &j.spec, false))
	}
	f.metrics.show(f)
	want := `# HELP printer_supply_level_ratio How much of a printer's toner, ink or part is left, from 0 to 1; absent if the printer does not know.
# TYPE printer_supply_level_ratio gauge
printer_supply_level_ratio{asset="prn-1",supply="Black Toner"} 0.04
printer_supply_level_ratio{asset="prn-2",supply="Black Toner"} 0.6
`
	if err := testutil.GatherAndCompare(reg, strings.NewReader(want), "printer_supply_level_ratio"); err != nil {
		t.Error(err)
	}
	if lint, err := testutil.GatherAndLint(reg); err != nil || len(lint) > 0 {
		t.Errorf("lint: %v %v", lint, err)
	}
}

// What is on schedule is held, what is asked for is not, and a reload forgets
// nothing.
func TestPrinterIsHeld(t *testing.T) {
	c := config(t, `probes: [{name: p, kind: printer, target: "`+queue(t, 5, 60)+`", protocol: [ipp], interval: 2m}]`)
	f := newFleet(t, Options{Config: c})
	j := f.jobs[0]
	raw := attempt(t.Context(), f.probe, &j.spec, true)
	if raw.verdict != headstart.Down {
		t.Errorf("asked for it is %s, want down", raw.verdict)
	}
	held := raw.onSchedule()
	if held.verdict != headstart.Unknown || held.at != raw.at || held.took != raw.took {
		t.Errorf("at first sight on schedule: %+v, want unknown, with the same time", held)
	}
	if again := held.onSchedule(); again.verdict != held.verdict {
		t.Errorf("held twice: %s", again.verdict)
	}
	old := j.spec.printer
	next := newFleet(t, Options{Config: c})
	next.takeOver(f)
	if next.jobs[0].spec.printer == old {
		t.Error("both fleets share one printer")
	}
}

// A port is that of the first protocol that has none of its own.
func TestPrinterWays(t *testing.T) {
	for want, p := range map[string]Probe{
		"ipp ipp://h:631, snmp h:161":        {Target: "h"},
		"snmp h:1161, ipp ipp://h:631":       {Target: "h:1161", Protocol: []string{"snmp", "ipp"}},
		"ipp ipp://h/printers/a, snmp h:162": {Target: "ipp://h/printers/a", Port: 162},
		"raw h:9100":                         {Target: "h", Protocol: []string{"raw"}},
		"ipp ipp://[fd00::1]:8631":           {Target: "[fd00::1]:8631", Protocol: []string{"ipp"}},
		"ipp ipp://[fd00::2]:631":            {Target: "fd00::2", Protocol: []string{"ipp"}},
	} {
		_, host, err := printerAddress(p.Target, p.Port)
		if err != nil {
			t.Fatal(err)
		}
		ways, err := p.printerWays(p.Target, host)
		var got []string
		for _, w := range ways {
			got = append(got, w.Protocol+" "+w.Address)
		}
		if err != nil || strings.Join(got, ", ") != want {
			t.Errorf("%v, %v, want %s", got, err, want)
		}
	}
}

// Hours are those of the location, or of the place around it; in a closed period
// the engine holds back, and counts what is off (ruling 23).
func TestPrinterHours(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	o := &Options{
		Zone: zone,
		Calendar: &headstart.Calendar{
			Hours:    headstart.Hours{"monday": "08:00-17:00"},
			Holidays: []headstart.Holiday{{From: "2026-12-21", Effect: "closed"}, {From: "2026-11-30", Effect: "reduced"}},
		},
		Catalog: &headstart.Catalog{Locations: []headstart.Location{
			{ID: "campus", Hours: headstart.Hours{"monday": "12:00-20:00"}}, {ID: "noord", Parent: "campus"}, {ID: "zuid"},
		}},
	}
	for _, c := range []struct {
		at, location string
		want         bool
	}{
		{"2026-11-23T07:30:00Z", "zuid", true}, // half past eight there
		{"2026-11-23T07:30:00Z", "noord", false},
		{"2026-11-23T18:30:00Z", "noord", true},
		{"2026-11-23T18:30:00Z", "", false},
		{"2026-11-24T09:00:00Z", "zuid", false},
		{"2026-12-21T02:00:00Z", "zuid", true},
		{"2026-11-30T09:00:00Z", "zuid", false},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := o.counts(at, c.location); got != c.want {
			t.Errorf("%s at %q counts: %v, want %v", c.at, c.location, got, c.want)
		}
	}
}

// A secret that cannot be read is told, and nothing is asked without it.
func TestPrinterSecrets(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{empty: "community_file is empty", empty + "-absent": "community_file: "} {
		c := Config{Probes: []Probe{{Name: "p", Kind: "printer", Target: "127.0.0.1", CommunityFile: file}}}
		f := newFleet(t, Options{Config: c})
		if r := f.CheckNow(t.Context(), Filter{}, nil); r[0].Verdict != headstart.Unknown || !strings.Contains(r[0].Reason, want) {
			t.Errorf("%s: %s, want %q", r[0].Verdict, r[0].Reason, want)
		}
	}
}
