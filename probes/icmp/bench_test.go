package icmp

import (
	"errors"
	"net/netip"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// BenchmarkSweep pings 2,000 hosts on loopback at 1,000 a second, with us and
// with fping, and reports the CPU of each per echo, the kernel's replies
// included. Target: at most three times fping's. Run it with -benchtime=1x.
func BenchmarkSweep(b *testing.B) {
	var addrs []netip.Addr
	args := []string{"-q", "-r0", "-i1", "-t2000"}
	for i := range 2000 {
		addrs = append(addrs, loopback(i))
		args = append(args, loopback(i).String())
	}
	b.Run("headstart", func(b *testing.B) {
		p := newPinger(b, Options{})
		before := spent(b, syscall.RUSAGE_SELF)
		for b.Loop() {
			for i, r := range pingAll(b, p, addrs, Echoes{Count: 1, Wait: 2 * time.Second}) {
				if r.Received != 1 {
					b.Errorf("%v is alive but lost", addrs[i])
				}
			}
		}
		b.ReportMetric(float64((spent(b, syscall.RUSAGE_SELF)-before).Microseconds())/float64(b.N*len(addrs)), "cpu-us/echo")
	})
	b.Run("fping", func(b *testing.B) {
		before := spent(b, syscall.RUSAGE_CHILDREN)
		for b.Loop() {
			var exit *exec.ExitError
			if err := exec.CommandContext(b.Context(), "fping", args...).Run(); err != nil && !errors.As(err, &exit) {
				b.Fatalf("%v; install the Debian package fping", err)
			}
		}
		b.ReportMetric(float64((spent(b, syscall.RUSAGE_CHILDREN)-before).Microseconds())/float64(b.N*len(addrs)), "cpu-us/echo")
	})
}
