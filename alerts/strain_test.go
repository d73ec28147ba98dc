package alerts

import (
	"net/http"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"headstart"
)

// Under strain the end of what fires and the word that something still does go first; what
// is new is answered 503, counted, and taken when it is sent again.
func TestUnderStrainNewsComeAgain(t *testing.T) {
	for _, strain := range []Strain{StrainMemory, StrainLag} {
		t.Run(string(strain), func(t *testing.T) {
			s := newStand(t)
			old, still, changes := s.firing("Old", "prom-a:9090"), s.firing("Still", "prom-a:9090"), s.firing("Changes", "prom-a:9090")
			s.alerts(t, old, still, changes)
			s.taken()

			s.at(time.Minute)
			s.API.strain = func() Strain { return strain }
			old["endsAt"] = t0.Add(30 * time.Second)
			changes = s.firing("Changes", "prom-a:9090")
			changes["annotations"] = map[string]string{"summary": "worse"}
			fresh, unknown := s.firing("Fresh", "prom-a:9090"), s.firing("Unknown", "prom-a:9090")
			unknown["endsAt"] = t0.Add(30 * time.Second)
			if code := s.alerts(t, fresh, old, changes, s.firing("Still", "prom-a:9090"), unknown, s.firing("Watchdog", "prom-a:9090")); code != http.StatusServiceUnavailable {
				t.Errorf("some of it was left out, and the sender was told %d", code)
			}
			want(t, s, "what goes first", "Old@prom-a:9090 resolved", "Watchdog@prom-a:9090 firing", "refresh prom-a:9090 08:05:00")
			if n := testutil.ToFloat64(s.metrics.rejected.WithLabelValues(string(strain))); n != 3 {
				t.Errorf("%v alerts are counted as left out, want 3", n)
			}
			if code := s.alerts(t, s.firing("Still", "prom-a:9090")); code != http.StatusOK {
				t.Errorf("what says nothing new was answered %d", code)
			}

			s.API.strain = func() Strain { return "" }
			if code := s.alerts(t, fresh, old, changes, unknown); code != http.StatusOK {
				t.Errorf("sent again: %d", code)
			}
			want(t, s, "sent again", "Fresh@prom-a:9090 firing", "Changes@prom-a:9090 firing", "Unknown@prom-a:9090 resolved")
		})
	}
}

// What changes at every evaluation is a change each time; it must not expire for that.
func TestUnderStrainWhatChangesStaysAlive(t *testing.T) {
	s := newStand(t)
	s.API.strain = func() Strain { return "" }
	alert := func(summary string) map[string]any {
		a := s.firing("Load", "prom-a:9090")
		a["annotations"] = map[string]string{"summary": summary}
		return a
	}
	s.alerts(t, alert("91 %"))
	s.taken()
	s.API.strain = func() Strain { return StrainLag }
	for n, summary := range []string{"92 %", "93 %", "94 %", "95 %"} {
		s.at(time.Duration(n+1) * time.Minute)
		s.alerts(t, alert(summary))
		if lines := s.taken(); len(lines) != 1 || lines[0][:7] != "refresh" {
			t.Errorf("after %d minutes the log got %q, want a new end", n+1, lines)
		}
	}
}

// An alert that was decided to be over needs more than a new end.
func TestUnderStrainNothingIsRevived(t *testing.T) {
	s := newStand(t)
	a := s.firing("Down", "prom-a:9090")
	s.alerts(t, a)
	s.taken()
	s.API.strain = func() Strain { return StrainMemory }
	s.show(t, headstart.AlertState{Labels: map[string]string{"alertname": "Down", "instance": "sw-n-2:9100"}, Expired: true})
	s.at(5 * time.Minute)
	if code := s.alerts(t, s.firing("Down", "prom-a:9090")); code != http.StatusServiceUnavailable {
		t.Errorf("an alert that is over and fires again was answered %d", code)
	}
	want(t, s, "of what is over")
}

func TestWebhookUnderStrain(t *testing.T) {
	s := newStand(t)
	s.show(t, headstart.AlertState{
		Labels: map[string]string{"alertname": "Up", "instance": "b"}, Firing: true, Origins: map[string]time.Time{"alertmanager": {}},
	})
	s.API.strain = func() Strain { return StrainMemory }
	message := `{"version":"4","alerts":[
 {"status":"firing","labels":{"alertname":"Down","instance":"a"},"startsAt":"2026-11-23T07:58:00Z","generatorURL":"http://prom-a:9090/graph"},
 {"status":"resolved","labels":{"alertname":"Gone","instance":"c"},"startsAt":"2026-11-23T07:00:00Z","endsAt":"2026-11-23T07:59:00Z"},
 {"status":"resolved","labels":{"alertname":"Up","instance":"b"},"startsAt":"2026-11-23T07:00:00Z","endsAt":"2026-11-23T07:59:00Z"}]}`
	if w := s.post(t, "/hooks/alertmanager", message); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("some of it was left out, and Alertmanager was told %d, to come again after %q s", w.Code, w.Header().Get("Retry-After"))
	}
	want(t, s, "what goes first", "Up@alertmanager resolved")
	s.API.strain = func() Strain { return "" }
	if w := s.post(t, "/hooks/alertmanager", message); w.Code != http.StatusOK {
		t.Errorf("sent again: %d", w.Code)
	}
	want(t, s, "sent again", "Down@prom-a:9090 firing", "Gone@alertmanager resolved", "Up@alertmanager resolved")
}
