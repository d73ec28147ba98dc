package headstart

import (
	"testing"
	"time"
)

// What comes back each week is told by the clocks of its place, also in the nights in which
// they are changed.
func TestRecurrence(t *testing.T) {
	for name, tc := range map[string]struct{ every, after, from, to string }{
		"later today":                  {"mon-fri 18:00-20:00", "2026-11-23T12:00:00+01:00", "2026-11-23T18:00:00+01:00", "2026-11-23T20:00:00+01:00"},
		"it runs":                      {"mon-fri 18:00-20:00", "2026-11-23T19:00:00+01:00", "2026-11-23T18:00:00+01:00", "2026-11-23T20:00:00+01:00"},
		"its end is past it":           {"mon-fri 18:00-20:00", "2026-11-23T20:00:00+01:00", "2026-11-24T18:00:00+01:00", "2026-11-24T20:00:00+01:00"},
		"over the weekend":             {"mon-fri 18:00-20:00", "2026-11-27T21:00:00+01:00", "2026-11-30T18:00:00+01:00", "2026-11-30T20:00:00+01:00"},
		"it began yesterday":           {"mon 22:00-06:00", "2026-11-24T05:00:00+01:00", "2026-11-23T22:00:00+01:00", "2026-11-24T06:00:00+01:00"},
		"a week later":                 {"mon 22:00-06:00", "2026-11-24T06:00:00+01:00", "2026-11-30T22:00:00+01:00", "2026-12-01T06:00:00+01:00"},
		"days over the end of a week":  {"sat-sun,wed 00:00-24:00", "2026-11-26T06:00:00+01:00", "2026-11-28T00:00:00+01:00", "2026-11-29T00:00:00+01:00"},
		"a whole day":                  {"daily 12:00-12:00", "2026-11-24T06:00:00+01:00", "2026-11-23T12:00:00+01:00", "2026-11-24T12:00:00+01:00"},
		"elsewhere":                    {"daily 08:00-09:00 America/New_York", "2026-11-24T06:00:00+01:00", "2026-11-24T08:00:00-05:00", "2026-11-24T09:00:00-05:00"},
		"the long night":               {"sun 01:00-05:00", "2026-10-24T12:00:00+02:00", "2026-10-25T01:00:00+02:00", "2026-10-25T05:00:00+01:00"},
		"until the hour that is twice": {"sun 01:00-02:30", "2026-10-24T12:00:00+02:00", "2026-10-25T01:00:00+02:00", "2026-10-25T02:30:00+01:00"},
		"the short night":              {"sun 02:30-05:00", "2026-03-28T12:00:00+01:00", "2026-03-29T03:00:00+02:00", "2026-03-29T05:00:00+02:00"},
		"within what is left out":      {"sun 02:10-02:50", "2026-03-28T12:00:00+01:00", "2026-04-05T02:10:00+02:00", "2026-04-05T02:50:00+02:00"},
	} {
		t.Run(name, func(t *testing.T) {
			zone, err := time.LoadLocation("Europe/Amsterdam")
			if err != nil {
				t.Fatal(err)
			}
			r, err := ParseRecurrence(tc.every)
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
			from, to, ok := r.Next(at(tc.after), zone)
			if !ok || !from.Equal(at(tc.from)) || !to.Equal(at(tc.to)) {
				t.Errorf("%s after %s: %s to %s (%t); want %s to %s", tc.every, tc.after, from, to, ok, tc.from, tc.to)
			}
		})
	}
	for _, wrong := range []string{"", "daily", "each 10:00-11:00", "mon-xyz 10:00-11:00", "mon 10-11", "mon 24:00-01:00", "mon 10:00-25:00", "mon 10:60-11:00", "mon 10:00-11:00 Nowhere", "mon 10:00-11:00 Local", "mon 10:00-11:00 UTC x"} {
		if r, err := ParseRecurrence(wrong); err == nil {
			t.Errorf("%q was read as %+v", wrong, r)
		}
	}
}

// FuzzRecurrence: whatever is read comes back within eight days and ends after it began.
func FuzzRecurrence(f *testing.F) {
	f.Add("mon-fri 18:00-08:00 Europe/Amsterdam", int64(1795385323))
	f.Add("daily 00:00-24:00", int64(0))
	f.Fuzz(func(t *testing.T, text string, unix int64) {
		r, err := ParseRecurrence(text)
		if err != nil {
			return
		}
		after := time.Unix(unix%(1<<33), 0)
		from, to, ok := r.Next(after, nil)
		if ok && (!to.After(after) || !to.After(from) || from.Sub(after) > 9*24*time.Hour) {
			t.Fatalf("%q after %s comes %s to %s", text, after, from, to)
		}
	})
}
