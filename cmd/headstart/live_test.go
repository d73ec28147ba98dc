package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/store/redistest"
)

// sent is one alert as a Prometheus with the given name posts it.
func sent(prometheus, alertname, device string, starts, ends time.Time) map[string]any {
	a := map[string]any{
		"labels":       map[string]string{"alertname": alertname, "device": device, "replica": prometheus},
		"annotations":  map[string]string{"summary": device + " does not answer"},
		"startsAt":     starts.UTC().Format(time.RFC3339Nano),
		"generatorURL": "http://" + prometheus + ":9090/graph",
	}
	if !ends.IsZero() {
		a["endsAt"] = ends.UTC().Format(time.RFC3339Nano)
	}
	return a
}

// alert posts alerts and returns the status.
func (r *running) alert(alerts ...map[string]any) int {
	r.t.Helper()
	body, err := json.Marshal(alerts)
	if err != nil {
		r.t.Fatal(err)
	}
	status, _ := r.post("/api/v2/alerts", string(body))
	return status
}

// only returns the one incident there is.
func (r *running) only() headstart.Incident {
	r.t.Helper()
	is := r.incidents()
	if len(is) != 1 {
		r.t.Fatalf("%d incidents, want one: %s", len(is), r.story())
	}
	return is[0]
}

// opens waits for the incident of a switch and the printer behind it.
func (r *running) opens(alerts ...map[string]any) {
	r.t.Helper()
	if status := r.alert(alerts...); status != http.StatusOK {
		r.t.Fatalf("alerts: %d", status)
	}
	waitFor(r.t, 15*time.Second, "the incident with both members", func() bool {
		is := r.incidents()
		return len(is) == 1 && is[0].Alerts.Total == 2
	})
}

// TestLiveSplitView (ruling 13): one Prometheus of a pair loses its way to the
// switch and says resolved; the other fires on. The incident stays open without
// a flip; when both say resolved it ends.
func TestLiveSplitView(t *testing.T) {
	t.Parallel()
	r := start(t, prepare(t, ""))
	now := time.Now()
	var alerts []map[string]any
	for _, prom := range []string{"prom-a", "prom-b"} {
		alerts = append(alerts, sent(prom, "HostDown", "sw-n-2", now, now.Add(time.Hour)), sent(prom, "PrinterOffline", "prn-n2-04", now, now.Add(time.Hour)))
	}
	r.opens(alerts...)
	before := len(r.only().Timeline)
	r.alert(sent("prom-a", "HostDown", "sw-n-2", now, time.Now()), sent("prom-a", "PrinterOffline", "prn-n2-04", now, time.Now()))
	time.Sleep(5 * time.Second) // longer than hold
	if i := r.only(); i.State != headstart.Open || i.Alerts.Firing != 2 {
		t.Errorf("with one of two saying resolved the incident is %s with %d firing: %s", i.State, i.Alerts.Firing, r.story())
	} else if n := len(i.Timeline); n > before+1 { // the push came meanwhile
		t.Errorf("the timeline grew by %d entries, want no flip: %s", n-before, r.story())
	}
	r.alert(sent("prom-b", "HostDown", "sw-n-2", now, time.Now()), sent("prom-b", "PrinterOffline", "prn-n2-04", now, time.Now()))
	waitFor(t, 15*time.Second, "the incident to resolve", func() bool { return r.only().State == headstart.Resolved })
}

// TestLiveRestart (ruling 13): Prometheus restarts mid-outage and posts the same
// alerts with a new start: the same episode, with the earliest start.
func TestLiveRestart(t *testing.T) {
	t.Parallel()
	r := start(t, prepare(t, ""))
	began := time.Now().Add(-time.Minute)
	r.opens(sent("prom-a", "HostDown", "sw-n-2", began, time.Now().Add(time.Hour)), sent("prom-a", "PrinterOffline", "prn-n2-04", began, time.Now().Add(time.Hour)))
	r.alert(sent("prom-a", "HostDown", "sw-n-2", time.Now(), time.Now().Add(2*time.Hour)), sent("prom-a", "PrinterOffline", "prn-n2-04", time.Now(), time.Now().Add(2*time.Hour)))
	time.Sleep(4 * time.Second)
	i := r.only()
	if i.State != headstart.Open || i.Reopens != 0 || i.StartedAt.Sub(began).Abs() > time.Second {
		t.Errorf("after the restart: %s, %d reopens, started %s (was %s): %s", i.State, i.Reopens, i.StartedAt, began, r.story())
	}
}

// TestLiveCut (rulings 13, 14): the way from Prometheus to us is cut for longer
// than its promise. The alerts expire, which is not fixed: nothing is resolved
// and nothing announced as over. They return with the start unchanged: alive,
// same number, no "again".
func TestLiveCut(t *testing.T) {
	t.Parallel()
	r := start(t, prepare(t, ""))
	began := time.Now()
	both := func(ends time.Time) []map[string]any {
		return []map[string]any{sent("prom-a", "HostDown", "sw-n-2", began, ends), sent("prom-a", "PrinterOffline", "prn-n2-04", began, ends)}
	}
	r.opens(both(time.Now().Add(6 * time.Second))...)
	time.Sleep(12 * time.Second) // twice the promise, longer than hold
	if i := r.only(); !i.Live() || i.ResolvedAt != nil {
		t.Errorf("silence resolved the incident: %s", r.story())
	}
	r.alert(both(time.Now().Add(time.Hour))...)
	time.Sleep(4 * time.Second)
	i := r.only()
	if i.State != headstart.Open || i.Reopens != 0 || i.Alerts.Firing != 2 {
		t.Errorf("back again: %s, %d reopens, %d firing; want open as before: %s", i.State, i.Reopens, i.Alerts.Firing, r.story())
	}
	for _, a := range i.Announcements {
		for _, u := range a.Updates {
			if u.Final {
				t.Errorf("users read %s although nothing was proved", u.Phase)
			}
		}
	}
}

// TestLiveStoreOutage (ruling 5): Redis is gone for longer than every promise.
// Posts are refused with 503 so that the sender keeps them; afterwards nothing
// has resolved or expired by itself. The constants of ruling 5 do not shrink, so
// the outage takes 40 s here; ten minutes are in a scenario of correlate.
func TestLiveStoreOutage(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t, "--maxmemory-policy", "noeviction")
	r := start(t, prepare(t, fmt.Sprintf("store: {mode: redis, addresses: [%q]}\n", redis.Addr)))
	began := time.Now()
	both := func() []map[string]any {
		ends := time.Now().Add(10 * time.Second)
		return []map[string]any{sent("prom-a", "HostDown", "sw-n-2", began, ends), sent("prom-a", "PrinterOffline", "prn-n2-04", began, ends)}
	}
	r.opens(both()...)
	redis.Kill()
	refused := 0
	for end := time.Now().Add(40 * time.Second); time.Now().Before(end); time.Sleep(2 * time.Second) {
		new := sent("prom-a", "PaperJam", fmt.Sprintf("prn-z1-%d", refused), time.Now(), time.Now().Add(time.Hour))
		if status := r.alert(new); status == http.StatusOK {
			t.Error("an alert was accepted while the store was gone")
		} else if status == http.StatusServiceUnavailable {
			refused++
		}
	}
	if refused == 0 {
		t.Error("no post was refused with 503")
	}
	if err := get(r.base+"/-/ready?for=ingest", nil); err == nil || !strings.Contains(err.Error(), "503") {
		t.Errorf("ready for ingest while the store is gone: %v", err)
	}
	redis.Restart(t)
	waitFor(t, 30*time.Second, "ingest to work again", func() bool { return r.alert(both()...) == http.StatusOK })
	time.Sleep(10 * time.Second)
	i := r.only()
	if i.State != headstart.Open || i.Alerts.Firing != 2 || i.ResolvedAt != nil || i.Reopens != 0 {
		t.Errorf("after the outage of the store: %s, %d firing: %s", i.State, i.Alerts.Firing, r.story())
	}
}
