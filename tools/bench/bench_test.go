package main

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// What redis-benchmark -q of 7.0 writes: progress over itself, then the result.
const benchmarkSaid = "\rXADD key * d xx: rps=0.0 (overall: 0.0) avg_msec=nan (overall: nan)\r" +
	"XADD key * d xx: rps=213824.0 (overall: 210526.3) avg_msec=12.9 (overall: 12.9)\r" +
	"                                                              \rXADD key * d xx: 209424.09 requests per second, p50=8.151 msec\n"

func TestParseBenchmark(t *testing.T) {
	got, err := parseBenchmark(benchmarkSaid)
	if err != nil || got != 209424.09 {
		t.Errorf("rate %v, %v; want 209424.09", got, err)
	}
	if got, err := parseBenchmark("Could not connect to Redis at 127.0.0.1:1: Connection refused"); err == nil {
		t.Errorf("output without a result gives %v; want an error", got)
	}
}

// The name of a process may look like the fields that follow it.
func TestParseStat(t *testing.T) {
	const rest = " S 1 10 10 0 -1 4194560 2000 0 5 0 150 75 3 4 20 0 9 0 100 1000000 900"
	for _, name := range []string{"(headstart)", "(a b)", "(a) S 1 (2)"} {
		got, err := parseStat("4242 " + name + rest)
		if err != nil || got != 2.25 {
			t.Errorf("%s: %v s, %v; want 2.25", name, got, err)
		}
	}
	for _, text := range []string{"", "4242 (x) S 1 2", "4242 (x) S 1 10 10 0 -1 4194560 2000 0 5 0 x 75 3"} {
		if got, err := parseStat(text); err == nil {
			t.Errorf("%q gives %v s; want an error", text, got)
		}
	}
}

func TestParseStatus(t *testing.T) {
	got, err := parseStatus("Name:\theadstart\nVmHWM:\t   90000 kB\nVmRSS:\t   51200 kB\nThreads:\t9\n")
	if err != nil || got != 51200*1024 {
		t.Errorf("%v bytes, %v; want %d", got, err, 51200*1024)
	}
	if got, err := parseStatus("Name:\tzombie\n"); err == nil {
		t.Errorf("no VmRSS gives %v; want an error", got)
	}
}

func TestParseBench(t *testing.T) {
	const said = `goos: linux
BenchmarkCommit/redis/64-2         	    1520	    801234 ns/op	     79874 incidents/s
BenchmarkCommit/bbolt/64           	     900	   1301234 ns/op	     49180 incidents/s
PASS
`
	for name, want := range map[string]float64{"redis": 79874, "bbolt": 49180} {
		got, err := parseBench(said, "BenchmarkCommit/"+name+"/64", "incidents/s")
		if err != nil || got != want {
			t.Errorf("%s: %v, %v; want %v", name, got, err, want)
		}
	}
	if got, err := parseBench(said, "BenchmarkCommit/redis/640", "incidents/s"); err == nil {
		t.Errorf("a benchmark that did not run gives %v; want an error", got)
	}
}

func TestMetric(t *testing.T) {
	const text = "# HELP go_gc_gogc_percent x\ngo_gc_gogc_percent 100\ngo_memstats_next_gc_bytes 4.194304e+06\n"
	got, err := metric(text, "go_memstats_next_gc_bytes")
	if err != nil || got != 4194304 {
		t.Errorf("%v, %v; want 4194304", got, err)
	}
	if got, err := metric(text, "go_memstats"); err == nil {
		t.Errorf("half a name gives %v; want an error", got)
	}
}

func TestHistogramQuantile(t *testing.T) {
	const text = "x_bucket{le=\"0.01\"} 50\nx_bucket{le=\"0.02\"} 90\nx_bucket{le=\"+Inf\"} 100\nx_sum 1\nx_count 100\n"
	for share, want := range map[float64]float64{.5: .01, .7: .015, .9: .02, .99: math.Inf(1)} {
		if got, err := histogramQuantile(text, "x", share); err != nil || got != want {
			t.Errorf("%v: %v, %v; want %v", share, got, err, want)
		}
	}
	for _, text := range []string{"", "x_count 0\n", "x_count 3\n", "x_count 3\nx_bucket{le=\"?\"} 3\n"} {
		if got, err := histogramQuantile(text, "x", .5); err == nil {
			t.Errorf("%q gives %v; want an error", text, got)
		}
	}
}

// A ratio is that of each round, not of the medians: the second round was
// disturbed, for both.
func TestCompare(t *testing.T) {
	mine, peer := []float64{300, 30, 280}, []float64{100, 10, 70}
	r := compare("x", perSec, mine, peer, "peer", atLeast(3))
	if got, want := strings.Join(r.cells(), "|"), "x|280/s|70/s peer|3.00 x|>= 3.00 x|yes"; got != want {
		t.Errorf("row %q, want %q", got, want)
	}
	if mine[0] != 300 {
		t.Error("compare sorts what it is given")
	}
}

func TestMet(t *testing.T) {
	for _, test := range []struct {
		target target
		value  float64
		want   string
	}{
		{atLeast(3), 3, "yes"},
		{atLeast(3), 2.999, "no"},
		{atMost(0.2), 0.2, "yes"},
		{atMost(0.2), 0.21, "no"},
		{below(1), 1, "no"},
		{below(1), 0.99, "yes"},
		{none, 5, "-"},
	} {
		if got := absolute("x", seconds, test.value, test.target).met(); got != test.want {
			t.Errorf("%v against %q is met: %s, want %s", test.value, test.target.sign, got, test.want)
		}
	}
	if r := unmeasured("x", atMost(1), times); r.met() != "no" || !math.IsNaN(r.value) {
		t.Errorf("what was not measured is met: %s, want no", r.met())
	}
}

func TestGrouped(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 999: "999", 1000: "1,000", 1234567.8: "1,234,568"} {
		if got := grouped(v); got != want {
			t.Errorf("%v is written %q, want %q", v, got, want)
		}
	}
}

// The load must be what the table says: 15 labels, 64 alerts a request, none
// twice, all of hosts the catalog knows.
func TestBodies(t *testing.T) {
	now := time.Now()
	bodies, err := asMeasured.bodies(5*newAlerts, 130, now, now)
	if err != nil || len(bodies) != 3 {
		t.Fatalf("%d bodies, %v; want 3", len(bodies), err)
	}
	known := map[string]bool{}
	for _, d := range usual.catalog().Devices {
		known[d.ID] = true
	}
	seen := map[string]bool{}
	for i := range 3 * usual.hosts {
		a := asMeasured.alert(i, now, now)
		host, _, _ := strings.Cut(a.Labels["instance"], ":")
		key := host + a.Labels["alertname"]
		if len(a.Labels) != asMeasured.labels || seen[key] || !known[host] {
			t.Fatalf("alert %d: %d labels, seen before: %t, host in the catalog: %t", i, len(a.Labels), seen[key], known[host])
		}
		seen[key] = true
	}
}

// The figures of a fleet are told apart by their units.
func TestParseFleet(t *testing.T) {
	const said = "BenchmarkFleet/tcp-2 \t 1\t16834389641 ns/op\t 18.20 %core\t 137744384 B-resident\t 3.000 late\t 8243 runs\t 10.00 s-watched\n"
	for unit, want := range map[string]float64{"%core": 18.2, "B-resident": 137744384, "late": 3, "runs": 8243} {
		if got, err := parseBench(said, "BenchmarkFleet/tcp", unit); err != nil || got != want {
			t.Errorf("%s: %v, %v; want %v", unit, got, err, want)
		}
	}
}

func TestParseUsedMemory(t *testing.T) {
	got, err := parseUsedMemory("# Memory\r\nused_memory:1048576\r\nused_memory_human:1.00M\r\nused_memory_rss:9\r\n")
	if err != nil || got != 1048576 {
		t.Errorf("%v bytes, %v; want 1048576", got, err)
	}
	if got, err := parseUsedMemory("used_memory_rss:9\r\n"); err == nil {
		t.Errorf("no used_memory gives %v; want an error", got)
	}
}

// A slow call delays none that is due after it, and its own time counts from its turn.
func TestWhenDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		took, err := whenDue(t.Context(), 3, time.Second, func(ctx context.Context, i int) error {
			if i == 0 {
				return pause(ctx, 10*time.Second)
			}
			return nil
		})
		if err != nil || !slices.Equal(took, []time.Duration{10 * time.Second, 0, 0}) {
			t.Errorf("%v, %v; want 10s, 0s, 0s", took, err)
		}
	})
	broken := errors.New("broken")
	if _, err := whenDue(t.Context(), 3, 0, func(context.Context, int) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("a call that fails gives %v, want %v", err, broken)
	}
}
