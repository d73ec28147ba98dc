package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"headstart"
	"headstart/correlate"
	"headstart/incidents"
)

var pairAlerts = flag.Int("pairs", 300, "alerts in TestPagesBesideAlertmanager; from 5000 on its first pages may be no later than Alertmanager's")

// pagers is an alertmanager.yml with a tree, continue, inhibition and mute intervals,
// whose receivers all end at one address.
func pagers(address string) string {
	var s strings.Builder
	s.WriteString(`
route:
  receiver: rest
  group_by: [alertname, instance]
  group_wait: 2s
  group_interval: 5s
  routes:
  - {matchers: ['severity="critical"'], receiver: duty, continue: true}
  - matchers: ['team="net"']
    receiver: net
    routes: [{matchers: ['alertname=~"Link.*"'], receiver: cabling, group_by: [alertname]}]
  - {matchers: ['team="print"'], receiver: print}
  - {matchers: ['team="night"'], receiver: night, mute_time_intervals: [always]}
  - {matchers: ['team="day"'], receiver: day, active_time_intervals: [always]}
  - {matchers: ['team="never"'], receiver: night, active_time_intervals: [past], continue: true}
time_intervals:
- {name: always, time_intervals: [{times: [{start_time: "00:00", end_time: "24:00"}]}]}
- {name: past, time_intervals: [{years: ["2001"]}]}
inhibit_rules:
- {source_matchers: ['severity="critical"'], target_matchers: ['severity="warning"'], equal: [instance]}
- {source_match: {alertname: LabClosed}, target_match_re: {instance: "lab-.*"}}
receivers:
`)
	for _, name := range []string{"rest", "duty", "net", "cabling", "print", "night", "day"} {
		fmt.Fprintf(&s, "- {name: %s, webhook_configs: [{url: %q, send_resolved: false, max_alerts: 0}]}\n", name, address+"/"+name)
	}
	return s.String()
}

// pageLog records the pages of one side.
type pageLog struct {
	*httptest.Server
	mu    sync.Mutex
	first map[string]time.Time // "receiver fingerprint", or "receiver incident": when it was paged of it
	count int
	last  time.Time
}

func recordPages(t *testing.T) *pageLog {
	p := &pageLog{first: map[string]time.Time{}, last: time.Now()}
	p.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var m struct {
			GroupLabels map[string]string
			Alerts      []struct {
				Fingerprint string
				Labels      map[string]string
			}
		}
		if err == nil {
			err = json.Unmarshal(body, &m)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.last = time.Now()
		if err != nil {
			return
		}
		p.count++
		note := func(what string) {
			key := strings.TrimPrefix(r.URL.Path, "/") + " " + what
			if _, seen := p.first[key]; !seen {
				p.first[key] = p.last
			}
		}
		note(m.GroupLabels["incident"])
		for _, a := range m.Alerts {
			note(a.Fingerprint)
		}
	}))
	t.Cleanup(p.Close)
	return p
}

// quiet reports whether nothing came for some time.
func (p *pageLog) quiet(d time.Duration) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count > 0 && time.Since(p.last) > d
}

// manyAlerts draws alerts: what the catalog knows and what it does not, what is muted,
// inhibited and silenced. Those of one thing stand together, as a rule group has them.
func manyAlerts(n int) []map[string]any {
	draw := rand.New(rand.NewPCG(7, 16))
	pick := func(of ...string) string { return of[draw.IntN(len(of))] }
	now := time.Now().UTC()
	var out []map[string]any
	for len(out) < n {
		thing := pick("sw-n-2", "prn-n2-04", "prn-z1-01", fmt.Sprint("lab-", draw.IntN(50)), fmt.Sprint("pod-", draw.IntN(n)))
		for range 1 + draw.IntN(4) {
			out = append(out, map[string]any{
				"labels": map[string]string{
					"alertname": pick("HostDown", "DiskFull", "LinkFlaps", "CertOld", "LabClosed"), "instance": thing, "n": fmt.Sprint(len(out)),
					"team": pick("net", "print", "night", "day", "never", "nobody"), "severity": pick("critical", "warning", "warning", "info"), "hush": pick("", "", "", "yes"),
				},
				"startsAt": now.Format(time.RFC3339Nano), "endsAt": now.Add(time.Hour).Format(time.RFC3339Nano), "generatorURL": "http://prom:9090/graph",
			})
		}
	}
	return out[:n]
}

// Ruling 16, proved beside the real one: with one alertmanager.yml, the same alerts and the
// same silence, whoever Alertmanager pages of an alert is paged here of the incident it is
// in, nobody else is, and pages are fewer.
func TestPagesBesideAlertmanager(t *testing.T) {
	t.Parallel()
	theirs, mine := recordPages(t), recordPages(t)
	dir := t.TempDir()
	for name, side := range map[string]*pageLog{"theirs.yml": theirs, "mine.yml": mine} {
		write(t, filepath.Join(dir, name), pagers(side.URL))
	}
	real := startBuilt(t, filepath.Join(dir, "theirs.yml"))
	r := start(t, prepare(t, fmt.Sprintf("alertmanager: {config: %q}\n", filepath.Join(dir, "mine.yml"))))
	send := func(path string, body any) {
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range []*twin{{base: real}, {base: r.base, token: r.token}} {
			if got := w.says(t, "POST", path, string(b)); got.Status != http.StatusOK {
				t.Fatalf("POST %s at %s: %d %v", path, w.base, got.Status, got.Body)
			}
		}
	}
	now := time.Now().UTC()
	send("/api/v2/silences", map[string]any{
		"matchers": []map[string]any{{"name": "hush", "value": "yes", "isRegex": false}}, "createdBy": "joris", "comment": "paint",
		"startsAt": now.Format(time.RFC3339Nano), "endsAt": now.Add(time.Hour).Format(time.RFC3339Nano),
	})
	alerts := manyAlerts(*pairAlerts)
	began := time.Now()
	for from := 0; from < len(alerts); from += 250 {
		send("/api/v2/alerts", alerts[from:min(from+250, len(alerts))])
	}
	waitFor(t, 3*time.Minute, "the last page on both sides", func() bool { return theirs.quiet(7*time.Second) && mine.quiet(7*time.Second) })
	comparePages(t, r, theirs, mine, began)
}

// comparePages holds the pairs of both sides against each other.
func comparePages(t *testing.T, r *running, theirs, mine *pageLog, began time.Time) {
	t.Helper()
	in, labels := incidentsOfAlerts(t, r)
	real, ours := map[string]bool{}, map[string]bool{}
	var waits [2][]time.Duration
	for pair, at := range theirs.first {
		receiver, fp, _ := strings.Cut(pair, " ")
		if fp == "" {
			continue
		}
		real[pair] = true
		paged, told := mine.first[receiver+" "+in[fp]]
		if !told {
			t.Errorf("Alertmanager pages %s of %v; here it is in %q, of which %s is not paged", receiver, labels[fp], in[fp], receiver)
			continue
		}
		waits[0], waits[1] = append(waits[0], at.Sub(began)), append(waits[1], paged.Sub(began))
	}
	for pair := range mine.first {
		if _, what, _ := strings.Cut(pair, " "); labels[what] != nil {
			if ours[pair] = true; !real[pair] {
				t.Errorf("%s is paged with %v here, and not by Alertmanager", pair, labels[what])
			}
		}
	}
	if len(real) < *pairAlerts/4 || mine.count >= theirs.count {
		t.Errorf("%d pairs, %d pages here and %d of Alertmanager; want many pairs and fewer pages", len(real), mine.count, theirs.count)
	}
	p99 := func(d []time.Duration) time.Duration { slices.Sort(d); return d[len(d)*99/100] }
	t.Logf("%d alerts, %d pairs: %d pages (Alertmanager %d); first page of a pair, p99: %s (Alertmanager %s)",
		*pairAlerts, len(real), mine.count, theirs.count, p99(waits[1]).Round(time.Millisecond), p99(waits[0]).Round(time.Millisecond))
	if *pairAlerts >= 5000 && p99(waits[1]) > p99(waits[0]) {
		t.Errorf("the first page is later than Alertmanager's: p99 %s, theirs %s", p99(waits[1]), p99(waits[0]))
	}
}

// incidentsOfAlerts replays the service's own log and says which incident each alert that
// fires is in now, by fingerprint, and what its labels are.
func incidentsOfAlerts(t *testing.T, r *running) (in map[string]string, labels map[string]map[string]string) {
	t.Helper()
	r.stop() // its file has one reader
	code, log := r.cli("store", "export", "--raw")
	if code != 0 {
		t.Fatalf("store export: %d", code)
	}
	var lines []headstart.FileLine
	for line := range bytes.Lines([]byte(log)) {
		l, err := headstart.DecodeFileLine(bytes.TrimSpace(line))
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, l)
	}
	s := correlate.NewState()
	result, err := incidents.Replay(lines, time.Time{}, s, makers(), "en")
	if err != nil {
		t.Fatal(err)
	}
	in, labels = map[string]string{}, map[string]map[string]string{}
	for _, a := range result.View.Alerts() {
		labels[a.Fingerprint] = a.Labels
	}
	for _, i := range result.Incidents {
		for _, key := range s.OpenMembers(i.Group) {
			for _, fp := range s.Problem(key).Alerts {
				in[fp] = string(i.ID)
			}
		}
	}
	return in, labels
}
