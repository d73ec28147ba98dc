package door

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// client is where a request comes from.
type client struct {
	peer netip.Addr // other end of the connection
	addr netip.Addr // the caller: peer, or what trusted proxies say

	// proxied: peer is a trusted proxy, so being on loopback proves nothing.
	proxied bool
}

// loopback reports whether the caller sits on this machine, with nothing in
// between.
func (c client) loopback() bool { return !c.proxied && c.peer.IsLoopback() }

// misdirected is a request that took a way the configuration does not know
// (421): the text is the remedy, for the person who set it up.
type misdirected struct{ text string }

func (m *misdirected) Error() string { return m.text }

// clientOf judges the forwarding headers of r (rulings 37, 43). They are
// believed from trusted proxies only; from anybody else they are refused,
// since a proxy we do not know would make the whole world look like loopback.
func (g *guard) clientOf(r *http.Request) (client, error) {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return client{}, fmt.Errorf("remote address %q: %w", r.RemoteAddr, err)
	}
	c := client{peer: ap.Addr().Unmap()}
	c.addr = c.peer
	c.proxied = within(g.trusted, c.peer)
	if c.proxied {
		c.addr = g.caller(r.Header.Values(g.cfg.ClientIPHeader), c.peer)
		return c, nil
	}
	if h := g.forwardingHeader(r.Header, c.peer.IsLoopback()); h != "" {
		return client{}, &misdirected{fmt.Sprintf("the header %s came from %s, which is not in trusted_proxies; "+
			"if that is your proxy, add it to trusted_proxies in headstart.yml, otherwise take the header off", h, c.peer)}
	}
	return c, nil
}

// forwardingHeader names the first header that only proxies write, or "". Via is
// one on loopback alone: elsewhere honest clients sit behind forward proxies.
func (g *guard) forwardingHeader(h http.Header, loopback bool) string {
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		switch {
		case name == "Forwarded", name == "X-Real-Ip", strings.HasPrefix(name, "X-Forwarded"),
			strings.EqualFold(name, g.cfg.ClientIPHeader), name == "Via" && loopback:
			return name
		}
	}
	return ""
}

// caller is the rightmost hop no trusted proxy stands at: what is further left
// was written by the caller himself (ruling 43).
func (g *guard) caller(values []string, peer netip.Addr) netip.Addr {
	hops := strings.Split(strings.Join(values, ","), ",")
	last := peer
	for _, h := range slices.Backward(hops) {
		a, ok := hopAddr(h)
		if !ok {
			return last // unreadable: the nearest hop we know
		}
		if !within(g.trusted, a) {
			return a
		}
		last = a
	}
	return last
}

func hopAddr(h string) (netip.Addr, bool) {
	h = strings.TrimSpace(h)
	if a, err := netip.ParseAddr(strings.Trim(h, "[]")); err == nil {
		return a.Unmap(), true
	}
	if ap, err := netip.ParseAddrPort(h); err == nil {
		return ap.Addr().Unmap(), true
	}
	return netip.Addr{}, false
}

func within(list []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(a) })
}
