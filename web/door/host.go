package door

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// hosts are the names a listener answers to.
type hosts struct {
	named map[string]bool // host:port, lower case
	port  string          // of the listener, when the connection does not tell
}

func newHosts(listen string, urls ...string) hosts {
	h := hosts{named: map[string]bool{}}
	if host, port, err := net.SplitHostPort(listen); err == nil {
		h.port = port
		if a, err := netip.ParseAddr(host); host != "" && (err != nil || !a.IsUnspecified()) {
			h.named[strings.ToLower(listen)] = true
		}
	}
	for _, s := range urls {
		u, err := url.Parse(s)
		if err != nil || u.Host == "" {
			continue
		}
		port := u.Port()
		if port == "" {
			port = defaultPort(u.Scheme == "https")
		}
		h.named[strings.ToLower(net.JoinHostPort(u.Hostname(), port))] = true
	}
	return h
}

// check refuses a Host nobody gave us: a page elsewhere whose name was made to
// point here (DNS rebinding) would otherwise read with the rights of the
// browser's machine.
func (h hosts) check(r *http.Request, remedy string) error {
	host, port := r.Host, ""
	if strings.Contains(host, ":") && !strings.HasSuffix(host, "]") {
		var err error
		if host, port, err = net.SplitHostPort(host); err != nil {
			return &misdirected{"the Host header is not a host; " + remedy}
		}
	}
	if port == "" {
		port = defaultPort(r.TLS != nil)
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	if h.named[net.JoinHostPort(host, port)] {
		return nil
	}
	local, localPort := h.local(r)
	a, err := netip.ParseAddr(host)
	own := host == "localhost" || (err == nil && (a.Unmap().IsLoopback() || a.Unmap() == local))
	if own && port == localPort {
		return nil
	}
	return &misdirected{fmt.Sprintf("this server does not answer to %q; %s", clip(r.Host, 100), remedy)}
}

// local is the end of the connection on our side. An address cannot be rebound,
// so being called by it is fine; that is how Kubernetes probes and containers call.
func (h hosts) local(r *http.Request) (netip.Addr, string) {
	if addr, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
		if ap, err := netip.ParseAddrPort(addr.String()); err == nil {
			return ap.Addr().Unmap(), fmt.Sprint(ap.Port())
		}
	}
	return netip.Addr{}, h.port
}

func defaultPort(tls bool) string {
	if tls {
		return "443"
	}
	return "80"
}

func clip(s string, n int) string {
	if len(s) > n {
		return s[:n] + "..."
	}
	return s
}
