package alerts

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"headstart"
)

const delivery = `{"version":"4","groupKey":"{}:{}","truncatedAlerts":%d,"receiver":"hs","status":"firing","externalURL":"http://am",
 "groupLabels":{},"commonLabels":{},"commonAnnotations":{},"alerts":[
 {"status":"firing","labels":{"alertname":"Down","instance":"a","replica":"x"},"annotations":{"summary":"s"},"startsAt":"2026-11-23T07:58:00Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://prom-a:9090/graph?g0.tab=1","fingerprint":"1"},
 {"status":"resolved","labels":{"alertname":"Up","instance":"b"},"annotations":{},"startsAt":"2026-11-23T07:00:00Z","endsAt":"2026-11-23T07:59:00Z","generatorURL":"","fingerprint":"2"}]}`

func TestWebhook(t *testing.T) {
	s := newStand(t)
	w := s.post(t, "/hooks/alertmanager", fmt.Sprintf(delivery, 0))
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	lines := s.records[0].Lines
	if a := lines[0].Alert; !a.EndsAt.IsZero() || a.Labels["replica"] != "" || a.Origin() != "prom-a:9090" {
		t.Errorf("firing: %+v; want no end, no replica, origin prom-a:9090", a)
	}
	if a := lines[1].Alert; !a.EndsAt.Equal(t0.Add(-time.Minute)) || a.Origin() != "alertmanager" {
		t.Errorf("resolved: %+v; want its end, origin alertmanager", a)
	}
	want(t, s, "the message", "Down@prom-a:9090 firing", "Up@alertmanager resolved")
	s.post(t, "/hooks/alertmanager", fmt.Sprintf(delivery, 0))
	want(t, s, "repeated: a sign of life", "Down@prom-a:9090 firing", "Up@alertmanager resolved")
}

func TestWebhookIsDurableBefore2xx(t *testing.T) {
	s := newStand(t)
	s.fail = headstart.ErrDown
	if w := s.post(t, "/hooks/alertmanager", fmt.Sprintf(delivery, 0)); w.Code != http.StatusServiceUnavailable {
		t.Errorf("%d; want 503, Alertmanager then sends again", w.Code)
	}
}

func TestWebhookTellsOfTruncation(t *testing.T) {
	s := newStand(t)
	s.post(t, "/hooks/alertmanager", fmt.Sprintf(delivery, 3))
	if got := testutil.ToFloat64(s.metrics.truncated); got != 3 {
		t.Errorf("counted %v alerts left out, want 3", got)
	}
}

// A delivery by webhook is news for the repeat filter of the API.
func TestWebhookEndsWhatTheFilterKnew(t *testing.T) {
	s := newStand(t)
	a := s.firing("Down", "prom-a:9090")
	s.alerts(t, a)
	s.post(t, "/hooks/alertmanager", `{"version":"4","alerts":[{"status":"resolved","labels":{"alertname":"Down","instance":"sw-n-2:9100"},"startsAt":"2026-11-23T07:58:00Z","endsAt":"2026-11-23T07:59:00Z","generatorURL":"http://prom-a:9090/graph"}]}`)
	s.alerts(t, a)
	want(t, s, "firing, resolved by webhook, firing", "Down@prom-a:9090 firing", "Down@prom-a:9090 resolved", "Down@prom-a:9090 firing")
}

func TestResolvedByASenderWhoseClockIsAhead(t *testing.T) {
	s := newStand(t)
	s.post(t, "/hooks/alertmanager", `{"version":"4","alerts":[{"status":"resolved","labels":{"alertname":"Down"},"startsAt":"2026-11-23T08:01:00Z","endsAt":"2026-11-23T08:09:00Z"}]}`)
	want(t, s, "resolved nine minutes from now", "Down@alertmanager resolved")
}

func TestWebhookRefusals(t *testing.T) {
	const good = `{"status":"firing","labels":{"alertname":"A"}}`
	for name, tt := range map[string]struct {
		body   string
		want   string
		stored int
	}{
		"broken":          {`{"version":`, "unexpected end", 0},
		"another version": {`{"version":"3","alerts":[` + good + `]}`, `version is \"3\"`, 0},
		"no alerts":       {`{"version":"4","alerts":[]}`, "no alerts", 0},
		"a list":          {`[` + good + `]`, "cannot unmarshal array", 0},
		"a status":        {`{"version":"4","alerts":[` + good + `,{"status":"odd","labels":{"a":"b"}}]}`, `alert 1: status is \"odd\"`, 1},
		"no end":          {`{"version":"4","alerts":[{"status":"resolved","labels":{"a":"b"}}]}`, "no endsAt", 0},
		"no labels":       {`{"version":"4","alerts":[{"status":"firing","labels":{}},` + good + `]}`, "at least one label", 1},
		"not UTF-8":       {"{\"version\":\"4\",\"alerts\":[{\"labels\":{\"a\":\"\xfe\"}}]}", "UTF-8", 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStand(t)
			w := s.post(t, "/hooks/alertmanager", tt.body)
			if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), tt.want) {
				t.Errorf("%d %s; want 400 and %s", w.Code, w.Body, tt.want)
			}
			if got := len(s.taken()); got != tt.stored {
				t.Errorf("%d stored, want %d: good alerts are kept", got, tt.stored)
			}
		})
	}
}

func FuzzWebhook(f *testing.F) {
	f.Add(fmt.Sprintf(delivery, 1))
	f.Add(`{"version":"4","alerts":[{"status":"resolved","labels":{"a":"b"},"endsAt":"2026-11-23T09:00:00+14:00"}]}`)
	s := newStand(f)
	f.Fuzz(func(t *testing.T, body string) {
		if w := s.post(t, "/hooks/alertmanager", body); w.Code != http.StatusOK && w.Code != http.StatusBadRequest && w.Code != http.StatusUnprocessableEntity {
			t.Fatalf("answered %d %s", w.Code, w.Body)
		}
		s.taken() // append decoded every record
	})
}
