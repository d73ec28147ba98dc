package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/agents"
)

// lineCut is how long the line to the site is cut in TestSiteCutOff. Five minutes is
// what is promised: -cut 5m; the same code runs in virtual time in package agents.
var lineCut = flag.Duration("cut", 12*time.Second, "how long the line is cut in TestSiteCutOff")

// A site agent is cut off from its upstream, and both are killed with kill -9 in the
// middle; then the line comes back, and swallows answers to what the upstream did take.
// Every change the site saw is in the upstream's log afterwards, in order, once, and
// nobody is told of a flood.
func TestSiteCutOff(t *testing.T) {
	t.Parallel()
	program := build(t)
	devices := newTills(t, 6)
	upConfig, siteConfig := prepareSite(t, devices)
	up := launch(t, program, upConfig)
	line := lay(t, up.base)
	flags := []string{"--role", "probe", "--upstream", line.url()}
	site := launch(t, program, siteConfig, flags...)
	devices.seen(site)
	waitFor(t, 30*time.Second, "the first verdicts to arrive", func() bool { return metric(site.base, site.token, "headstart_spool_entries") == 0 })

	line.set(cut)
	began := time.Now()
	for n := 0; time.Since(began) < *lineCut || n < 4; n++ {
		devices.toggle()
		switch n {
		case 1: // what the agent accepted survives it
			site.kill()
			site = launch(t, program, siteConfig, flags...)
		case 2: // and the upstream has a new life and another port
			up.kill()
			up = launch(t, program, upConfig)
			line.lead(up.base)
		}
		devices.seen(site)
	}
	if err := get(site.base+"/-/ready", nil); err != nil {
		t.Errorf("a cut line makes the agent unready: %v", err)
	}

	// The upstream takes what it is sent, but the agent never hears of it; then the
	// upstream dies too, with what it remembered.
	line.set(deaf)
	waitFor(t, 60*time.Second, "the upstream to take what nobody hears of", func() bool { return metricOf(up, `headstart_agent_events_total{agent="noord",outcome="accepted"}`) > 0 })
	up.kill()
	up = launch(t, program, upConfig)
	line.lead(up.base)
	line.set(whole)
	devices.toggle()
	devices.seen(site)
	waitFor(t, 90*time.Second, "the spool to be empty", func() bool { return metric(site.base, site.token, "headstart_spool_entries") == 0 })

	var shown agents.SiteStates
	if err := get(up.base+"/api/v1/agents", &shown); err != nil || len(shown.Agents) != 1 || shown.Agents[0].State != "live" {
		t.Errorf("the upstream shows %+v, %v; want one live agent", shown.Agents, err)
	}
	for _, p := range []*process{site, up} {
		if log := p.errs.String(); strings.Contains(log, siteToken) {
			t.Error("the token is in a log")
		}
	}
	site.end()
	up.end()
	devices.compare(t, siteChecks(t, upConfig))
}

// What the engine wants to know is asked at the site. Then the agent is killed: a minute
// later operators have one line, on the device it runs on, which nobody else is told of;
// when it is back the line ends.
func TestSiteAskedAndSilent(t *testing.T) {
	t.Parallel()
	program := build(t)
	devices := newTills(t, 4)
	upConfig, siteConfig := prepareSite(t, devices)
	up := launch(t, program, upConfig)
	flags := []string{"--role", "probe", "--upstream", up.base}
	site := launch(t, program, siteConfig, flags...)
	devices.seen(site)
	_ = devices.listeners[0].Close()
	devices.listeners[0] = nil
	devices.story[0] = append(devices.story[0], headstart.Down)
	devices.seen(site)
	accepted := func() float64 {
		return metric(up.base, up.token, `headstart_agent_events_total{agent="noord",outcome="accepted"}`)
	}
	waitFor(t, 30*time.Second, "the neighbours to answer", func() bool { return accepted() >= 4+1+4 }) // first verdicts, the failure, answers of all four
	devices.up(0)
	devices.story[0] = append(devices.story[0], headstart.OK)
	devices.seen(site)
	site.kill()

	list := func() (found []headstart.Incident) {
		var page struct {
			Incidents []headstart.Incident `json:"incidents"`
		}
		if err := get(up.base+"/api/v1/incidents", &page); err != nil {
			t.Error(err)
		}
		for _, i := range page.Incidents {
			if i.Cause.Asset == "srv-noord" {
				found = append(found, i)
			}
		}
		return found
	}
	waitFor(t, 3*time.Minute, "the line that says that the agent is silent", func() bool { return len(list()) == 1 })
	if i := list()[0]; len(i.Announcements) != 0 || len(i.Services) != 0 || i.People != 0 {
		t.Errorf("users are told, or counted: %d announcements, services %v, %d people", len(i.Announcements), i.Services, i.People)
	}
	var shown struct {
		Checks []headstart.CheckResult `json:"checks"`
	}
	if err := get(up.base+"/api/v1/checks", &shown); err != nil || len(shown.Checks) != 4 || shown.Checks[0].Verdict != headstart.Unknown {
		t.Errorf("of a silent agent the upstream shows %+v, %v; want four unknown checks", shown.Checks, err)
	}
	launch(t, program, siteConfig, flags...)
	waitFor(t, time.Minute, "the line to end", func() bool { i := list(); return len(i) == 1 && i[0].State != headstart.Open })
	up.end()
	asked := 0
	for _, c := range siteChecks(t, upConfig) {
		if c.Asked {
			asked++
		}
	}
	if asked < 4 {
		t.Errorf("%d answers of the site in the log, want one of each till at least", asked)
	}
}

// siteToken is the agent's.
const siteToken = "a-token-that-nobody-may-read"

// prepareSite writes the configurations of an upstream and of a site agent.
func prepareSite(t *testing.T, d *tills) (up, site string) {
	t.Helper()
	var cat, probes strings.Builder
	cat.WriteString("locations: [{id: noord, name: Gebouw Noord}]\nservices: [{id: kassa, name: Kassa}]\ndevices:\n  - {id: rtr-noord, kind: router, location: noord}\n  - {id: srv-noord, kind: server, location: noord, depends_on: [rtr-noord]}\n")
	for n, a := range d.addresses {
		fmt.Fprintf(&cat, "  - {id: kassa-%d, kind: till, location: noord, services: [kassa], depends_on: [rtr-noord]}\n", n)
		fmt.Fprintf(&probes, "  - {name: port, kind: tcp, asset: kassa-%d, target: %q, interval: 1s, timeout: 500ms, fails: 1, successes: 1}\n", n, a)
	}
	// A name stands for one probe: one for each till.
	text := probes.String()
	for n := range d.addresses {
		text = strings.Replace(text, "name: port,", fmt.Sprintf("name: port-%d,", n), 1)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "catalog.yml"), cat.String())
	write(t, filepath.Join(dir, "token"), siteToken+"\n")
	up = filepath.Join(dir, "headstart.yml")
	write(t, up, fmt.Sprintf("listen: 127.0.0.1:0\ndata_dir: %s\ncorrelation: {settle: 1s, settle_probed: 1s, hold: 2s, recover: 3s}\nagents: [{name: noord, asset: srv-noord, token_file: token, silent_after: 1m}]\n", filepath.Join(dir, "data")))

	there := t.TempDir()
	write(t, filepath.Join(there, "catalog.yml"), cat.String())
	write(t, filepath.Join(there, "token"), siteToken+"\n")
	site = filepath.Join(there, "headstart.yml")
	write(t, site, fmt.Sprintf("listen: 127.0.0.1:0\ndata_dir: %s\nupstream: {agent: noord, token_file: token}\nprobes:\n%s", filepath.Join(there, "data"), text))
	return up, site
}

// tills are listeners that come and go, and what each did in turn.
type tills struct {
	t         *testing.T
	addresses []string
	listeners []net.Listener // nil: down
	story     [][]headstart.Verdict
}

func newTills(t *testing.T, n int) *tills {
	t.Helper()
	d := &tills{t: t, addresses: make([]string, n), listeners: make([]net.Listener, n), story: make([][]headstart.Verdict, n)}
	for i := range n {
		d.addresses[i] = freePort(t)
		d.up(i)
		d.story[i] = []headstart.Verdict{headstart.OK}
	}
	t.Cleanup(func() {
		for _, l := range d.listeners {
			if l != nil {
				_ = l.Close()
			}
		}
	})
	return d
}

func (d *tills) up(i int) {
	d.t.Helper()
	l, err := net.Listen("tcp", d.addresses[i])
	if err != nil {
		d.t.Fatal(err)
	}
	d.listeners[i] = l
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
		}
	}()
}

// toggle has about half of the devices go down or come back.
func (d *tills) toggle() {
	d.t.Helper()
	for i, l := range d.listeners {
		switch {
		case rand.IntN(2) == 0:
			continue
		case l == nil:
			d.up(i)
			d.story[i] = append(d.story[i], headstart.OK)
		default:
			_ = l.Close()
			d.listeners[i] = nil
			d.story[i] = append(d.story[i], headstart.Down)
		}
	}
}

// seen waits until the agent has seen every device as it is now.
func (d *tills) seen(site *process) {
	d.t.Helper()
	waitFor(d.t, 30*time.Second, "the agent to see every device as it is", func() bool {
		var list struct {
			Checks []headstart.CheckResult `json:"checks"`
		}
		if get(site.base+"/api/v1/checks", &list) != nil || len(list.Checks) != len(d.story) {
			return false
		}
		return !slices.ContainsFunc(list.Checks, func(c headstart.CheckResult) bool {
			var n int
			_, err := fmt.Sscanf(c.Asset, "kassa-%d", &n)
			return err != nil || c.Verdict != d.story[n][len(d.story[n])-1]
		})
	})
}

// compare holds what the log says against what the devices did.
func (d *tills) compare(t *testing.T, checks []headstart.Check) {
	t.Helper()
	last := uint64(0)
	got := make([][]headstart.Verdict, len(d.story))
	for _, c := range checks {
		if c.Agent != "noord" || c.Seq <= last || !strings.HasSuffix(c.Probe, "@noord") && !c.IsIsolation() {
			t.Errorf("number %d follows %d: %s of %q", c.Seq, last, c.Probe, c.Agent)
		}
		last = c.Seq
		if c.Asked || c.IsIsolation() {
			continue // the engine wanted to know; or the agent speaks of itself: no change
		}
		var n int
		if _, err := fmt.Sscanf(c.Asset, "kassa-%d", &n); err != nil {
			t.Fatal(err)
		}
		got[n] = append(got[n], c.Verdict)
	}
	total := 0
	for n, want := range d.story {
		total += len(want)
		if !slices.Equal(got[n], want) {
			t.Errorf("device %d went %v, the log says %v", n, want, got[n])
		}
	}
	t.Logf("%d changes while the line was cut for %s, the agent killed once and the upstream twice: every one in the log, in order, once", total, *lineCut)
}

// siteChecks are the checks of agents in the log of a stopped service.
func siteChecks(t *testing.T, config string) []headstart.Check {
	t.Helper()
	st := opened(t, config)
	var out []headstart.Check
	for off := (headstart.Offset{}); ; {
		entries, err := st.Read(t.Context(), off, 1000, 0)
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) == 0 {
			return out
		}
		for _, e := range entries {
			rec, err := headstart.DecodeRecord(e.Data)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range rec.Lines {
				if l.Check != nil && l.Check.Spool != "" {
					out = append(out, *l.Check)
				}
			}
			off = e.Off
		}
	}
}

// metricOf reads one metric with its labels.
func metricOf(p *process, name string) float64 { return metric(p.base, p.token, name) }
