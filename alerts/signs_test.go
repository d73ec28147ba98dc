package alerts

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

// Ruling 19: a watchdog is a sign of life even with the severity none that it usually
// has and that is ignored by default; one that ended is none.
func TestSignOfLife(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	if at := s.SignOfLife(); !at.IsZero() {
		t.Errorf("a sign of life at %s, before any was heard", at)
	}
	gone := s.firing("Watchdog", "prom-b:9090", "severity", "none")
	gone["endsAt"] = t0.Add(-time.Minute).Format(time.RFC3339)
	gone["startsAt"] = t0.Add(-time.Hour).Format(time.RFC3339)
	s.alerts(t, s.firing("Watchdog", "prom-a:9090", "severity", "none"), gone)
	want(t, s, "one fires, one ended", "Watchdog@prom-a:9090 firing")
	hook := fmt.Sprintf(`{"version":"4","status":"firing","receiver":"x","alerts":[{"status":"firing","labels":{"alertname":"Watchdog","severity":"none"},"startsAt":%q,"generatorURL":"http://prom-c:9090/x"}]}`, t0.Format(time.RFC3339))
	s.at(time.Second)
	if w := s.post(t, "/hooks/alertmanager", hook); w.Code != 200 {
		t.Fatalf("the webhook is answered %d %s", w.Code, w.Body)
	}
	if at := s.SignOfLife(); !at.Equal(t0.Add(time.Second)) {
		t.Errorf("the newest sign of life is of %s, want that of the webhook", at)
	}
	shown := fmt.Sprintf("%q", s.taken())
	if !strings.Contains(shown, "Watchdog@") {
		t.Errorf("the webhook's watchdog is not in the log: %s", shown)
	}
	n, err := testutil.GatherAndCount(s.reg, "headstart_watchdog_last_seen_timestamp_seconds")
	if err != nil || n != 2 {
		t.Errorf("%d sources in the metric, %v; want the two that live", n, err)
	}
}

// The names of sources come from outside: the metric names no more of them than the
// engine knows.
func TestSignsAreBounded(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	for i := range 3 * mostSigns {
		s.alerts(t, s.firing("Watchdog", fmt.Sprintf("prom-%03d:9090", i)))
	}
	if n, err := testutil.GatherAndCount(s.reg, "headstart_watchdog_last_seen_timestamp_seconds"); err != nil || n != mostSigns {
		t.Errorf("%d sources, %v; want %d", n, err, mostSigns)
	}
}

// One Prometheus may be heard straight and through an Alertmanager, by its webhook or by
// asking it. The engine keeps the time of each, so each has its own minute here: one that
// kept the other out of the log would make it look blind after five.
func TestSignsOfBothWays(t *testing.T) {
	t.Parallel()
	hook := func(s *stand) {
		body := fmt.Sprintf(`{"version":"4","status":"firing","receiver":"x","alerts":[{"status":"firing","labels":{"alertname":"Watchdog"},"startsAt":%q,"generatorURL":"http://prom-a:9090/x"}]}`, t0.Format(time.RFC3339))
		if w := s.post(t, "/hooks/alertmanager", body); w.Code != http.StatusOK {
			t.Fatalf("the webhook is answered %d %s", w.Code, w.Body)
		}
	}
	s := newStand(t)
	s.deciding(true)
	peer := startFake(t, t0.Add(-time.Hour))
	peer.alerts.Store(list(theirs("Watchdog", t0, "")))
	r := s.reconciled(t, peer.URL)
	for minute := range 3 {
		at := time.Duration(minute) * time.Minute
		s.at(at)
		if told := s.told(t, r); len(told) != 1 {
			t.Fatalf("minute %d: asking the Alertmanager wrote %v", minute, told)
		}
		s.taken()
		hook(s)
		s.at(at + time.Second)
		hook(s) // sent again at once: says nothing new
		s.alerts(t, s.firing("Watchdog", "prom-a:9090"))
		if got := s.taken(); len(got) != 1 {
			t.Errorf("minute %d: the webhook, beside what was read straight, wrote %v; want one sign of life", minute, got)
		}
	}
	if n, err := testutil.GatherAndCount(s.reg, "headstart_watchdog_last_seen_timestamp_seconds"); err != nil || n != 2 {
		t.Errorf("%d sources in the metric, %v; want Prometheus and Alertmanager", n, err)
	}
}
