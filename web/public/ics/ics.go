// Package ics writes calendars of events as iCalendar (RFC 5545, with the
// properties of RFC 7986 that name a calendar and say when to ask again).
//
// The promise: whatever the texts, what comes out is one calendar with exactly the
// events given: no text can end a line or begin a property. Equal calendars give
// equal bytes; it reads no clock.
package ics

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Calendar is a list of events, in one language.
type Calendar struct {
	Name, Description string
	Lang              string        // nl, en
	Refresh           time.Duration // how often to read it again, in whole minutes; zero: it is a file for once
	Source            string        // absolute URL to read it at; empty: where it was found
	Events            []Event
}

// Event is one appointment. Readers know it by UID: the same with a higher Sequence
// is the same appointment, changed.
type Event struct {
	UID         string // the same for ever, no two alike anywhere
	Sequence    int
	Changed     time.Time // when it became what it is now; zero: Start stands in
	Start, End  time.Time
	Summary     string
	Description string
	Location    string
	URL         string // absolute
	Cancelled   bool   // stays listed, so that readers who have it strike it out
}

// Bytes is the calendar as a file.
func (c *Calendar) Bytes() []byte {
	w := writer{lang: c.Lang}
	w.raw("BEGIN", "VCALENDAR")
	w.raw("VERSION", "2.0")
	w.raw("PRODID", "-//headstart//planned work//"+strings.ToUpper(c.Lang))
	w.raw("CALSCALE", "GREGORIAN")
	if c.Refresh > 0 {
		w.text("NAME", c.Name)
		w.text("X-WR-CALNAME", c.Name) // what Outlook, Google and Apple read instead
		w.text("DESCRIPTION", c.Description)
		if c.Source != "" {
			w.raw("SOURCE;VALUE=URI", c.Source)
		}
		every := "PT" + strconv.Itoa(int(c.Refresh/time.Minute)) + "M"
		w.raw("REFRESH-INTERVAL;VALUE=DURATION", every)
		w.raw("X-PUBLISHED-TTL", every)
	}
	for i := range c.Events {
		w.event(&c.Events[i])
	}
	if len(c.Events) == 0 {
		w.nothing()
	}
	w.raw("END", "VCALENDAR")
	return []byte(w.String())
}

// nothing fills a calendar without events: it must have a component (RFC 5545,
// section 3.6), and this one plans nothing.
func (w *writer) nothing() {
	w.raw("BEGIN", "VTIMEZONE")
	w.raw("TZID", "Etc/UTC")
	w.raw("BEGIN", "STANDARD")
	w.raw("DTSTART", "19700101T000000")
	w.raw("TZOFFSETFROM", "+0000")
	w.raw("TZOFFSETTO", "+0000")
	w.raw("END", "STANDARD")
	w.raw("END", "VTIMEZONE")
}

func (w *writer) event(e *Event) {
	changed := e.Changed
	if changed.IsZero() {
		changed = e.Start
	}
	w.raw("BEGIN", "VEVENT")
	w.raw("UID", e.UID)
	// Without a METHOD the stamp is that of the last change (section 3.8.7.2): the
	// time of writing would make every copy another one.
	w.raw("DTSTAMP", utc(changed))
	w.raw("LAST-MODIFIED", utc(changed))
	w.raw("SEQUENCE", strconv.Itoa(e.Sequence))
	w.raw("DTSTART", utc(e.Start))
	w.raw("DTEND", utc(e.End))
	w.said("SUMMARY", e.Summary)
	w.said("DESCRIPTION", e.Description)
	w.said("LOCATION", e.Location)
	if e.URL != "" {
		w.raw("URL", e.URL)
	}
	status := "CONFIRMED"
	if e.Cancelled {
		status = "CANCELLED"
	}
	w.raw("STATUS", status)
	w.raw("TRANSP", "TRANSPARENT") // nobody is busy because of it
	w.raw("END", "VEVENT")
}

func utc(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// writer collects content lines.
type writer struct {
	strings.Builder
	lang string
}

// said is a text of ours in the calendar's language; an empty one is left out.
func (w *writer) said(name, value string) {
	if value != "" {
		w.text(name+";LANGUAGE="+w.lang, value)
	}
}

func (w *writer) text(name, value string) { w.raw(name, escape(value)) }

// lineOctets is the longest line without its end (RFC 5545, section 3.1).
const lineOctets = 75

// raw writes one content line, folded. A character is never split: readers exist
// that decode before they unfold.
func (w *writer) raw(name, value string) {
	room := lineOctets
	for _, r := range name + ":" + value {
		if r < ' ' && r != '\t' || r == 0x7f {
			continue // a URL or a number of ours has none; nothing else may end a line
		}
		if n := utf8.RuneLen(r); n > room {
			w.WriteString("\r\n ")
			room = lineOctets - 1
		}
		w.WriteRune(r)
		room -= utf8.RuneLen(r)
	}
	w.WriteString("\r\n")
}

// escape writes a text as a value of type TEXT (section 3.3.11).
func escape(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	return escaper.Replace(s)
}

// escaper turns into \n whatever any reader could take for the end of a line:
// Unicode has more of them than RFC 5545 knows.
var escaper = strings.NewReplacer(
	`\`, `\\`, ";", `\;`, ",", `\,`,
	"\r\n", `\n`, "\n", `\n`, "\r", `\n`, "\v", `\n`, "\f", `\n`, "\u0085", `\n`, "\u2028", `\n`, "\u2029", `\n`,
)
