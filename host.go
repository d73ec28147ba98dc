package headstart

import (
	"net/netip"
	"strconv"
	"strings"
	"unicode"
)

// HostOf takes port and IPv6 brackets off: "[fd00::1]:9100" is "fd00::1".
func HostOf(s string) string {
	if _, rest, ok := strings.Cut(s, "://"); ok { // blackbox_exporter's instance is a URL
		s, _, _ = strings.Cut(rest, "/")
	}
	if inner, ok := strings.CutPrefix(s, "["); ok {
		inner, _, _ = strings.Cut(inner, "]")
		return inner
	}
	if strings.Count(s, ":") == 1 {
		s, _, _ = strings.Cut(s, ":")
	}
	return s
}

// CanonicalHost is HostOf with addresses in their one shortest form.
func CanonicalHost(s string) string {
	h := strings.ToLower(HostOf(strings.TrimSpace(s)))
	if mayBeAddr(h) {
		if ip, err := netip.ParseAddr(h); err == nil {
			return ip.Unmap().WithZone("").String()
		}
	}
	return strings.TrimRightFunc(h, func(r rune) bool { return r == '.' || unicode.IsSpace(r) })
}

// ValidPort reports whether s may be the port of an address: low to 65535, or the name
// of a service, such as smtp. Where one listens low is 0, for a port that the system
// chooses; where one connects to it is 1.
func ValidPort(s string, low uint64) bool {
	if n, err := strconv.ParseUint(s, 10, 16); err == nil {
		return n >= low
	}
	return s != "" && s[0] >= 'a' && s[0] <= 'z'
}

// mayBeAddr tells most names from addresses, since each refusal costs an error:
// an IPv6 address has a colon, an IPv4 address ends in a digit.
func mayBeAddr(h string) bool {
	return strings.Contains(h, ":") || h != "" && '0' <= h[len(h)-1] && h[len(h)-1] <= '9' && strings.Contains(h, ".")
}
