// Package blackbox runs the modules of blackbox_exporter as a library, so that
// operators bring their blackbox.yml unchanged.
//
// Every run resolves its target once, has the address judged, and probes that
// address; a redirect to an address that is not allowed gets no request. The
// verdict comes with its reason in words and never depends on the wording of
// blackbox_exporter's messages.
package blackbox

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/blackbox_exporter/config"
	"go.yaml.in/yaml/v3"
)

// Release is the blackbox_exporter whose modules are understood.
const Release = "v0.28.0"

//go:embed default.yml
var defaults []byte

// known are the probers a module may name. Not all run here: see probers.
var known = []string{"dns", "grpc", "http", "icmp", "tcp", "unix"}

// Modules are named ways to probe. The zero Modules has none.
type Modules struct{ byName map[string]config.Module }

// Default returns the built-in modules: http_2xx, tcp_connect, tls_connect,
// dns_udp, dns_tcp and icmp.
func Default() Modules {
	m, err := Parse(defaults)
	if err != nil {
		panic(fmt.Sprintf("blackbox: default.yml: %v", err)) // ours: a programmer's error
	}
	return m
}

// Load returns the built-in modules, replaced and added to by those of the file.
func Load(path string) (Modules, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Modules{}, fmt.Errorf("blackbox: %w", err)
	}
	own, err := Parse(data)
	if err != nil {
		return Modules{}, fmt.Errorf("blackbox: %s: %w", path, err)
	}
	all := Default()
	maps.Copy(all.byName, own.byName)
	return all, nil
}

// Parse reads a blackbox.yml, strictly, as blackbox_exporter does.
func Parse(data []byte) (Modules, error) {
	var c config.Config
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&c); err != nil && !errors.Is(err, io.EOF) {
		return Modules{}, fmt.Errorf("%w; it must be a configuration blackbox_exporter %s accepts, since that release is built in", err, Release)
	}
	var wrong []error
	for name, m := range c.Modules {
		if !slices.Contains(known, m.Prober) {
			wrong = append(wrong, fmt.Errorf("module %s: prober %q; write one of %s", name, m.Prober, strings.Join(known, ", ")))
		}
	}
	slices.SortFunc(wrong, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	if c.Modules == nil {
		c.Modules = map[string]config.Module{}
	}
	return Modules{c.Modules}, errors.Join(wrong...)
}

// Prober returns which prober the module uses, as blackbox_exporter names it. ok
// is false if there is no such module.
func (m Modules) Prober(name string) (prober string, ok bool) {
	mod, ok := m.byName[name]
	return mod.Prober, ok
}

// Names returns the names of the modules, sorted.
func (m Modules) Names() []string { return slices.Sorted(maps.Keys(m.byName)) }

// Timeout returns the timeout the module sets; zero if it sets none.
func (m Modules) Timeout(name string) time.Duration { return m.byName[name].Timeout }

// TLS reports whether the module looks at a certificate on a plain connection:
// a tcp module with tls, or with STARTTLS among its steps.
func (m Modules) TLS(name string) bool {
	mod := m.byName[name]
	return mod.TCP.TLS || slices.ContainsFunc(mod.TCP.QueryResponse, func(q config.QueryResponse) bool { return q.StartTLS })
}

// ICMP returns the address family an icmp module prefers, "ip4", "ip6" or "",
// and an error naming settings of it that a shared socket cannot honour.
func (m Modules) ICMP(name string) (prefer string, fallback bool, err error) {
	i := m.byName[name].ICMP
	if i.PayloadSize != 0 || i.DontFragment || i.TTL != config.DefaultICMPTTL || i.SourceIPAddress != "" {
		err = fmt.Errorf("module %s sets payload_size, dont_fragment, ttl or source_ip_address, which one socket for all hosts cannot; remove them", name)
	}
	return i.IPProtocol, i.IPProtocolFallback, err
}
