package correlate

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"headstart"
)

// TestFewEndedAlertsAreRemembered: of the alerts that ended, those that did so longest
// ago are forgotten first when there are too many; what fires is never forgotten, and a
// state made anew from its rows forgets the same.
func TestFewEndedAlertsAreRemembered(t *testing.T) {
	p := newPlayer(t, true)
	p.s.timers.endings.most = 3
	at := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	post := func(n int, fires bool) {
		at = at.Add(time.Second)
		a := headstart.Alert{Source: "prometheus", Labels: map[string]string{"alertname": "PodCrash", "pod": fmt.Sprint(n)}}
		if a.StartsAt, a.EndsAt = at.Add(-time.Minute), at; fires {
			a.EndsAt = at.Add(time.Hour)
		}
		p.apply(headstart.Event{At: at, Received: at, Line: headstart.Line{Alert: &a}})
	}
	known := func() (pods []string) {
		for _, a := range p.s.alerts {
			pods = append(pods, a.labels()["pod"])
		}
		slices.Sort(pods)
		return pods
	}
	want := func(what string, pods ...string) {
		t.Helper()
		if got := known(); !slices.Equal(got, pods) {
			t.Fatalf("%s: %v are known, want %v", what, got, pods)
		}
		p.compareLoaded()
	}
	for n := range 4 {
		post(n, true)
	}
	for n := range 3 {
		post(n, false)
	}
	want("three ended", "0", "1", "2", "3")
	post(0, true)
	post(3, false)
	want("the first fires again, and another ended in its place", "0", "1", "2", "3")
	post(0, false)
	want("four ended", "0", "2", "3")
	p.s = p.resumed().s
	post(4, true)
	post(4, false)
	want("five ended, after a start from rows", "0", "3", "4")

	old := at
	at = at.Add(alertMemory - 5*time.Second)
	post(5, true)
	want("a day less a little later", "0", "3", "4", "5")
	if got, want := p.s.recalls(), at.Sub(old.Add(-3*time.Second)); got != want {
		t.Errorf("what ended is recalled for %s, want %s", got, want)
	}
	at = at.Add(time.Minute)
	post(6, true)
	want("a day later", "5", "6")
	if got := p.s.recalls(); got != alertMemory {
		t.Errorf("what ended is recalled for %s, want %s", got, alertMemory)
	}
}

// TestTooManyEndedAlertsShrink: a state with more than is remembered, from before there
// was a bound, loses two with each that ends.
func TestTooManyEndedAlertsShrink(t *testing.T) {
	p := newPlayer(t, false)
	at := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	for n := range 12 {
		if n == 10 {
			p.s.timers.endings.most = 4
		}
		at = at.Add(time.Second)
		a := headstart.Alert{Source: "prometheus", Labels: map[string]string{"alertname": "PodCrash", "pod": fmt.Sprint(n)}}
		a.StartsAt, a.EndsAt = at.Add(-time.Minute), at // a tombstone each
		p.apply(headstart.Event{At: at, Received: at, Line: headstart.Line{Alert: &a}})
	}
	if len(p.s.alerts) != 8 || p.s.timers.endings.live != 8 {
		t.Errorf("%d alerts and %d timers after ten and two more; want 8 of each", len(p.s.alerts), p.s.timers.endings.live)
	}
}
