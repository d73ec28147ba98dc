package probes

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"headstart/probes/handshake"
)

// kind is one way to probe.
type kind struct {
	// Of kinds that go through blackbox modules, and of icmp; else empty.
	module string // used when the probe names none
	prober string // what its modules must use

	// own returns the way of a kind that uses no module, or every mistake in the
	// probe's keys. It is called when the configuration is read, so it dials nothing.
	own func(p Probe, c *Config, s *spec) (way, error)

	// keys are those of Probe that this kind has beyond the common ones.
	keys []string

	// valid reports what is wrong with those keys; nil if nothing can be.
	valid func(p Probe, c *Config) error

	// told marks a kind that asks nobody: others tell it. It is looked at often,
	// believed at once, and is no answer to an ask.
	told bool

	// timeout is what a probe that sets none gets at most; zero: 5s.
	timeout time.Duration

	// address returns target completed for the prober, and the host in it. Nil: the
	// kind needs no target.
	address func(target string, port int) (full, host string, err error)
}

// way makes one attempt at one target, in the time ctx gives; brief marks that of
// an ask. Whatever it dials goes through out. It may be called several times at
// once, and again after it was cut off.
type way func(ctx context.Context, out *guard, brief bool) finding

// kinds are those of this release.
var kinds = map[string]kind{
	"icmp": {module: "icmp", prober: "icmp", address: hostOnly},
	"tcp":  {module: "tcp_connect", prober: "tcp", address: withPort(0), keys: []string{"port"}},
	"http": {module: "http_2xx", prober: "http", address: asURL, keys: []string{"port"}},
	"tls":  {module: "tls_connect", prober: "tcp", address: withPort(443), keys: []string{"port"}},
	"dns":  {module: "dns_udp", prober: "dns", address: withPort(53), keys: []string{"port", "query"}},
	"smtp": {module: "smtp_banner", prober: "tcp", address: withPort(25), keys: []string{"port"}},
	"imap": {module: "imap_banner", prober: "tcp", address: withPort(143), keys: []string{"port"}},
	"grpc": {module: "grpc_health", prober: "grpc", address: withPort(0), keys: []string{"port"}},
	"rdp":  {own: shake(handshake.RDP), address: withPort(3389), keys: []string{"port"}},
	"smb":  {own: shake(handshake.SMB), address: withPort(445), keys: []string{"port"}},
	"ntp":  {own: shake(handshake.NTP), address: withPort(123), keys: []string{"port"}},
	"ldap": {own: bindDirectory, valid: validDirectory, address: withPort(389), keys: []string{"port", "username", "password_file", "tls_config"}},
	"printer": {
		own: askPrinter, valid: validPrinter, address: printerAddress,
		keys: []string{"port", "protocol", "community", "community_file", "snmpv3"},
	},
	"snmp": {
		own: askDevice, valid: validDevice, address: withPort(161), timeout: 10 * time.Second,
		keys: []string{"port", "community", "community_file", "snmpv3", "interfaces", "limits", "oids"},
	},
	"push": {told: true, valid: validPush, timeout: time.Hour, keys: []string{"token_file"}},
	"exec": {keys: []string{"command"}, valid: validCommand, own: runPlugin},
	"promql": {
		own: askPrometheus, valid: validPromQL, address: asURL, timeout: 10 * time.Second,
		keys: []string{"port", "query", "username", "password_file", "tls_config"},
	},
	"statuspage": {
		own: readVendor, valid: validVendor, address: asURL, timeout: 20 * time.Second,
		keys: []string{"components", "tenant", "client_id", "client_secret_file", "tls_config"},
	},
}

// validKind says what to do about a kind this release does not have.
func validKind(name string) error {
	known := slices.Sorted(maps.Keys(kinds))
	switch {
	case name == "":
		return fmt.Errorf("kind is missing; write one of %s", strings.Join(known, ", "))
	case !slices.Contains(known, name):
		return fmt.Errorf("kind %q is unknown%s", name, suggest(name, known))
	}
	return nil
}

// hostOnly takes a host; a port, as an asset's address may have, is left out.
func hostOnly(target string, _ int) (full, host string, err error) {
	if strings.Contains(target, "://") {
		return "", "", fmt.Errorf("target %q is a URL; write only its host", target)
	}
	host, _ = splitHost(target)
	if host == "" {
		return "", "", fmt.Errorf("target %q has no host", target)
	}
	return host, host, nil
}

// withPort takes host:port; fallback is the port of the kind, zero if it has none.
func withPort(fallback int) func(string, int) (string, string, error) {
	return func(target string, port int) (full, host string, err error) {
		if strings.Contains(target, "://") {
			return "", "", fmt.Errorf("target %q is a URL; write HOST:PORT", target)
		}
		host, own := splitHost(target)
		if own == "" && port == 0 {
			port = fallback
		}
		if own == "" && port != 0 {
			own = strconv.Itoa(port)
		}
		if n, err := strconv.ParseUint(own, 10, 16); host == "" || err != nil || n == 0 {
			return "", "", fmt.Errorf("target %q has no usable port; write HOST:PORT, or set port", target)
		}
		return net.JoinHostPort(host, own), host, nil
	}
}

// asURL takes a URL, or a host that becomes one.
func asURL(target string, port int) (full, host string, err error) {
	bare := !strings.Contains(target, "://")
	if bare {
		h, own := splitHost(target)
		if strings.Contains(h, "/") {
			h = target // a path makes it host/path, not an address
		} else if own == "" && port != 0 {
			h = net.JoinHostPort(h, strconv.Itoa(port))
		} else if own != "" {
			h = net.JoinHostPort(h, own)
		} else if strings.Contains(h, ":") {
			h = "[" + h + "]"
		}
		target = "http://" + h
	}
	u, err := url.Parse(target)
	switch {
	case err != nil:
		return "", "", errors.New("target is no URL; write https://HOST/PATH") // without it: it may hold a password
	case u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "":
		return "", "", fmt.Errorf("target is no web address; write https://HOST/PATH, not %s", u.Redacted())
	case u.User != nil:
		return "", "", fmt.Errorf("target %s holds a password; put basic_auth in a module of blackbox.yml", u.Redacted())
	}
	host, err = plainHost(target, u)
	return target, host, err
}

// plainHost is the host of a target that is a URL. The host dialled must be the one
// people read, and limits count by.
func plainHost(target string, u *url.URL) (string, error) {
	if !strings.Contains(target, u.Hostname()) {
		return "", fmt.Errorf("target %s hides its host in percent codes; write the host plainly", u.Redacted())
	}
	return u.Hostname(), nil
}

// splitHost splits HOST, HOST:PORT, an IPv6 address and [ADDRESS]:PORT.
func splitHost(target string) (host, port string) {
	if h, p, err := net.SplitHostPort(target); err == nil {
		return h, p
	}
	return strings.Trim(target, "[]"), ""
}
