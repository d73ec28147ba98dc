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
//	08:05:00 check sw-1 ping down agent=noord:spool1 seq=7 [observed=08:00:00] [sent=08:05:00]
//	08:00:00 ticket rt/T-1 names=print:1 at=noord floor=3 from=zuid department=fin reported=07:40:00 stems=abc cues=malfunction,several
//	08:00:00 model 4 several=2.5 word:abc=0.4
//	08:00:00 silence S-1 until=09:00:00 instance=sw-1 [service=~print.*] [by=marie] [comment=new_printer] [source=am-1]
//	08:00:00 silence S-1 deleted
//	08:00:00 inhibited HostDown instance=sw-1 until=08:10:00
//	08:00:00 gone HostDown instance=sw-1
//	08:00:00 maintenance W-1 on=sw-1 [services=print] [locations=noord] [from=08:30:00] until=09:00:00 [owner=joris] [cancelled] [proposed]
//	08:00:00 open print at=noord | merge #2 #1 | split #1 prn-1 prn-2 | resolve #1 | reopen #1 | pin #1
//	08:00:00 link rt/T-1 #1 | confirm-link ... | unlink ... | reject-link ...
//	08:00:00 ack #1 | assign #1 owner=joris | note #1 text=part_is_ordered | set-eta #1 eta=09:30:00
//	08:00:00 announce #1 phase=identified text=a_device_broke | confidential #1 | hush for=2h
//	08:00:00 confirm d-[1..3] every=1m service=print at=noord [#1] [inside]
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
	if reach := longestReach / time.Duration(len(lines)); every > reach {
		return nil, fmt.Errorf("every=%s puts the last of %d names beyond a year; write at most %s", every, len(lines), reach)
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

// longestReach is how far past its own time a line may reach: beyond it no story
// goes, and a sum of durations could.
const longestReach = 366 * 24 * time.Hour

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
	case "model":
		x.ev.Model, err = parseModel(f[1:])
	case "confirm":
		x.ev.Confirm, err = parseConfirm(f[1:])
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
	"confirm":     {2, "confirm d-1 service=print at=noord inside"},
	"silence":     {1, "silence S-1 until=09:00:00 instance=sw-1"},
	"blind":       {1, "blind 8h"},
	"model":       {1, "model 4 several=2.5"},
	"inhibited":   {2, "inhibited HostDown until=09:00:00"},
	"gone":        {1, "gone HostDown instance=sw-1"},
	"maintenance": {2, "maintenance W-1 on=sw-1 until=09:00:00"},
	"catalog":     {2, "catalog without prn-1, or catalog sw-2 depends_on=dist-1"},
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
