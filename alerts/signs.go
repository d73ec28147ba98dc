package alerts

import (
	"maps"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// mostSigns bounds how many sources the metric names: their names come from outside.
// The engine knows no more of them either.
const mostSigns = 100

// SignOfLife is when the newest watchdog of any source reached the log through this
// process (ruling 19); zero: none since it started, or since the store did.
func (a *API) SignOfLife() (newest time.Time) {
	for _, at := range a.filter.signs() {
		if at.After(newest) {
			newest = at
		}
	}
	return newest
}

// signs are when a sign of life of each source was last written, at most a minute
// before it was last heard.
func (f *filter) signs() map[string]time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.watchdogs)
}

// signsOfLife shows to Prometheus when the watchdog of each source was heard, an hour
// long: one that somebody took away on purpose must not look blind for ever.
type signsOfLife struct {
	filter *filter
	desc   *prometheus.Desc
}

func newSignsOfLife(f *filter) signsOfLife {
	return signsOfLife{f, prometheus.NewDesc("headstart_watchdog_last_seen_timestamp_seconds", "When the watchdog of a source of alerts was last heard.", []string{"source"}, nil)}
}

// Describe implements prometheus.Collector.
func (s signsOfLife) Describe(out chan<- *prometheus.Desc) { out <- s.desc }

// Collect implements prometheus.Collector.
func (s signsOfLife) Collect(out chan<- prometheus.Metric) {
	signs := s.filter.signs()
	names := slices.Sorted(maps.Keys(signs))
	for _, name := range names[:min(len(names), mostSigns)] {
		out <- prometheus.MustNewConstMetric(s.desc, prometheus.GaugeValue, float64(signs[name].UnixMilli())/1000, name)
	}
}
