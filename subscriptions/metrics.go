package subscriptions

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct {
	subscribers *prometheus.GaugeVec
	requests    *prometheus.CounterVec
}

// outcomes are what can become of a request.
var outcomes = []string{"taken", "limited", "unlisted", "repeated", "asked", "failed", "refused", "confirmed", "left"}

func newMetrics(reg prometheus.Registerer, pages []Page) *metrics {
	f := promauto.With(reg)
	m := &metrics{
		subscribers: f.NewGaugeVec(prometheus.GaugeOpts{
			Name: "headstart_subscribers", Help: "Confirmed subscriptions by status page, as counted once an hour and after each change.",
		}, []string{"page"}),
		requests: f.NewCounterVec(prometheus.CounterOpts{
			Name: "headstart_subscription_requests_total",
			Help: "What became of requests to subscribe: taken or limited, unlisted, repeated; the mail that asks back was asked, failed (tried again) or refused; then confirmed, and left.",
		}, []string{"outcome"}),
	}
	for _, p := range pages {
		m.subscribers.WithLabelValues(p.ID)
	}
	for _, o := range outcomes {
		m.requests.WithLabelValues(o)
	}
	return m
}

func (m *metrics) count(outcome string) { m.requests.WithLabelValues(outcome).Inc() }

// Count returns how many subscriptions each page has.
func (r *Register) Count(ctx context.Context) (map[string]int, error) {
	now, out := time.Now(), map[string]int{}
	for _, p := range r.o.Pages {
		out[p.ID] = 0
	}
	err := r.each(ctx, func(_ string, w *row) {
		for _, s := range w.Subs {
			if _, known := out[s.Page]; known && now.Before(s.Renewed.Add(r.o.Keep)) {
				out[s.Page]++
			}
		}
	})
	return out, err
}

// recount shows how many there are.
func (r *Register) recount(ctx context.Context) {
	counts, err := r.Count(ctx)
	if err != nil {
		r.trouble(ctx, "subscribers not counted", err)
		return
	}
	for page, n := range counts {
		r.metrics.subscribers.WithLabelValues(page).Set(float64(n))
	}
}
