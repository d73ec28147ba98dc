package main

import (
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strings"

	"headstart"
	"headstart/configs"
	"headstart/probes/discover/sweep"
)

// Every connection we make leaves through one of the dialers made here (ruling
// 40); nothing below cmd dials by itself.

// probeDialer judges what no setting names: a name that resolves somewhere
// internal, a redirect. What is configured the fleet allows by itself.
func probeDialer() *headstart.Dialer { return &headstart.Dialer{} }

// sweepDialer lets nothing out but to the networks that were named on the command line.
func sweepDialer(ranges sweep.Ranges) *headstart.Dialer {
	return &headstart.Dialer{Only: func(ap netip.AddrPort) bool { return ranges.Contains(ap.Addr()) }}
}

// channelDialer lets channels, receivers and calendars out, but to an internal address only
// if the configuration writes it down literally: a name that suddenly resolves to
// 127.0.0.1, or a redirect to a cloud's metadata, is refused.
func channelDialer(cfg *configs.Config) *headstart.Dialer {
	named := map[netip.AddrPort]bool{}
	for _, host := range namedHosts(cfg) {
		addLiteral(named, host)
	}
	return &headstart.Dialer{Allow: func(ap netip.AddrPort) bool { return named[ap] }}
}

// articleDialer lets the look at articles of known errors out: to an internal address only
// if the catalog writes it down literally.
func articleDialer(cfg *configs.Config) *headstart.Dialer {
	named := map[netip.AddrPort]bool{}
	if cfg.Catalog != nil {
		for i := range cfg.Catalog.Services {
			addLiteral(named, cfg.Catalog.Services[i].KB)
		}
		for i := range cfg.Catalog.KnownErrors {
			addLiteral(named, cfg.Catalog.KnownErrors[i].KB)
		}
	}
	return &headstart.Dialer{Allow: func(ap netip.AddrPort) bool { return named[ap] }}
}

func addLiteral(named map[netip.AddrPort]bool, host string) {
	for _, ap := range literal(host) {
		named[ap] = true
	}
}

// anyHost finds what looks like a URL or host:port in operators' receivers,
// whose many kinds each have keys of their own.
var anyHost = regexp.MustCompile(`https?://[^\s"'<>]+|[\w.\-\[\]:]+:\d{1,5}`)

// namedHosts are the addresses the configuration writes down.
func namedHosts(cfg *configs.Config) []string {
	hosts := anyHost.FindAllString(cfg.Notify.ReceiversYAML(), -1)
	hosts = append(hosts, cfg.Upstream.URL, cfg.Upstream.ProxyURL)
	for _, p := range cfg.Alerts.Reconcile {
		hosts = append(hosts, p.URL)
	}
	for _, c := range cfg.Notify.Channels {
		hosts = append(hosts, c.Smarthost, c.URL, c.ProxyURL, c.TokenURL)
		if url, err := readIfThere(c.URLFile); err == nil {
			hosts = append(hosts, url)
		}
	}
	for _, b := range cfg.Notify.Heartbeat {
		hosts = append(hosts, b.ProxyURL)
		if url, err := readIfThere(b.URLFile); err == nil {
			hosts = append(hosts, url)
		}
	}
	for _, s := range cfg.Tickets.Systems() {
		hosts = append(hosts, s.URL, s.TokenURL, s.ProxyURL)
	}
	if o := cfg.Door.Auth.OIDC; o != nil {
		hosts = append(hosts, o.Issuer, o.ProxyURL)
	}
	hosts = append(hosts, cfg.Calendar.ICal)
	for _, c := range cfg.Maintenance.ICal {
		hosts = append(hosts, c.URL)
		if url, err := readIfThere(c.URLFile); err == nil {
			hosts = append(hosts, url)
		}
	}
	return hosts
}

// literal returns the addresses host:port, or a URL, names without asking
// anybody: an IP address, or localhost.
func literal(host string) []netip.AddrPort {
	if u, err := url.Parse(host); err == nil && u.Host != "" {
		host = u.Host
		if u.Port() == "" {
			host = net.JoinHostPort(u.Hostname(), map[string]string{"http": "80", "https": "443", "webcal": "443", "imap": "143", "imaps": "993"}[u.Scheme])
		}
	}
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		return nil
	}
	if strings.EqualFold(name, "localhost") {
		return append(literal("127.0.0.1:"+port), literal("[::1]:"+port)...)
	}
	ap, err := netip.ParseAddrPort(net.JoinHostPort(name, port))
	if err != nil {
		return nil
	}
	return []netip.AddrPort{netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())}
}
