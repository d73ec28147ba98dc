package agents

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// hubMetrics are the upstream's. Agents' names are a closed set: the configuration's.
type hubMetrics struct {
	events *prometheus.CounterVec
}

var (
	upDesc     = prometheus.NewDesc("headstart_agent_up", "Whether a site agent gives signs of life.", []string{"agent"}, nil)
	seenDesc   = prometheus.NewDesc("headstart_agent_last_seen_timestamp_seconds", "When a site agent gave its last sign of life to this process.", []string{"agent"}, nil)
	spoolDesc  = prometheus.NewDesc("headstart_agent_spooled", "Checks that waited at a site agent when it was last heard.", []string{"agent"}, nil)
	offsetDesc = prometheus.NewDesc("headstart_agent_clock_ahead_seconds", "How far a site agent's clock is ahead of ours; negative: behind.", []string{"agent"}, nil)
)

func newHubMetrics(reg prometheus.Registerer, h *Hub) *hubMetrics {
	m := &hubMetrics{events: promauto.With(reg).NewCounterVec(prometheus.CounterOpts{
		Name: "headstart_agent_events_total", Help: "Checks of site agents: accepted, repeated, refused, and skipped (they gave way at the agent).",
	}, []string{"agent", "outcome"})}
	if reg != nil {
		reg.MustRegister(hubGauges{h})
	}
	return m
}

// hubGauges reads the agents' states when it is scraped.
type hubGauges struct{ hub *Hub }

// Describe implements prometheus.Collector.
func (hubGauges) Describe(ch chan<- *prometheus.Desc) {
	ch <- upDesc
	ch <- seenDesc
	ch <- spoolDesc
	ch <- offsetDesc
}

// Collect implements prometheus.Collector.
func (g hubGauges) Collect(ch chan<- prometheus.Metric) {
	for _, s := range g.hub.States() {
		gauge := func(d *prometheus.Desc, v float64) {
			ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, s.Name)
		}
		up := 1.0
		if s.State != "live" {
			up = 0
		}
		gauge(upDesc, up)
		if s.HeardAt.IsZero() {
			continue
		}
		gauge(seenDesc, float64(s.HeardAt.UnixMilli())/1000)
		gauge(spoolDesc, float64(s.Status.Spooled))
		gauge(offsetDesc, s.ClockAheadSeconds)
	}
}
