package icmp

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	goping "github.com/go-ping/ping" //nolint:staticcheck // SA1019: archived upstream; the named oracle of the differential test
)

// All of 127/8 answers on a Linux loopback, except its broadcast address.
var silent = netip.MustParseAddr("127.255.255.255")

func loopback(i int) netip.Addr {
	return netip.AddrFrom4([4]byte{127, 1, byte(i >> 8), byte(i)}).Next()
}

func newPinger(t testing.TB, o Options) *Pinger {
	t.Helper()
	p := New(o)
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// pingAll pings all addresses at once.
func pingAll(t testing.TB, p *Pinger, addrs []netip.Addr, e Echoes) []Result {
	t.Helper()
	results := make([]Result, len(addrs))
	var wg sync.WaitGroup
	for i, a := range addrs {
		wg.Go(func() {
			r, err := p.Ping(context.Background(), a, e)
			if err != nil {
				t.Errorf("%v: %v", a, err)
			}
			results[i] = r
		})
	}
	wg.Wait()
	return results
}

func TestPingCountsLossAndRoundTrips(t *testing.T) {
	p := newPinger(t, Options{})
	r, err := p.Ping(t.Context(), loopback(1), Echoes{Gap: 5 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if r.Sent != 3 || r.Received != 3 || r.Loss() != 0 {
		t.Errorf("got %+v, want 3 of 3", r)
	}
	if r.Min <= 0 || r.Avg < r.Min || r.Max < r.Avg || r.Max > time.Second {
		t.Errorf("round trips %v %v %v are not ordered", r.Min, r.Avg, r.Max)
	}
}

// IPv6 is probed like IPv4 (ruling 46).
func TestPingIPv6(t *testing.T) {
	p := newPinger(t, Options{})
	r, err := p.Ping(t.Context(), netip.IPv6Loopback(), Echoes{Gap: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if r.Received != 3 {
		t.Errorf("got %+v, want 3 replies from ::1", r)
	}
}

// A host that is silent, or that the kernel refuses to send to, is never alive.
func TestSilentHostGetsNoReply(t *testing.T) {
	p := newPinger(t, Options{})
	r, err := p.Ping(t.Context(), silent, Echoes{Gap: time.Millisecond, Wait: 50 * time.Millisecond})
	if err == nil && (r.Received != 0 || r.Loss() != 1) {
		t.Errorf("got %+v", r)
	}
	if err != nil && !errors.Is(err, os.ErrPermission) {
		t.Errorf("err = %v, want none or the kernel's refusal to broadcast", err)
	}
}

// The engine must call alive and silent what go-ping and fping call so.
func TestAgreesWithGoPingAndFping(t *testing.T) {
	var addrs []netip.Addr
	for i := range 63 {
		addrs = append(addrs, loopback(i))
	}
	addrs = append(addrs, netip.IPv6Loopback())
	p := newPinger(t, Options{})
	ours := pingAll(t, p, addrs, Echoes{Count: 1})

	args := []string{"-a", "-r0", "-t1000"}
	for _, a := range addrs {
		args = append(args, a.String())
	}
	out, err := exec.CommandContext(t.Context(), "fping", args...).Output()
	if errors.Is(err, exec.ErrNotFound) {
		t.Fatal("fping is missing; install the Debian package fping")
	}
	alive := map[string]bool{}
	for a := range strings.FieldsSeq(string(out)) {
		alive[a] = true
	}
	for i, a := range addrs {
		up := ours[i].Received == 1
		if up != alive[a.String()] {
			t.Errorf("%v: we say %v, fping %v", a, up, alive[a.String()])
		}
		if theirs := goPing(t, a, p); up != theirs {
			t.Errorf("%v: we say %v, go-ping %v", a, up, theirs)
		}
	}
}

func goPing(t *testing.T, a netip.Addr, p *Pinger) bool {
	t.Helper()
	g, err := goping.NewPinger(a.String())
	if err != nil {
		t.Fatal(err)
	}
	i := 0
	if a.Is6() {
		i = 1
	}
	g.Count, g.Timeout = 1, time.Second
	g.SetPrivileged(p.socks[i].raw)
	g.SetLogger(goping.NoopLogger{})
	if err := g.Run(); err != nil {
		t.Fatal(err)
	}
	return g.Statistics().PacketsRecv > 0
}

// Both kinds of socket must work, whatever the machine allows: the unprivileged
// one is tried in a network namespace that permits it.
func TestUnprivilegedSocket(t *testing.T) {
	const inside = "HEADSTART_TEST_IN_NAMESPACE"
	if os.Getenv(inside) == "" {
		script := `ip link set lo up && echo "0 0" > /proc/sys/net/ipv4/ping_group_range && exec "$0" -test.run='^TestUnprivilegedSocket$' -test.v`
		cmd := exec.CommandContext(t.Context(), "unshare", "-rn", "sh", "-c", script, os.Args[0])
		cmd.Env = append(os.Environ(), inside+"=1")
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS") {
			t.Fatalf("in a network namespace (unshare of util-linux, ip of iproute2): %v\n%s", err, out)
		}
		return
	}
	p := newPinger(t, Options{})
	for _, a := range []netip.Addr{loopback(7), netip.IPv6Loopback()} {
		r, err := p.Ping(t.Context(), a, Echoes{Gap: time.Millisecond})
		if err != nil || r.Received != 3 {
			t.Errorf("%v: %+v, %v", a, r, err)
		}
	}
	for i, s := range p.socks {
		if s == nil || s.raw {
			t.Errorf("family %d: want the unprivileged socket first", i)
		}
	}
}

// A sweep loses nobody (reference: unpaced bursts lost 4 to 6 %).
func TestSweepLosesNobody(t *testing.T) {
	var addrs []netip.Addr
	for i := range 2000 {
		addrs = append(addrs, loopback(i))
	}
	p := newPinger(t, Options{Rate: 5000})
	lost := 0
	for _, r := range pingAll(t, p, addrs, Echoes{Count: 1, Wait: 2 * time.Second}) {
		if r.Received != 1 {
			lost++
		}
	}
	if lost > 0 {
		t.Errorf("%d of %d live hosts lost", lost, len(addrs))
	}
}

func TestCloseEndsWhatRuns(t *testing.T) {
	p := New(Options{})
	if _, err := p.Ping(t.Context(), loopback(1), Echoes{Count: 1}); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Ping(t.Context(), loopback(1), Echoes{Count: 1}); err == nil {
		t.Error("a ping after Close succeeded")
	}
}
