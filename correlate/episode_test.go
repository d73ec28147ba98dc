package correlate

import (
	"testing"
	"time"
)

// Ruling 13: overlapping episodes of one alert are one, with the earliest start,
// whichever of a pair of Prometheus tells of it first.
func TestEarliestStartWins(t *testing.T) {
	at := day.Add(8 * time.Hour)
	p := newPlayer(t, true)
	p.apply(configEvent(at, campus(), ""))
	first := alertOf("prn-111", "prom-a", at, at, at.Add(time.Hour))
	earlier := alertOf("prn-111", "prom-b", at.Add(time.Minute), at.Add(-10*time.Minute), at.Add(time.Hour))
	later := alertOf("prn-111", "prom-b", at.Add(2*time.Minute), at.Add(time.Minute), at.Add(time.Hour))
	for _, ev := range []struct {
		name string
		play func()
	}{
		{"first", func() { p.apply(first) }},
		{"earlier", func() { p.apply(earlier) }},
		{"later", func() { p.apply(later) }},
	} {
		ev.play()
		want := at
		if ev.name != "first" {
			want = at.Add(-10 * time.Minute)
		}
		a := p.s.Alert(first.Alert.Fingerprint())
		if a == nil || !a.StartsAt.Equal(want) {
			t.Fatalf("after the %s delivery the alert is %+v; want a start at %s", ev.name, a, want)
		}
	}
	p.fireUntil(at.Add(5 * time.Minute))
	if g := p.s.Group(1); g == nil || !g.StartedAt.Equal(at.Add(-10*time.Minute)) {
		t.Errorf("the group is %+v; want it started with the alert", g)
	}
}
