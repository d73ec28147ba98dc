package systems

import (
	"encoding/json"
	"maps"
	"strings"
	"time"
)

// with returns w with the words of s above it. Keys are compared in small letters.
func (w words) with(s Settings) words {
	return words{overlay(w.statuses, s.Statuses), overlay(w.priorities, s.Priorities), overlay(w.channels, s.Channels)}
}

func overlay(defaults, own map[string]string) map[string]string {
	out := maps.Clone(defaults)
	if out == nil {
		out = map[string]string{}
	}
	for native, ours := range own {
		out[strings.ToLower(native)] = ours
	}
	return out
}

// status sets what the native status means. One nobody knows means open.
func (w words) status(t *Ticket, native string) {
	t.Native = native
	switch s := w.statuses[strings.ToLower(native)]; s {
	case "":
		t.Status = "open"
	case "waiting":
		t.Status, t.WaitingOn = s, "user"
	case "waiting_supplier":
		t.Status, t.WaitingOn = "waiting", "supplier"
	default:
		t.Status = s
	}
}

func (w words) priority(native string) string { return w.priorities[strings.ToLower(native)] }
func (w words) channel(native string) string  { return w.channels[strings.ToLower(native)] }

// person fills in who reported.
func (o Options) person(t *Ticket, native string) {
	if native != "" && o.Requester != nil {
		t.Requester, t.Shared = o.Requester(native)
	}
}

// field is the system's name of what key of a ticket means.
func (s Settings) field(key, fallback string) string {
	if name, ok := s.Fields[key]; ok {
		return name
	}
	return fallback
}

// firstText is the first value of a field that may hold a number, or several values.
func firstText(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case json.Number:
		return x.String()
	case []any:
		for _, one := range x {
			if s := firstText(one); s != "" {
				return s
			}
		}
	}
	return ""
}

// timeForms are how systems write times; those without a zone are in the source's.
var timeForms = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.000-0700", "2006-01-02T15:04:05-0700", "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02T15:04",
}

// moment reads a time; what is none, empty, or the year 1970 that stands for
// never, is zero.
func moment(s string, zone *time.Location) time.Time {
	for _, form := range timeForms {
		if t, err := time.ParseInLocation(form, s, zone); err == nil {
			if y := t.Year(); y <= 1970 || y >= 2200 {
				return time.Time{}
			}
			return t.UTC()
		}
	}
	return time.Time{}
}

// wallClock writes times for systems whose queries know no zone, seconds and all.
const wallClock = "2006-01-02 15:04:05"

// wallSince is a place in time for the query of such a system. In the night in which
// clocks go back an hour comes twice, and what changed in its second run is written
// as in the first: so that nothing is missed, the query begins an hour earlier.
func wallSince(t time.Time, zone *time.Location) string {
	_, east := t.In(zone).Zone()
	wall := t.UTC().Add(time.Duration(east) * time.Second)
	for _, other := range []time.Duration{-time.Hour, time.Hour} {
		if t.Add(other).In(zone).Format(wallClock) == wall.Format(wallClock) {
			return wall.Add(-time.Hour).Format(wallClock)
		}
	}
	return wall.Format(wallClock)
}
