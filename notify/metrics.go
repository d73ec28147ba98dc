package notify

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct {
	sent    *prometheus.CounterVec
	latency prometheus.Histogram
	pending prometheus.Gauge
	oldest  prometheus.Gauge
	ahead   prometheus.Counter
}

func newMetrics(reg prometheus.Registerer, dead func() int) *metrics {
	f := promauto.With(reg)
	f.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "headstart_outbox_dead",
		Help: "Messages given up that nobody sent again or dismissed.",
	}, func() float64 { return float64(dead()) })
	return &metrics{
		sent: f.NewCounterVec(prometheus.CounterOpts{
			Name: "headstart_notifications_total",
			Help: "Attempts to deliver a message, by channel or receiver and outcome: sent, retry, dead, superseded.",
		}, []string{"channel", "outcome"}),
		latency: f.NewHistogram(prometheus.HistogramOpts{
			Name:    "headstart_notification_latency_seconds",
			Help:    "From the decision to send a message to its delivery.",
			Buckets: []float64{.1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600},
		}),
		pending: f.NewGauge(prometheus.GaugeOpts{
			Name: "headstart_outbox_pending",
			Help: "Messages due and not delivered.",
		}),
		oldest: f.NewGauge(prometheus.GaugeOpts{
			Name: "headstart_outbox_oldest_seconds",
			Help: "Age of the oldest message due and not delivered.",
		}),
		ahead: f.NewCounter(prometheus.CounterOpts{
			Name: "headstart_sends_without_barrier_total",
			Help: "Messages that left though no replica of the store had confirmed their decision within five seconds; after a failover such a one may be sent again.",
		}),
	}
}

func (m *metrics) show(pending int, oldest time.Duration) {
	m.pending.Set(float64(pending))
	m.oldest.Set(oldest.Seconds())
}
