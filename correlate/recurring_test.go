package correlate

import (
	"testing"
	"time"

	"headstart"
)

// A silence that comes back mutes what matches while it runs and at no other time, across
// the night in which clocks are put back, and after its end not again. What its row says
// suffices to go on.
func TestRecurringSilence(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 10, day, hour, minute, 0, 0, zone) }
	p := newPlayer(t, true)
	p.apply(withRules(at(22, 8, 0), nil))
	p.apply(headstart.Event{At: at(22, 8, 1), Line: headstart.Line{Silence: &headstart.Silence{
		ID: "S-1", Matchers: []headstart.Matcher{is("instance", "srv")}, StartsAt: at(22, 8, 1), EndsAt: at(27, 4, 0), Every: "daily 02:30-05:00 Europe/Amsterdam",
	}}})
	alert := says(at(22, 9, 0), true, "alertname", "HostDown", "instance", "srv")
	alert.Alert.EndsAt = at(31, 12, 0)
	p.apply(alert)
	fp := alert.Alert.Fingerprint()
	for _, tc := range []struct {
		at    time.Time
		muted bool
		state string
	}{
		{at(22, 23, 0), false, "pending"},
		{at(23, 2, 29), false, "pending"},
		{at(23, 2, 31), true, "active"},
		{at(23, 4, 59), true, "active"},
		{at(23, 5, 1), false, "pending"},
		{at(25, 1, 59), false, "pending"},
		{at(25, 0, 30).Add(2*time.Hour + time.Minute), true, "active"},
		{at(25, 4, 59), true, "active"},
		{at(25, 5, 1), false, "pending"},
		{at(27, 3, 59), true, "active"},
		{at(27, 4, 1), false, "expired"},
		{at(28, 3, 0), false, "expired"},
	} {
		p.fireUntil(tc.at)
		if got := len(p.s.alerts[fp].silenced()) > 0; got != tc.muted {
			t.Errorf("at %s it is muted: %t, want %t", tc.at, got, tc.muted)
		}
		if got := p.s.silences["S-1"].Status(tc.at); got != tc.state {
			t.Errorf("at %s the silence is %s, want %s", tc.at, got, tc.state)
		}
	}
	// Deleted while it runs, it does not come back.
	p.apply(headstart.Event{At: at(28, 8, 0), Line: headstart.Line{Silence: &headstart.Silence{
		ID: "S-2", Matchers: []headstart.Matcher{is("instance", "srv")}, StartsAt: at(28, 8, 0), EndsAt: at(31, 8, 0), Every: "daily 00:00-24:00",
	}}})
	if len(p.s.alerts[fp].silenced()) != 1 {
		t.Fatal("a silence of the whole day does not mute")
	}
	p.apply(headstart.Event{At: at(28, 9, 0), Line: headstart.Line{Silence: &headstart.Silence{ID: "S-2", Deleted: true}}})
	p.fireUntil(at(30, 9, 0))
	if len(p.s.alerts[fp].silenced()) != 0 || p.s.silences["S-2"].Status(at(30, 9, 0)) != "expired" {
		t.Error("a silence that was ended came back")
	}
	p.compareLoaded()
}

// A silence that comes back, and whose last time is over when it is decided upon, or that
// nobody can read, mutes nothing: not once and for all until its end.
func TestRecurringSilenceThatNeverComes(t *testing.T) {
	at := func(hour, minute int) time.Time { return time.Date(2026, 10, 22, hour, minute, 0, 0, time.UTC) }
	for what, every := range map[string]string{"its last time is over": "daily 08:00-09:00 UTC", "unreadable": "now and then"} {
		t.Run(what, func(t *testing.T) {
			p := newPlayer(t, true)
			p.apply(withRules(at(8, 0), nil))
			p.apply(headstart.Event{At: at(9, 1), Line: headstart.Line{Silence: &headstart.Silence{
				ID: "S-1", Matchers: []headstart.Matcher{is("instance", "srv")}, StartsAt: at(8, 59), EndsAt: at(20, 0), Every: every,
			}}})
			alert := says(at(9, 2), true, "alertname", "HostDown", "instance", "srv")
			alert.Alert.EndsAt = at(23, 0)
			p.apply(alert)
			if n := len(p.s.alerts[alert.Alert.Fingerprint()].silenced()); n != 0 {
				t.Errorf("%d silences mute it, want none", n)
			}
			if state := p.s.silences["S-1"].Status(at(9, 2)); state != "expired" {
				t.Errorf("the silence is %s, want expired", state)
			}
			p.compareLoaded()
		})
	}
}
