package alerts

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"headstart"
)

var t0 = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

// stand is an API on a log in memory, with a clock that stands still.
type stand struct {
	*API
	mux  *http.ServeMux
	view *headstart.View
	reg  *prometheus.Registry

	mu          sync.Mutex
	now         time.Time
	fail        error
	incarnation string
	records     []headstart.Record
}

// usual is what most installations have.
func usual() Config {
	return Config{
		DropLabels: []string{"replica", "prometheus_replica"},
		Watchdog:   []string{`alertname="Watchdog"`},
		Ignore:     []string{`alertname="InfoInhibitor"`, `severity="none"`},
	}
}

func newStand(t testing.TB) *stand {
	t.Helper()
	s := &stand{now: t0, incarnation: "one", view: headstart.NewView(), reg: prometheus.NewRegistry()}
	s.API = New(Options{
		Append: s.append, View: s.view, Incarnation: func() string { s.mu.Lock(); defer s.mu.Unlock(); return s.incarnation },
		Config: usual(), Logger: slog.New(slog.DiscardHandler), Registerer: s.reg,
		Now: func() time.Time { s.mu.Lock(); defer s.mu.Unlock(); return s.now },
	})
	s.mux = http.NewServeMux()
	for _, r := range s.Routes() {
		s.mux.Handle(r.Pattern, r.Handler)
	}
	return s
}

func (s *stand) append(_ context.Context, a headstart.Append) (headstart.Offset, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return headstart.Offset{}, s.fail
	}
	r, err := headstart.DecodeRecord(a.Data)
	if err != nil {
		return headstart.Offset{}, err
	}
	s.records = append(s.records, r)
	return headstart.Offset{Ms: uint64(s.now.UnixMilli()), Seq: uint64(len(s.records))}, nil
}

// taken returns what the log got since the last call, one word per line:
// "name@origin firing" or "refresh fingerprint@origin".
func (s *stand) taken() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []string{}
	for _, r := range s.records {
		for _, l := range r.Lines {
			for _, f := range l.Refresh {
				out = append(out, "refresh "+f.Source+" "+f.EndsAt.Format(time.TimeOnly))
			}
			if a := l.Alert; a != nil {
				state := "firing"
				if !a.Alive(time.UnixMilli(r.Received)) {
					state = "resolved"
				}
				out = append(out, a.Labels["alertname"]+"@"+a.Origin()+" "+state)
			}
		}
	}
	s.records = nil
	return out
}

func (s *stand) at(d time.Duration) { s.mu.Lock(); s.now = t0.Add(d); s.mu.Unlock() }

func (s *stand) post(t testing.TB, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest("POST", path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	s.mux.ServeHTTP(w, r)
	return w
}

// alerts posts to the API and returns the status.
func (s *stand) alerts(t testing.TB, alerts ...map[string]any) int {
	t.Helper()
	b, err := json.Marshal(alerts)
	if err != nil {
		t.Fatal(err)
	}
	return s.post(t, "/api/v2/alerts", string(b)).Code
}

func (s *stand) get(t testing.TB, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	s.mux.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w
}

// firing is an alert as Prometheus sends it at now: four minutes of promise.
func (s *stand) firing(name, prometheusHost string, more ...string) map[string]any {
	labels := map[string]string{"alertname": name, "instance": "sw-n-2:9100"}
	for i := 0; i+1 < len(more); i += 2 {
		labels[more[i]] = more[i+1]
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return map[string]any{
		"labels": labels, "annotations": map[string]string{"summary": "it is \"down\""},
		"startsAt": t0.Add(-time.Minute), "endsAt": s.now.Add(4 * time.Minute),
		"generatorURL": "http://" + prometheusHost + "/graph?g0.expr=up+%3D%3D+0&g0.tab=1",
	}
}

// show puts an alert into the view, as the engine would.
func (s *stand) show(t testing.TB, states ...headstart.AlertState) {
	t.Helper()
	var rows []headstart.FeedOp
	for _, a := range states {
		a.V = 1
		if a.Fingerprint == "" {
			a.Fingerprint = (&headstart.Alert{Labels: a.Labels}).Fingerprint()
		}
		b, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, headstart.FeedOp{Table: headstart.TableAlerts, Row: headstart.Row{Key: a.Fingerprint, Val: b}})
	}
	if err := s.view.Reset(headstart.Cursor{}, headstart.Offset{}, rows); err != nil {
		t.Fatal(err)
	}
}

func TestRoutesAllHaveAScope(t *testing.T) { // ruling 39
	for _, r := range newStand(t).Routes() {
		changes := r.Pattern == "POST /api/v2/silences" || r.Pattern == "DELETE /api/v2/silence/{id}"
		if changes != (r.Scope == headstart.ScopeWrite) {
			t.Errorf("%s has scope %q; want write for what changes silences, and only for that", r.Pattern, r.Scope)
		}
		takes := r.Pattern == "POST /api/v2/alerts" || r.Pattern == "POST /hooks/alertmanager" ||
			r.Pattern == "POST /api/v1/alerts" // takes nothing, and says so to who would send
		if (r.Scope == headstart.ScopeIngest) != takes {
			t.Errorf("%s has scope %q; only a POST takes anything in", r.Pattern, r.Scope)
		}
	}
}

func TestFirstAPIIsGone(t *testing.T) { // ruling 50
	s := newStand(t)
	for _, p := range []string{"alerts", "silences", "status", "receivers"} {
		w := s.get(t, "/api/v1/"+p)
		if w.Code != http.StatusGone || !strings.Contains(w.Body.String(), `"status":"deprecated"`) {
			t.Errorf("GET /api/v1/%s: %d %s; want 410 and deprecated", p, w.Code, w.Body)
		}
	}
}

func TestMetrics(t *testing.T) {
	s := newStand(t)
	s.alerts(t, s.firing("Down", "prom-a:9090"), s.firing("InfoInhibitor", "prom-a:9090"))
	s.post(t, "/api/v2/alerts", "{")
	want := `
# HELP headstart_alerts_received_total Alerts received, repeats included, by sender.
# TYPE headstart_alerts_received_total counter
headstart_alerts_received_total{source="api"} 2
# HELP headstart_source_last_seen_timestamp_seconds When a sender was last heard.
# TYPE headstart_source_last_seen_timestamp_seconds gauge
headstart_source_last_seen_timestamp_seconds{source="api"} 1.7954208e+09
# HELP alertmanager_build_info The Alertmanager whose API this program speaks; karma reads it.
# TYPE alertmanager_build_info gauge
alertmanager_build_info{version="0.34.2"} 1
`
	if err := testutil.GatherAndCompare(s.reg, strings.NewReader(want), "headstart_alerts_received_total", "headstart_source_last_seen_timestamp_seconds", "alertmanager_build_info"); err != nil {
		t.Error(err)
	}
	if got := testutil.ToFloat64(s.metrics.rejected.WithLabelValues("malformed")); got != 1 {
		t.Errorf("malformed bodies counted: %v, want 1", got)
	}
	if got := testutil.ToFloat64(s.metrics.filtered.WithLabelValues("ignore")); got != 1 {
		t.Errorf("ignored alerts counted: %v, want 1", got)
	}
	problems, err := testutil.GatherAndLint(s.reg)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

func TestUnplacedIsCounted(t *testing.T) {
	s := newStand(t)
	var rows []headstart.FeedOp
	for key, p := range map[string]headstart.Problem{
		"alert:a":    {V: 1, Key: "alert:a", State: headstart.ProblemOpen, Unplaced: true},
		"alert:b":    {V: 1, Key: "alert:b", State: headstart.ProblemHealthy, Unplaced: true},
		"sw-1/Alert": {V: 1, Key: "sw-1/Alert", State: headstart.ProblemOpen},
	} {
		b, _ := json.Marshal(p)
		rows = append(rows, headstart.FeedOp{Table: headstart.TableProblems, Row: headstart.Row{Key: key, Val: b}})
	}
	if err := s.view.Reset(headstart.Cursor{}, headstart.Offset{}, rows); err != nil {
		t.Fatal(err)
	}
	if got := s.view.CountUnplaced(); got != 1 {
		t.Errorf("unplaced = %d, want 1: the healthy one is over", got)
	}
}
