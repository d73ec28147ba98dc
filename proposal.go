package headstart

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// ProposeDevice returns a line for the catalog's devices, as YAML, with which an
// alert with these labels would have had a place: "- {id: sw-n-2, kind: switch}".
// assetLabels are alerts.asset_labels, in order. It is "" when no label names a
// thing: such an alert wants a rule of alerts.map. A person reads it before it
// goes into the catalog.
func ProposeDevice(labels map[string]string, assetLabels []string, c *Catalog) string {
	host := ""
	for _, l := range assetLabels {
		if host = CanonicalHost(labels[l]); host != "" {
			break
		}
	}
	id := proposedID(host, c)
	if id == "" {
		return ""
	}
	parts := []string{"id: " + scalar(id)}
	if kind := proposedKind(labels); kind != "" {
		parts = append(parts, "kind: "+kind)
	}
	for _, l := range []string{"location", "site"} {
		if c.LocationByID(labels[l]) != nil {
			parts = append(parts, "location: "+scalar(labels[l]))
			break
		}
	}
	switch _, err := netip.ParseAddr(host); {
	case err == nil, strings.Contains(host, ".") && isHostName(host):
		parts = append(parts, "address: "+scalar(host))
	case id != host: // the id alone would not be found
		parts = append(parts, "aliases: ["+scalar(host)+"]")
	}
	return "- {" + strings.Join(parts, ", ") + "}"
}

// longestID is how long a proposed id may be; longer ones are no names.
const longestID = 63

// proposedID makes an id of a host: its short name, or its address with dashes.
// Of what is no name it keeps what an id may hold.
func proposedID(host string, c *Catalog) string {
	id := strings.ToLower(host)
	if _, err := netip.ParseAddr(host); err == nil {
		id = "host-" + id
	} else if short, _, ok := strings.Cut(id, "."); ok && short != "" {
		id = short
	}
	id = strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, id), "-")
	id = strings.TrimRight(id[:min(len(id), longestID)], "-")
	if id == "" || !c.has(id) {
		return id
	}
	for n := 2; ; n++ {
		if next := id + "-" + strconv.Itoa(n); !c.has(next) {
			return next
		}
	}
}

// has reports whether an id of the catalog is taken.
func (c *Catalog) has(id string) bool {
	return c.DeviceByID(id) != nil || c.ServiceByID(id) != nil || c.LocationByID(id) != nil || c.DepartmentByID(id) != nil
}

var hostName = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$`)

func isHostName(s string) bool { return len(s) <= 253 && hostName.MatchString(s) }

// kinds are words that give a device's kind away, the surest first.
var kinds = []struct {
	kind  string
	words []string
}{
	{"printer", []string{"printer", "toner", "cups", "ipp"}},
	{"access-point", []string{"accesspoint", "wifi", "wlan", "unifi"}},
	{"switch", []string{"switch", "interface", "port", "uplink", "link"}},
	{"router", []string{"router", "gateway", "bgp", "ospf"}},
	{"firewall", []string{"firewall", "vpn"}},
	{"ups", []string{"ups", "battery"}},
	{"camera", []string{"camera", "cctv"}},
	{"server", []string{"server", "node", "host", "disk", "filesystem", "cpu", "memory", "systemd", "backup"}},
}

// proposedKind guesses what the alert is about by its name, else by its job.
func proposedKind(labels map[string]string) string {
	for _, text := range []string{labels["alertname"], labels["job"]} {
		words := wordsIn(text)
		for _, k := range kinds {
			if slices.ContainsFunc(words, func(w string) bool { return slices.Contains(k.words, w) }) {
				return k.kind
			}
		}
	}
	return ""
}

var (
	wordStart = regexp.MustCompile(`([a-z0-9])([A-Z])`)
	noWord    = regexp.MustCompile(`[^a-z0-9]+`)
)

// wordsIn are the words of a name such as AccessPointDown, also two by two.
func wordsIn(name string) []string {
	words := strings.Fields(noWord.ReplaceAllString(strings.ToLower(wordStart.ReplaceAllString(name, "$1 $2")), " "))
	out := slices.Clone(words)
	for i := 1; i < len(words); i++ {
		out = append(out, words[i-1]+words[i])
	}
	return out
}

var plain = regexp.MustCompile(`^[a-z][a-z0-9]*([.-][a-z0-9]+)*$`)

// scalar writes a string so that YAML reads a string: as it is, or quoted.
func scalar(s string) string {
	switch s {
	case "true", "false", "yes", "no", "on", "off", "null", "y", "n":
	default:
		if plain.MatchString(s) {
			return s
		}
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case r == '"' || r == '\\':
			b.WriteRune('\\')
			b.WriteRune(r)
		case r < ' ' || r >= 0x7f:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
