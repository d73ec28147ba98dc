package probes

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"

	"headstart"
	"headstart/probes/blackbox"
)

// guard judges every address a probe dials (ruling 40). Addresses written down
// in configuration or catalog are allowed by that; one that a name resolves to,
// or that a redirect leads to, is judged by the egress dialer.
type guard struct {
	dialer   *headstart.Dialer
	literal  map[netip.Addr]bool
	networks []netip.Prefix
	lookup   func(ctx context.Context, network, host string) ([]netip.Addr, error)
}

func newGuard(c Config, specs []spec, cat *headstart.Catalog, dialer *headstart.Dialer) (*guard, error) {
	networks, err := prefixes(c.Allow)
	if err != nil {
		return nil, err
	}
	g := &guard{dialer: dialer, literal: map[netip.Addr]bool{}, networks: networks, lookup: net.DefaultResolver.LookupNetIP}
	for _, s := range specs {
		g.allow(s.host)
	}
	for _, d := range cat.Devices {
		host, _ := splitHost(d.Address)
		g.allow(host)
	}
	return g, nil
}

// allow admits host if it is an address. localhost is one: nobody who writes it
// means anything else.
func (g *guard) allow(host string) {
	if host == "localhost" {
		g.literal[netip.AddrFrom4([4]byte{127, 0, 0, 1})] = true
		g.literal[netip.IPv6Loopback()] = true
		return
	}
	if a, err := netip.ParseAddr(host); err == nil {
		g.literal[a.Unmap()] = true
	}
}

// Check reports whether ap may be dialled.
func (g *guard) Check(ap netip.AddrPort) error {
	if g.listed(ap.Addr()) {
		return nil
	}
	if err := g.dialer.Check(ap); err != nil {
		return blackbox.Forbidden{Err: fmt.Errorf("%w; or add it to probe_allow", err)}
	}
	return nil
}

// listed reports whether the configuration or the catalog writes a down.
func (g *guard) listed(a netip.Addr) bool {
	a = a.Unmap()
	return g.literal[a] || slices.ContainsFunc(g.networks, func(p netip.Prefix) bool { return p.Contains(a.WithZone("")) })
}

// Resolve returns one address of host that may be dialled, of the family prefer
// or, with fallback, of the other. The name is resolved once, and what is
// judged is what is dialled.
func (g *guard) Resolve(ctx context.Context, host string, port uint16, prefer string, fallback bool) (netip.Addr, error) {
	addrs, err := g.addresses(ctx, host)
	if err != nil {
		return netip.Addr{}, err
	}
	a, ok := choose(addrs, prefer != "ip4", fallback)
	if !ok {
		return netip.Addr{}, fmt.Errorf("%s has no %s address; set ip_protocol_fallback in the module", host, orElse(prefer, "ip6"))
	}
	return a, g.Check(netip.AddrPortFrom(a, port))
}

// DialContext connects to HOST:PORT: the name is resolved once, each address is
// judged, and the first that may be dialled and answers is used.
func (g *guard) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", address, err)
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %q is no port", address, port)
	}
	addrs, err := g.addresses(ctx, host)
	if err != nil {
		return nil, err
	}
	var errs []error
	for _, a := range addrs[:min(len(addrs), mostAddresses)] {
		ap := netip.AddrPortFrom(a.Unmap(), uint16(number))
		if err := g.Check(ap); err != nil {
			errs = append(errs, err)
			continue
		}
		c, err := new(net.Dialer).DialContext(ctx, network, ap.String())
		if err == nil {
			return c, nil
		}
		errs = append(errs, err)
	}
	return nil, errors.Join(errs...)
}

// mostAddresses of one name are tried: a name may lead to hundreds.
const mostAddresses = 4

func (g *guard) addresses(ctx context.Context, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a.Unmap()}, nil
	}
	addrs, err := g.lookup(ctx, "ip", host)
	if err != nil {
		return nil, fmt.Errorf("resolve: %w", err)
	}
	if len(addrs) == 0 {
		return nil, &net.DNSError{Err: "the name has no address", Name: host}
	}
	return addrs, nil
}

// choose takes the first address of the family wanted, else the first of all.
func choose(addrs []netip.Addr, v6, fallback bool) (netip.Addr, bool) {
	for _, a := range addrs {
		if a.Unmap().Is6() == v6 {
			return a.Unmap(), true
		}
	}
	if !fallback {
		return netip.Addr{}, false
	}
	return addrs[0].Unmap(), true
}
