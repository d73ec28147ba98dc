package store

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"headstart"
)

type metrics struct {
	appended *prometheus.CounterVec
	commits  prometheus.Histogram
	logBytes prometheus.Gauge
	leader   prometheus.Gauge
	up       prometheus.Gauge
	room     prometheus.Gauge
	mended   prometheus.Counter
	replicas prometheus.Gauge
	unsafe   *prometheus.GaugeVec
}

// newMetrics registers with reg; nil registers nowhere.
func newMetrics(reg prometheus.Registerer) *metrics {
	f := promauto.With(reg)
	gauge := func(name, help string) prometheus.Gauge {
		return f.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
	}
	return &metrics{
		appended: f.NewCounterVec(prometheus.CounterOpts{
			Name: "headstart_events_appended_total",
			Help: "Records this process appended to the log, by what their first line holds.",
		}, []string{"kind"}),
		commits: f.NewHistogram(prometheus.HistogramOpts{
			Name:    "headstart_commit_duration_seconds",
			Help:    "How long a commit of the engine took.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2, 14),
		}),
		logBytes: gauge("headstart_log_bytes", "About how much the log takes in the store."),
		leader:   gauge("headstart_leader", "Whether this process holds the engine's lease, as far as it knows."),
		up:       gauge("headstart_store_up", "Whether the store answered the last call."),
		mended: f.NewCounter(prometheus.CounterOpts{
			Name: "headstart_replayed_total",
			Help: "Records that this process had appended and put back after the store lost them in a failover.",
		}),
		replicas: gauge("headstart_store_replicas", "Replicas of the store's server that are connected to it; of Redis only."),
		unsafe: f.NewGaugeVec(prometheus.GaugeOpts{
			Name: "headstart_store_unsafe",
			Help: "Whether Redis answers and yet may lose what it was told: it evicts, has no append-only file (unlogged), cannot write to its disk (disk), or its replica is gone (replica).",
		}, []string{"reason"}),
		room: gauge("headstart_store_memory_ratio", "How full the store is; from 0.9 on, observations are refused."),
	}
}

// seen notes from err whether the store answers, and returns err. Of a caller that gave up
// waiting nothing is known.
func (m *metrics) seen(err error) error {
	switch {
	case errors.Is(err, headstart.ErrDown):
		m.up.Set(0)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
	default:
		m.up.Set(1)
	}
	return err
}

// leads notes from err, of Renew, Release or Commit, whether we still lead.
func (m *metrics) leads(err error) error {
	if errors.Is(err, headstart.ErrFenced) {
		m.leader.Set(0)
	}
	return m.seen(err)
}

func (m *metrics) committed(start time.Time) { m.commits.Observe(time.Since(start).Seconds()) }

// count counts the records that were added.
func (m *metrics) count(offs []headstart.Offset, recs []headstart.Append) {
	for n, r := range recs {
		if offs[n] != (headstart.Offset{}) {
			m.appended.WithLabelValues(kindOf(r.Data)).Inc()
		}
	}
}

var kinds = []string{
	"config", "alert", "refresh", "check", "ticket", "maintenance", "silence", "confirm", "command", "model", "delivery",
}

// kindOf names the first line of a record without decoding it: the append path
// sees every byte the world sends, and Record.Encode writes in a fixed order.
func kindOf(data []byte) string {
	_, rest, ok := bytes.Cut(data, []byte(`"lines":[{"`))
	if !ok {
		return "tick"
	}
	name, _, _ := bytes.Cut(rest, []byte(`"`))
	for _, k := range kinds {
		if string(name) == k {
			return k
		}
	}
	return "other"
}
