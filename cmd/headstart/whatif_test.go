package main

import (
	"encoding/json"
	"strings"
	"testing"

	"headstart"
	"headstart/web"
)

func TestWhatIf(t *testing.T) {
	file := configured(t, map[string]string{
		"headstart.yml": "catalog: [catalog.yml]\n",
		"catalog.yml": `locations: [{id: noord, name: Gebouw Noord}]
services: [{id: print, name: Printen}]
devices:
  - {id: core-a, kind: switch}
  - {id: core-b, kind: switch}
  - {id: sw-n, kind: switch, location: noord, depends_on: [[core-a, core-b]]}
  - {id: prn-1, kind: printer, location: noord, services: [print], people: 25, depends_on: [sw-n]}
`,
	})
	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"a switch":          {[]string{"sw-n"}, 0, "25 mensen, 1 printer, 1 dienst.\nWerkt voor een deel: Printen\nPrinters uit: prn-1\nWaar: Gebouw Noord\nKrijgt bericht: Gebouw Noord\nOnbereikbaar: 2 dingen\n"},
		"one of two cores":  {[]string{"core-a", "--lang", "en"}, 0, "As far as the catalog knows, nobody notices.\nOut of reach: 1 thing\nGoes on: sw-n, through core-b\n"},
		"what is not there": {[]string{"core-c"}, 1, `the catalog has no device or service "core-c"`},
		"another format":    {[]string{"sw-n", "--output", "xml"}, 1, "write text or json"},
		"nothing to ask":    {nil, 1, "see headstart what-if --help"},
	} {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := command(t, append([]string{"--config", file, "what-if"}, c.args...)...)
			if code != c.code || code == 0 && stdout != c.want || code != 0 && !strings.Contains(stderr, c.want) {
				t.Errorf("exit code %d\n%s%s\nwant %d\n%s", code, stdout, stderr, c.code, c.want)
			}
		})
	}
	_, stdout, _ := command(t, "--config", file, "what-if", "core-a", "core-b", "--output", "json")
	var f web.WhatIfAnswer
	if err := json.Unmarshal([]byte(stdout), &f); err != nil || f.People != 25 || len(f.Lost) != 4 || len(f.Printers) != 1 || len(f.Spared) != 0 || f.Audiences[0] != "noord" {
		t.Errorf("%v\n%s", err, stdout)
	}
}

// TestAboutIsRemembered: what a ticket is about is found out once, and again by another
// catalog; a ticket that changed is another one.
func TestAboutIsRemembered(t *testing.T) {
	view := headstart.NewView()
	catalog := func(service string) {
		t.Helper()
		row, err := json.Marshal(headstart.LogConfig{Catalog: &headstart.Catalog{
			Services: []headstart.Service{{ID: service}}, Devices: []headstart.Device{{ID: "prn-1", Services: []string{service}}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		if err := view.Reset(headstart.Cursor{}, headstart.Offset{}, []headstart.FeedOp{{Table: headstart.TableConfig, Row: headstart.Row{Key: "current", Val: row}}}); err != nil {
			t.Fatal(err)
		}
	}
	tells := func(malfunctions int) *headstart.TicketState {
		return &headstart.TicketState{Ticket: headstart.Ticket{Evidence: &headstart.Evidence{
			Assets: []headstart.Mention{{ID: "prn-1", Strength: 1}}, Cues: map[string]int{"malfunction": malfunctions},
		}}}
	}
	o := &outlooks{view: view}
	want := func(of *headstart.TicketState, service string, fails bool) {
		t.Helper()
		for range 2 {
			if got, _, does := o.about(of); got != service || does != fails {
				t.Errorf("it is about %q, fails is %t; want %q and %t", got, does, service, fails)
			}
		}
	}
	catalog("print")
	broken, asks := tells(1), tells(0)
	want(broken, "print", true)
	want(asks, "", false)
	if n := len(o.told); n != 2 {
		t.Errorf("%d tickets are remembered, want 2", n)
	}
	catalog("scan")
	want(broken, "scan", true)
	want(tells(2), "scan", true)
}
