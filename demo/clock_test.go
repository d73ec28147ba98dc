package demo

import (
	"testing"
	"time"
)

// TestClock: it goes on and never back, and rings each alarm once.
func TestClock(t *testing.T) {
	start := time.Date(2026, 11, 30, 7, 50, 0, 0, time.UTC)
	c := NewClock(start)
	rang := map[string]int{}
	c.At(start.Add(time.Minute), func() { rang["a minute"]++ })
	c.At(start.Add(time.Hour), func() { rang["an hour"]++ })
	c.At(start, func() { rang["now"]++ })
	c.At(start.Add(time.Minute), func() { rang["forgotten"]++ })()
	if rang["now"] != 1 {
		t.Error("what is due already did not ring at once")
	}
	c.Set(start.Add(time.Minute))
	c.Set(start)
	c.Set(start.Add(2 * time.Minute))
	if got := c.Now(); !got.Equal(start.Add(2 * time.Minute)) {
		t.Errorf("the clock says %s; it went back, or not on", got)
	}
	if rang["a minute"] != 1 || rang["an hour"] != 0 || rang["forgotten"] != 0 {
		t.Errorf("rang %v; want the alarm of a minute once, and no other", rang)
	}
}

// TestFirstMorning: always a Monday at ten to eight that lies ahead, across a change of
// the clocks too.
func TestFirstMorning(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	for day := range 400 {
		now := time.Date(2026, 1, 1, 23, 59, 0, 0, zone).AddDate(0, 0, day)
		got := FirstMorning(now, zone)
		if got.Weekday() != time.Monday || got.Format("15:04") != "07:50" || Evening(got).Before(now) || got.Sub(now) > 15*24*time.Hour {
			t.Fatalf("from %s: %s", now, got)
		}
	}
}
