package configs

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"net/netip"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// machine says where this machine's neighbours are. It makes the words gateway
// and resolver of a probe's target mean the same on every machine.
type machine struct {
	routes  func() (io.ReadCloser, error) // as /proc/net/route
	routes6 func() (io.ReadCloser, error) // as /proc/net/ipv6_route
	names   func() (io.ReadCloser, error) // as /etc/resolv.conf
}

func thisMachine() machine {
	open := func(name string) func() (io.ReadCloser, error) {
		return func() (io.ReadCloser, error) { return os.Open(name) }
	}
	return machine{routes: open("/proc/net/route"), routes6: open("/proc/net/ipv6_route"), names: open("/etc/resolv.conf")}
}

// neighbours replaces targets that are the word gateway or resolver by the
// address of this machine's. A probe of one that does not exist here is left
// out, with a warning: a laptop without network still starts.
func (m machine) neighbours(d *document) (warnings []string) {
	_, list := field(d.root, "probes")
	if list = dealias(list); list == nil || list.Kind != yaml.SequenceNode {
		return nil
	}
	list.Content = slices.DeleteFunc(list.Content, func(item *yaml.Node) bool {
		_, target := field(item, "target")
		if target = dealias(target); target == nil || target.Kind != yaml.ScalarNode {
			return false
		}
		var a netip.Addr
		var ok bool
		switch target.Value {
		case "gateway":
			a, ok = m.gateway()
		case "resolver":
			a, ok = m.resolver()
		default:
			return false
		}
		if !ok {
			warnings = append(warnings, fmt.Sprintf("this machine has no %s: probe %s is left out", target.Value, memberName(item, 0)))
			return true
		}
		target.Value, target.Tag = a.String(), "!!str"
		if _, kind := field(item, "kind"); kind != nil && kind.Value != "icmp" && a.Is6() {
			target.Value = "[" + a.String() + "]"
		}
		return false
	})
	return warnings
}

// Gateway is the default gateway of this machine; ok is false if it has none.
func Gateway() (a netip.Addr, ok bool) { return thisMachine().gateway() }

// gateway returns the default route with the lowest metric.
func (m machine) gateway() (netip.Addr, bool) {
	return defaultRoute(m.routes, func(c []string) (netip.Addr, string, bool) { // Iface Destination Gateway Flags RefCnt Use Metric Mask ...
		if len(c) < 8 || c[1] != "00000000" || c[7] != "00000000" || c[2] == "00000000" {
			return netip.Addr{}, "", false
		}
		b, err := hex.DecodeString(c[2])
		if err != nil || len(b) != 4 {
			return netip.Addr{}, "", false
		}
		return netip.AddrFrom4([4]byte{b[3], b[2], b[1], b[0]}), fmt.Sprintf("%10s", c[6]), true // little-endian
	})
}

// gateway6 returns the default route of IPv6 with the lowest metric. It is usually an
// address of the link, which is one only together with its interface.
func (m machine) gateway6() (netip.Addr, bool) {
	return defaultRoute(m.routes6, func(c []string) (netip.Addr, string, bool) { // Destination Length Source Length NextHop Metric RefCnt Use Flags Iface
		if len(c) < 10 || c[1] != "00" || strings.Trim(c[0], "0") != "" || strings.Trim(c[4], "0") == "" {
			return netip.Addr{}, "", false
		}
		b, err := hex.DecodeString(c[4])
		if err != nil || len(b) != 16 {
			return netip.Addr{}, "", false
		}
		a, _ := netip.AddrFromSlice(b)
		if a.IsLinkLocalUnicast() {
			a = a.WithZone(c[9])
		}
		return a, c[5], true
	})
}

// defaultRoute returns the gateway of the lowest metric in a table of routes; read
// says what the words of a line are: gateway and metric, false for any other route.
func defaultRoute(open func() (io.ReadCloser, error), read func([]string) (netip.Addr, string, bool)) (netip.Addr, bool) {
	f, err := open()
	if err != nil {
		return netip.Addr{}, false
	}
	defer func() { _ = f.Close() }()
	var best netip.Addr
	lowest := ""
	lines := bufio.NewScanner(io.LimitReader(f, 1<<20))
	for lines.Scan() {
		a, metric, is := read(strings.Fields(lines.Text()))
		if is && (lowest == "" || metric < lowest) {
			best, lowest = a, metric
		}
	}
	return best, best.IsValid()
}

// resolver returns the first name server.
func (m machine) resolver() (netip.Addr, bool) {
	if all := m.resolvers(); len(all) > 0 {
		return all[0], true
	}
	return netip.Addr{}, false
}

// resolvers returns all name servers.
func (m machine) resolvers() []netip.Addr {
	f, err := m.names()
	if err != nil {
		return nil
	}
	defer func() { _ = f.Close() }()
	var all []netip.Addr
	lines := bufio.NewScanner(io.LimitReader(f, 1<<20))
	for lines.Scan() {
		c := strings.Fields(lines.Text())
		if len(c) < 2 || c[0] != "nameserver" {
			continue
		}
		if a, err := netip.ParseAddr(c[1]); err == nil {
			all = append(all, a)
		}
	}
	return all
}

// anchors are the gateway, if there is one, and what stands for the rest of the
// network where probe_anchors names nothing: two name servers, at the port that
// every one of them listens on (RFC 7766). A resolver on this machine proves nothing.
func (m machine) anchors() (gateway netip.Addr, hosts []string) {
	gateway, ok := m.gateway()
	if !ok {
		gateway, _ = m.gateway6()
	}
	for _, a := range m.resolvers() {
		if len(hosts) < 2 && !a.IsLoopback() {
			hosts = append(hosts, netip.AddrPortFrom(a, 53).String())
		}
	}
	return gateway, hosts
}

// watchFrom completes how we tell an outage of this machine from one of all others.
func (c *Config) watchFrom(here machine) {
	c.Probes.Gateway, c.Probes.Resolvers = here.anchors()
}
