package headstart

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func testRoster(t *testing.T) *Roster {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	return &Roster{
		Zone: zone, Calendar: &Calendar{Holidays: []Holiday{{From: "2026-12-25"}, {From: "2026-12-28", Locations: []string{"noord"}}, {From: "2026-12-29", Effect: "reduced"}}},
		Duty: []Duty{
			{Name: "samira", Hours: Hours{"monday": "08:00-12:30", "tuesday": "08:00-17:30"}, Absent: []string{"2026-12-07/2026-12-08"}, Substitute: "joris"},
			{Name: "joris", Absent: []string{"2026-12-08"}, Substitute: "anna"},
			{Name: "anna", Hours: Hours{"tuesday": "10:00-15:00", "saturday": "00:00-24:00", "sunday": "00:00-24:00"}},
		},
	}
}

func TestWhoIsOnDuty(t *testing.T) {
	r := testRoster(t)
	for name, c := range map[string]struct {
		at, want string // name<whom he stands in for>until
	}{
		"a part-timer and a full-timer": {"2026-11-23 08:00", "samira 12:30, joris 17:30"},
		"the part-timer has left":       {"2026-11-23 12:30", "joris 17:30"},
		"before anybody comes":          {"2026-11-23 07:59", ""},
		"one is away":                   {"2026-12-07 09:00", "joris for samira 17:30"},
		"two are away":                  {"2026-12-08 11:00", "anna for samira joris 15:00"},
		"the stand-in does not work yet": {
			"2026-12-08 09:00", "",
		},
		"a holiday of all":              {"2026-12-25 09:00", ""},
		"a holiday of one place":        {"2026-12-28 09:00", "samira 12:30, joris 17:30"},
		"a day of less work":            {"2026-12-29 09:00", "samira 17:30, joris 17:30"},
		"hours that go on at midnight":  {"2026-11-21 23:00", "anna 00:00"},
		"the night the clock goes back": {"2026-10-25 02:30", "anna 00:00"},
	} {
		t.Run(name, func(t *testing.T) {
			at, err := time.ParseInLocation("2006-01-02 15:04", c.at, r.Zone)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, o := range r.At(at.UTC()) {
				said := o.Name
				if len(o.For) > 0 {
					said += " for " + strings.Join(o.For, " ")
				}
				got = append(got, said+" "+o.Until.Format("15:04"))
			}
			if s := strings.Join(got, ", "); s != c.want {
				t.Errorf("on duty: %q, want %q", s, c.want)
			}
		})
	}
}

// TestHoursOnDaysOfAClockChange: eight o'clock is eight o'clock, though the day has 23
// or 25 hours.
func TestHoursOnDaysOfAClockChange(t *testing.T) {
	r := testRoster(t)
	for date, length := range map[string]time.Duration{"2026-03-29": 23 * time.Hour, "2026-10-25": 25 * time.Hour, "2026-11-22": 24 * time.Hour} {
		at, _ := time.ParseInLocation(time.DateOnly, date, r.Zone)
		from, to, ok := r.span(r.Of("anna"), at)
		if !ok || to.Sub(from) != length {
			t.Errorf("on %s anna works %s, want all %s", date, to.Sub(from), length)
		}
		if r.Works("anna", at.Add(-time.Second)) && at.Weekday() != time.Sunday || !r.Works("anna", at) || r.Works("anna", at.Add(length)) {
			t.Errorf("on %s her hours do not begin and end at midnight", date)
		}
	}
}

func TestHandOverTo(t *testing.T) {
	r := testRoster(t)
	at := func(s string) time.Time {
		x, err := time.ParseInLocation("2006-01-02 15:04", s, r.Zone)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for name, c := range map[string]struct{ who, at, want string }{
		"the substitute":              {"samira", "2026-11-23 12:30", "joris"},
		"whoever stays":               {"joris", "2026-11-24 14:00", "anna"},
		"nobody":                      {"joris", "2026-11-23 17:30", ""},
		"somebody not on the list":    {"vera", "2026-11-23 09:00", "joris"},
		"the substitute's substitute": {"samira", "2026-12-08 12:30", "anna"},
	} {
		if got := r.Next(c.who, at(c.at)); got != c.want {
			t.Errorf("%s: from %s at %s goes to %q, want %q", name, c.who, c.at, got, c.want)
		}
	}
	if got := r.From("samira", at("2026-11-23 12:30")); !got.Equal(at("2026-11-24 08:00")) {
		t.Errorf("samira works again %s, want Tuesday 08:00", got)
	}
	if got := r.From("samira", at("2026-12-01 17:30")); !got.Equal(at("2026-12-14 08:00")) {
		t.Errorf("samira works again %s, want after the week she is away", got)
	}
	if !r.From("vera", at("2026-11-23 09:00")).IsZero() || !r.Until("vera", at("2026-11-23 09:00")).IsZero() {
		t.Error("somebody who is not on the list has hours")
	}
}

func TestGroupHours(t *testing.T) {
	zone := testRoster(t).Zone
	cal := &Calendar{Holidays: []Holiday{{From: "2026-12-25"}}}
	christmas := time.Date(2026, 12, 25, 10, 0, 0, 0, zone) // a Friday
	always := SupportGroup{Hours: Hours{"friday": "00:00-24:00", "monday": "08:00-12:00"}}
	office := SupportGroup{}
	if !always.Open(christmas, cal) || office.Open(christmas, cal) {
		t.Error("at Christmas a group with hours of its own answers, one without does not")
	}
	if got, want := office.NextOpen(christmas, cal), time.Date(2026, 12, 28, 8, 0, 0, 0, zone); !got.Equal(want) {
		t.Errorf("the office answers %s, want %s", got, want)
	}
	if got, want := always.NextOpen(christmas.Add(14*time.Hour), cal), time.Date(2026, 12, 28, 8, 0, 0, 0, zone); !got.Equal(want) {
		t.Errorf("after its Friday the group answers %s, want %s", got, want)
	}
	never := SupportGroup{Hours: Hours{"friday": "nonsense"}}
	if !never.NextOpen(christmas, cal).IsZero() {
		t.Error("a group without readable hours is said to answer")
	}
}

// TestRosterHolds: whatever the list, circles of substitutes among it, an answer comes,
// and whoever is on duty works then.
func TestRosterHolds(t *testing.T) {
	names := []string{"a", "b", "c", "d"}
	zone := testRoster(t).Zone
	rapid.Check(t, func(rt *rapid.T) {
		r := &Roster{Zone: zone, Calendar: &Calendar{}}
		for _, n := range names {
			d := Duty{Name: n, Substitute: rapid.SampledFrom(append(names, "", "x")).Draw(rt, "substitute")}
			if rapid.Bool().Draw(rt, "part-time") {
				d.Hours = Hours{"saturday": "22:00-24:00", "sunday": "00:00-03:00", "monday": rapid.SampledFrom([]string{"08:00-12:30", "12:30-17:30", "", "x"}).Draw(rt, "hours")}
			}
			if rapid.Bool().Draw(rt, "away") {
				d.Absent = []string{rapid.SampledFrom([]string{"2026-10-24/2026-10-25", "2026-10-26", "x", "2026-10-27/2026-10-20"}).Draw(rt, "absent")}
			}
			r.Duty = append(r.Duty, d)
		}
		start := time.Date(2026, 10, 24, 0, 0, 0, 0, zone) // over the night the clock goes back
		at := start.Add(time.Duration(rapid.IntRange(0, 4*24*60).Draw(rt, "minute")) * time.Minute)
		for _, o := range r.At(at) {
			if !r.Works(o.Name, at) || !o.Until.After(at) || r.Works(o.Name, o.Until) || slices.Contains(o.For, o.Name) {
				rt.Fatalf("at %s %+v of %+v", at, o, r.Duty)
			}
		}
		for _, n := range names {
			if in := r.StandIn(n, at); in != "" && !r.Works(in, at) {
				rt.Fatalf("at %s %s does the work of %s and does not work", at, in, n)
			}
			if in := r.Next(n, at); in == n || in != "" && !r.Works(in, at) {
				rt.Fatalf("at %s %s takes over from %s", at, in, n)
			}
			if f := r.From(n, at); !f.IsZero() && (f.Before(at) || !r.Works(n, f)) {
				rt.Fatalf("%s works next at %s, from %s on", n, f, at)
			}
		}
	})
}

// TestRosterOfALog: a line of the log is enough to answer, in its own zone.
func TestRosterOfALog(t *testing.T) {
	var c LogConfig
	if err := json.Unmarshal([]byte(`{"timezone":"Europe/London","desk":{"duty":[{"name":"samira","hours":{"monday":"08:00-12:30"}}]}}`), &c); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	if !c.Roster().Works("samira", at) || c.Roster().Works("samira", at.Add(-time.Second)) || (*LogConfig)(nil).Roster().Works("samira", at) {
		t.Error("samira works on Monday from 08:00 in London, and only by a list that names her")
	}
}
