package ical

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func amsterdam(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// calendar wraps events, each given as its properties with | between them.
func calendar(events ...string) []byte {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
	for _, e := range events {
		b.WriteString("BEGIN:VEVENT\r\n" + strings.ReplaceAll(e, "|", "\r\n") + "\r\nEND:VEVENT\r\n")
	}
	b.WriteString("END:VCALENDAR\r\n")
	return []byte(b.String())
}

// TestDecode reads what Exchange, Google and hand-written files hold.
func TestDecode(t *testing.T) {
	zone := amsterdam(t)
	events, err := Decode([]byte("\ufeffBEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:W. Europe Standard Time\nBEGIN:STANDARD\nDTSTART:16010101T030000\nEND:STANDARD\nEND:VTIMEZONE\n"+
		"BEGIN:VEVENT\nUID:1\nSUMMARY;LANGUAGE=nl:Kernswitch\\, herstart\nDESCRIPTION:eerste regel\\ntweede\n  regel \\\\ \\;\nLOCATION:MER\nCATEGORIES:Netwerk\nCATEGORIES:Werk\n"+
		"ORGANIZER;CN=\"Joris: netwerk; beheer\":MAILTO:Joris@Example.org\nDTSTART;TZID=W. Europe Standard Time:20261123T220000\nDTEND;TZID=\"Europe/Amsterdam\":20261123T233000\n"+
		"BEGIN:VALARM\nDESCRIPTION:Herinnering\nTRIGGER:-PT15M\nEND:VALARM\nEND:VEVENT\nEND:VCALENDAR\n"), zone)
	if err != nil {
		t.Fatal(err)
	}
	want := []Event{{
		UID: "1", Summary: "Kernswitch, herstart", Description: "eerste regel\ntweede regel \\ ;", Location: "MER", Categories: "Netwerk, Werk", Organizer: "joris@example.org",
		Start: time.Date(2026, 11, 23, 21, 0, 0, 0, time.UTC), End: time.Date(2026, 11, 23, 22, 30, 0, 0, time.UTC),
	}}
	if diff := cmp.Diff(want, events, cmp.Comparer(time.Time.Equal)); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
	for text, want := range map[string]string{
		"UID:1|DTSTART:20261123T220000Z|DURATION:PT1H30M":                                                 "2026-11-23 23:00 1h30m0s",
		"UID:1|DTSTART:20261123T220000|DURATION:P1DT1H":                                                   "2026-11-23 22:00 25h0m0s",
		"UID:1|DTSTART;VALUE=DATE:20261123":                                                               "2026-11-23 00:00 24h0m0s",
		"UID:1|DTSTART;VALUE=DATE:20261025|DTEND;VALUE=DATE:20261026":                                     "2026-10-25 00:00 25h0m0s",
		"UID:1|DTSTART:20261123T220000Z|DTEND:20261123T220000Z":                                           "no length",
		"UID:1|DTSTART:20261123T220000Z":                                                                  "no length",
		"DTSTART:20261123T220000Z|DURATION:PT1H":                                                          "no UID of a usable length",
		"UID:1|DURATION:PT1H":                                                                             "no start",
		"UID:1|DTSTART;TZID=Mars/Olympus:20261123T220000|DURATION:PT1H":                                   `the time zone "Mars/Olympus"`,
		"UID:1|DTSTART;TZID=Local:20261123T220000|DURATION:PT1H":                                          `the time zone "Local"`,
		"UID:1|DTSTART:20261323T220000Z|DURATION:PT1H":                                                    "a time that cannot be read",
		"UID:1|DTSTART:20261123T220000Z|DURATION:1H":                                                      "a duration that cannot be read",
		"UID:1|DTSTART:20261123T220000Z|DURATION:PT1H|RRULE:FREQ=DAILY|RRULE:FREQ=DAILY":                  "two rules of recurrence",
		"UID:1|DTSTART:20261123T220000Z|DURATION:PT1H|EXRULE:FREQ=DAILY":                                  "a rule of exceptions",
		"UID:1|DTSTART:20261123T220000Z|DURATION:PT1H|no property":                                        "a line that is no property",
		"UID:1|DTSTART:20261123T220000Z|DURATION:PT1H|RECURRENCE-ID;RANGE=THISANDFUTURE:20261123T220000Z": "a change of all later occurrences",
	} {
		events, err := Decode(calendar(text), zone)
		if err != nil || len(events) != 1 {
			t.Fatalf("%s: %v, %d events", text, err, len(events))
		}
		e := events[0]
		got := e.Unclear
		if got == "" {
			got = e.Start.In(zone).Format("2006-01-02 15:04") + " " + e.End.Sub(e.Start).String()
		}
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"":                                "no calendar",
		"<html>":                          "no calendar",
		"BEGIN:VCALENDAR\nBEGIN:VEVENT\n": "cut off",
		"BEGIN:VCALENDAR\nEND:VEVENT\n":   "did not begin",
		"BEGIN:VCALENDAR\n" + strings.Repeat("BEGIN:X\n", 20):                               "nested",
		"BEGIN:VCALENDAR\n" + strings.Repeat("BEGIN:VEVENT\nEND:VEVENT\n", 2001):            "more than 2000",
		"BEGIN:VCALENDAR\n" + strings.Repeat("X-PAD:"+strings.Repeat("x", 1000)+"\n", 1100): "1 MiB",
	} {
		if _, err := Decode([]byte(text), zone); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q", text, err, want)
		}
	}
}

// TestOccurrences: rules, exceptions, single ones moved or cancelled, and clock
// times that stay what they are when the clock changes.
func TestOccurrences(t *testing.T) {
	zone := amsterdam(t)
	weekly := "UID:1|SEQUENCE:%d|SUMMARY:%s|DTSTART;TZID=Europe/Amsterdam:20261011T020000|DURATION:PT1H|RRULE:FREQ=WEEKLY;COUNT=4"
	first := fmt.Sprintf(weekly, 1, "wekelijks")
	for name, c := range map[string]struct {
		events []string
		want   []string
		left   string
	}{
		"once":       {[]string{"UID:1|DTSTART:20261020T200000Z|DURATION:PT1H"}, []string{"20 22:00"}, ""},
		"every week": {[]string{first}, []string{"11 02:00", "18 02:00", "25 02:00", "01 02:00"}, ""},
		"without one": {
			[]string{first + "|EXDATE;TZID=Europe/Amsterdam:20261018T020000"}, []string{"11 02:00", "25 02:00", "01 02:00"}, "",
		},
		"without a day":  {[]string{first + "|EXDATE;VALUE=DATE:20261018,20261025"}, []string{"11 02:00", "01 02:00"}, ""},
		"with one more":  {[]string{first + "|RDATE;TZID=Europe/Amsterdam:20261013T120000"}, []string{"11 02:00", "13 12:00", "18 02:00", "25 02:00", "01 02:00"}, ""},
		"one moved":      {[]string{first, "UID:1|RECURRENCE-ID;TZID=Europe/Amsterdam:20261018T020000|DTSTART:20261019T100000Z|DURATION:PT2H"}, []string{"11 02:00", "19 12:00 (18)", "25 02:00", "01 02:00"}, ""},
		"one called off": {[]string{first, "UID:1|STATUS:CANCELLED|RECURRENCE-ID;TZID=Europe/Amsterdam:20261018T020000|DTSTART:20261019T100000Z|DURATION:PT2H"}, []string{"11 02:00", "25 02:00", "01 02:00"}, ""},
		"all called off": {[]string{first + "|STATUS:CANCELLED"}, nil, ""},
		"changed later": {
			[]string{fmt.Sprintf(weekly, 3, "nieuw") + "|EXDATE;VALUE=DATE:20261018,20261025", first}, []string{"11 02:00", "01 02:00"}, "",
		},
		"by the hour":  {[]string{"UID:1|DTSTART:20261020T200000Z|DURATION:PT1H|RRULE:FREQ=HOURLY"}, nil, "a rule of recurrence finer than a day"},
		"by the clock": {[]string{"UID:1|DTSTART:20261020T200000Z|DURATION:PT1H|RRULE:FREQ=DAILY;BYHOUR=1,2,3"}, nil, "a rule of recurrence finer than a day"},
		"nonsense":     {[]string{"UID:1|DTSTART:20261020T200000Z|DURATION:PT1H|RRULE:FREQ=OFTEN"}, nil, "a rule of recurrence that cannot be read"},
		"never":        {[]string{"UID:1|DTSTART:20261020T200000Z|DURATION:PT1H|RRULE:FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30"}, nil, ""},
		"one of it unclear": {
			[]string{first, "UID:1|RECURRENCE-ID;TZID=Nowhere:20261018T020000|DTSTART:20261019T100000Z|DURATION:PT2H|RECURRENCE-ID:20261018T000000Z"}, nil, `the time zone "Nowhere"`,
		},
		"second Tuesday": {[]string{"UID:1|DTSTART;TZID=Europe/Amsterdam:20260101T200000|DURATION:PT1H|RRULE:FREQ=MONTHLY;BYDAY=2TU"}, []string{"13 20:00"}, ""},
		"whole days over the change": {
			[]string{"UID:1|DTSTART;VALUE=DATE:20261024|RRULE:FREQ=DAILY;UNTIL=20261026"}, []string{"24 00:00", "25 00:00", "26 00:00"}, "",
		},
	} {
		events, err := Decode(calendar(c.events...), zone)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		from := time.Date(2026, 10, 1, 0, 0, 0, 0, zone)
		found, left, err := Occurrences(t.Context(), events, from, from.AddDate(0, 0, 32))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var got []string
		for _, o := range found {
			text := o.Start.In(zone).Format("02 15:04")
			if !o.Original.IsZero() && !o.Original.Equal(o.Start) {
				text += o.Original.In(zone).Format(" (02)")
			}
			got = append(got, text)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if why := fmt.Sprint(left); (c.left == "") != (len(left) == 0) || !strings.Contains(why, c.left) {
			t.Errorf("%s: left out %s, want %q", name, why, c.left)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := Occurrences(ctx, []Event{{UID: "1"}}, time.Time{}, time.Time{}); !errors.Is(err, context.Canceled) {
		t.Errorf("without time left: %v", err)
	}
}

// FuzzDecode: whatever a calendar holds, it ends with an error or with
// occurrences that have a length and lie where they were asked for.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		"UID:1|DTSTART:20261020T200000Z|DURATION:PT1H",
		"UID:1|DTSTART;TZID=W. Europe Standard Time:20261020T200000|DTEND;TZID=Europe/Amsterdam:20261020T210000|RRULE:FREQ=WEEKLY;BYDAY=MO,-1FR;INTERVAL=2;COUNT=10|EXDATE:20261027T190000Z",
		"UID:1|DTSTART;VALUE=DATE:20261020|RRULE:FREQ=YEARLY;BYWEEKNO=44;BYSETPOS=-1|RDATE;VALUE=DATE:20261101",
		"UID:1|RECURRENCE-ID:20261020T200000Z|DTSTART:20261021T200000Z|DURATION:P1W|STATUS:CANCELLED|ORGANIZER;CN=\":;\":mailto:a@b",
	} {
		f.Add(calendar(seed))
	}
	zone := amsterdam(f)
	from := time.Date(2026, 10, 1, 0, 0, 0, 0, zone)
	to := from.AddDate(0, 1, 0)
	f.Fuzz(func(t *testing.T, data []byte) {
		events, err := Decode(data, zone)
		if err != nil {
			return
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		found, _, err := Occurrences(ctx, events, from, to)
		if err != nil {
			t.Fatalf("takes longer than 10 s: %q", data)
		}
		for _, o := range found {
			if !o.End.After(o.Start) || !o.End.After(from) || !o.Start.Before(to) {
				t.Fatalf("occurrence from %s to %s of %q", o.Start, o.End, data)
			}
		}
	})
}
