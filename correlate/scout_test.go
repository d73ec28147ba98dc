package correlate

import (
	"testing"
	"time"

	"headstart"
)

// Two devices and two checks can share a key where names have slashes: the second failure
// is the first problem then, whether or not somebody looked at it ahead.
func TestKeyOfTwoReadings(t *testing.T) {
	for _, ahead := range []bool{false, true} {
		s := NewState()
		at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
		s.Apply(headstart.Event{At: at, Line: headstart.Line{Config: &headstart.LogConfig{
			Catalog: &headstart.Catalog{Devices: []headstart.Device{{ID: "hall"}, {ID: "hall/lamp"}}},
		}}})
		events := []headstart.Event{
			{At: at, Line: headstart.Line{Alert: &headstart.Alert{Labels: map[string]string{"alertname": "lamp/Down", "asset": "hall"}}}},
			{At: at, Line: headstart.Line{Alert: &headstart.Alert{Labels: map[string]string{"alertname": "Down", "asset": "hall/lamp"}}}},
		}
		if ahead {
			s.Scout(nil).Look(events)
		}
		for _, ev := range events {
			s.Apply(ev)
		}
		p := s.Problem("hall/lamp/Down")
		if p == nil || p.Asset != "hall" || len(p.Alerts) != 2 {
			t.Errorf("looked at ahead: %t: the problem is %+v; want one of hall with both alerts", ahead, p)
		}
	}
}

// What was found out by the names of before is not believed: a configuration that comes
// between the look and the event decides.
func TestScoutOfBefore(t *testing.T) {
	s := NewState()
	at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	config := func(device string) headstart.Event {
		return headstart.Event{At: at, Line: headstart.Line{Config: &headstart.LogConfig{Catalog: &headstart.Catalog{Devices: []headstart.Device{{ID: device}}}}}}
	}
	s.Apply(config("hall"))
	events := []headstart.Event{{At: at, Line: headstart.Line{Alert: &headstart.Alert{Labels: map[string]string{"alertname": "Down", "asset": "lamp"}}}}}
	s.Scout(nil).Look(events)
	if events[0].Ahead == nil {
		t.Fatal("nothing was found out ahead; the test shows nothing")
	}
	s.Apply(config("lamp"))
	s.Apply(events[0])
	if p := s.Problem("lamp/Down"); p == nil || p.Asset != "lamp" {
		t.Errorf("the problem is %+v; want one of the lamp that the catalog has by now", p)
	}
}
