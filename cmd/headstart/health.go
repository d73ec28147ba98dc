package main

import (
	"cmp"
	"context"
	"runtime/metrics"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/version"

	"headstart"
	"headstart/configs"
	"headstart/store"
	"headstart/web"
)

// healthOf tells pages how this process does: by its own metrics, so that /settings and
// /metrics never disagree, and by doctor's rules.
type healthOf struct {
	cfg      *configs.Config
	view     *headstart.View
	store    store.Store
	rules    string
	gatherer prometheus.Gatherer

	mu       sync.Mutex
	last     web.Health
	at       time.Time           // of last
	found    []web.HealthFinding // of the last look at everything
	examined time.Time
}

// healthFor is how long an answer is given again: every open board asks.
const healthFor = 2 * time.Second

// now is how the process does, or did two seconds ago.
func (h *healthOf) now(ctx context.Context) web.Health {
	h.mu.Lock()
	defer h.mu.Unlock()
	if time.Since(h.at) > healthFor {
		h.last, h.at = h.look(ctx), time.Now()
	}
	return h.last
}

// look is how the process does at this moment. What a metric does not say is zero.
func (h *healthOf) look(ctx context.Context) web.Health {
	at := h.view.Cursor().Off
	out := web.Health{
		Version: version.Version, Engine: headstart.EngineVersion, Rules: h.rules, Position: at.String(), At: at.At(), Store: h.cfg.Store.Mode, File: h.cfg.File,
		Memory: memory(), Sources: []web.SourceHealth{}, Findings: minded(lookSettings(ctx, h.cfg)),
	}
	families, err := h.gatherer.Gather()
	if err != nil && len(families) == 0 {
		out.Findings = append(out.Findings, web.HealthFinding{What: "metrics: " + err.Error(), Remedy: "see the log"})
	}
	for _, f := range families {
		take(&out, f)
	}
	if room, err := h.store.Room(ctx); err == nil {
		out.Full = room
	}
	if w, is := h.store.(watched); is {
		for _, text := range w.Unsafe() {
			what, remedy, _ := strings.Cut(text, "; ")
			out.Findings = append(out.Findings, web.HealthFinding{What: "store: " + what, Remedy: remedy})
		}
	} else if w, is := h.store.(writable); is { // a file, which is not asked over the network
		if err := w.Writable(ctx); err != nil {
			what, remedy, _ := strings.Cut(err.Error(), "; ")
			out.Findings = append(out.Findings, web.HealthFinding{What: "store: " + what, Remedy: cmp.Or(remedy, "see the log")})
		}
	}
	out.Findings, out.Examined = append(out.Findings, h.found...), h.examined
	return out
}

// gauges are the metrics that say one thing, and what of a process that is.
var gauges = map[string]func(out *web.Health, value float64){
	"headstart_outbox_pending":                               func(out *web.Health, value float64) { out.Waiting = int(value) },
	"headstart_outbox_oldest_seconds":                        func(out *web.Health, value float64) { out.Oldest = value },
	"headstart_outbox_dead":                                  func(out *web.Health, value float64) { out.Dead = int(value) },
	"headstart_leader":                                       func(out *web.Health, value float64) { out.Leader = value > 0 },
	"headstart_engine_lag_seconds":                           func(out *web.Health, value float64) { out.Lag = value },
	"headstart_log_bytes":                                    func(out *web.Health, value float64) { out.LogBytes = int64(value) },
	"headstart_config_last_reload_successful":                func(out *web.Health, value float64) { out.Reloaded = value > 0 },
	"headstart_config_last_reload_success_timestamp_seconds": func(out *web.Health, value float64) { out.Loaded = time.Unix(int64(value), 0) },
}

// take reads what one family of metrics says into out.
func take(out *web.Health, f *dto.MetricFamily) {
	sum := 0.0
	for _, m := range f.GetMetric() {
		value := m.GetGauge().GetValue()
		sum += value
		switch f.GetName() {
		case "headstart_source_last_seen_timestamp_seconds":
			if value > 0 {
				out.Sources = append(out.Sources, web.SourceHealth{Kind: "alerts", Name: label(m, "source"), Seen: time.Unix(int64(value), 0)})
			}
		case "headstart_ticket_source_up":
			out.Sources = append(out.Sources, web.SourceHealth{Kind: "tickets", Name: label(m, "source"), Down: value == 0})
		}
	}
	if read := gauges[f.GetName()]; read != nil {
		read(out, sum)
	}
}

func label(m *dto.Metric, name string) string {
	for _, l := range m.GetLabel() {
		if l.GetName() == name {
			return l.GetValue()
		}
	}
	return ""
}

// memory is what this process holds, in bytes.
func memory() int64 {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return int64(sample[0].Value.Uint64()) //nolint:gosec // no machine has that much
}

// examine looks at all that doctor looks at and that is not this process itself:
// folders, rights, servers of channels, ticket systems, Alertmanagers.
func (h *healthOf) examine(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var found []web.HealthFinding
	for _, look := range []func(context.Context, *configs.Config) []finding{lookFolder, lookExports, lookICMP, lookAnchors, lookChannels, lookTickets, lookDeadMan} {
		found = append(found, minded(look(ctx, h.cfg))...)
	}
	found = append(found, minded(lookInside(ctx, h.store))...)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.found, h.examined, h.at = found, time.Now(), time.Time{}
}

// minded are the findings that have a remedy.
func minded(found []finding) []web.HealthFinding {
	out := []web.HealthFinding{}
	for _, f := range found {
		if f.remedy != "" {
			out = append(out, web.HealthFinding{What: f.what, Remedy: f.remedy})
		}
	}
	return out
}
