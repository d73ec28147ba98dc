package alerts

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestRoomIsLeftWhole: whatever a request leaves behind says the same once its room was
// written over.
func TestRoomIsLeftWhole(t *testing.T) {
	s := newStand(t)
	body := `[{"labels":{"alertname":"Down","instance":"sw-1"},"annotations":{"summary":"down"},"generatorURL":"http://prom-a:9090/graph?a=1\u0026b=2"},` +
		`{"labels":{"alertname":"Watchdog","severity":"none"},"generatorURL":"http://prom-b:9090/graph"}]`
	send := func() {
		t.Helper()
		r := httptest.NewRequest("POST", "/api/v2/alerts", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		s.mux.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	send()
	overwriteRooms(t, send)
	first := s.records[0].Lines
	if len(first) != 2 || first[0].Alert.Labels["instance"] != "sw-1" || first[0].Alert.GeneratorURL != "http://prom-a:9090/graph?a=1&b=2" || first[1].Alert.Labels["alertname"] != "Watchdog" {
		t.Errorf("the log got %s", fmt.Sprint(s.taken()))
	}
	if len(s.records) != 1 {
		t.Errorf("%d records are in the log: the filter knows its alerts no more", len(s.records))
	}
	if host := s.generators.hosts["http://prom-a:9090/graph?a=1&b=2"]; host != "prom-a:9090" {
		t.Errorf("the host of an address is %q now", host)
	}
	if _, heard := s.filter.watchdogs["prom-b:9090"]; !heard {
		t.Errorf("signs of life are of %v now", s.filter.watchdogs)
	}
}

// overwriteRooms sends until it finds a room that was used, and writes over that.
func overwriteRooms(t *testing.T, send func()) {
	t.Helper()
	for range 1000 { // a pool may lose what it is given
		in := rooms.Get().(*room)
		if cap(in.body) > 0 {
			for n := range in.body[:cap(in.body)] {
				in.body[:cap(in.body)][n] = '#'
			}
			rooms.Put(in)
			return
		}
		send()
	}
	t.Fatal("no room was left to others")
}
