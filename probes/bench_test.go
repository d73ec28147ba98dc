package probes

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"

	"headstart"
)

// cpu is the processor time this process has used.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkScheduler runs 50,000 probes a minute that do nothing, in real time,
// and reports the share of one core. Target: below 5 %. Run it with
// -benchtime=1x: one round takes ten seconds.
func BenchmarkScheduler(b *testing.B) {
	const d = 10 * time.Second
	for b.Loop() {
		_, stop := crowd(b, 50_000, headstart.OK)
		time.Sleep(time.Second) // the start, and the first verdicts of all, are not the running
		before := cpu(b)
		time.Sleep(d)
		b.ReportMetric(100*(cpu(b)-before).Seconds()/d.Seconds(), "%core")
		stop()
	}
}

// BenchmarkKinds measures the CPU of one run of each kind on loopback, the
// server's part included, as the share of one core that 50,000 a minute take.
func BenchmarkKinds(b *testing.B) {
	web := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer web.Close()
	for _, kind := range []string{"icmp", "tcp", "http"} {
		b.Run(kind, func(b *testing.B) {
			target := map[string]string{"icmp": "127.0.0.1", "tcp": web.Listener.Addr().String(), "http": web.URL}[kind]
			f := newFleet(b, Options{Config: config(b, fmt.Sprintf(`probes: [{name: a, kind: %s, target: %q}]`, kind, target))})
			before := cpu(b)
			for b.Loop() {
				if found := attempt(b.Context(), f.probe, &f.jobs[0].spec, true); found.verdict != "ok" {
					b.Fatal(found.reason)
				}
			}
			perRun := (cpu(b) - before).Seconds() / float64(b.N)
			b.ReportMetric(100*perRun*50_000/60, "%core@50k/min")
		})
	}
}
