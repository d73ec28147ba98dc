package probes

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"headstart"
)

// metrics outlive a reload: a registry takes each only once.
type metrics struct {
	runs    *prometheus.CounterVec // kind, verdict
	skipped prometheus.Counter
	late    prometheus.Histogram
	samples *samples
}

func newMetrics(reg prometheus.Registerer) *metrics {
	with := promauto.With(reg)
	m := &metrics{
		runs: with.NewCounterVec(prometheus.CounterOpts{
			Name: "headstart_probe_runs_total", Help: "Runs of probes, by kind and by what they found.",
		}, []string{"kind", "verdict"}),
		skipped: with.NewCounter(prometheus.CounterOpts{
			Name: "headstart_probe_skipped_total", Help: "Slots of the schedule in which a probe did not run, because its last run was still waiting or working.",
		}),
		late: with.NewHistogram(prometheus.HistogramOpts{
			Name: "headstart_probe_late_seconds", Help: "How long after its slot a probe started.",
			Buckets: []float64{.001, .01, .1, .5, 1, 5, 30},
		}),
		samples: &samples{},
	}
	reg.MustRegister(m.samples)
	return m
}

// show makes the per-probe metrics those of f.
func (m *metrics) show(f *Fleet) { m.samples.fleet.Store(f) }

// The metrics per probe have the names blackbox_exporter gives them, so that
// dashboards fit. These labels only: configuration bounds them.
var (
	sampleLabels = []string{"probe", "asset", "location", "service"}

	successDesc  = prometheus.NewDesc("probe_success", "Whether the last run found the target working (1) or down (0); absent if it could not be checked.", sampleLabels, nil)
	durationDesc = prometheus.NewDesc("probe_duration_seconds", "How long the last run took.", sampleLabels, nil)
	supplyDesc   = prometheus.NewDesc("printer_supply_level_ratio", "How much of a printer's toner, ink or part is left, from 0 to 1; absent if the printer does not know.", []string{"asset", "supply"}, nil)
	expiryDesc   = prometheus.NewDesc("probe_ssl_earliest_cert_expiry", "When the first certificate of the chain presented expires, in Unix time.", sampleLabels, nil)
)

// samples reads the last runs when it is scraped: nothing is kept twice, and a
// probe removed by a reload is gone from the next scrape on.
type samples struct{ fleet atomic.Pointer[Fleet] }

// Describe implements prometheus.Collector.
func (s *samples) Describe(ch chan<- *prometheus.Desc) {
	ch <- successDesc
	ch <- durationDesc
	ch <- expiryDesc
	ch <- supplyDesc
}

// Collect implements prometheus.Collector.
func (s *samples) Collect(ch chan<- prometheus.Metric) {
	f := s.fleet.Load()
	if f == nil {
		return
	}
	f.mu.Lock()
	last := make([]kept, len(f.jobs))
	for i, j := range f.jobs {
		if !j.away { // else the replica that has it shows it
			last[i] = j.last
		}
	}
	f.mu.Unlock()
	levels := supplies{}
	for i, found := range last {
		if found.at.IsZero() {
			continue
		}
		p := &f.jobs[i].spec
		gauge := func(d *prometheus.Desc, v float64) {
			ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, p.name, p.asset, p.at, p.serves)
		}
		switch found.verdict {
		case headstart.OK, headstart.Warn:
			gauge(successDesc, 1)
		case headstart.Down:
			gauge(successDesc, 0)
		case headstart.Unknown: // says nothing about the target
		}
		gauge(durationDesc, found.took.Seconds())
		if found.more == nil {
			continue
		}
		if expiry := found.more.certExpiry; !expiry.IsZero() {
			gauge(expiryDesc, float64(expiry.Unix()))
		}
		levels.collect(ch, p, found.more.values)
	}
}
