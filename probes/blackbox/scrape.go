package blackbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"time"

	"github.com/prometheus/blackbox_exporter/config"
	"github.com/prometheus/client_golang/prometheus"
	commoncfg "github.com/prometheus/common/config"
)

// Scrape runs one question as /probe of blackbox_exporter does and returns what it
// would: what the prober measured, probe_success and probe_duration_seconds. A
// target that could not be reached is no error, a redirect to an address that may
// not be dialled is. Behind a proxy no redirect is followed: nobody here could
// judge it.
func (m Modules) Scrape(ctx context.Context, q Question, guard Guard) (*prometheus.Registry, error) {
	registry := prometheus.NewRegistry()
	success := prometheus.NewGauge(prometheus.GaugeOpts{Name: "probe_success", Help: "Whether the target answered as the module wants."})
	duration := prometheus.NewGauge(prometheus.GaugeOpts{Name: "probe_duration_seconds", Help: "How long the probe took."})
	registry.MustRegister(success, duration)
	start := time.Now()
	mod, ok := m.byName[q.Module]
	run, known := probers[mod.Prober]
	if !ok || !known {
		return nil, fmt.Errorf("no module %q that can run here", q.Module)
	}
	mod, err := q.named(mod)
	if err != nil {
		return nil, err
	}
	mod, target, err := prepare(ctx, mod, q, guard)
	if err == nil {
		if proxied(mod) {
			mod.HTTP.HTTPClientConfig.FollowRedirects = false
		}
		watched, stop := watch(ctx, mod, guard)
		if run(watched, target, mod, registry, slog.New(slog.DiscardHandler)) {
			success.Set(1)
		}
		if refused := stop(); refused != nil {
			return nil, fmt.Errorf("redirected: %w", refused)
		}
	}
	duration.Set(time.Since(start).Seconds())
	return registry, nil
}

// named lets a module ask for q's host name instead of that of the target.
func (q Question) named(mod config.Module) (config.Module, error) {
	switch {
	case q.Hostname == "":
	case mod.Prober == "http":
		if own := header(mod.HTTP.Headers, "Host"); own != "" && own != q.Hostname {
			return mod, fmt.Errorf("module %s asks for host %s already; leave hostname out", q.Module, own)
		}
		headers := maps.Clone(mod.HTTP.Headers) // the module is shared by all its runs
		if headers == nil {
			headers = map[string]string{}
		}
		headers["Host"] = q.Hostname
		mod.HTTP.Headers = headers
	case mod.Prober == "tcp":
		serverName(&mod.TCP.TLSConfig.ServerName, q.Hostname)
	default:
		return mod, errors.New("hostname is for modules of prober http and tcp; leave it out")
	}
	return mod, nil
}

// Proxied reports whether the module lets a proxy connect.
func (m Modules) Proxied(name string) bool {
	mod := m.byName[name]
	return mod.Prober == "http" && proxied(mod)
}

// Credentials reports whether the module shows who we are: a log-in, a token, a
// client certificate or a header that looks like one. What it says in plain text
// is none: blackbox.yml has fields of its own for what is secret.
func (m Modules) Credentials(name string) bool {
	mod := m.byName[name]
	switch mod.Prober {
	case "http":
		return secretHTTP(mod.HTTP)
	case "tcp":
		return certified(mod.TCP.TLSConfig)
	case "dns":
		return certified(mod.DNS.TLSConfig)
	case "grpc":
		for name := range mod.GRPC.Metadata {
			if secretive(name) {
				return true
			}
		}
		return certified(mod.GRPC.TLSConfig)
	}
	return false
}

func secretHTTP(h config.HTTPProbe) bool {
	c := h.HTTPClientConfig
	if c.BasicAuth != nil || c.Authorization != nil || c.OAuth2 != nil || c.BearerToken != "" || c.BearerTokenFile != "" || h.BodyFile != "" {
		return true
	}
	for name := range h.Headers {
		if secretive(name) {
			return true
		}
	}
	if c.HTTPHeaders != nil {
		for name, values := range c.HTTPHeaders.Headers {
			if secretive(name) || len(values.Secrets)+len(values.Files) > 0 {
				return true
			}
		}
	}
	return certified(c.TLSConfig) || c.ProxyURL.URL != nil && c.ProxyURL.User != nil || len(c.ProxyConnectHeader) > 0
}

// secretive reports whether a header of this name usually holds a secret.
func secretive(name string) bool {
	name = strings.ToLower(name)
	for _, part := range []string{"auth", "token", "key", "cookie", "secret", "session", "password"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

func certified(t commoncfg.TLSConfig) bool {
	return t.Cert != "" || t.CertFile != "" || t.CertRef != "" || t.Key != "" || t.KeyFile != "" || t.KeyRef != ""
}
