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
	"strconv"
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
	sent  []time.Time          // by the number of an alert: when this side was given it
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

// waited is how long an alert of manyAlerts was here when it was paged; zero if the page of
// its incident came before it.
func (p *pageLog) waited(labels map[string]string, paged time.Time) time.Duration {
	n, _ := strconv.Atoi(labels["n"])
	return max(0, paged.Sub(p.sent[n]))
}

// pages is how many came.
func (p *pageLog) pages() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count
}

// receivers is how many there are that got one.
func (p *pageLog) receivers() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	names := map[string]bool{}
	for key := range p.first {
		name, _, _ := strings.Cut(key, " ")
		names[name] = true
	}
	return len(names)
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

// pageSide is one of the two servers that get the same alerts, and where it pages to.
type pageSide struct {
	twin
	pages *pageLog
}

// startSides starts Alertmanager with the configuration of pagers, and returns it, the log of
// our pages, and a configuration for us with the same.
func startSides(t *testing.T) (real *pageSide, mine *pageLog, config string) {
	t.Helper()
	theirs, mine := recordPages(t), recordPages(t)
	dir := t.TempDir()
	for name, side := range map[string]*pageLog{"theirs.yml": theirs, "mine.yml": mine} {
		write(t, filepath.Join(dir, name), pagers(side.URL))
	}
	config = prepare(t, fmt.Sprintf("alertmanager: {config: %q}\n", filepath.Join(dir, "mine.yml")))
	return &pageSide{twin{base: startBuilt(t, filepath.Join(dir, "theirs.yml"))}, theirs}, mine, config
}

// send posts to a server, which must take it; alerts is how many are in it.
func (x *pageSide) send(t *testing.T, path string, body any, alerts int) {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	x.pages.sent = append(x.pages.sent, slices.Repeat([]time.Time{time.Now()}, alerts)...)
	if got := x.says(t, "POST", path, string(b)); got.Status != http.StatusOK {
		t.Fatalf("POST %s at %s: %d %v", path, x.base, got.Status, got.Body)
	}
}

// hushed is a silence of what has the label hush.
func hushed() map[string]any {
	now := time.Now().UTC()
	return map[string]any{
		"matchers": []map[string]any{{"name": "hush", "value": "yes", "isRegex": false}}, "createdBy": "joris", "comment": "paint",
		"startsAt": now.Format(time.RFC3339Nano), "endsAt": now.Add(time.Hour).Format(time.RFC3339Nano),
	}
}

// Ruling 16, proved beside the real one: with one alertmanager.yml, the same alerts and the
// same silence, whoever Alertmanager pages of an alert is paged here of the incident it is
// in, nobody else is, and pages are fewer.
func TestPagesBesideAlertmanager(t *testing.T) {
	t.Parallel()
	real, mine, config := startSides(t)
	r := start(t, config)
	sides := []*pageSide{real, {twin{base: r.base, token: r.token}, mine}}
	for _, x := range sides {
		x.send(t, "/api/v2/silences", hushed(), 0)
	}
	for batch := range slices.Chunk(manyAlerts(*pairAlerts), 250) {
		for _, x := range sides {
			x.send(t, "/api/v2/alerts", batch, len(batch))
		}
	}
	lastPages(t, &process{t: t, base: r.base, token: r.token}, real.pages, mine)
	waits, _ := comparePages(t, r, real.pages, mine)
	if ours, its := percentile(waits[1], 99), percentile(waits[0], 99); *pairAlerts >= 5000 && ours > its {
		t.Errorf("the first page is later than Alertmanager's: p99 %s, theirs %s", ours, its)
	}
}

// Ruling 16 after kill -9: the service is killed as soon as it has taken alerts, and while
// it pages of others; the pairs are Alertmanager's all the same, and nobody is paged twice
// but of what was on its way at a kill: one page a receiver.
func TestPagesBesideAlertmanagerAfterKills(t *testing.T) {
	t.Parallel()
	program := build(t)
	real, mine, config := startSides(t)
	p := launch(t, program, config)
	us := &pageSide{twin{base: p.base, token: p.token}, mine}
	real.send(t, "/api/v2/silences", hushed(), 0)
	us.send(t, "/api/v2/silences", hushed(), 0)
	kills := 0
	for batch := range slices.Chunk(manyAlerts(300), 75) {
		real.send(t, "/api/v2/alerts", batch, len(batch))
		us.send(t, "/api/v2/alerts", batch, len(batch))
		if kills%2 == 1 {
			before := mine.pages()
			waitFor(t, 20*time.Second, "a page", func() bool { return mine.pages() > before })
		}
		p.kill()
		kills++
		p = launch(t, program, config)
		us.twin = twin{base: p.base, token: p.token}
	}
	lastPages(t, p, real.pages, mine)
	p.end()
	r := &running{t: t, config: config, cancel: func() {}, done: make(chan int, 1)}
	r.done <- 0 // it stopped
	_, owed := comparePages(t, r, real.pages, mine)
	if twice := mine.count - owed; twice < 0 || twice > kills*mine.receivers() {
		t.Errorf("%d pages of %d that are owed after %d kills; want each, and at most one of each receiver again a kill", mine.count, owed, kills)
	}
	t.Logf("%d kills: %d pages are owed, %d came", kills, owed, mine.count)
}

// lastPages waits until both sides have paged of all. On a busy machine a batch may take
// longer to decide than anybody is silent, so ours must have decided first.
func lastPages(t *testing.T, p *process, theirs, mine *pageLog) {
	t.Helper()
	const still = 7 * time.Second // longer than a group waits, there and here
	waitFor(t, 3*time.Minute, "the engine to catch up", func() bool { return p.note("HS-1") == http.StatusOK })
	decided := time.Now()
	waitFor(t, 3*time.Minute, "the last page on both sides", func() bool {
		return time.Since(decided) > still && theirs.quiet(still) && mine.quiet(still) && metric(p.base, p.token, "headstart_outbox_pending") == 0
	})
}

// percentile is the time that so many percent of d do not exceed.
func percentile(d []time.Duration, percent int) time.Duration {
	if len(d) == 0 {
		return 0
	}
	slices.Sort(d)
	return d[len(d)*percent/100].Round(time.Millisecond)
}

// comparePages holds the pairs of both sides against each other. It returns how long each
// pair waited for its first page, there and here, and how many pages were owed here.
func comparePages(t *testing.T, r *running, theirs, mine *pageLog) (waits [2][]time.Duration, owed int) {
	t.Helper()
	in, labels, owed := incidentsOfAlerts(t, r)
	real, ours := map[string]bool{}, map[string]bool{}
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
		waits[0], waits[1] = append(waits[0], theirs.waited(labels[fp], at)), append(waits[1], mine.waited(labels[fp], paged))
	}
	for pair := range mine.first {
		if _, what, _ := strings.Cut(pair, " "); labels[what] != nil {
			if ours[pair] = true; !real[pair] {
				t.Errorf("%s is paged with %v here, and not by Alertmanager", pair, labels[what])
			}
		}
	}
	if len(real) < len(mine.sent)/4 || mine.count >= theirs.count {
		t.Errorf("%d pairs, %d pages here and %d of Alertmanager; want many pairs and fewer pages", len(real), mine.count, theirs.count)
	}
	t.Logf("%d alerts, %d pairs: %d pages (Alertmanager %d); from alert to first page of a pair, p50 %s, p99 %s (Alertmanager %s, %s)", len(mine.sent), len(real),
		mine.count, theirs.count, percentile(waits[1], 50), percentile(waits[1], 99), percentile(waits[0], 50), percentile(waits[0], 99))
	return waits, owed
}

// incidentsOfAlerts replays the service's own log and says which incident each alert that
// fires is in now, by fingerprint, what its labels are, and how many pages are owed.
func incidentsOfAlerts(t *testing.T, r *running) (in map[string]string, labels map[string]map[string]string, owed int) {
	t.Helper()
	r.stop() // its file has one reader
	code, log := r.cli("store", "export", "--raw")
	if code != 0 {
		t.Fatalf("store export: %d", code)
	}
	in, labels = map[string]string{}, map[string]map[string]string{}
	var lines []headstart.FileLine
	for line := range bytes.Lines([]byte(log)) {
		l, err := headstart.DecodeFileLine(bytes.TrimSpace(line))
		if err != nil {
			t.Fatal(err)
		}
		if lines = append(lines, l); l.Alert != nil {
			labels[l.Alert.Fingerprint()] = l.Alert.Labels
		}
	}
	s := correlate.NewState()
	result, err := incidents.Replay(lines, time.Time{}, s, makers(), "en")
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range result.Incidents {
		for _, key := range s.OpenMembers(i.Group) {
			for _, fp := range s.Problem(key).Alerts {
				in[fp] = string(i.ID)
			}
		}
	}
	for _, m := range result.Messages {
		if m.Plane == headstart.PlaneOperators {
			owed++
		}
	}
	return in, labels, owed
}
