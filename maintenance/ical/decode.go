// Package ical reads calendars others keep (RFC 5545): the events in them, when
// they come again, who called for them.
//
// A calendar is input from outside. The promise: whatever the bytes, Decode ends
// soon with events or an error, and what it does not understand of an event is
// said of that event; nothing is guessed.
package ical

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Event is one VEVENT.
type Event struct {
	UID      string
	Sequence string // of changes to it, as the calendar counts them

	// Replaces is the original start of the one occurrence this event stands for;
	// zero: it is the event itself.
	Replaces time.Time

	Start, End time.Time
	Days       int // of an event of whole days; 0: Start and End are clock times

	Rule   string      // RRULE, empty: it comes once
	Also   []time.Time // further starts
	Except []Moment    // starts left out

	Summary, Location, Description string
	Categories                     string
	Organizer                      string // mail address in lower case
	Cancelled                      bool

	// Unclear says what of it was not understood; empty: nothing. Such an event is
	// never to be acted upon.
	Unclear string
}

// Moment is a time of a calendar, or a whole day of it.
type Moment struct {
	At   time.Time
	Date bool
}

// Bounds of what is read.
const (
	MaxBytes  = 1 << 20 // of a calendar (ruling 44)
	maxEvents = 2000
	maxTimes  = 500 // in the lists of one event
	maxText   = 8 << 10

	// longest is how long an event may last: beyond it is no plan, and one of a
	// century that comes each day would overlap itself in tens of thousands. Whole days
	// may be those of a school's summer.
	longest     = 31 * 24 * time.Hour
	longestDays = 100 // so many days
)

// Decode reads the events of a calendar. Times without a zone are taken to be of
// zone. The error is of a file that is no calendar, or beyond the bounds.
func Decode(data []byte, zone *time.Location) ([]Event, error) {
	if len(data) > MaxBytes {
		return nil, errors.New("the calendar is larger than 1 MiB")
	}
	lines := unfold(data)
	if len(lines) == 0 || !strings.EqualFold(strings.TrimSpace(lines[0]), "BEGIN:VCALENDAR") {
		return nil, errors.New("this is no calendar: it does not begin with BEGIN:VCALENDAR")
	}
	d := decoder{zone: zone}
	for _, line := range lines {
		if err := d.line(line); err != nil {
			return nil, err
		}
	}
	if len(d.within) > 0 {
		return nil, fmt.Errorf("the calendar is cut off: %s has no end", d.within[len(d.within)-1])
	}
	return d.events, nil
}

// unfold joins lines that were broken: the next one begins with a blank. A line
// may be broken after every letter, so it is gathered, not copied for each part.
func unfold(data []byte) []string {
	var lines []string
	var line []byte
	for raw := range bytes.Lines(bytes.TrimPrefix(data, []byte("\ufeff"))) {
		s := bytes.TrimRight(raw, "\r\n")
		switch {
		case len(s) == 0:
		case (s[0] == ' ' || s[0] == '\t') && len(line) > 0:
			line = append(line, s[1:]...)
		default:
			if len(line) > 0 {
				lines = append(lines, string(line))
			}
			line = append(line[:0], s...)
		}
	}
	if len(line) > 0 {
		lines = append(lines, string(line))
	}
	return lines
}

type decoder struct {
	zone   *time.Location
	within []string // components around this line, the innermost last
	events []Event
	event  *Event // that is being read

	duration string // DURATION stands for the end
}

func (d *decoder) line(text string) error {
	p, ok := parse(text)
	switch {
	case !ok:
		if d.event != nil {
			d.unclear("a line that is no property")
		}
	case p.name == "BEGIN":
		return d.begin(strings.ToUpper(p.value))
	case p.name == "END":
		return d.end(strings.ToUpper(p.value))
	case d.event != nil && d.within[len(d.within)-1] == "VEVENT": // not of an alarm within it
		d.property(p)
	}
	return nil
}

func (d *decoder) begin(name string) error {
	d.within = append(d.within, name)
	if len(d.within) > 8 {
		return errors.New("the calendar is nested deeper than calendars are")
	}
	if name == "VEVENT" && d.event == nil {
		d.event, d.duration = &Event{}, ""
	}
	return nil
}

func (d *decoder) end(name string) error {
	n := len(d.within)
	if n == 0 || d.within[n-1] != name {
		return fmt.Errorf("the calendar ends a %.40q that it did not begin", name)
	}
	d.within = d.within[:n-1]
	if name != "VEVENT" || d.event == nil {
		return nil
	}
	if len(d.events) == maxEvents {
		return fmt.Errorf("the calendar has more than %d events; publish one of planned work alone", maxEvents)
	}
	d.finish()
	d.events = append(d.events, *d.event)
	d.event = nil
	return nil
}

func (d *decoder) unclear(why string) {
	if d.event.Unclear == "" {
		d.event.Unclear = why
	}
}

func (d *decoder) property(p property) {
	e := d.event
	switch p.name {
	case "UID":
		e.UID = p.value
	case "SEQUENCE":
		e.Sequence = p.value
	case "SUMMARY":
		e.Summary = text(p.value)
	case "LOCATION":
		e.Location = text(p.value)
	case "DESCRIPTION":
		e.Description = text(p.value)
	case "CATEGORIES":
		if len(e.Categories) < maxText { // of a thousand such lines each would be read a thousand times
			e.Categories = text(strings.TrimPrefix(e.Categories+", "+p.value, ", "))
		}
	case "STATUS":
		e.Cancelled = strings.EqualFold(p.value, "CANCELLED")
	case "ORGANIZER":
		e.Organizer = mailbox(p.value)
	default:
		d.time(p)
	}
}

// time reads the properties that say when.
func (d *decoder) time(p property) {
	e := d.event
	switch p.name {
	case "DTSTART":
		if at, ok := d.moment(p, p.value); ok {
			e.Start = at.At
			if at.Date {
				e.Days = 1
			}
		}
	case "DTEND":
		if at, ok := d.moment(p, p.value); ok {
			e.End = at.At
		}
	case "DURATION":
		d.duration = p.value
	case "RECURRENCE-ID":
		if p.params["RANGE"] != "" {
			d.unclear("a change of all later occurrences")
		}
		if at, ok := d.moment(p, p.value); ok {
			e.Replaces = at.At
		}
	case "RRULE":
		if e.Rule != "" {
			d.unclear("two rules of recurrence")
		}
		e.Rule = p.value
	case "EXRULE":
		d.unclear("a rule of exceptions")
	case "RDATE", "EXDATE":
		d.list(p)
	}
}

func (d *decoder) list(p property) {
	for one := range strings.SplitSeq(p.value, ",") {
		at, ok := d.moment(p, one)
		switch e := d.event; {
		case !ok:
			return
		case len(e.Also)+len(e.Except) == maxTimes:
			d.unclear("too many dates")
			return
		case p.name == "RDATE":
			e.Also = append(e.Also, at.At)
		default:
			e.Except = append(e.Except, at)
		}
	}
}
