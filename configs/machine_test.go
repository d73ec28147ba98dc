package configs

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pretend is a machine whose files hold these texts; "" is a file that is not there.
func pretend(routes, resolv string) machine {
	file := func(text string) func() (io.ReadCloser, error) {
		return func() (io.ReadCloser, error) {
			if text == "" {
				return nil, os.ErrNotExist
			}
			return io.NopCloser(strings.NewReader(text)), nil
		}
	}
	return machine{routes: file(routes), routes6: file(routes6), names: file(resolv)}
}

const routes = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
wlan0	00000000	0101A8C0	0003	0	0	600	00000000	0	0	0
eth0	00000000	010200C0	0003	0	0	100	00000000	0	0	0
eth0	000200C0	00000000	0001	0	0	100	00FFFFFF	0	0	0
`

const routes6 = `00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000009 00000400 00000001 00000000 00450003    wlan0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000064 00000001 00000000 00450003     eth0
fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0
`

func TestAnchors(t *testing.T) {
	for name, test := range map[string]struct {
		m       machine
		gateway string
		hosts   []string
	}{
		"two of three name servers":      {pretend(routes, "nameserver 192.0.2.53\nnameserver 2001:db8::53\nnameserver 192.0.2.55\n"), "192.0.2.1", []string{"192.0.2.53:53", "[2001:db8::53]:53"}},
		"one on this machine is none":    {pretend(routes, "nameserver 127.0.0.53\nnameserver 192.0.2.55\n"), "192.0.2.1", []string{"192.0.2.55:53"}},
		"without IPv4, the link of IPv6": {pretend("", ""), "fe80::1%eth0", nil},
	} {
		cfg := Default()
		cfg.watchFrom(test.m)
		if diff := cmp.Diff(test.hosts, cfg.Probes.Resolvers); cfg.Probes.Gateway.String() != test.gateway || diff != "" {
			t.Errorf("%s: gateway %s, want %s; anchors (-want +got):\n%s", name, cfg.Probes.Gateway, test.gateway, diff)
		}
	}
}

func TestNeighbours(t *testing.T) {
	const file = `probes:
  - {name: a, kind: icmp, target: gateway}
  - {name: b, kind: dns, target: resolver}
  - {name: c, kind: icmp, target: 10.0.0.1}
  - {name: d, kind: icmp, target: resolver}
`
	for name, test := range map[string]struct {
		m        machine
		targets  []string
		warnings int
	}{
		"the default route with the lowest metric":     {pretend(routes, "# local\nsearch x\nnameserver 192.0.2.53\nnameserver 192.0.2.54\n"), []string{"192.0.2.1", "192.0.2.53", "10.0.0.1", "192.0.2.53"}, 0},
		"a resolver of IPv6 takes brackets for a port": {pretend(routes, "nameserver 2001:db8::53\n"), []string{"192.0.2.1", "[2001:db8::53]", "10.0.0.1", "2001:db8::53"}, 0},
		"no network":     {pretend("Iface\tDestination\n", "nameserver nonsense\n"), []string{"10.0.0.1"}, 3},
		"another system": {pretend("", ""), []string{"10.0.0.1"}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := parseDocument("headstart.yml", []byte(file))
			if err != nil {
				t.Fatal(err)
			}
			warnings := test.m.neighbours(d)
			var cfg struct {
				Probes []struct{ Target string }
			}
			if err := d.root.Decode(&cfg); err != nil {
				t.Fatal(err)
			}
			var targets []string
			for _, p := range cfg.Probes {
				targets = append(targets, p.Target)
			}
			if diff := cmp.Diff(test.targets, targets); diff != "" || len(warnings) != test.warnings {
				t.Errorf("warnings %q, want %d; targets (-want +got):\n%s", warnings, test.warnings, diff)
			}
		})
	}
}
