// Package netnstest gives a test a network of its own: two Linux network namespaces
// joined by a cable, made by the test and gone with it. It needs root and iproute2.
//
// The test runs once more as a process in the near namespace. Beyond the cable, at
// 10.76.0.2 and fd76::2, lies a network in which half of the addresses answer.
package netnstest

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Far is the gateway of the near namespace.
const Far = "10.76.0.2"

// inside names the cable in the environment of the process in the near namespace.
const inside = "HEADSTART_TEST_CABLE"

// Cable joins the two namespaces. The zero Cable is none.
type Cable struct{ near, far string }

// Enter runs the calling test again in a network of its own, with args as further
// arguments of the test program. It reports whether this is that run; in the outer one
// it returns when that run is over, and the test has nothing left to do. Other tests run
// beside the outer one, none beside the inner one.
func Enter(t *testing.T, args ...string) (*Cable, bool) {
	t.Helper()
	if names := strings.Fields(os.Getenv(inside)); len(names) == 2 { //nolint:forbidigo // a test tells its second run so
		return &Cable{names[0], names[1]}, true
	}
	t.Parallel() // this process waits
	c := lay(t)
	args = append([]string{"netns", "exec", c.near, os.Args[0], "-test.run=^" + t.Name() + "$", "-test.v"}, args...)
	if deadline, ok := t.Deadline(); ok {
		args = append(args, "-test.timeout="+time.Until(deadline).String())
	}
	cmd := exec.CommandContext(t.Context(), "ip", args...)
	cmd.Env = append(os.Environ(), inside+"="+c.near+" "+c.far)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Fatalf("in the namespace %s: %v\n%s", c.near, err, out)
	}
	t.Logf("%s", out)
	return nil, false
}

// laid counts the cables of this process.
var laid atomic.Int32

// lay makes the namespaces. Their names hold our process id and a number: two runs on
// one machine do not meet, nor do two tests.
func lay(t *testing.T) *Cable {
	t.Helper()
	name := fmt.Sprintf("hs%d-%d", os.Getpid(), laid.Add(1))
	c := &Cable{name + "-near", name + "-far"}
	t.Cleanup(func() {
		for _, name := range []string{c.near, c.far} {
			_ = ip(context.Background(), "netns", "del", name) // it may not have come into being
		}
	})
	for _, line := range []string{
		"netns add " + c.near,
		"netns add " + c.far,
		"link add hs0 netns " + c.near + " type veth peer name hs1 netns " + c.far,
		"-n " + c.near + " link set lo up",
		"-n " + c.far + " link set lo up",
		"-n " + c.near + " addr add 10.76.0.1/24 dev hs0",
		"-n " + c.far + " addr add " + Far + "/24 dev hs1",
		"-n " + c.near + " addr add fd76::1/64 dev hs0 nodad",
		"-n " + c.far + " addr add fd76::2/64 dev hs1 nodad",
		"-n " + c.near + " link set hs0 up",
		"-n " + c.far + " link set hs1 up",
		"-n " + c.near + " route add default via " + Far,
		"-n " + c.near + " -6 route add fd77::/64 via fd76::2",
		// The kernel there answers for these as if they were its own; it forwards
		// nothing, so the other half stays silent.
		"-n " + c.far + " route add local 10.77.0.0/17 dev lo",
		"-n " + c.far + " -6 route add local fd77::/65 dev lo",
	} {
		if err := ip(t.Context(), strings.Fields(line)...); err != nil {
			t.Fatalf("%v; namespaces need root and the Debian package iproute2", err)
		}
	}
	return c
}

// Alive returns the n-th address beyond the cable that answers, n below 32,000.
func Alive(n int) netip.Addr { return netip.AddrFrom4([4]byte{10, 77, byte(n >> 8), byte(n)}).Next() }

// Silent returns the n-th that does not.
func Silent(n int) netip.Addr {
	return netip.AddrFrom4([4]byte{10, 77, 128 + byte(n>>8), byte(n)}).Next()
}

// Alive6 returns the n-th address of IPv6 that answers.
func Alive6(n int) netip.Addr { return six(0, n) }

// Silent6 returns the n-th address of IPv6 that does not answer.
func Silent6(n int) netip.Addr { return six(0x80, n) }

func six(half byte, n int) netip.Addr {
	a := [16]byte{0: 0xfd, 1: 0x77, 8: half, 14: byte(n >> 8), 15: byte(n)}
	return netip.AddrFrom16(a).Next()
}

// Pull takes the cable of the near namespace out.
func (c *Cable) Pull(t *testing.T) { c.do(t, "link set hs0 down") }

// Plug puts it back, with the route that went with it.
func (c *Cable) Plug(t *testing.T) { c.do(t, "link set hs0 up", "route replace default via "+Far) }

// Beyond returns the words of a command line that runs in the far namespace.
func (c *Cable) Beyond(words ...string) []string {
	return append([]string{"ip", "netns", "exec", c.far}, words...)
}

// do runs commands of ip in the near namespace.
func (c *Cable) do(t *testing.T, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if err := ip(t.Context(), strings.Fields(line)...); err != nil { // we are in it
			t.Fatal(err)
		}
	}
}

func ip(ctx context.Context, args ...string) error {
	out, err := exec.CommandContext(ctx, "ip", args...).CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		return err
	}
	if err != nil {
		return fmt.Errorf("ip %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(string(out)))
	}
	return nil
}
