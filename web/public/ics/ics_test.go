package ics

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ical "github.com/arran4/golang-ical"

	own "headstart/maintenance/ical"
)

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func twoEvents() *Calendar {
	return &Calendar{
		Name: "Gepland werk; Voorbeeld College", Description: "Wat wij van plan zijn", Lang: "nl", Source: "https://storingen.example.org/s/nl/calendar.ics", Refresh: 15 * time.Minute,
		Events: []Event{
			{
				UID: "0f", Sequence: 3, Changed: at("2026-11-20T09:00:00+01:00"), Start: at("2026-11-28T20:00:00+01:00"), End: at("2026-11-28T23:00:00+01:00"),
				Summary: "Wifi werkt niet, gebouw Noord; ook niet \\ daarbuiten", Description: "Regel één\nRegel twee: " + strings.Repeat("é", 200), Location: "Gebouw Noord", URL: "https://storingen.example.org/s/nl/",
			},
			{UID: "1f", Start: at("2026-12-01T07:00:00Z"), End: at("2026-12-01T08:00:00Z"), Summary: "Mail", Cancelled: true},
		},
	}
}

// Parsed by a library of others: what goes in comes out.
func TestAnotherParserReadsTheEvents(t *testing.T) {
	in := twoEvents()
	cal, err := ical.ParseCalendar(bytes.NewReader(in.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	events := cal.Events()
	if len(events) != 2 {
		t.Fatalf("%d events, want 2", len(events))
	}
	for i, e := range events {
		want := in.Events[i]
		start, err := e.GetStartAt()
		if err != nil || !start.Equal(want.Start) {
			t.Errorf("event %d starts %v (%v), want %v", i, start, err, want.Start)
		}
		end, err := e.GetEndAt()
		if err != nil || !end.Equal(want.End) {
			t.Errorf("event %d ends %v (%v), want %v", i, end, err, want.End)
		}
		for name, text := range map[ical.ComponentProperty]string{
			ical.ComponentPropertyUniqueId: want.UID, ical.ComponentPropertySummary: want.Summary,
			ical.ComponentPropertyDescription: want.Description, ical.ComponentPropertyLocation: want.Location,
		} {
			got := ""
			if p := e.GetProperty(name); p != nil {
				got = p.Value
			}
			if got != text {
				t.Errorf("event %d: %s is %q, want %q", i, name, got, text)
			}
		}
	}
	if got := events[0].GetProperty(ical.ComponentPropertySequence).Value; got != "3" {
		t.Errorf("sequence %s, want 3", got)
	}
	if got := events[0].GetProperty(ical.ComponentPropertySummary).ICalParameters["LANGUAGE"]; len(got) != 1 || got[0] != "nl" {
		t.Errorf("the summary's language is %v, want nl", got)
	}
	for i, want := range []string{"CONFIRMED", "CANCELLED"} {
		if got := events[i].GetProperty(ical.ComponentPropertyStatus).Value; got != want {
			t.Errorf("event %d is %s, want %s", i, got, want)
		}
	}
	// DTSTAMP is the change, not the writing; without one known, the start.
	for i, want := range []string{"20261120T080000Z", "20261201T070000Z"} {
		if got := events[i].GetProperty(ical.ComponentPropertyDtstamp).Value; got != want {
			t.Errorf("event %d is stamped %s, want %s", i, got, want)
		}
	}
}

// A calendar that this program imports reads as it was written.
func TestOurOwnImportReadsIt(t *testing.T) {
	events, err := own.Decode(twoEvents().Bytes(), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	if len(events) != 2 || events[0].Unclear+events[1].Unclear != "" || events[0].Cancelled || !events[1].Cancelled || events[0].Sequence != "3" {
		t.Errorf("it reads %+v", events)
	}
}

// RFC 5545, section 3.6: a calendar has at least one component.
func TestACalendarWithoutEventsIsOneAllTheSame(t *testing.T) {
	b := (&Calendar{Lang: "en"}).Bytes()
	cal, err := ical.ParseCalendar(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if len(cal.Components) != 1 || len(cal.Events()) != 0 {
		t.Errorf("%d components, %d events; want one and none", len(cal.Components), len(cal.Events()))
	}
}

// lines checks what RFC 5545, section 3.1, asks of a file, and returns its content
// lines unfolded.
func lines(t *testing.T, b []byte) []string {
	t.Helper()
	if !bytes.HasSuffix(b, []byte("\r\n")) || !utf8.Valid(b) {
		t.Fatalf("the file is no UTF-8 or does not end its last line")
	}
	for i, l := range strings.Split(strings.TrimSuffix(string(b), "\r\n"), "\r\n") {
		if len(l) > 75 {
			t.Errorf("line %d has %d octets", i, len(l))
		}
		if !utf8.ValidString(l) || strings.ContainsAny(l, "\r\n") || strings.ContainsFunc(l, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			t.Errorf("line %d is %q", i, l)
		}
	}
	return strings.Split(strings.TrimSuffix(strings.ReplaceAll(string(b), "\r\n ", ""), "\r\n"), "\r\n")
}

// Ruling 45: no text, however hostile, ends a line, begins a property or adds an
// event.
func FuzzTextsStayTexts(f *testing.F) {
	f.Add("Mail", "\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nATTACH:https://kwaad.example/")
	f.Add("a\u2028b\u0085c\vd", strings.Repeat("漢", 40)+"\x00\xff\\n;,:\"")
	f.Add("", "\r")
	f.Fuzz(func(t *testing.T, summary, description string) {
		c := &Calendar{
			Name: summary, Description: description, Lang: "nl", Source: "https://storingen.example.org/s/nl/calendar.ics", Refresh: time.Hour,
			Events: []Event{{UID: "u", Start: at("2026-11-28T20:00:00Z"), End: at("2026-11-28T21:00:00Z"), Summary: summary, Description: description, Location: summary}},
		}
		b := c.Bytes()
		names := map[string]int{}
		for _, l := range lines(t, b) {
			name, _, ok := strings.Cut(l, ":")
			if !ok {
				t.Fatalf("%q is no content line", l)
			}
			name, _, _ = strings.Cut(name, ";")
			names[name]++
		}
		for name, n := range names {
			switch name {
			case "BEGIN", "END":
				if n != 2 {
					t.Errorf("%d %s, want 2", n, name)
				}
			case "DESCRIPTION": // of the calendar and of the event
			case "VERSION", "PRODID", "CALSCALE", "NAME", "X-WR-CALNAME", "SOURCE", "REFRESH-INTERVAL", "X-PUBLISHED-TTL", "UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "STATUS", "TRANSP":
				if n != 1 {
					t.Errorf("%s stands %d times", name, n)
				}
			default:
				t.Errorf("the texts made a property %s", name)
			}
		}
		cal, err := ical.ParseCalendar(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if len(cal.Events()) != 1 || len(cal.Components) != 1 {
			t.Errorf("%d components", len(cal.Components))
		}
	})
}
