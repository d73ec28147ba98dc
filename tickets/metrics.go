package tickets

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"headstart"
)

type metrics struct {
	received *prometheus.CounterVec // by source
	refused  *prometheus.CounterVec // by source
	up       *prometheus.GaugeVec   // by source
}

func newMetrics(reg prometheus.Registerer, view *headstart.View, sources []Source) *metrics {
	f := promauto.With(reg)
	f.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "headstart_tickets_open", Help: "Tickets known that their ticket system does not call done.",
	}, func() float64 { return float64(unsolved(view)) })
	f.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "headstart_link_reviews_waiting", Help: "Links made without a person that one is asked to judge, one in twenty of them.",
	}, func() float64 { return float64(toReview(view)) })
	m := &metrics{
		received: f.NewCounterVec(prometheus.CounterOpts{
			Name: "headstart_tickets_received_total", Help: "Tickets stored, changes included.",
		}, []string{"source"}),
		refused: f.NewCounterVec(prometheus.CounterOpts{
			Name: "headstart_tickets_refused_total", Help: "Requests or lines that could not be read.",
		}, []string{"source"}),
		up: f.NewGaugeVec(prometheus.GaugeOpts{
			Name: "headstart_ticket_source_up", Help: "1 if the source was read, or delivered, without an error last.",
		}, []string{"source"}),
	}
	for _, s := range sources {
		m.received.WithLabelValues(s.Name)
		m.refused.WithLabelValues(s.Name)
		m.up.WithLabelValues(s.Name).Set(1)
	}
	return m
}

func unsolved(view *headstart.View) int {
	n := 0
	for _, t := range view.Tickets() {
		if !t.Solved() {
			n++
		}
	}
	return n
}

func toReview(view *headstart.View) int {
	n := 0
	for _, t := range view.Tickets() {
		if t.ToReview() != nil {
			n++
		}
	}
	return n
}
