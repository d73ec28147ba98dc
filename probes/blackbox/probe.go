package blackbox

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/blackbox_exporter/config"
	"github.com/prometheus/blackbox_exporter/prober"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"headstart"
)

// probers are the ways to probe taken from blackbox_exporter. Its icmp is not
// among them: it opens a socket per probe, so package icmp does that. Nor is
// unix: a path is no address that could be judged.
var probers = map[string]prober.ProbeFn{
	"http": prober.ProbeHTTP,
	"tcp":  prober.ProbeTCP,
	"dns":  prober.ProbeDNS,
	"grpc": prober.ProbeGRPC,
}

// Guard decides what may be dialled.
type Guard interface {
	// Resolve returns one address of host that may be dialled, of the family
	// prefer ("ip4", "ip6", "" is ip6) or, with fallback, of the other.
	Resolve(ctx context.Context, host string, port uint16, prefer string, fallback bool) (netip.Addr, error)

	// Check reports whether ap may be dialled.
	Check(ap netip.AddrPort) error
}

// Question is one run.
type Question struct {
	Module string
	Target string // host, host:port or URL, as the prober wants it
	// Hostname is the host to ask for instead of the target's; for Scrape only.
	Hostname string

	Query string // name to ask a resolver for instead of the module's; for dns only
}

// Result is what one run found.
type Result struct {
	Verdict    headstart.Verdict
	Reason     string // in words, at most 200 bytes
	Silent     bool   // down because nobody answered in time
	Duration   time.Duration
	CertExpiry time.Time // earliest of the chain presented; zero without TLS
	StatusCode int       // of HTTP; zero without an answer
}

// Probe runs one question. The deadline is that of ctx or, if earlier, the
// timeout of the module. Unknown module and target are mistakes of the caller's
// configuration and yield Unknown.
func (m Modules) Probe(ctx context.Context, q Question, guard Guard) Result {
	start := time.Now()
	mod, ok := m.byName[q.Module]
	run, known := probers[mod.Prober]
	if !ok || !known {
		return Result{Verdict: headstart.Unknown, Reason: fmt.Sprintf("no module %q that can run here", q.Module)}
	}
	if mod.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, mod.Timeout)
		defer cancel()
	}
	mod, target, err := prepare(ctx, mod, q, guard)
	if err != nil {
		return unresolved(ctx, err, time.Since(start))
	}
	allowed := time.Duration(0)
	if deadline, ok := ctx.Deadline(); ok {
		allowed = deadline.Sub(start)
	}
	ctx, stop := watch(ctx, mod, guard)
	words := &recorder{}
	registry := prometheus.NewRegistry() // a fresh one: the probers register their gauges each time
	up := run(ctx, target, mod, registry, slog.New(words))
	refused := stop()

	r := read(registry, mod)
	r.Duration = time.Since(start)
	r.Verdict, r.Reason = headstart.OK, fine(mod.Prober, r.StatusCode)
	switch {
	case refused != nil:
		r.Verdict, r.Reason = headstart.Unknown, OneLine("redirected: "+refused.Error())
	case !up:
		f := words.fault(mod, r.StatusCode, allowed)
		r.Verdict, r.Reason, r.Silent = f.Verdict, f.Words, f.Silent
	}
	return r
}

// fine says what answered.
func fine(prober string, status int) string {
	switch prober {
	case "http":
		return statusWords(status)
	case "dns":
		return "the resolver answered"
	case "grpc":
		return "healthy by its own account"
	}
	return "connected"
}

// figures of ours that probers measure, by how their description begins.
const (
	statusCode = `Desc{fqName: "probe_http_status_code"`
	certExpiry = `Desc{fqName: "probe_ssl_earliest_cert_expiry"`
)

// read takes the figures we keep from what the prober registered. It looks at those
// alone: to gather all, sorted and checked, costs as much as a connection.
func read(registry *prometheus.Registry, mod config.Module) Result {
	var r Result
	if !measures(mod) {
		return r
	}
	found := make(chan prometheus.Metric, 64)
	go func() { registry.Collect(found); close(found) }()
	for m := range found {
		about := m.Desc().String()
		status, expiry := strings.HasPrefix(about, statusCode), strings.HasPrefix(about, certExpiry)
		var value dto.Metric
		if !status && !expiry || m.Write(&value) != nil {
			continue
		}
		v := value.GetGauge().GetValue()
		switch {
		case status:
			r.StatusCode = int(v)
		case v > 0:
			r.CertExpiry = time.Unix(int64(v), 0).UTC()
		}
	}
	return r
}

// measures reports whether mod may tell a status or a certificate.
func measures(mod config.Module) bool {
	switch mod.Prober {
	case "tcp":
		return mod.TCP.TLS || slices.ContainsFunc(mod.TCP.QueryResponse, func(q config.QueryResponse) bool { return q.StartTLS })
	case "dns":
		return mod.DNS.DNSOverTLS
	case "grpc":
		return mod.GRPC.TLS
	}
	return true
}

// hostPort splits target, which may lack a port, then fallback is it.
func hostPort(target string, fallback string) (host, port string) {
	host, port, err := net.SplitHostPort(target)
	if err != nil {
		return target, fallback
	}
	return host, port
}

// limitBody bounds what is read of an answer when the module does not: less if
// the body is held in memory for a regular expression or CEL.
func limitBody(h *config.HTTPProbe) {
	if h.BodySizeLimit != 0 {
		return
	}
	h.BodySizeLimit = 16 << 20
	if len(h.FailIfBodyMatchesRegexp)+len(h.FailIfBodyNotMatchesRegexp) > 0 ||
		h.FailIfBodyJsonMatchesCEL != nil || h.FailIfBodyJsonNotMatchesCEL != nil {
		h.BodySizeLimit = 1 << 20
	}
}
