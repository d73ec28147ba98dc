package exports

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct{ waiting, success prometheus.Gauge }

func newMetrics(reg prometheus.Registerer) *metrics {
	f := promauto.With(reg)
	m := &metrics{
		waiting: f.NewGauge(prometheus.GaugeOpts{
			Name: "headstart_export_waiting",
			Help: "What retention would delete and is in no file of retention.export_dir yet; on the process that leads.",
		}),
		success: f.NewGauge(prometheus.GaugeOpts{
			Name: "headstart_export_success",
			Help: "Whether files could be written into retention.export_dir the last time, within the hour.",
		}),
	}
	m.success.Set(1) // until the first look
	return m
}

func (m *metrics) tell(err error) {
	m.success.Set(0)
	if err == nil {
		m.success.Set(1)
	}
}
