package alerts

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"headstart"
)

// batch is a body of 64 alerts with 15 labels each, as Prometheus writes it.
func batch(b *testing.B, n int, now time.Time) string {
	alerts := make([]map[string]any, 64)
	for i := range alerts {
		labels := map[string]string{"alertname": "HostDown", "instance": fmt.Sprintf("host-%d-%d.example.org:9100", n, i)}
		for l := range 13 {
			labels[fmt.Sprintf("label_%02d", l)] = fmt.Sprintf("value-of-label-%d", l)
		}
		alerts[i] = map[string]any{
			"labels": labels, "annotations": map[string]string{"summary": "host is down", "description": "no answer for 1m"},
			"startsAt": now.Add(-time.Minute), "endsAt": now.Add(4 * time.Minute),
			"generatorURL": "http://prometheus.example.org:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1",
		}
	}
	body, err := json.Marshal(alerts)
	if err != nil {
		b.Fatal(err)
	}
	return string(body)
}

func discarding() *API {
	return New(Options{
		Append:      func(context.Context, headstart.Append) (headstart.Offset, error) { return headstart.Offset{}, nil },
		View:        headstart.NewView(),
		Incarnation: func() string { return "one" },
		Config:      usual(), Logger: slog.New(slog.DiscardHandler),
	})
}

func post(b *testing.B, a *API, body string) {
	r := httptest.NewRequest("POST", "/api/v2/alerts", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	a.post(w, r)
	if w.Code != http.StatusOK {
		b.Fatalf("%d %s", w.Code, w.Body)
	}
}

// BenchmarkPostRepeat is one request of 64 alerts the log already has.
func BenchmarkPostRepeat(b *testing.B) {
	a, body := discarding(), batch(b, 0, time.Now())
	post(b, a, body)
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		post(b, a, body)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/64, "ns/alert")
}

// BenchmarkPostNew is one request of 64 alerts nobody has seen.
func BenchmarkPostNew(b *testing.B) {
	a, body := discarding(), batch(b, 0, time.Now())
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		a.filter.reset("one")
		post(b, a, body)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/64, "ns/alert")
}
