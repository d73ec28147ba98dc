package probes

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	dto "github.com/prometheus/client_model/go"

	"headstart"
)

// TestMain makes this program the targets of its own benchmark, when that asks for
// it: what they cost is not the prober's.
func TestMain(m *testing.M) {
	if os.Getenv("HEADSTART_BENCH_TARGETS") != "" {
		if err := targets(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// hosts is how many addresses of loopback the targets stand on.
const hosts = 1000

func host(i int) string { return fmt.Sprintf("127.1.%d.%d", i>>8, i&255) }

// targets answers HTTP at one port of many addresses, says which, and ends with its
// standard input.
func targets() error {
	server := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), ReadHeaderTimeout: 10 * time.Second}
	port := "0"
	for i := range hosts {
		l, err := net.Listen("tcp", net.JoinHostPort(host(i), port))
		if err != nil {
			return err
		}
		_, port, _ = net.SplitHostPort(l.Addr().String())
		go func() { _ = server.Serve(l) }()
	}
	fmt.Println(port)
	_, _ = io.Copy(io.Discard, os.Stdin)
	return nil
}

// startTargets runs targets in a process of its own and returns their port.
func startTargets(b *testing.B) int {
	b.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "HEADSTART_BENCH_TARGETS=1")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = in.Close(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	port, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		b.Fatal(err)
	}
	return port
}

// measured is how long a fleet is watched, after it has run for a while.
var (
	measured = flag.Duration("measured", 10*time.Second, "how long BenchmarkFleet watches each fleet of 50,000 probes a minute")
	settling = 5 * time.Second
)

// BenchmarkFleet runs 50,000 probes a minute in real time, against targets in another
// process on this machine, and reports what the prober's own process used: the share
// of one core, what it had resident, and the share of runs that began more than
// 100 ms late. Every probe has been answered before, as in the life of a service. Run
// it with -benchtime=1x, and each kind alone for its memory.
func BenchmarkFleet(b *testing.B) {
	for _, kind := range []string{"noop", "icmp", "tcp", "http"} {
		b.Run(kind, func(b *testing.B) {
			port := 0
			if kind == "tcp" || kind == "http" {
				port = startTargets(b)
			}
			for b.Loop() {
				benchmarkFleet(b, kind, port)
			}
		})
	}
}

func benchmarkFleet(b *testing.B, kind string, port int) {
	config, catalog := crowdOf(b, kind, 50_000, port)
	f := newFleet(b, Options{
		Config: config, Catalog: catalog,
		Append: func(context.Context, headstart.Append) (headstart.Offset, error) { return headstart.Offset{}, nil },
	})
	if kind == "noop" {
		f.probe = func(context.Context, *spec, bool) finding { return finding{verdict: headstart.OK} }
	}
	first := attempt(b.Context(), f.probe, &f.jobs[0].spec, false)
	if first.verdict != headstart.OK {
		b.Fatal(first.reason)
	}
	for _, j := range f.jobs {
		j.judge.confirmed, j.last = headstart.OK, keep(first)
		j.last.reason = strings.Clone(first.reason)
	}
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error)
	go func() { done <- f.Run(ctx) }()
	time.Sleep(settling)
	began, spent, before := time.Now(), cpu(b), counted(b, f)
	time.Sleep(*measured)
	took, spent, after := time.Since(began), cpu(b)-spent, counted(b, f)
	size := resident(b)
	cancel()
	if err := <-done; err != nil {
		b.Error(err)
	}
	runs := after.runs - before.runs
	if want := took.Seconds() * 50_000 / 60; runs < want*0.95 || after.fine-before.fine < runs*0.99 {
		b.Errorf("%.0f runs, %.0f of them fine; want about %.0f, and all", runs, after.fine-before.fine, want)
	}
	b.ReportMetric(100*spent.Seconds()/took.Seconds(), "%core")
	b.ReportMetric(size, "B-resident")
	b.ReportMetric(after.late-before.late, "late")
	b.ReportMetric(runs, "runs")
	b.ReportMetric(took.Seconds(), "s-watched")
}

// crowdOf is one probe of a kind at each of n devices, once a minute.
func crowdOf(b *testing.B, kind string, n, port int) (Config, *headstart.Catalog) {
	b.Helper()
	catalog := &headstart.Catalog{Devices: make([]headstart.Device, n)}
	for i := range n {
		address := host(i % hosts)
		if kind == "icmp" { // each a host of its own, as they are in life
			address = fmt.Sprintf("127.2.%d.%d", i>>8, i&255)
		}
		catalog.Devices[i] = headstart.Device{ID: fmt.Sprintf("d%d", i), Kind: "server", Address: address}
	}
	key := ""
	switch kind {
	case "noop":
		kind, key = "tcp", ", port: 80"
	case "tcp", "http":
		key = fmt.Sprintf(", port: %d", port)
	}
	return config(b, fmt.Sprintf(`probes: [{name: crowd, kind: %s, assets: {kind: server}%s}]`, kind, key)), catalog
}

// figures are what a fleet counts.
type figures struct{ runs, fine, late float64 }

func counted(b *testing.B, f *Fleet) (c figures) {
	b.Helper()
	var m dto.Metric
	if err := f.metrics.late.Write(&m); err != nil {
		b.Fatal(err)
	}
	c.runs = float64(m.GetHistogram().GetSampleCount())
	c.late = c.runs
	for _, bucket := range m.GetHistogram().GetBucket() {
		if bucket.GetUpperBound() == .1 {
			c.late -= float64(bucket.GetCumulativeCount())
		}
	}
	c.fine = testutil.ToFloat64(f.metrics.runs.WithLabelValues(f.jobs[0].spec.kind, string(headstart.OK)))
	return c
}

// cpu is the processor time this process has used.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// resident is the memory of this process, in bytes, as it stands.
func resident(b *testing.B) float64 {
	b.Helper()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kB, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 64)
			if err != nil {
				b.Fatal(err)
			}
			return kB * 1024
		}
	}
	b.Fatal("/proc/self/status has no VmRSS")
	return 0
}
