package probes

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"headstart"
	"headstart/probes/blackbox"
	"headstart/probes/icmp"
)

// scraper answers GET /probe as blackbox_exporter does, but only about targets
// that the configuration or the catalog names (ruling 40).
type scraper struct {
	modules blackbox.Modules
	guard   *guard
	ping    *icmp.Pinger
	named   map[string]bool // hosts of targets and of the catalog's devices
	trusted map[errand]bool // where modules with credentials may go
	slots   chan struct{}   // bounds what is in flight
}

// errand is a module at a target.
type errand struct{ module, origin string }

// mostScrapes are in flight at once; more wait for their turn.
const mostScrapes = 64

func newScraper(modules blackbox.Modules, g *guard, ping *icmp.Pinger, specs []spec, cat *headstart.Catalog) *scraper {
	s := &scraper{
		modules: modules, guard: g, ping: ping,
		named: map[string]bool{}, trusted: map[errand]bool{}, slots: make(chan struct{}, mostScrapes),
	}
	for i := range specs {
		if p := &specs[i]; kinds[p.kind].address != nil {
			s.named[headstart.CanonicalHost(p.host)] = true
			if modules.Credentials(p.module) {
				s.trusted[errand{p.module, origin(p.target)}] = true
			}
		}
	}
	for _, d := range cat.Devices {
		if d.Address != "" {
			s.named[headstart.CanonicalHost(d.Address)] = true
		}
	}
	return s
}

// denial is why a request is not answered.
type denial struct {
	status int
	reason string
}

func deny(status int, format string, args ...any) *denial {
	return &denial{status, fmt.Sprintf(format, args...)}
}

// ServeHTTP implements http.Handler. It answers with metrics, or with 400 or 403
// and the remedy; what only this machine keeps it from knowing is 503, so that
// Prometheus shows a failed scrape and nobody's outage.
func (s *scraper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel, err := hurried(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	defer cancel()
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		http.Error(w, "too many scrapes at once; raise scrape_interval", http.StatusServiceUnavailable)
		return
	}
	values := r.URL.Query()
	q := blackbox.Question{Module: orElse(values.Get("module"), "http_2xx"), Target: values.Get("target"), Hostname: values.Get("hostname")}
	registry, denied := s.scrape(ctx, q)
	if denied != nil {
		http.Error(w, blackbox.OneLine(denied.reason), denied.status)
		return
	}
	promhttp.HandlerFor(registry, promhttp.HandlerOpts{}).ServeHTTP(w, r)
}

// Bounds of one scrape: what Prometheus waits is shortened so that it gets the
// answer, and one that says nothing gets what is usual.
const (
	scrapeUsual = 10 * time.Second
	scrapeMost  = time.Minute
	scrapeEarly = 500 * time.Millisecond
)

// hurried bounds a scrape by what Prometheus says it waits.
func hurried(r *http.Request) (context.Context, context.CancelFunc, error) {
	timeout := scrapeUsual
	if said := r.Header.Get("X-Prometheus-Scrape-Timeout-Seconds"); said != "" {
		seconds, err := strconv.ParseFloat(said, 64)
		if err != nil || !(seconds > 0) {
			return nil, nil, fmt.Errorf("X-Prometheus-Scrape-Timeout-Seconds is %q; write seconds", said)
		}
		timeout = time.Duration(min(seconds, scrapeMost.Seconds()) * float64(time.Second))
		if timeout > 2*scrapeEarly {
			timeout -= scrapeEarly
		}
	}
	ctx, cancel := context.WithTimeout(r.Context(), timeout)
	return ctx, cancel, nil
}

func (s *scraper) scrape(ctx context.Context, q blackbox.Question) (*prometheus.Registry, *denial) {
	if q.Target == "" {
		return nil, deny(http.StatusBadRequest, "target is missing")
	}
	prober, ok := s.modules.Prober(q.Module)
	if !ok {
		return nil, deny(http.StatusBadRequest, "module %q is unknown%s", q.Module, suggest(q.Module, s.modules.Names()))
	}
	host, denied := s.admit(prober, q)
	if denied != nil {
		return nil, denied
	}
	if limit := s.modules.Timeout(q.Module); limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	start := time.Now()
	v, err := s.visit(ctx, host)
	if err != nil {
		return nil, deny(http.StatusForbidden, "%v", err)
	}
	if s.modules.Proxied(q.Module) && !v.known {
		return nil, deny(http.StatusForbidden, "%s is no configured target, and a proxy would connect to it unjudged; name it in probes or the catalog", host)
	}
	if prober == "icmp" {
		return s.echo(ctx, v, q.Module, start)
	}
	registry, err := s.modules.Scrape(ctx, q, v)
	if err != nil {
		return nil, deny(http.StatusForbidden, "%v", err)
	}
	return registry, nil
}

// admit judges the question itself, and returns the host in it.
func (s *scraper) admit(prober string, q blackbox.Question) (host string, denied *denial) {
	address := map[string]func(string, int) (string, string, error){
		"http": asURL, "tcp": withPort(0), "grpc": withPort(0), "dns": withPort(53), "icmp": hostOnly,
	}[prober]
	if address == nil {
		return "", deny(http.StatusForbidden, "prober %s is not offered: what it asks has no address that could be judged", prober)
	}
	full, host, err := address(q.Target, 0)
	if err != nil {
		return "", deny(http.StatusBadRequest, "%v", err)
	}
	if s.modules.Credentials(q.Module) && !s.trusted[errand{q.Module, origin(full)}] {
		return "", deny(http.StatusForbidden, "module %s carries credentials, which go only to targets configured with it; add a probe with this module and target", q.Module)
	}
	return host, nil
}

// origin is where a target's connection goes: scheme, host and port.
func origin(target string) string {
	if u, err := url.Parse(target); err == nil && u.Host != "" {
		port := orElse(u.Port(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
		return u.Scheme + "://" + net.JoinHostPort(headstart.CanonicalHost(u.Hostname()), port)
	}
	host, port := splitHost(target)
	return net.JoinHostPort(headstart.CanonicalHost(host), port)
}

// visitor judges what one scrape dials. Its host was resolved once.
type visitor struct {
	guard *guard
	known bool // the host is written in configuration or catalog
	may   map[netip.Addr]bool
	addrs []netip.Addr // those of the host that may be dialled
	err   error        // the host has no address
}

// visit resolves host. An error says that it may not be dialled; that it does not
// exist is for the prober to find.
func (s *scraper) visit(ctx context.Context, host string) (*visitor, error) {
	v := &visitor{guard: s.guard, known: s.named[headstart.CanonicalHost(host)], may: map[netip.Addr]bool{}}
	all, err := s.guard.addresses(ctx, host)
	if err != nil {
		if !v.known {
			return nil, fmt.Errorf("%s is not an allowed target; add it to the catalog or to probes", host)
		}
		v.err = err
		return v, nil
	}
	for _, a := range all {
		a = a.Unmap()
		if !s.guard.listed(a) {
			if !v.known {
				err = fmt.Errorf("%s is not an allowed target; add it to the catalog, to probes or to probe_allow", a)
				continue
			}
			if err = s.guard.Check(netip.AddrPortFrom(a, 0)); err != nil {
				continue
			}
		}
		v.may[a] = true
		v.addrs = append(v.addrs, a)
	}
	if len(v.addrs) == 0 {
		return nil, err
	}
	return v, nil
}

// Resolve implements blackbox.Guard with what was resolved before.
func (v *visitor) Resolve(_ context.Context, host string, _ uint16, prefer string, fallback bool) (netip.Addr, error) {
	if v.err != nil {
		return netip.Addr{}, v.err
	}
	a, ok := choose(v.addrs, prefer != "ip4", fallback)
	if !ok {
		return netip.Addr{}, fmt.Errorf("%s has no %s address", host, orElse(prefer, "ip6"))
	}
	return a, nil
}

// Check implements blackbox.Guard: a redirect may lead to the host itself, or to
// what is written down.
func (v *visitor) Check(ap netip.AddrPort) error {
	a := ap.Addr().Unmap()
	if v.may[a] || v.guard.listed(a) {
		return nil
	}
	return fmt.Errorf("%s is not an allowed target; add it to the catalog or to probe_allow", a)
}

// echo pings through the socket all pings share, and measures what
// blackbox_exporter does, but for the hop limit of the reply.
func (s *scraper) echo(ctx context.Context, v *visitor, module string, start time.Time) (*prometheus.Registry, *denial) {
	prefer, fallback, err := s.modules.ICMP(module)
	if err != nil {
		return nil, deny(http.StatusBadRequest, "%v", err)
	}
	m := newEchoMetrics()
	m.lookup.Set(time.Since(start).Seconds())
	m.phases.WithLabelValues("resolve").Set(time.Since(start).Seconds())
	if a, err := v.Resolve(ctx, "the target", 0, prefer, fallback); err == nil {
		m.protocol.Set(map[bool]float64{true: 6, false: 4}[a.Is6()])
		r, err := s.ping.Ping(ctx, a, echoes(ctx, true))
		if err != nil && r.Received == 0 && ctx.Err() == nil {
			return nil, deny(http.StatusServiceUnavailable, "cannot ping: %v", err)
		}
		if r.Received > 0 {
			m.success.Set(1)
			m.phases.WithLabelValues("rtt").Set(r.Avg.Seconds())
		}
	}
	m.duration.Set(time.Since(start).Seconds())
	return m.registry, nil
}

// echoMetrics are those of blackbox_exporter's prober icmp.
type echoMetrics struct {
	registry                            *prometheus.Registry
	success, duration, lookup, protocol prometheus.Gauge
	phases                              *prometheus.GaugeVec
}

func newEchoMetrics() *echoMetrics {
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
	}
	m := &echoMetrics{
		registry: prometheus.NewRegistry(),
		success:  gauge("probe_success", "Whether the target answered as the module wants."),
		duration: gauge("probe_duration_seconds", "How long the probe took."),
		lookup:   gauge("probe_dns_lookup_time_seconds", "How long the name took to resolve."),
		protocol: gauge("probe_ip_protocol", "Version of the internet protocol used, 4 or 6."),
		phases: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "probe_icmp_duration_seconds", Help: "How long each phase of the ping took.",
		}, []string{"phase"}),
	}
	for _, phase := range []string{"resolve", "setup", "rtt"} {
		m.phases.WithLabelValues(phase)
	}
	m.registry.MustRegister(m.success, m.duration, m.lookup, m.protocol, m.phases)
	return m
}
