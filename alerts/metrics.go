package alerts

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"headstart"
)

type metrics struct {
	received  *prometheus.CounterVec // by source
	filtered  *prometheus.CounterVec // by reason: repeat, refresh, replica, watchdog, ignore
	rejected  *prometheus.CounterVec // by reason
	truncated prometheus.Counter
	lastSeen  *prometheus.GaugeVec // by source
}

// APIVersion is the version this API shows to Alertmanager's clients: they
// choose by it how to speak (karma wants semver of at least 0.22).
const APIVersion = "0.34.2"

func newMetrics(reg prometheus.Registerer, view *headstart.View) *metrics {
	f := promauto.With(reg)
	f.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "headstart_alerts_unplaced",
		Help: "Failing problems whose alert names no asset of the catalog.",
	}, func() float64 { return float64(view.CountUnplaced()) })
	f.NewGaugeFunc(prometheus.GaugeOpts{
		Name:        "alertmanager_build_info",
		Help:        "The Alertmanager whose API this program speaks; karma reads it.",
		ConstLabels: prometheus.Labels{"version": APIVersion},
	}, func() float64 { return 1 })
	m := &metrics{
		received: f.NewCounterVec(prometheus.CounterOpts{
			Name: "headstart_alerts_received_total", Help: "Alerts received, repeats included, by sender.",
		}, []string{"source"}),
		filtered: f.NewCounterVec(prometheus.CounterOpts{
			Name: "headstart_alerts_filtered_total", Help: "Alerts received that were not written to the log as such.",
		}, []string{"reason"}),
		rejected: f.NewCounterVec(prometheus.CounterOpts{
			Name: "headstart_ingest_rejected_total", Help: "Requests or alerts refused, by reason.",
		}, []string{"reason"}),
		truncated: f.NewCounter(prometheus.CounterOpts{
			Name: "headstart_webhook_truncated_alerts_total", Help: "Alerts that Alertmanager left out of webhook messages (max_alerts).",
		}),
		lastSeen: f.NewGaugeVec(prometheus.GaugeOpts{
			Name: "headstart_source_last_seen_timestamp_seconds", Help: "When a sender was last heard.",
		}, []string{"source"}),
	}
	for _, reason := range []string{"too_large", "media_type", "malformed", "invalid", "store", "full", "memory", "lag", "busy", "credentials"} {
		m.rejected.WithLabelValues(reason)
	}
	for _, reason := range []string{"repeat", "refresh", "replica", "watchdog", "ignore"} {
		m.filtered.WithLabelValues(reason)
	}
	return m
}
