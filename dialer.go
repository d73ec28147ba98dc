package headstart

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// Dialer is the one way out (ruling 40): every outgoing connection of the
// product passes it. It judges the address actually dialled, after the name was
// resolved, so a name that changes its answer gains nothing. cmd makes it.
//
// The zero Dialer refuses loopback, link-local (cloud metadata among it),
// multicast and unspecified addresses, and allows the rest.
type Dialer struct {
	// Allow names exceptions: addresses the operator wrote down himself, such as
	// a mail server on 127.0.0.1:25. Nil means none.
	Allow func(netip.AddrPort) bool

	// Only, if set, turns the rule round: nothing but what it allows.
	Only func(netip.AddrPort) bool

	Timeout time.Duration // of connecting; zero: 10 s
}

// DialContext connects, or says which address was refused.
func (d *Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	timeout := d.Timeout
	if timeout == 0 {
		timeout = 10 * time.Second
	}
	nd := net.Dialer{Timeout: timeout, ControlContext: d.control}
	return nd.DialContext(ctx, network, address)
}

// control runs once for each address tried, before connecting.
func (d *Dialer) control(_ context.Context, _, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("dial %s: %w", address, err)
	}
	return d.Check(ap)
}

// Check reports whether ap may be dialled; the error names it and the remedy.
func (d *Dialer) Check(ap netip.AddrPort) error {
	ap = netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
	if d.Only != nil {
		if d.Only(ap) {
			return nil
		}
		return fmt.Errorf("%s is not an allowed target; add it to the catalog or to probe_allow", ap.Addr())
	}
	a := ap.Addr()
	internal := a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsLinkLocalMulticast() || a.IsMulticast() || a.IsUnspecified()
	if internal && (d.Allow == nil || !d.Allow(ap)) {
		return fmt.Errorf("%s is an internal address no setting names; write it literally in the configuration to allow it", ap)
	}
	return nil
}

// Transport returns an HTTP transport that dials through d and inherits no
// proxy from the environment.
func (d *Dialer) Transport() *http.Transport {
	return &http.Transport{
		DialContext:           d.DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          100,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: 30 * time.Second,
	}
}
