package store

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"headstart"
)

// CONTRACT section 7.
func TestMetrics(t *testing.T) {
	reg := prometheus.NewRegistry()
	st, err := OpenBolt(filepath.Join(t.TempDir(), "x.db"), BoltOptions{NoSync: true, Registerer: reg})
	must(t, err)
	_, err = st.Append(t.Context(), append(recs("a", "b"), headstart.Append{Data: headstart.NewRecord(time.Now()).Encode()}))
	must(t, err)
	tok := acquire(t, st, "A")
	must(t, st.Commit(t.Context(), headstart.Batch{Token: tok, Next: headstart.Cursor{Part: 1}}))

	problems, err := testutil.GatherAndLint(reg)
	must(t, err)
	want(t, "lint", len(problems), 0)
	families, err := reg.Gather()
	must(t, err)
	var names []string
	for _, f := range families {
		names = append(names, f.GetName())
	}
	slices.Sort(names)
	want(t, "metrics", names, []string{
		"headstart_backup_age_seconds", "headstart_commit_duration_seconds", "headstart_events_appended_total", "headstart_leader",
		"headstart_log_bytes", "headstart_replayed_total", "headstart_store_memory_ratio", "headstart_store_replicas", "headstart_store_up",
	})
	m := st.metrics
	want(t, "alerts appended", testutil.ToFloat64(m.appended.WithLabelValues("alert")), 2.0)
	want(t, "ticks appended", testutil.ToFloat64(m.appended.WithLabelValues("tick")), 1.0)
	want(t, "leader", testutil.ToFloat64(m.leader), 1.0)
	want(t, "up", testutil.ToFloat64(m.up), 1.0)
	if testutil.ToFloat64(m.logBytes) <= 0 {
		t.Error("the log takes no bytes")
	}
	must(t, st.Release(t.Context(), tok))
	want(t, "leader after release", testutil.ToFloat64(m.leader), 0.0)
	must(t, st.Close())
	_, err = st.Head(t.Context())
	wantErr(t, "read of a closed store", err, headstart.ErrDown)
	want(t, "up after close", testutil.ToFloat64(m.up), 0.0)
}
