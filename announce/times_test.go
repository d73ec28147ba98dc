package announce

import (
	"testing"
	"time"

	"headstart"
)

// Times are said in the audience's zone; another day follows its time.
func TestClock(t *testing.T) {
	loc := amsterdam(t)
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, loc) // a Monday
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, loc) }
	for name, tc := range map[string]struct {
		t                              time.Time
		nl, en, short, shortEN, spoken string
		spokenEN                       string
	}{
		"today":         {at(23, 9, 15), "09:15 uur", "09:15", "09:15 uur", "09:15", "9 uur 15", "9 15"},
		"in UTC":        {at(23, 9, 5).UTC(), "09:05 uur", "09:05", "09:05 uur", "09:05", "9 uur 5", "9 05"},
		"tomorrow":      {at(24, 8, 0), "08:00 uur op dinsdag 24 november", "08:00 on Tuesday 24 November", "di 08:00 uur", "Tue 08:00", "8 uur op dinsdag", "8 o'clock on Tuesday"},
		"midnight":      {at(24, 0, 0), "00:00 uur op dinsdag 24 november", "00:00 on Tuesday 24 November", "di 00:00 uur", "Tue 00:00", "0 uur op dinsdag", "0 o'clock on Tuesday"},
		"just today":    {at(23, 23, 59), "23:59 uur", "23:59", "23:59 uur", "23:59", "23 uur 59", "23 59"},
		"a week ahead":  {at(30, 8, 30), "08:30 uur op maandag 30 november", "08:30 on Monday 30 November", "30 nov 08:30 uur", "30 Nov 08:30", "8 uur 30 op maandag 30 november", "8 30 on Monday 30 November"},
		"the zero time": {time.Time{}, "", "", "", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			nl, en := clock{now, "nl"}, clock{now, "en"}
			for i, pair := range [][2]string{
				{nl.long(tc.t), tc.nl}, {en.long(tc.t), tc.en}, {nl.short(tc.t), tc.short}, {en.short(tc.t), tc.shortEN}, {nl.spoken(tc.t), tc.spoken}, {en.spoken(tc.t), tc.spokenEN},
			} {
				if pair[0] != pair[1] {
					t.Errorf("form %d: %q, want %q", i, pair[0], pair[1])
				}
			}
		})
	}
}

// A period names its day twice only when the work passes midnight.
func TestPeriod(t *testing.T) {
	loc := amsterdam(t)
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, loc)
	at := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, loc) }
	for name, tc := range map[string]struct {
		start, end time.Time
		nl, en     string
	}{
		"one evening":     {at(24, 18), at(24, 20), "dinsdag 24 november van 18:00 tot 20:00 uur", "Tuesday 24 November from 18:00 to 20:00"},
		"until midnight":  {at(24, 18), at(25, 0), "dinsdag 24 november van 18:00 tot 24:00 uur", "Tuesday 24 November from 18:00 to midnight"},
		"passes midnight": {at(24, 22), at(25, 2), "dinsdag 24 november van 22:00 tot 02:00 uur op woensdag 25 november", "Tuesday 24 November from 22:00 to 02:00 on Wednesday 25 November"},
		"no end":          {at(24, 22), time.Time{}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := (clock{now, "nl"}).period(tc.start, tc.end); got != tc.nl {
				t.Errorf("%q, want %q", got, tc.nl)
			}
			if got := (clock{now, "en"}).period(tc.start, tc.end); got != tc.en {
				t.Errorf("%q, want %q", got, tc.en)
			}
		})
	}
}

// Durations are real time, also over a change of the clock, and agree with the
// two times as written.
func TestDuration(t *testing.T) {
	loc := amsterdam(t)
	base := time.Date(2026, 11, 23, 8, 12, 0, 0, loc)
	for name, tc := range map[string]struct {
		from, to time.Time
		nl, en   string
	}{
		"hours and minutes":  {base, base.Add(129 * time.Minute), "2 uur en 9 minuten", "2 hours and 9 minutes"},
		"as written":         {base.Add(50 * time.Second), base.Add(129*time.Minute + 10*time.Second), "2 uur en 9 minuten", "2 hours and 9 minutes"},
		"one of each":        {base, base.Add(61 * time.Minute), "1 uur en 1 minuut", "1 hour and 1 minute"},
		"whole hours":        {base, base.Add(2 * time.Hour), "2 uur", "2 hours"},
		"seconds":            {base, base.Add(20 * time.Second), "minder dan 1 minuut", "less than 1 minute"},
		"days":               {base, base.Add(27*time.Hour + 5*time.Minute), "1 dag en 3 uur", "1 day and 3 hours"},
		"days without hours": {base, base.Add(48*time.Hour + 5*time.Minute), "2 dagen", "2 days"},
		"clock set forward":  {time.Date(2026, 3, 29, 1, 30, 0, 0, loc), time.Date(2026, 3, 29, 3, 30, 0, 0, loc), "1 uur", "1 hour"},
		"clock set back":     {time.Date(2026, 10, 25, 1, 30, 0, 0, loc), time.Date(2026, 10, 25, 3, 30, 0, 0, loc), "3 uur", "3 hours"},
		"ended before":       {base, base.Add(-time.Hour), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := (clock{base, "nl"}).duration(tc.from, tc.to); got != tc.nl {
				t.Errorf("%q, want %q", got, tc.nl)
			}
			if got := (clock{base, "en"}).duration(tc.from, tc.to); got != tc.en {
				t.Errorf("%q, want %q", got, tc.en)
			}
		})
	}
}

// An expected time is rounded up: a promise of 10:31 is kept at 10:45.
func TestQuarterUp(t *testing.T) {
	loc := amsterdam(t)
	for _, tc := range [][2]time.Time{
		{time.Date(2026, 11, 23, 10, 31, 0, 0, loc), time.Date(2026, 11, 23, 10, 45, 0, 0, loc)},
		{time.Date(2026, 11, 23, 10, 30, 0, 0, loc), time.Date(2026, 11, 23, 10, 30, 0, 0, loc)},
		{time.Date(2026, 11, 23, 23, 46, 0, 0, loc), time.Date(2026, 11, 24, 0, 0, 0, 0, loc)},
		{time.Date(2026, 10, 25, 0, 50, 0, 0, time.UTC).In(loc), time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC)}, // 02:50 is followed by 02:00
		{},
	} {
		if got := quarterUp(tc[0]); !got.Equal(tc[1]) {
			t.Errorf("%s becomes %s, want %s", tc[0], got, tc[1])
		}
	}
}

// The short form leaves the place out before it grows too long, and says when
// it still is.
func TestShortForm(t *testing.T) {
	loc := amsterdam(t)
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, loc)
	in := headstart.Wording{Phase: headstart.Investigating, Kind: headstart.KindApplication, Lang: "nl", Now: now, NextUpdate: now.Add(time.Hour), Vars: map[string]string{
		"Name": "Roosterplanner voor de hele organisatie", "Where": "Gebouw Noord, verdieping 2, vleugel C", "Ref": "HS-1042",
	}}
	w := New(nil, "u", nil)
	got := w.Compose(in)
	if want := "Roosterplanner voor de hele organisatie werkt niet. Ons systeem meldt dit. Nieuws om 11:00 uur. Bellen hoeft niet. HS-1042"; got.Text.Short != want || got.TooLong {
		t.Errorf("short %q (%d), too long %t; want it without the place", got.Text.Short, septets(got.Text.Short), got.TooLong)
	}
	in.Vars["Name"] = "Het rooster- en verlofprogramma voor alle medewerkers van de hele organisatie en haar partners"
	if got = w.Compose(in); !got.TooLong {
		t.Errorf("%d characters count as short enough: %s", septets(got.Text.Short), got.Text.Short)
	}
	in.Vars = map[string]string{"Name": "Financiën – café’s [β] €", "Ref": "HS-1"}
	if got, want := w.Compose(in).Text.Short, "Financien - café's [?] € werkt niet. Ons systeem meldt dit. Nieuws om 11:00 uur. Bellen hoeft niet. HS-1"; got != want {
		t.Errorf("folded: %q, want %q", got, want)
	}
}
