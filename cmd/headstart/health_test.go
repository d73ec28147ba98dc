package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"headstart"
	"headstart/configs"
	"headstart/store"
)

// What /settings shows is what /metrics says, and what doctor minds.
func TestHealthIsWhatTheMetricsSay(t *testing.T) {
	reg := prometheus.NewRegistry()
	f := promauto.With(reg)
	gauge := func(name string, value float64) {
		f.NewGauge(prometheus.GaugeOpts{Name: name, Help: "x"}).Set(value)
	}
	gauge("headstart_outbox_pending", 3)
	gauge("headstart_outbox_oldest_seconds", 61)
	gauge("headstart_outbox_dead", 2)
	gauge("headstart_leader", 1)
	gauge("headstart_engine_lag_seconds", .25)
	gauge("headstart_log_bytes", 4096)
	gauge("headstart_config_last_reload_successful", 1)
	gauge("headstart_config_last_reload_success_timestamp_seconds", 1795295378)
	seen := f.NewGaugeVec(prometheus.GaugeOpts{Name: "headstart_source_last_seen_timestamp_seconds", Help: "x"}, []string{"source"})
	seen.WithLabelValues("prom-a").Set(1795295300)
	seen.WithLabelValues("never").Set(0)
	up := f.NewGaugeVec(prometheus.GaugeOpts{Name: "headstart_ticket_source_up", Help: "x"}, []string{"source"})
	up.WithLabelValues("rt").Set(0)

	cfg, err := configs.Load(configs.Source{File: configured(t, map[string]string{"headstart.yml": "data_dir: DIR/data\n"})})
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.OpenBolt(filepath.Join(t.TempDir(), "s.db"), store.BoltOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = st.Close() }()
	h := &healthOf{cfg: cfg, view: headstart.NewView(), store: st, rules: "sha256:ab", gatherer: reg}
	got := h.now(t.Context())
	if got.Waiting != 3 || got.Oldest != 61 || got.Dead != 2 || !got.Leader || got.Lag != .25 || got.LogBytes != 4096 || !got.Reloaded || !got.Loaded.Equal(time.Unix(1795295378, 0)) || got.Memory == 0 || got.Rules != "sha256:ab" || got.Store != "embedded" {
		t.Errorf("read %+v", got)
	}
	if len(got.Sources) != 2 || got.Sources[0].Name != "prom-a" || got.Sources[0].Kind != "alerts" || got.Sources[1].Name != "rt" || !got.Sources[1].Down {
		t.Errorf("sources %+v", got.Sources)
	}
	var said strings.Builder
	for _, f := range got.Findings {
		said.WriteString(f.What + "\n")
	}
	if !strings.Contains(said.String(), "catalog: no device and no service") || strings.Contains(said.String(), "data_dir") || !got.Examined.IsZero() {
		t.Errorf("before anybody asked to look at everything it minds\n%s", said.String())
	}
	h.examine(t.Context())
	if got = h.now(t.Context()); got.Examined.IsZero() || len(got.Findings) < 2 {
		t.Errorf("after a look at everything it minds %+v", got.Findings)
	}
}
