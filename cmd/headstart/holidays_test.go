package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"headstart"
	"headstart/configs"
	"headstart/correlate"
	"headstart/incidents"
	"headstart/probes"
	"headstart/store"
)

// holidays is a building whose 31 printers are off, all behind a switch that nobody
// watches, and a server in it that works. Bubbles begin on Saturday 1 January 2000.
const holidayPrinters = 31

func holidays(t *testing.T, closed string) string {
	t.Helper()
	dir := t.TempDir()
	var devices strings.Builder
	for n := range holidayPrinters {
		// A loopback address of its own, where nobody listens: it refuses at once.
		fmt.Fprintf(&devices, "  - {id: prn-%02d, kind: printer, name: N-%02d, location: noord, services: [print], depends_on: [sw-n], address: 127.31.0.%d, people: 20}\n", n+1, n+1, n+1)
	}
	write(t, filepath.Join(dir, "catalog.yml"), `organisation: Voorbeeld College
locations: [{id: campus, name: Campus}, {id: noord, name: Gebouw Noord, parent: campus}, {id: zuid, name: Gebouw Zuid, parent: campus}]
services: [{id: print, name: {nl: Printen, en: Printing}, kind: printer}]
devices:
  - {id: sw-n, kind: switch, location: noord}
`+devices.String())
	file := filepath.Join(dir, "headstart.yml")
	write(t, file, fmt.Sprintf(`data_dir: %s
catalog: [catalog.yml]
timezone: Europe/Amsterdam
calendar:
  holidays: [{from: 1999-12-24, to: 2000-01-07, name: Kerstvakantie, locations: [%s], effect: closed}]
announce: {push: {mode: auto, min_people: 1}}
probes: [{name: printers, kind: printer, assets: {kind: printer}, protocol: [ipp], interval: 1h}]
`, filepath.Join(dir, "data"), closed))
	return file
}

// Over a school holiday 31 printers of a closed building are off: one line in the
// morning report, no incident, nobody sent for a walk (ruling 23). The printers are
// really asked, the engine really decides; only the clock is not that of the wall. Were
// another building closed, they would be an incident.
func TestClosedOverTheHolidays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		morning, found := threeDays(t, holidays(t, "noord"))
		if len(found) != 0 {
			t.Errorf("%d incidents, want none: %+v", len(found), found)
		}
		golden := filepath.Join("testdata", "holidays.golden")
		if *update {
			write(t, golden, morning)
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatalf("%v; write it with go test ./cmd/headstart -run TestClosed -update", err)
		}
		if diff := cmp.Diff(string(want), morning); diff != "" {
			t.Errorf("the report differs (-want +got):\n%s", diff)
		}
		if n := strings.Count(morning, "Gebouw Noord gesloten t/m 7 januari, 31 printers uit"); n != 1 || strings.Contains(morning, "N-01") {
			t.Errorf("the line stands there %d times, or a printer by name", n)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		if _, found := threeDays(t, holidays(t, "zuid")); len(found) == 0 {
			t.Error("no incident where the building is open: the test proves nothing")
		}
	})
}

// threeDays lets probes and engine work from Saturday to Monday at three and returns
// the morning report of Monday and the incidents.
func threeDays(t *testing.T, file string) (morning string, found []headstart.Incident) {
	t.Helper()
	cfg, err := configs.Load(configs.Source{File: file})
	if err != nil {
		t.Fatal(err)
	}
	cfg.Probes.Resolvers = nil // this machine's network is not what is tested
	cfg.Probes.Gateway = netip.Addr{}
	ctx, cancel := context.WithCancel(t.Context())
	logger, reg := slog.New(slog.DiscardHandler), prometheus.NewRegistry()
	st, err := store.OpenBolt(filepath.Join(t.TempDir(), "headstart.db"), store.BoltOptions{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	rules, err := recordConfig(ctx, st, cfg)
	if err != nil {
		t.Fatal(err)
	}
	appender, view := store.NewAppender(st), headstart.NewView()
	fleet, err := probes.New(probes.Options{
		Config: cfg.Probes, Catalog: cfg.Catalog, Append: appender.Append, Dialer: probeDialer(), Calendar: &cfg.Calendar, Zone: zoneOf(cfg), Logger: logger,
	})
	if err != nil {
		t.Fatal(err)
	}
	view.OnAsk(fleet.Ask)
	engine := incidents.New(incidents.Options{
		Store: st, NewCorrelator: func() incidents.Correlator { return correlate.NewState() }, Makers: makers(), Owner: owner(rules), TTL: 6 * time.Hour, Owed: make(chan struct{}, 1), Logger: logger, Registerer: reg,
	})
	var working sync.WaitGroup
	for _, run := range []func(context.Context) error{
		appender.Run, fleet.Run, engine.Run, func(ctx context.Context) error { return store.Follow(ctx, st, view, logger) },
	} {
		working.Go(func() {
			if err := run(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	time.Sleep(time.Until(time.Date(2000, 1, 3, 8, 0, 0, 0, zoneOf(cfg))))
	reports := &mornings{cfg: cfg, view: view, checks: fleet.Results}
	text := reports.report(ctx, &headstart.ReportAsk{Lang: "nl"}).Text(80, false)
	time.Sleep(7 * time.Hour) // of a working day, as far as hours go
	found = view.Incidents()
	cancel()
	working.Wait()
	if err := fleet.Close(); err != nil {
		t.Error(err)
	}
	if err := st.Close(); err != nil {
		t.Error(err)
	}
	morning, _, _ = strings.Cut(text, " · logpositie") // where the log stands says nothing here
	return morning + "\n", found
}
