package probes

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.yaml.in/yaml/v3"

	"headstart"
	"headstart/store/redistest/ports"
)

// logbook is a log in memory: what was appended, in order.
type logbook struct {
	mu     sync.Mutex
	checks []headstart.Check
	news   chan struct{}
	down   error // if set, Append fails with it
	tries  int
}

func newLogbook() *logbook { return &logbook{news: make(chan struct{}, 1000)} }

func (l *logbook) Append(_ context.Context, a headstart.Append) (headstart.Offset, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tries++
	if l.down != nil {
		return headstart.Offset{}, l.down
	}
	r, err := headstart.DecodeRecord(a.Data)
	if err != nil {
		return headstart.Offset{}, err
	}
	for _, line := range r.Lines {
		l.checks = append(l.checks, *line.Check)
	}
	l.news <- struct{}{}
	return headstart.Offset{Ms: 1}, nil
}

func (l *logbook) all() []headstart.Check {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]headstart.Check(nil), l.checks...)
}

// config reads a configuration as headstart.yml holds it.
func config(t testing.TB, text string) Config {
	t.Helper()
	var c Config
	dec := yaml.NewDecoder(strings.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&c); err != nil {
		t.Fatal(err)
	}
	return c
}

func newFleet(t testing.TB, o Options) *Fleet {
	t.Helper()
	f, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// closedPort returns an address nobody listens on.
func closedPort(t *testing.T) string {
	t.Helper()
	return ports.Address(t)
}

// One fleet with every kind of this release, on real sockets: what CheckNow
// finds, and what Run appends.
func TestFleetOnLoopback(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/broken" {
			http.Error(w, "no", http.StatusServiceUnavailable)
		}
	}))
	defer web.Close()
	resolver := dnsServer(t)
	c := config(t, `
probes:
  - {name: ping, kind: icmp, asset: sw-1, interval: 1s}
  - {name: ping6, kind: icmp, target: "::1", interval: 1s}
  - {name: port, kind: tcp, target: `+strings.TrimPrefix(web.URL, "http://")+`, interval: 1s}
  - {name: refused, kind: tcp, target: `+closedPort(t)+`, interval: 1s, fails: 1}
  - {name: page, kind: http, target: `+web.URL+`, service: intranet, location: noord, interval: 1s}
  - {name: broken, kind: http, target: `+web.URL+`/broken, interval: 1s, fails: 1}
  - {name: names, kind: dns, target: `+resolver+`, query: intranet.example, interval: 1s}
  - {name: lame, kind: dns, target: `+resolver+`, query: broken.example, interval: 1s, fails: 1}
`)
	log, reg := newLogbook(), prometheus.NewRegistry()
	f := newFleet(t, Options{Config: c, Catalog: catalog(), Append: log.Append, Registerer: reg})

	type line struct {
		Probe, Reason string
		Verdict       headstart.Verdict
	}
	want := []line{
		{"ping", "", headstart.OK},
		{"ping6", "", headstart.OK},
		{"port", "connected", headstart.OK},
		{"refused", "connection refused", headstart.Down},
		{"page", "HTTP status 200 OK", headstart.OK},
		{"broken", "HTTP status 503 Service Unavailable", headstart.Down},
		{"names", "the resolver answered", headstart.OK},
		{"lame", "SERVFAIL", headstart.Down},
	}
	var got []line
	steps := 0
	for _, r := range f.CheckNow(t.Context(), Filter{}, func(done, total int) { steps = done }) {
		if r.Kind == "icmp" && r.Verdict == headstart.OK {
			r.Reason = "" // a round trip
		}
		if strings.Contains(r.Reason, "SERVFAIL") {
			r.Reason = "SERVFAIL" // the rest is upstream's wording
		}
		got = append(got, line{r.Probe, r.Reason, r.Verdict})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("CheckNow (-want +got):\n%s", diff)
	}
	if steps != len(want) {
		t.Errorf("progress ended at %d of %d", steps, len(want))
	}

	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	for len(log.all()) < len(want) && ctx.Err() == nil {
		<-log.news
	}
	if err := testutil.CollectAndCompare(f.metrics.samples, strings.NewReader(`
# HELP probe_success Whether the last run found the target working (1) or down (0); absent if it could not be checked.
# TYPE probe_success gauge
probe_success{asset="",location="",probe="broken",service=""} 0
probe_success{asset="",location="",probe="lame",service=""} 0
probe_success{asset="",location="",probe="names",service=""} 1
probe_success{asset="",location="",probe="ping6",service=""} 1
probe_success{asset="",location="",probe="port",service=""} 1
probe_success{asset="",location="",probe="refused",service=""} 0
probe_success{asset="",location="noord",probe="page",service="intranet"} 1
probe_success{asset="sw-1",location="noord",probe="ping",service="lan"} 1
`), "probe_success"); err != nil {
		t.Error(err)
	}
	if problems, err := testutil.GatherAndLint(reg); err != nil || len(problems) > 0 {
		t.Errorf("metrics: %v %v", problems, err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}

	wantChecks := []headstart.Check{
		{Probe: "ping", Kind: "icmp", Asset: "sw-1", Location: "noord", Verdict: headstart.OK},
		{Probe: "ping6", Kind: "icmp", Verdict: headstart.OK},
		{Probe: "port", Kind: "tcp", Verdict: headstart.OK, Reason: "connected"},
		{Probe: "refused", Kind: "tcp", Verdict: headstart.Down, Reason: "connection refused"},
		{Probe: "page", Kind: "http", Service: "intranet", Location: "noord", Verdict: headstart.OK, Reason: "HTTP status 200 OK"},
		{Probe: "broken", Kind: "http", Verdict: headstart.Down, Reason: "HTTP status 503 Service Unavailable"},
		{Probe: "names", Kind: "dns", Verdict: headstart.OK, Reason: "the resolver answered"},
		{Probe: "lame", Kind: "dns", Verdict: headstart.Down, Reason: "SERVFAIL"},
	}
	checks := log.all()
	for i := range checks {
		if checks[i].ObservedAt.IsZero() {
			t.Errorf("%s has no observed_at", checks[i].Probe)
		}
		checks[i].ObservedAt = time.Time{}
		if checks[i].Kind == "icmp" {
			checks[i].Reason = ""
		}
		if strings.Contains(checks[i].Reason, "SERVFAIL") {
			checks[i].Reason = "SERVFAIL"
		}
	}
	byName := cmpopts.SortSlices(func(a, b headstart.Check) bool { return a.Probe < b.Probe })
	if diff := cmp.Diff(wantChecks, checks, byName); diff != "" {
		t.Errorf("appended (-want +got):\n%s", diff)
	}
}

// `check --output json` has the keys of CONTRACT section 6.
func TestResultAsJSON(t *testing.T) {
	s := spec{asking: &asking{name: "port", kind: "tcp", interval: time.Minute}, target: "127.0.0.1:1"}
	r := s.result(finding{verdict: headstart.Down, reason: "connection refused", took: 41 * time.Millisecond})
	got, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"probe":"port","kind":"tcp","target":"127.0.0.1:1","verdict":"down","reason":"connection refused","duration_seconds":0.041,"conditions":[]}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func catalog() *headstart.Catalog {
	return &headstart.Catalog{
		Locations: []headstart.Location{
			{ID: "campus"}, {ID: "noord", Parent: "campus"}, {ID: "noord-2", Parent: "noord"}, {ID: "zuid", Parent: "campus"},
		},
		Departments: []headstart.Department{{ID: "fin", Uses: []string{"intranet"}}, {ID: "rest"}},
		Services: []headstart.Service{
			{ID: "lan"},
			{ID: "print", DependsOn: headstart.Dependencies{{"srv-print"}}},
			{ID: "intranet", DependsOn: headstart.Dependencies{{"sw-1", "sw-2"}}},
		},
		Devices: []headstart.Device{
			{ID: "sw-1", Kind: "switch", Location: "noord", Address: "127.0.0.1", Services: []string{"lan", "intranet"}},
			{ID: "sw-2", Kind: "switch", Location: "zuid", Address: "127.0.0.2"},
			{ID: "prn-1", Kind: "printer", Location: "noord-2", Address: "127.0.0.11:9100", Services: []string{"print"}},
			{ID: "prn-2", Kind: "printer", Location: "zuid", Address: "127.0.0.12", Services: []string{"print"}},
			{ID: "prn-3", Kind: "printer", Location: "zuid"},
			{ID: "srv-print", Kind: "server", Location: "zuid", Address: "127.0.0.20"},
		},
	}
}
