package icmp

import (
	"bytes"
	"errors"
	"flag"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"headstart/probes/netnstest"
)

// targets is how many hosts TestSweepHalfDead pings; make long and make bench ask for
// 10,000, and only then is processor time compared: fewer are too few to measure.
var targets = flag.Int("targets", 1000, "hosts in TestSweepHalfDead")

const measured = 10_000

// Half of the hosts are dead, and no live one is called so, in both families, on a raw
// socket and on an unprivileged one; no dead one is called alive either. fping pings
// the same hosts at the same pace, and is to agree.
func TestSweepHalfDead(t *testing.T) {
	if _, in := netnstest.Enter(t, "-targets="+strconv.Itoa(*targets)); !in {
		return
	}
	for _, sweep := range []struct {
		name          string
		alive, silent func(int) netip.Addr
		groups        string // that may open unprivileged sockets
	}{
		{"ipv4", netnstest.Alive, netnstest.Silent, "1 0"},
		{"ipv6", netnstest.Alive6, netnstest.Silent6, "1 0"},
		{"ipv4 unprivileged", netnstest.Alive, netnstest.Silent, "0 0"},
		{"ipv6 unprivileged", netnstest.Alive6, netnstest.Silent6, "0 0"},
	} {
		if err := os.WriteFile("/proc/sys/net/ipv4/ping_group_range", []byte(sweep.groups), 0o644); err != nil {
			t.Fatal(err)
		}
		var addrs []netip.Addr
		live := map[netip.Addr]bool{}
		for i := range *targets / 2 {
			addrs = append(addrs, sweep.alive(i), sweep.silent(i))
			live[sweep.alive(i)] = true
		}
		before := spent(t, syscall.RUSAGE_SELF)
		lost, ghosts := sweepAll(t, addrs, live)
		ours := spent(t, syscall.RUSAGE_SELF) - before

		before = spent(t, syscall.RUSAGE_CHILDREN)
		theirs := fping(t, addrs)
		cost := spent(t, syscall.RUSAGE_CHILDREN) - before
		for a := range theirs {
			if !live[a] {
				t.Errorf("%s: fping hears %s, which the test keeps silent", sweep.name, a)
			}
		}
		if len(lost)+len(ghosts) > 0 || len(theirs) != len(live) {
			t.Errorf("%s: %d live hosts lost and %d dead ones alive of %d; fping hears %d (first: %v %v)",
				sweep.name, len(lost), len(ghosts), len(addrs), len(theirs), lost[:min(3, len(lost))], ghosts[:min(3, len(ghosts))])
		}
		t.Logf("sweep %s: %d targets, %d alive, %d lost, cpu %.3f s, fping %.3f s", sweep.name, len(addrs), len(live), len(lost), ours.Seconds(), cost.Seconds())
		if *targets >= measured && ours > 3*cost {
			t.Errorf("%s: %v of processor time, fping %v; want at most three times that", sweep.name, ours, cost)
		}
	}
}

// sweepAll pings addrs at the pace of the product and returns those that live and
// gave no answer, and those that gave one and do not.
func sweepAll(t *testing.T, addrs []netip.Addr, live map[netip.Addr]bool) (lost, ghosts []netip.Addr) {
	t.Helper()
	p := newPinger(t, Options{})
	for i, r := range pingAll(t, p, addrs, Echoes{Count: 1}) {
		switch a := addrs[i]; {
		case live[a] && r.Received == 0:
			lost = append(lost, a)
		case !live[a] && r.Received > 0:
			ghosts = append(ghosts, a)
		}
	}
	return lost, ghosts
}

// fping returns which of addrs it hears, at a thousand a second as our default is.
func fping(t *testing.T, addrs []netip.Addr) map[netip.Addr]bool {
	t.Helper()
	var list strings.Builder
	for _, a := range addrs {
		list.WriteString(a.String() + "\n")
	}
	cmd := exec.CommandContext(t.Context(), "fping", "-a", "-r0", "-i1", "-t1000")
	cmd.Stdin = strings.NewReader(list.String())
	var out bytes.Buffer
	cmd.Stdout = &out
	var exit *exec.ExitError // 1: some were silent
	if err := cmd.Run(); err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
		t.Fatalf("fping: %v; install the Debian package fping", err)
	}
	heard := map[netip.Addr]bool{}
	for a := range strings.FieldsSeq(out.String()) {
		heard[netip.MustParseAddr(a)] = true
	}
	return heard
}

// spent is the processor time used so far by this process, or by its children.
func spent(t testing.TB, who int) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(who, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
