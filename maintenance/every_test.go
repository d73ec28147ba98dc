package maintenance

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"headstart"
)

func amsterdam(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// fatal is a test of package testing or of rapid.
type fatal interface {
	Fatalf(format string, args ...any)
}

func window(t fatal, text string) Window {
	var w Window
	if err := yaml.Unmarshal([]byte(text), &w); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return w
}

// TestSeries: time intervals in Alertmanager's syntax become windows, right on
// the days the clock changes.
func TestSeries(t *testing.T) {
	zone := amsterdam(t)
	for name, c := range map[string]struct {
		window, from string
		days         int
		want         []string
	}{
		"one night a week": {
			`{id: W, every: {weekdays: [sunday], times: [{start_time: "02:00", end_time: "04:00"}]}}`, "2026-11-20", 10,
			[]string{"W@2026-11-22 01:00Z 2h0m0s", "W@2026-11-29 01:00Z 2h0m0s"},
		},
		"over midnight, in two ranges": {
			`{id: W, every: {times: [{start_time: "23:00", end_time: "24:00"}, {start_time: "00:00", end_time: "01:30"}]}}`, "2026-11-20", 1,
			[]string{"W@2026-11-19T2300 22:00Z 2h30m0s", "W@2026-11-20T2300 22:00Z 2h30m0s"},
		},
		"a weekend is one stretch": {
			`{id: W, every: {weekdays: ['saturday', 'sunday']}}`, "2026-11-23", 8,
			[]string{"W@2026-11-28 23:00Z 48h0m0s"},
		},
		"two a day": {
			`{id: W, every: {weekdays: [monday], times: [{start_time: "08:00", end_time: "09:00"}, {start_time: "18:00", end_time: "19:00"}]}}`, "2026-11-23", 1,
			[]string{"W@2026-11-23T0800 07:00Z 1h0m0s", "W@2026-11-23T1800 17:00Z 1h0m0s"},
		},
		"the last day of a month": {
			`{id: W, every: {days_of_month: ['-1'], times: [{start_time: "20:00", end_time: "21:00"}]}}`, "2026-11-25", 8,
			[]string{"W@2026-11-30 19:00Z 1h0m0s"},
		},
		"the hour that comes twice is covered twice": {
			`{id: W, every: {times: [{start_time: "02:15", end_time: "02:45"}]}}`, "2026-10-25", 1,
			[]string{"W@2026-10-25 00:15Z 1h30m0s"},
		},
		"a day of 25 hours": {`{id: W, every: {weekdays: [sunday]}}`, "2026-10-25", 1, []string{"W@2026-10-25 22:00Z 25h0m0s"}},
		"the hour that is left out": {
			`{id: W, every: {times: [{start_time: "02:00", end_time: "03:00"}]}}`, "2027-03-28", 1, nil,
		},
		"begins in the hour left out": {
			`{id: W, every: {times: [{start_time: "02:30", end_time: "04:00"}]}}`, "2027-03-28", 1,
			[]string{"W@2027-03-28 01:00Z 1h0m0s"},
		},
		"a location of its own": {
			`{id: W, every: {times: [{start_time: "02:00", end_time: "03:00"}], location: America/New_York}}`, "2026-11-20", 1,
			[]string{"W@2026-11-20 07:00Z 1h0m0s"},
		},
		"bounded": {
			`{id: W, starts_at: 2026-11-21T00:00:00Z, ends_at: 2026-11-22T12:00:00Z, every: {times: [{start_time: "02:00", end_time: "03:00"}]}}`, "2026-11-19", 8,
			[]string{"W@2026-11-21 01:00Z 1h0m0s", "W@2026-11-22 01:00Z 1h0m0s"},
		},
	} {
		from, err := time.ParseInLocation(time.DateOnly, c.from, zone)
		if err != nil {
			t.Fatal(err)
		}
		cfg := Config{Windows: []Window{window(t, c.window)}}
		var got []string
		for _, w := range cfg.Expand(from, from.AddDate(0, 0, c.days), zone) {
			got = append(got, w.ID+" "+w.StartsAt.Format("15:04Z")+" "+w.EndsAt.Sub(w.StartsAt).String())
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestSeriesIsWhatAlertmanagerSays compares with Alertmanager's own reading,
// minute by minute over days without a change of the clock; and whenever one
// looks, a window is the same window.
func TestSeriesIsWhatAlertmanagerSays(t *testing.T) {
	zone := amsterdam(t)
	rapid.Check(t, func(rt *rapid.T) {
		var parts []string
		if days := rapid.SampledFrom([]string{"", "monday:friday", "sunday", "saturday"}).Draw(rt, "weekdays"); days != "" {
			parts = append(parts, "weekdays: ['"+days+"']")
		}
		if days := rapid.SampledFrom([]string{"", "1:7", "-3:-1", "15"}).Draw(rt, "days"); days != "" {
			parts = append(parts, "days_of_month: ['"+days+"']")
		}
		times := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"00:00/01:30", "22:00/24:00", "02:00/05:00", "04:30/06:00", "12:00/13:00"}), 1, 3, rapid.ID).Draw(rt, "times")
		slices.Sort(times)
		var ranges []string
		for _, r := range times {
			start, end, _ := strings.Cut(r, "/")
			ranges = append(ranges, `{start_time: "`+start+`", end_time: "`+end+`"}`)
		}
		w := window(rt, "{id: W, every: {"+strings.Join(append(parts, "times: ["+strings.Join(ranges, ", ")+"]"), ", ")+"}}")
		from := time.Date(2026, 11, 1, 0, 0, 0, 0, zone).AddDate(0, 0, rapid.IntRange(0, 100).Draw(rt, "day"))
		to := from.AddDate(0, 0, 9)
		cfg := Config{Windows: []Window{w}}
		found := cfg.Expand(from, to, zone)
		for at := from; at.Before(to); at = at.Add(10 * time.Minute) {
			in := slices.ContainsFunc(found, func(m headstart.MaintenanceWindow) bool { return !at.Before(m.StartsAt) && at.Before(m.EndsAt) })
			if want := w.Every.ContainsTime(at); in != want {
				rt.Fatalf("%s: inside a window %t, Alertmanager says %t; windows %v", at, in, want, found)
			}
		}
		later := cfg.Expand(from.Add(30*time.Hour), to.AddDate(0, 0, 2), zone)
		for _, m := range found {
			if m.EndsAt.After(from.Add(30*time.Hour)) && !slices.ContainsFunc(later, func(n headstart.MaintenanceWindow) bool { return cmp.Equal(m, n) }) {
				rt.Fatalf("%+v is not what a later look gives: %+v", m, later)
			}
		}
	})
}

func TestValidate(t *testing.T) {
	for text, want := range map[string]string{
		`windows: [{assets: [a], starts_at: 2026-11-23T20:00:00Z, ends_at: 2026-11-23T21:00:00Z}]`:                        "maintenance.windows[0].id is missing",
		`windows: [{id: a b, assets: [a], starts_at: 2026-11-23T20:00:00Z, ends_at: 2026-11-23T21:00:00Z}]`:               "letters, digits, dashes",
		`windows: [{id: W, starts_at: 2026-11-23T20:00:00Z, ends_at: 2026-11-23T21:00:00Z}]`:                              "maintenance.windows[W] covers nothing",
		`windows: [{id: W, assets: [a], starts_at: 2026-11-23T20:00:00Z}]`:                                                "lacks starts_at or ends_at",
		`windows: [{id: W, assets: [a], starts_at: 2026-11-23T20:00:00Z, ends_at: 2026-11-23T20:00:00Z}]`:                 "lies before its starts_at",
		`windows: [{id: W, assets: [a], starts_at: 2026-11-23T20:00:00Z, ends_at: 2027-11-23T20:00:00Z}]`:                 "longer than 31 days",
		`windows: [{id: W, assets: [a], every: {weekdays: ['sunday:saturday']}}]`:                                         "more than 7 days on end",
		`windows: [{id: W, assets: [a], every: {days_of_month: ['1:8'], years: ['2030']}}]`:                               "more than 7 days on end",
		`windows: [{id: W, assets: [a], every: {months: [january]}}]`:                                                     "more than 7 days on end",
		`windows: [{id: W, assets: [a], every: {months: [january], weekdays: [monday]}}]`:                                 "",
		`windows: [{id: W, assets: [a], every: {weekdays: [monday]}}, {id: W, assets: [a], every: {weekdays: [friday]}}]`: "taken by a window before it",
		`ical: [{url: "ftp://x/y"}]`:                                "it is no web address",
		`ical: [{trusted: [a@b]}]`:                                  "needs url or url_file",
		`ical: [{url: "https://x/y", url_file: f}]`:                 "needs url or url_file",
		`ical: [{url: "https://x/y", trusted: ["Joris <a@b>"]}]`:    "write the organiser's mail address",
		`ical: [{url: "webcal://x.example/y", trusted: ["a@b.c"]}]`: "",
	} {
		var c Config
		if err := yaml.Unmarshal([]byte(text), &c); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		err := c.Validate()
		if (err == nil) != (want == "") || (err != nil && !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	for _, text := range []string{"2026-11-23 22:00", "2026-11-23", "tomorrow", "2026-11-23T22:00:00"} {
		if err := yaml.Unmarshal([]byte("starts_at: "+text), &Window{}); err == nil || !strings.Contains(err.Error(), "zone") {
			t.Errorf("starts_at %s: %v, want a complaint about its zone", text, err)
		}
	}
}
