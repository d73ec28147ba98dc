package ical

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// property is one line: NAME;PARAM=VALUE:value.
type property struct {
	name   string
	params map[string]string
	value  string
}

// parse takes a line apart. A colon or semicolon within quotes belongs to the
// value of a parameter.
func parse(line string) (property, bool) {
	var parts []string
	quoted, from := false, 0
	for i := range len(line) {
		switch c := line[i]; {
		case c == '"':
			quoted = !quoted
		case quoted || (c != ';' && c != ':'):
		default:
			parts = append(parts, line[from:i])
			from = i + 1
			if c == ';' {
				continue
			}
			p := property{name: strings.ToUpper(strings.TrimSpace(parts[0])), value: strings.TrimSpace(line[from:])}
			for _, param := range parts[1:] {
				k, v, _ := strings.Cut(param, "=")
				if p.params == nil {
					p.params = map[string]string{}
				}
				p.params[strings.ToUpper(k)] = strings.Trim(v, `"`)
			}
			return p, p.name != ""
		}
	}
	return property{}, false
}

// text undoes the escapes of a text, drops control characters and bounds it.
func text(s string) string {
	s = strings.NewReplacer(`\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";", `\\`, `\`).Replace(strings.ToValidUTF8(s, "\ufffd"))
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' {
			return ' '
		}
		return r
	}, s)
	for len(s) > maxText {
		_, size := utf8.DecodeLastRuneInString(s[:maxText+1])
		s = s[:maxText+1-size]
	}
	return strings.TrimSpace(s)
}

// mailbox is the address of an organiser, "" if it is none.
func mailbox(value string) string {
	low := strings.ToLower(strings.TrimSpace(value))
	who, ok := strings.CutPrefix(low, "mailto:")
	if !ok || !strings.Contains(who, "@") {
		return ""
	}
	return who
}

// moment reads a DATE or a DATE-TIME: of its TZID, in UTC, or of the decoder's
// zone. A zone nobody knows is not guessed.
func (d *decoder) moment(p property, value string) (Moment, bool) {
	value = strings.TrimSpace(value)
	zone := d.zone
	if id := p.params["TZID"]; id != "" {
		if zone = zoneNamed(id); zone == nil {
			d.unclear("the time zone " + strconv.QuoteToASCII(id[:min(len(id), 60)]))
			return Moment{}, false
		}
	}
	layout, date := "20060102T150405", false
	switch {
	case len(value) == 8:
		layout, date = "20060102", true
	case strings.HasSuffix(value, "Z"):
		value, zone = strings.TrimSuffix(value, "Z"), time.UTC
	}
	at, err := time.ParseInLocation(layout, value, zone)
	if err != nil || at.Year() < 1970 || at.Year() > 9000 {
		d.unclear("a time that cannot be read")
		return Moment{}, false
	}
	return Moment{at, date}, true
}

// zoneNamed finds a zone by its IANA name or by the name Windows gives it, as
// Exchange and Outlook write; nil: neither.
func zoneNamed(id string) *time.Location {
	if iana := windowsZones[strings.ToLower(id)]; iana != "" {
		id = iana
	}
	// Local would be this machine's, which is not what the calendar means.
	if zone, err := time.LoadLocation(id); err == nil && id != "Local" {
		return zone
	}
	return nil
}

// windowsZones are the zones of Europe and the common ones beyond, after
// Unicode's CLDR.
var windowsZones = map[string]string{
	"utc":                            "UTC",
	"gmt standard time":              "Europe/London",
	"greenwich standard time":        "Atlantic/Reykjavik",
	"w. europe standard time":        "Europe/Berlin",
	"romance standard time":          "Europe/Paris",
	"central europe standard time":   "Europe/Budapest",
	"central european standard time": "Europe/Warsaw",
	"e. europe standard time":        "Europe/Chisinau",
	"fle standard time":              "Europe/Kyiv",
	"gtb standard time":              "Europe/Bucharest",
	"turkey standard time":           "Europe/Istanbul",
	"russian standard time":          "Europe/Moscow",
	"israel standard time":           "Asia/Jerusalem",
	"south africa standard time":     "Africa/Johannesburg",
	"india standard time":            "Asia/Kolkata",
	"china standard time":            "Asia/Shanghai",
	"tokyo standard time":            "Asia/Tokyo",
	"aus eastern standard time":      "Australia/Sydney",
	"eastern standard time":          "America/New_York",
	"central standard time":          "America/Chicago",
	"mountain standard time":         "America/Denver",
	"pacific standard time":          "America/Los_Angeles",
	"venezuela standard time":        "America/Caracas",
	"sa western standard time":       "America/La_Paz",
	"e. south america standard time": "America/Sao_Paulo",
}

// duration reads P1D, PT1H30M, P1W: whole days, which follow the calendar, and
// the time beyond them.
func duration(s string) (days int, rest time.Duration, ok bool) {
	s, ok = strings.CutPrefix(strings.TrimPrefix(s, "+"), "P")
	if !ok || s == "" || len(s) > 20 {
		return 0, 0, false
	}
	clock, number := false, ""
	for _, c := range s {
		n, err := strconv.Atoi(number)
		switch {
		case c >= '0' && c <= '9':
			number += string(c)
			continue
		case c == 'T' && number == "" && !clock:
			clock = true
			continue
		case err != nil || n > 100_000:
			return 0, 0, false
		case c == 'W' && !clock:
			days += 7 * n
		case c == 'D' && !clock:
			days += n
		case c == 'H' && clock:
			rest += time.Duration(n) * time.Hour
		case c == 'M' && clock:
			rest += time.Duration(n) * time.Minute
		case c == 'S' && clock:
			rest += time.Duration(n) * time.Second
		default:
			return 0, 0, false
		}
		number = ""
	}
	return days, rest, number == ""
}

// finish derives the end, and says what is missing.
func (d *decoder) finish() {
	e := d.event
	switch {
	case e.UID == "" || len(e.UID) > 1000:
		d.unclear("no UID of a usable length")
	case e.Start.IsZero():
		d.unclear("no start")
	}
	if d.duration != "" {
		days, rest, ok := duration(d.duration)
		if !ok {
			d.unclear("a duration that cannot be read")
			return
		}
		e.End = e.Start.AddDate(0, 0, days).Add(rest)
	}
	switch {
	case e.Days > 0 && e.End.After(e.Start):
		e.Days = int((e.End.Sub(e.Start) + 12*time.Hour) / (24 * time.Hour))
	case e.Days > 0:
		e.End = e.Start.AddDate(0, 0, 1)
	case !e.End.After(e.Start):
		d.unclear("no length")
	}
	switch {
	case e.Days > longestDays:
		d.unclear("longer than 100 days")
	case e.Days == 0 && e.End.Sub(e.Start) > longest:
		d.unclear("longer than 31 days")
	}
}
