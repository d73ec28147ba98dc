package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"headstart/store"
)

// waiting shows how long the oldest record that is not decided upon has waited, as it
// is when somebody asks. headstart_engine_lag_seconds is of the last commit, which an
// engine that is stuck never makes. It is absent while the store does not answer.
type waiting struct {
	store store.Store
	desc  *prometheus.Desc
}

func newWaiting(st store.Store) waiting {
	return waiting{st, prometheus.NewDesc("headstart_engine_waiting_seconds", "How long the oldest record that is not decided upon has waited; 0 if none waits.", nil, nil)}
}

// Describe implements prometheus.Collector.
func (w waiting) Describe(out chan<- *prometheus.Desc) { out <- w.desc }

// Collect implements prometheus.Collector.
func (w waiting) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second) // a scrape has no context
	defer cancel()
	if lag, err := undecided(ctx, w.store); err == nil {
		out <- prometheus.MustNewConstMetric(w.desc, prometheus.GaugeValue, lag.Seconds())
	}
}

// undecided is how long the oldest record after the committed cursor has waited.
func undecided(ctx context.Context, st store.Store) (time.Duration, error) {
	head, err := st.Head(ctx)
	if err != nil {
		return 0, err
	}
	next, err := st.Read(ctx, head.Off, 1, 0)
	if err != nil || len(next) == 0 {
		return 0, err
	}
	now, err := st.Now(ctx)
	if err != nil {
		return 0, err
	}
	return max(0, now.Sub(next[0].Off.At())), nil
}
