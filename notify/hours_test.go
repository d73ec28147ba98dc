package notify

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const shifts = `
time_intervals:
- name: night
  time_intervals:
  - {times: [{start_time: "18:00", end_time: "24:00"}, {start_time: "00:00", end_time: "08:00"}], location: Europe/Amsterdam}
- {name: weekend, time_intervals: [{weekdays: [saturday, sunday], location: Europe/Amsterdam}]}
- {name: past, time_intervals: [{years: ["2001"]}]}
route:
  receiver: all
  routes:
  - {matchers: [team=net], receiver: net, mute_time_intervals: [night, weekend]}
  - {matchers: [team=both], receiver: net, mute_time_intervals: [night], continue: true}
  - {matchers: [team=both], receiver: desk}
  - {matchers: [team=day], receiver: day, active_time_intervals: [weekend, past]}
`

// Intervals hold back the routes that name them, and nothing else; times are of their place.
func TestHours(t *testing.T) {
	r, err := NewRouter(shifts)
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		x, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for name, tc := range map[string]struct {
		team, at string
		want     []string
		later    bool
	}{
		"at work":                     {"net", "2026-11-23T09:00:00+01:00", []string{"net"}, false},
		"a minute before the evening": {"net", "2026-11-23T16:59:59Z", []string{"net"}, false},
		"in the evening":              {"net", "2026-11-23T17:00:00Z", nil, true},
		"at the weekend":              {"net", "2026-11-22T12:00:00+01:00", nil, true},
		"another route is open":       {"both", "2026-11-23T20:00:00+01:00", []string{"desk"}, true},
		"active":                      {"day", "2026-11-22T12:00:00+01:00", []string{"day"}, false},
		"not active":                  {"day", "2026-11-23T12:00:00+01:00", nil, true},
		"nothing names an interval":   {"x", "2026-11-22T03:00:00+01:00", []string{"all"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			got, later := r.Receivers(map[string]string{"team": tc.team}, at(tc.at))
			if !slices.Equal(got, tc.want) || later != tc.later {
				t.Errorf("%q, others later: %t; want %q, %t", got, later, tc.want, tc.later)
			}
		})
	}
	if night := at("2026-11-23T20:00:00+01:00"); !r.Resting("day", night) || r.Resting("all", night) || r.Resting("of nobody", night) {
		t.Error("on a Monday evening day rests, all does not, and neither does who is on no route")
	}
	ends := r.Ends(map[string]string{"team": "day"}, at("2026-11-23T12:00:00+01:00"))
	if len(ends) != 1 || !slices.Equal(ends[0].MutedBy, []string{"weekend", "past"}) {
		t.Errorf("held back by %v; want all active intervals, none of which it is", ends)
	}
}

// Opens is the first minute at which anything about any time changes, across the days on
// which the clocks are changed.
func TestOpens(t *testing.T) {
	r, err := NewRouter(shifts)
	if err != nil {
		t.Fatal(err)
	}
	state := func(at time.Time) (s [3]bool) {
		for n, name := range []string{"night", "weekend", "past"} {
			s[n] = r.hours.within(name, at)
		}
		return s
	}
	from := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		at := from.Add(time.Duration(rapid.IntRange(0, 240*24*60).Draw(t, "minutes")) * time.Minute)
		next := r.Opens(at)
		if next.Before(at.Add(time.Minute)) || next.Sub(at) > 72*time.Hour {
			t.Fatalf("after %s comes %s", at, next)
		}
		for m := at.Add(time.Minute); m.Before(next); m = m.Add(time.Minute) {
			if state(m) != state(at) {
				t.Fatalf("after %s comes %s, but something changes at %s", at, next, m)
			}
		}
		if state(next) == state(at) {
			t.Fatalf("after %s comes %s, but nothing changes then", at, next)
		}
	})
	never, err := NewRouter("{route: {receiver: a, routes: [{receiver: b, mute_time_intervals: [x]}]}, time_intervals: [{name: x, time_intervals: [{}]}]}")
	if err != nil {
		t.Fatal(err)
	}
	if next := never.Opens(from); !next.IsZero() {
		t.Errorf("what never ends ends at %s", next)
	}
}

// A route names intervals that exist, once each, and not at its root.
func TestHoursMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"{route: {receiver: a, routes: [{mute_time_intervals: [x]}]}}":                                                        `no time interval is named "x"`,
		"{route: {receiver: a, mute_time_intervals: [x]}, time_intervals: [{name: x}]}":                                       "the root has mute_time_intervals",
		"{route: {receiver: a}, time_intervals: [{name: x}], mute_time_intervals: [{name: x}]}":                               `"x" is used twice`,
		"{route: {receiver: a}, time_intervals: [{name: x, time_intervals: [{times: [{start_time: '9', end_time: '10'}]}]}]}": "route",
		"{route: }": "empty",
	} {
		wantError(t, text, want)
	}
}

// What Opens remembers it would find anew, also of an interval that is further away than it
// looks.
func TestOpensRemembers(t *testing.T) {
	text := shifts + "- {matchers: [team=far], receiver: far, mute_time_intervals: [far]}\n"
	text = strings.Replace(text, "- {name: past", "- {name: far, time_intervals: [{years: ['2028'], months: [march]}]}\n- {name: past", 1)
	text = strings.Replace(text, "\n- {matchers: [team=far]", "\n  - {matchers: [team=far]", 1)
	r, err := NewRouter(text)
	if err != nil {
		t.Fatal(err)
	}
	anew := func(at time.Time) (first time.Time) {
		for _, list := range r.hours.named {
			for _, x := range list {
				if next := turn(x, at); !next.IsZero() && (first.IsZero() || next.Before(first)) {
					first = next
				}
			}
		}
		return first
	}
	far := r.hours.named["far"]
	delete(r.hours.named, "night")
	delete(r.hours.named, "weekend")
	from, found := time.Date(2027, 1, 20, 0, 0, 0, 0, time.UTC), 0
	rapid.Check(t, func(rt *rapid.T) {
		at := from
		for range 12 {
			at = at.Add(time.Duration(rapid.IntRange(-600, 5000).Draw(rt, "minutes")) * time.Minute)
			got, want := r.Opens(at), anew(at)
			if !got.Equal(want) {
				rt.Fatalf("after %s comes %s; anew it finds %s", at, got, want)
			}
			if !got.IsZero() {
				found++
			}
		}
	})
	if len(far) != 1 || found == 0 {
		t.Errorf("the far interval was found %d times; the test shows nothing", found)
	}
}
