package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/probes/netnstest"
)

// uplinkHosts is how many hosts lie beyond the cable, each with people behind it.
const uplinkHosts = 24

// The cable of the machine that probes is pulled, in a network of the test's own and
// with the real program: one incident "prober isolated" for operators, none for users,
// and no host is called down. Plugged in again, all is green within one interval, and
// the log holds no more than that it was us.
func TestUplinkPulled(t *testing.T) {
	cable, in := netnstest.Enter(t)
	if !in {
		return
	}
	dir := t.TempDir()
	var hosts, list strings.Builder
	for n := range uplinkHosts {
		fmt.Fprintf(&hosts, "  - {id: srv-%02d, kind: server, location: noord, services: [erp], address: %s, people: 40}\n", n, netnstest.Alive(n))
		fmt.Fprintf(&list, "  - {name: ping-%02d, kind: icmp, asset: srv-%02d, interval: 2s}\n", n, n)
	}
	write(t, filepath.Join(dir, "catalog.yml"), "locations: [{id: noord, name: Gebouw Noord}]\nservices: [{id: erp, name: ERP, criticality: vital}]\ndevices:\n"+hosts.String())
	config := filepath.Join(dir, "headstart.yml")
	// Whatever leaks is an incident at once: nothing settles for long.
	write(t, config, fmt.Sprintf(`listen: 127.0.0.1:0
data_dir: %s
catalog: [catalog.yml]
correlation: {settle: 1s, settle_probed: 1s, hold: 2s, recover: 10s}
announce:
  after: {P1: 0s, default: 0s}
  push: {mode: auto, min_people: 1}
  quiet: {from: "00:00", to: "00:00", closed_days: false}
probe_anchors: [%s]
probes:
%s`, filepath.Join(dir, "data"), netnstest.Alive(9000), list.String()))

	p := launch(t, build(t), config)
	waitFor(t, time.Minute, "all to be green", func() bool { return p.verdicts()[headstart.OK] == uplinkHosts })
	if found := p.incidents(); len(found) != 0 {
		t.Fatalf("before anything happened: %+v", found)
	}

	cable.Pull(t)
	waitFor(t, time.Minute, "everything to be unknown", func() bool { return p.verdicts()[headstart.Unknown] == uplinkHosts })
	waitFor(t, time.Minute, "an incident to say why", func() bool { return len(p.incidents()) > 0 })
	// Each is probed three more times: what is to leak has leaked.
	isolated := time.Now()
	waitFor(t, time.Minute, "the probes to go on", func() bool {
		for _, r := range p.checks() {
			if r.At.Before(isolated.Add(6 * time.Second)) {
				return false
			}
		}
		return true
	})
	found := p.incidents()
	if len(found) != 1 {
		t.Fatalf("%d incidents, want one: %+v", len(found), found)
	}
	i := found[0]
	if got := i.Title["nl"] + ", " + i.Title["en"]; got != "Prober geïsoleerd, Prober isolated" || i.State != headstart.Open {
		t.Errorf("the incident is %q, %s", got, i.State)
	}
	if i.People != 0 || len(i.Services)+len(i.Announcements) != 0 {
		t.Errorf("it hits %d people and %v, and tells users %v; want none", i.People, i.Services, i.Announcements)
	}

	cable.Plug(t)
	plugged := time.Now()
	waitFor(t, time.Minute, "all to be green again", func() bool { return p.verdicts()[headstart.OK] == uplinkHosts })
	t.Logf("all green %.1f s after the cable was back, with an interval of 2 s", time.Since(plugged).Seconds())
	waitFor(t, time.Minute, "the incident to be over", func() bool { return p.incidents()[0].State == headstart.Resolved })
	if found := p.incidents(); len(found) != 1 {
		t.Errorf("%d incidents in the end, want one: %+v", len(found), found)
	}
	p.end()
	told := map[string]int{}
	for _, c := range checksInLog(t, config) {
		told[string(c.Verdict)+" "+map[bool]string{true: "of us", false: "of others"}[c.IsIsolation()]]++
	}
	if told["ok of others"] != uplinkHosts || told["down of us"] != 1 || told["ok of us"] != 2 || len(told) != 3 {
		t.Errorf("the log holds %v; want the first answer of %d hosts and of us, and that we were cut off and no longer", told, uplinkHosts)
	}
}

func (p *process) checks() []headstart.CheckResult {
	var list struct {
		Checks []headstart.CheckResult `json:"checks"`
	}
	if err := get(p.base+"/api/v1/checks", &list); err != nil {
		p.t.Fatal(err)
	}
	return list.Checks
}

func (p *process) verdicts() map[headstart.Verdict]int {
	count := map[headstart.Verdict]int{}
	for _, r := range p.checks() {
		count[r.Verdict]++
	}
	return count
}

func (p *process) incidents() []headstart.Incident {
	var list struct {
		Incidents []headstart.Incident `json:"incidents"`
	}
	if err := get(p.base+"/api/v1/incidents", &list); err != nil {
		p.t.Fatal(err)
	}
	return list.Incidents
}

// checksInLog are the checks in the log of a service that has ended.
func checksInLog(t *testing.T, config string) []headstart.Check {
	t.Helper()
	st := opened(t, config)
	defer func() { _ = st.Close() }()
	entries, err := st.Read(t.Context(), headstart.Offset{}, 10_000, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []headstart.Check
	for _, e := range entries {
		rec, err := headstart.DecodeRecord(e.Data)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range rec.Lines {
			if l.Check != nil {
				out = append(out, *l.Check)
			}
		}
	}
	return out
}
