package scenario

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"headstart"
)

// step is one event of a scenario, or a time in which nobody looked.
type step struct {
	ev          headstart.Event
	group, into headstart.GroupID
	blind       time.Duration
	edit        edit // of the catalog; nil: none
}

// Day is midnight of every scenario's first day; all its times are UTC.
var Day = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

// Bounds of what a hand-written line may ask for: a slip must not fill the memory.
const (
	mostNames = 10_000
	mostDays  = 366
)

// parseLine reads one line of events:
//
//	08:00:00 firing HostDown instance=sw-1 [@prom-a] [ends=+5m] [started=07:55:00]
//	08:05:00 resolved HostDown instance=sw-1 [@prom-a] [ended=08:04:30]
//	08:05:00 refresh HostDown instance=sw-1 @prom-a ends=+5m
//	08:00:00 check sw-1 ping down|ok|warn|unknown [asked] [kind=icmp] [service=print] [condition=jam:incident]
//	08:00:00 ticket rt/T-1 names=print:1 at=noord from=zuid department=fin cues=malfunction,several
//	08:00:00 silence S-1 until=09:00:00 instance=sw-1 [service=~print.*] [by=marie] [comment=new_printer] [source=am-1]
//	08:00:00 silence S-1 deleted
//	08:00:00 inhibited HostDown instance=sw-1 until=08:10:00
//	08:00:00 gone HostDown instance=sw-1
//	08:00:00 maintenance W-1 on=sw-1 [services=print] [locations=noord] [from=08:30:00] until=09:00:00 [owner=joris] [cancelled] [proposed]
//	08:00:00 open print at=noord | merge #2 #1 | split #1 prn-1 prn-2 | resolve #1 | reopen #1 | pin #1
//	08:00:00 link rt/T-1 #1 | confirm-link ... | unlink ... | reject-link ...
//	08:00:00 blind 8h
//	08:00:00 catalog without prn-1 prn-2
//	08:00:00 catalog sw-2 depends_on=dist-1,dist-2
//	08:00:00 tick
//
// prn-[1..9] stands for nine names, which follow each other by every=1s.
// docs/scenarios.md explains each word.
func parseLine(line string) ([]step, error) {
	f := strings.Fields(line)
	if len(f) < 2 {
		return nil, errors.New("a line says when and what; write such as 08:00:00 tick")
	}
	at, err := clockOf(f[0])
	if err != nil {
		return nil, err
	}
	every, err := option(f, "every=")
	if err != nil {
		return nil, err
	}
	lines, err := expand(f[1:])
	if err != nil {
		return nil, err
	}
	var out []step
	for i, words := range lines {
		x, err := parseStep(at.Add(time.Duration(i)*every), words)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// option returns how far apart the names of a line are.
func option(f []string, prefix string) (time.Duration, error) {
	for _, w := range f {
		if v, ok := strings.CutPrefix(w, prefix); ok {
			d, err := durationOf(v)
			if err == nil && d < 0 {
				err = fmt.Errorf("%s is before the one above it; write a positive duration such as every=1s", w)
			}
			return d, err
		}
	}
	return 0, nil
}

func parseStep(at time.Time, f []string) (step, error) {
	x := step{ev: headstart.Event{At: at, Received: at}}
	if least, ok := leastWords[f[0]]; ok && len(f) <= least.words {
		return x, fmt.Errorf("%s says too little; write %s", f[0], least.example)
	}
	var err error
	switch f[0] {
	case "firing", "resolved":
		x.ev.Alert, err = parseAlert(at, f)
	case "refresh":
		var a *headstart.Alert
		if a, err = parseAlert(at, f); err == nil {
			x.ev.Refresh = []headstart.Refresh{{Fingerprint: a.Fingerprint(), Source: a.Origin(), EndsAt: a.EndsAt}}
		}
	case "check":
		x.ev.Check, err = parseCheck(f[1:])
	case "ticket":
		x.ev.Ticket, err = parseTicket(at, f[1:])
	case "gone":
		var a *headstart.Alert
		if a, err = parseAlert(at, f); err == nil {
			x.ev.Refresh = []headstart.Refresh{{Fingerprint: a.Fingerprint(), Source: a.Source, Gone: true}}
		}
	case "silence":
		x.ev.Silence, err = parseSilence(at, f[1:])
	case "inhibited":
		x.ev.Silence, err = parseInhibited(at, f)
	case "maintenance":
		x.ev.Maintenance, err = parseMaintenance(at, f[1:])
	case "blind":
		x.blind, err = blindFor(f[1])
	case "catalog":
		x.edit, err = parseEdit(f[1:])
	case "tick":
	default:
		err = x.parseCommand(f)
	}
	return x, err
}

// leastWords is how many words must follow the first of a line.
var leastWords = map[string]struct {
	words   int
	example string
}{
	"firing":      {1, "firing HostDown instance=sw-1"},
	"resolved":    {1, "resolved HostDown instance=sw-1"},
	"refresh":     {1, "refresh HostDown instance=sw-1 ends=+5m"},
	"check":       {3, "check sw-1 ping down"},
	"ticket":      {1, "ticket rt/T-1 names=print:1"},
	"silence":     {1, "silence S-1 until=09:00:00 instance=sw-1"},
	"blind":       {1, "blind 8h"},
	"inhibited":   {2, "inhibited HostDown until=09:00:00"},
	"gone":        {1, "gone HostDown instance=sw-1"},
	"maintenance": {2, "maintenance W-1 on=sw-1 until=09:00:00"},
	"catalog":     {2, "catalog without prn-1, or catalog sw-2 depends_on=dist-1"},
}

func parseAlert(at time.Time, f []string) (*headstart.Alert, error) {
	a := &headstart.Alert{Source: "am", Labels: map[string]string{"alertname": f[1]}, StartsAt: at}
	if f[0] == "resolved" {
		a.EndsAt = at
	}
	var err error
	for _, w := range f[2:] {
		if host, ok := strings.CutPrefix(w, "@"); ok {
			a.Source, a.GeneratorURL = host, "http://"+host+"/graph"
			continue
		}
		k, v, _ := strings.Cut(w, "=")
		switch k {
		case "ends":
			var d time.Duration
			d, err = durationOf(strings.TrimPrefix(v, "+"))
			a.EndsAt = at.Add(d)
		case "ended":
			a.EndsAt, err = clockOf(v)
		case "started":
			a.StartsAt, err = clockOf(v)
		case "every":
		default:
			a.Labels[k] = v
		}
		if err != nil {
			return nil, err
		}
	}
	return a, nil
}

func parseCheck(f []string) (*headstart.Check, error) {
	c := &headstart.Check{Asset: f[0], Probe: f[1], Verdict: headstart.Verdict(f[2])}
	if !slices.Contains([]headstart.Verdict{headstart.OK, headstart.Warn, headstart.Down, headstart.Unknown}, c.Verdict) {
		return nil, fmt.Errorf("verdict %q; write ok, warn, down or unknown", f[2])
	}
	if c.Asset == "-" {
		c.Asset = ""
	}
	for _, w := range f[3:] {
		k, v, _ := strings.Cut(w, "=")
		switch k {
		case "asked":
			c.Asked = true
		case "kind":
			c.Kind = v
		case "service":
			c.Service = v
		case "condition":
			name, effect, _ := strings.Cut(v, ":")
			c.Conditions = append(c.Conditions, headstart.Condition{Name: name, Effect: headstart.Effect(effect)})
		case "every":
		default:
			return nil, fmt.Errorf("unknown word %q of a check; write asked, kind=, service= or condition=NAME:EFFECT", w)
		}
	}
	return c, nil
}

func parseTicket(at time.Time, f []string) (*headstart.Ticket, error) {
	source, id, _ := strings.Cut(f[0], "/")
	t := &headstart.Ticket{Source: source, ID: id, CreatedAt: at, UpdatedAt: at, Evidence: &headstart.Evidence{Version: 1, Cues: map[string]int{}}}
	for _, w := range f[1:] {
		k, v, _ := strings.Cut(w, "=")
		switch k {
		case "names":
			name, strength, _ := strings.Cut(v, ":")
			n, err := strconv.ParseFloat(strength, 64)
			if err != nil || !(n >= 0 && n <= 1) {
				return nil, fmt.Errorf("%s has no strength; write a number from 0 to 1, such as names=print:1", w)
			}
			t.Evidence.Assets = append(t.Evidence.Assets, headstart.Mention{ID: name, Strength: n, Word: name})
		case "at":
			t.Evidence.Locations = []headstart.Mention{{ID: v, Strength: 1, Word: v}}
		case "from":
			t.Requester.Location = v
		case "department":
			t.Requester.Department = v
		case "by":
			t.Requester.ID = v
			if v == "each" {
				t.Requester.ID = "u-" + t.ID
			}
		case "every":
		case "shared":
			t.Requester.Shared = true
		case "channel":
			t.Channel = v
		case "cues":
			for cue := range strings.SplitSeq(v, ",") {
				t.Evidence.Cues[cue]++
			}
		default:
			return nil, fmt.Errorf("unknown word %q of a ticket; write names=, at=, from=, department=, by=, shared, channel= or cues=", w)
		}
	}
	return t, nil
}

func parseSilence(at time.Time, f []string) (*headstart.Silence, error) {
	m := &headstart.Silence{ID: f[0], StartsAt: at, CreatedBy: "joris"}
	for _, w := range f[1:] {
		k, v, _ := strings.Cut(w, "=")
		var err error
		switch k {
		case "deleted":
			m.Deleted = true
		case "from":
			m.StartsAt, err = clockOf(v)
		case "until":
			m.EndsAt, err = clockOf(v)
		case "by":
			m.CreatedBy = v
		case "comment":
			m.Comment = strings.ReplaceAll(v, "_", " ")
		case "source":
			m.Source = v
		default:
			value, regex := strings.CutPrefix(v, "~")
			m.Matchers = append(m.Matchers, headstart.Matcher{Name: k, Value: value, IsEqual: true, IsRegex: regex})
		}
		if err != nil {
			return nil, err
		}
	}
	return m, nil
}

func parseMaintenance(at time.Time, f []string) (*headstart.MaintenanceWindow, error) {
	m := &headstart.MaintenanceWindow{ID: f[0]}
	if !slices.Contains(f, "cancelled") {
		m.StartsAt = at
	}
	for _, w := range f[1:] {
		var err error
		k, v, _ := strings.Cut(w, "=")
		switch k {
		case "on":
			m.Assets = append(m.Assets, strings.Split(v, ",")...)
		case "services":
			m.Services = append(m.Services, strings.Split(v, ",")...)
		case "locations":
			m.Locations = append(m.Locations, strings.Split(v, ",")...)
		case "from":
			m.StartsAt, err = clockOf(v)
		case "until":
			m.EndsAt, err = clockOf(v)
		case "owner":
			m.Owner = v
		case "cancelled":
			m.Cancelled = true
		case "proposed":
			m.Proposed = true
		default:
			err = fmt.Errorf("unknown word %q of maintenance; write on=, services=, locations=, from=, until=, owner=, cancelled or proposed", w)
		}
		if err != nil {
			return nil, err
		}
	}
	return m, nil
}

// commands are what a person may do in a scenario.
var commands = []string{"open", "merge", "split", "resolve", "reopen", "pin", "link", "unlink", "confirm-link", "reject-link"}

// parseInhibited reads an alert, and until when its source inhibits it.
func parseInhibited(at time.Time, f []string) (*headstart.Silence, error) {
	until := f[len(f)-1]
	a, err := parseAlert(at, f[:len(f)-1])
	if err != nil {
		return nil, err
	}
	return parseSilence(at, []string{headstart.InhibitionID(a.Fingerprint()), until})
}

func (x *step) parseCommand(f []string) error {
	if !slices.Contains(commands, f[0]) {
		return fmt.Errorf("unknown word %q; write firing, resolved, refresh, check, ticket, silence, maintenance, blind, inhibited, gone, tick or one of %s", f[0], strings.Join(commands, ", "))
	}
	c := &headstart.Command{ID: "c-" + x.ev.At.Format("150405"), By: "samira", Do: f[0]}
	x.ev.Command = c
	for _, w := range f[1:] {
		if n, ok := strings.CutPrefix(w, "#"); ok {
			id, err := strconv.ParseUint(n, 10, 32)
			if err != nil || id == 0 {
				return fmt.Errorf("%q is no incident; write # and its number, such as #1", w)
			}
			if x.group == 0 {
				x.group = headstart.GroupID(id)
			} else {
				x.into = headstart.GroupID(id)
			}
			continue
		}
		at, isPlace := strings.CutPrefix(w, "at=")
		source, ticket, isTicket := strings.Cut(w, "/")
		switch {
		case isPlace:
			c.Locations = append(c.Locations, at)
		case isTicket:
			c.Source, c.Ticket = source, ticket
		case c.Do == "open":
			c.Services = append(c.Services, w)
		case c.Do == "split":
			c.Assets = append(c.Assets, w)
		default:
			return fmt.Errorf("unknown word %q of %s; write #NUMBER, SOURCE/TICKET or at=LOCATION", w, c.Do)
		}
	}
	return nil
}

// clockOf reads 08:00:00, or 1+08:00:00 for the day after.
func clockOf(s string) (time.Time, error) {
	days, clock := 0, s
	if n, after, ok := strings.Cut(s, "+"); ok {
		var err error
		if days, err = strconv.Atoi(n); err != nil || days < 0 || days > mostDays {
			return time.Time{}, fmt.Errorf("day %q; write how many days after the first, 1 to %d, such as 1+08:00:00", n, mostDays)
		}
		clock = after
	}
	t, err := time.Parse(time.TimeOnly, clock)
	if err != nil {
		return time.Time{}, fmt.Errorf("time %q; write such as 08:00:00, or 1+08:00:00 for the day after", s)
	}
	return Day.AddDate(0, 0, days).Add(t.Sub(t.Truncate(24 * time.Hour))), nil
}

func durationOf(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil || d > mostDays*24*time.Hour || d < -mostDays*24*time.Hour {
		return 0, fmt.Errorf("duration %q; write such as 90s, 5m or 8h30m", s)
	}
	return d, nil
}

func blindFor(s string) (time.Duration, error) {
	d, err := durationOf(s)
	if err == nil && d <= 0 {
		err = fmt.Errorf("blind %s; write how long nobody looked, such as blind 8h", s)
	}
	return d, err
}

var names = regexp.MustCompile(`^(.*)\[(\d+)\.\.(\d+)\](.*)$`)

// expand gives one line for each name that a word with [1..9] stands for.
func expand(f []string) ([][]string, error) {
	for i, w := range f {
		m := names.FindStringSubmatch(w)
		if m == nil {
			continue
		}
		from, err1 := strconv.Atoi(m[2])
		to, err2 := strconv.Atoi(m[3])
		if err1 != nil || err2 != nil || to < from || to-from >= mostNames {
			return nil, fmt.Errorf("%q stands for no names; write such as prn-[1..9], at most %d", w, mostNames)
		}
		var out [][]string
		for n := from; n <= to; n++ {
			line := slices.Clone(f)
			line[i] = fmt.Sprintf("%s%d%s", m[1], n, m[4])
			out = append(out, line)
		}
		return out, nil
	}
	return [][]string{f}, nil
}
