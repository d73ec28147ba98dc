package ical

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestDecodeIsLinear: a line broken after every letter, or a property said again
// and again, costs what its bytes cost (ruling 44: 1 MiB, whatever is in it).
func TestDecodeIsLinear(t *testing.T) {
	const head = "UID:1|DTSTART:20261123T220000Z|DTEND:20261123T230000Z|"
	for name, body := range map[string]string{
		"broken after every letter": "SUMMARY:" + strings.Repeat("x| ", 200_000),
		"categories":                strings.Repeat("CATEGORIES:netwerk|", 50_000),
	} {
		t.Run(name, func(t *testing.T) {
			data := calendar(head + body)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			events, err := Decode(data, time.UTC)
			runtime.ReadMemStats(&after)
			if err != nil || len(events) != 1 || events[0].Unclear != "" {
				t.Fatalf("%d events, error %v; want one, understood", len(events), err)
			}
			if n := len(events[0].Summary) + len(events[0].Categories); n == 0 || n > maxText {
				t.Errorf("its texts have %d bytes, want some, at most %d", n, maxText)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
				t.Errorf("reading %d bytes took %d MiB of memory in all, want at most 64", len(data), used>>20)
			}
		})
	}
}

// TestNoEventOfACentury: what lasts for years and comes each day would overlap
// itself; it is left out, and said.
func TestNoEventOfACentury(t *testing.T) {
	events, err := Decode(calendar("UID:1|DTSTART:19800101T000000Z|DTEND:20800101T000000Z|RRULE:FREQ=DAILY"), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	from := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	found, left, err := Occurrences(t.Context(), events, from, from.AddDate(0, 0, 31))
	if err != nil || len(found) != 0 || len(left) != 1 || left[0].Why != "longer than 31 days" {
		t.Errorf("found %d, left %v, error %v; want the event left out as longer than 31 days", len(found), left, err)
	}
}
