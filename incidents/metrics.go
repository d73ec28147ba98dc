package incidents

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"headstart"
)

type metrics struct {
	lag, stale        prometheus.Gauge
	unreadable        prometheus.Counter
	incidents         *prometheus.GaugeVec
	opened, decisions *prometheus.CounterVec
	announced         *prometheus.CounterVec
	promises, links   *prometheus.CounterVec
	lead              prometheus.Histogram
	usersFirst        prometheus.Counter

	seen     int                           // incidents opened and counted, or there when this term began
	measured map[headstart.IncidentID]bool // whose head start was observed in this process
}

func newMetrics(reg prometheus.Registerer) *metrics {
	f := promauto.With(reg)
	return &metrics{
		measured: map[headstart.IncidentID]bool{},
		lag: f.NewGauge(prometheus.GaugeOpts{
			Name: "headstart_engine_lag_seconds", Help: "How long the last record waited between log and commit.",
		}),
		stale: f.NewGauge(prometheus.GaugeOpts{
			Name: "headstart_incidents_stale", Help: "Live incidents all of whose members fell silent.",
		}),
		unreadable: f.NewCounter(prometheus.CounterOpts{
			Name: "headstart_records_unreadable_total", Help: "Records of the log that no release can read, skipped.",
		}),
		incidents: f.NewGaugeVec(prometheus.GaugeOpts{
			Name: "headstart_incidents", Help: "Live incidents, by state and priority.",
		}, []string{"state", "priority"}),
		opened: f.NewCounterVec(prometheus.CounterOpts{
			Name: "headstart_incidents_opened_total", Help: "Incidents opened, by kind of cause at that moment.",
		}, []string{"cause_kind"}),
		decisions: f.NewCounterVec(prometheus.CounterOpts{
			Name: "headstart_decisions_total", Help: "Decisions taken, by rule.",
		}, []string{"rule"}),
		announced: f.NewCounterVec(prometheus.CounterOpts{
			Name: "headstart_announcements_total", Help: "Messages published to users, by phase.",
		}, []string{"phase"}),
		promises: f.NewCounterVec(prometheus.CounterOpts{
			Name: "headstart_promises_total", Help: "Promises of a next message, kept or missed.",
		}, []string{"kept"}),
		links: f.NewCounterVec(prometheus.CounterOpts{
			Name: "headstart_link_reviews_total", Help: "What people said of links between tickets and incidents.",
		}, []string{"verdict"}),
		lead: f.NewHistogram(prometheus.HistogramOpts{
			Name: "headstart_lead_seconds", Help: "First linked user ticket minus first message to users, where users came second.",
			Buckets: []float64{30, 60, 120, 300, 600, 1200, 1800, 3600, 7200},
		}),
		usersFirst: f.NewCounter(prometheus.CounterOpts{
			Name: "headstart_users_first_total", Help: "Incidents a user reported before we announced them.",
		}),
	}
}

// decided counts one decision by its rule and meaning.
func (m *metrics) decided(d headstart.Decision) {
	m.decisions.WithLabelValues(d.Rule).Inc()
	switch d.Outcome {
	case "published":
		m.announced.WithLabelValues(d.Fact("phase")).Inc()
	case "promise_kept":
		m.promises.WithLabelValues("true").Inc()
	case "promise_missed":
		m.promises.WithLabelValues("false").Inc()
	case "linked", "link_confirmed":
		m.links.WithLabelValues("confirmed").Inc()
	case "unlinked", "link_rejected":
		m.links.WithLabelValues("rejected").Inc()
	}
}

// count brings the gauges up to date, and observes each head start once.
func (m *metrics) count(b *book) {
	for ; m.seen < b.last; m.seen++ {
		if i := b.incidents[headstart.IncidentID("HS-"+itoa(m.seen+1))]; i != nil {
			m.opened.WithLabelValues(string(i.Cause.Kind)).Inc()
		}
	}
	m.incidents.Reset()
	stale := 0
	for id, i := range b.live {
		m.incidents.WithLabelValues(string(i.State), i.Priority).Inc()
		if g := b.groups.Group(i.Group); g != nil && g.Stale {
			stale++
		}
		if i.LeadSeconds == nil || m.measured[id] {
			continue
		}
		m.measured[id] = true
		if *i.LeadSeconds >= 0 {
			m.lead.Observe(float64(*i.LeadSeconds))
		} else {
			m.usersFirst.Inc()
		}
	}
	m.stale.Set(float64(stale))
}
