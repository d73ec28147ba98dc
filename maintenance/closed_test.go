package maintenance

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

// closing is a calendar of events whose properties are separated by "|".
func closing(events ...string) []byte {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
	for n, e := range events {
		fmt.Fprintf(&b, "BEGIN:VEVENT\r\nUID:%d\r\n%s\r\nEND:VEVENT\r\n", n, strings.ReplaceAll(e, "|", "\r\n"))
	}
	b.WriteString("END:VCALENDAR\r\n")
	return []byte(b.String())
}

func inAmsterdam(tb testing.TB) *time.Location {
	tb.Helper()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		tb.Fatal(err)
	}
	return zone
}

// Whole days close, also those of a summer, those that come each year, and those that run
// over new year; a meeting, a cancelled day and a day of another decade do not.
func TestClosedDays(t *testing.T) {
	days, left, err := closedDays(closing(
		"DTSTART;VALUE=DATE:20261225|DTEND;VALUE=DATE:20261227|SUMMARY:Kerst\\, twee dagen",
		"DTSTART;VALUE=DATE:20200427|RRULE:FREQ=YEARLY|SUMMARY:Koningsdag",
		"DTSTART;VALUE=DATE:20270717|DTEND;VALUE=DATE:20270830|SUMMARY:Zomervakantie",
		"DTSTART;VALUE=DATE:20261221|DTEND;VALUE=DATE:20270104|SUMMARY:Kerstvakantie",
		"DTSTART:20261111T100000Z|DTEND:20261111T110000Z|SUMMARY:Overleg",
		"DTSTART;VALUE=DATE:20261112|STATUS:CANCELLED|SUMMARY:Afgelast",
		"DTSTART;VALUE=DATE:20110606|SUMMARY:Lang geleden",
		"DTSTART;VALUE=DATE:20261113|DTEND;VALUE=DATE:20271113|SUMMARY:Een jaar dicht",
	), inAmsterdam(t), 2026)
	if err != nil {
		t.Fatal(err)
	}
	want := []headstart.Holiday{
		{From: "2025-04-27", Name: "Koningsdag"},
		{From: "2026-04-27", Name: "Koningsdag"},
		{From: "2026-12-21", To: "2027-01-03", Name: "Kerstvakantie"},
		{From: "2026-12-25", To: "2026-12-26", Name: "Kerst, twee dagen"},
		{From: "2027-04-27", Name: "Koningsdag"},
		{From: "2027-07-17", To: "2027-08-29", Name: "Zomervakantie"},
		{From: "2028-04-27", Name: "Koningsdag"},
	}
	if diff := cmp.Diff(want, days); diff != "" {
		t.Errorf("closed days (-want +got):\n%s", diff)
	}
	if len(left) != 1 || left[0].Why != "longer than 100 days" {
		t.Errorf("left out %v; want the year alone, as longer than 100 days", left)
	}
}

// What is no calendar of closed days is refused whole.
func TestClosedDaysRefused(t *testing.T) {
	many := make([]string, maxClosed+1)
	for n := range many {
		many[n] = "DTSTART;VALUE=DATE:20261225|SUMMARY:x"
	}
	for want, data := range map[string][]byte{
		"this is no calendar":        []byte("<html>log in first</html>"),
		"events of whole days":       closing(many...),
		"closes more than 500 times": closing("DTSTART;VALUE=DATE:20200101|RRULE:FREQ=DAILY"),
	} {
		if _, _, err := closedDays(data, inAmsterdam(t), 2026); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want an error with %q", err, want)
		}
	}
}

// An address is read at the start; while it does not answer, or answers nonsense, its copy
// holds, and a later start reads that.
func TestClosedCopy(t *testing.T) {
	var status atomic.Int32
	status.Store(http.StatusOK)
	body := closing("DTSTART;VALUE=DATE:20261225|SUMMARY:Kerst")
	var answer atomic.Pointer[[]byte]
	answer.Store(&body)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(int(status.Load()))
		_, _ = w.Write(*answer.Load())
	}))
	defer srv.Close()
	closed := func(log *bytes.Buffer) *Closed {
		return &Closed{
			Place: srv.URL + "/secret.ics", Copy: filepath.Join(t.TempDir(), "closed.ics"), Zone: inAmsterdam(t),
			Dialer: &headstart.Dialer{Allow: func(netip.AddrPort) bool { return true }}, Logger: slog.New(slog.NewTextHandler(log, nil)),
			Now: func() time.Time { return time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC) },
		}
	}
	var log bytes.Buffer
	c := closed(&log)
	if days, err := c.Days(); days != nil || err != nil || !c.ReadAt().IsZero() {
		t.Errorf("before it was read: %v %v, at %s", days, err, c.ReadAt())
	}
	client := httpClient(c.Dialer)
	if _, _, err := c.read(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	want := []headstart.Holiday{{From: "2026-12-25", Name: "Kerst"}}
	holds := func(when string) {
		t.Helper()
		days, err := c.Days()
		if diff := cmp.Diff(want, days); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", when, err, diff)
		}
	}
	holds("read")
	if info, err := os.Stat(c.Copy); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy is %v %v; want it ours alone", info.Mode(), err)
	}
	old := time.Now().Add(-30 * 24 * time.Hour)
	if err := os.Chtimes(c.Copy, old, old); err != nil {
		t.Fatal(err)
	}
	status.Store(http.StatusBadGateway)
	if _, _, err := c.read(t.Context(), client); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("an address that is down: %v; want an error that does not name it", err)
	}
	holds("down")
	status.Store(http.StatusOK)
	nonsense := []byte("<html>log in first</html>")
	answer.Store(&nonsense)
	if _, _, err := c.read(t.Context(), client); err == nil {
		t.Error("a page to log in at is taken for a calendar")
	}
	holds("nonsense")
	if c.ReadAt().After(old.Add(time.Minute)) {
		t.Errorf("it counts as read at %s, when it was not", c.ReadAt())
	}
	answer.Store(&body)
	if _, _, err := c.read(t.Context(), client); err != nil || time.Since(c.ReadAt()) > time.Hour {
		t.Errorf("read again: %v, at %s", err, c.ReadAt())
	}
}

// Run tells of other days, and only then.
func TestClosedRun(t *testing.T) {
	name := filepath.Join(t.TempDir(), "closed.ics")
	if err := os.WriteFile(name, closing("DTSTART;VALUE=DATE:20261225|SUMMARY:Kerst"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := &Closed{Place: name, Zone: inAmsterdam(t), Logger: slog.New(slog.DiscardHandler), Dialer: &headstart.Dialer{}, Now: func() time.Time { return time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC) }}
	for inForce, want := range map[string]int{"2026-12-25": 0, "2026-12-24": 1} {
		synctest.Test(t, func(t *testing.T) {
			ctx, stop := context.WithTimeout(t.Context(), closedEvery/2)
			defer stop()
			told := 0
			err := c.Run(ctx, []headstart.Holiday{{From: inForce, Name: "Kerst"}}, func() { told++ })
			if err != nil || told != want {
				t.Errorf("with %s in force: told %d times, %v; want %d", inForce, told, err, want)
			}
		})
	}
}

// FuzzClosedDays: whatever the bytes, what closes is dates in order, within bounds.
func FuzzClosedDays(f *testing.F) {
	f.Add(closing("DTSTART;VALUE=DATE:20261225|DTEND;VALUE=DATE:20261227|RRULE:FREQ=YEARLY;BYMONTH=12|EXDATE;VALUE=DATE:20271225|SUMMARY:x\\ny"))
	f.Add(closing("DTSTART;VALUE=DATE:20261225|DURATION:P3W", "RECURRENCE-ID;VALUE=DATE:20261225|DTSTART:20261225T100000Z|DURATION:PT1H"))
	f.Add(closing("DTSTART;TZID=Tokyo Standard Time;VALUE=DATE:20240229|RRULE:FREQ=YEARLY;INTERVAL=4"))
	zone := inAmsterdam(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		days, _, err := closedDays(data, zone, 2026)
		if err != nil {
			return
		}
		if len(days) > maxClosed {
			t.Fatalf("%d periods", len(days))
		}
		last := ""
		for _, d := range days {
			for _, date := range []string{d.From, d.To} {
				if _, err := time.Parse(time.DateOnly, date); err != nil && (date != "" || d.From == "") {
					t.Fatalf("%+v has no dates", d)
				}
			}
			if d.To != "" && d.To <= d.From || d.From < last || len([]rune(d.Name)) > summaryLength || strings.Contains(d.Name, "\n") {
				t.Fatalf("%+v after %s", d, last)
			}
			last = d.From
		}
	})
}
