package main

import (
	"fmt"
	"log/slog"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"headstart"
	"headstart/configs"
	"headstart/incidents"
	"headstart/store"
)

// opened opens the store a stopped service used.
func opened(t *testing.T, config string) store.Store {
	t.Helper()
	cfg, err := configs.Load(configs.Source{File: config})
	if err != nil {
		t.Fatal(err)
	}
	st, err := openStore(t.Context(), cfg, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return st
}

// liveHash reads the decision hash a stopped service left in its store.
func liveHash(t *testing.T, config string) string {
	t.Helper()
	st := opened(t, config)
	val, err := st.Get(t.Context(), headstart.TableClock, "engine")
	if err != nil || val == nil {
		t.Fatalf("the engine left no place: %v", err)
	}
	now, err := incidents.ReadStanding(headstart.Row{Key: "engine", Val: val})
	if err != nil {
		t.Fatal(err)
	}
	_ = st.Close()
	return fmt.Sprintf("%s after %d", now.Hash, now.Decisions)
}
