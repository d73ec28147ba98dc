package correlate

import (
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
}

func (x step) play(p *player) {
	p.tb.Helper()
	switch {
	case x.blind > 0: // as the engine: before firing what became due
		p.s.Blind(x.blind)
		p.unit(nil)
	case x.ev.Command != nil:
		if err := p.do(x.ev, x.group, x.into); err != nil {
			c := headstart.Change{Kind: headstart.Noted, Decision: headstart.Decision{At: x.ev.At, Rule: "refused", Subject: x.ev.Command.Do + ": " + err.Error()}}
			p.all = append(p.all, c)
		}
	default:
		p.apply(x.ev)
	}
}

// parseLine reads one line of events:
//
//	08:00:00 firing HostDown instance=sw-1 [@prom-a] [ends=+5m] [started=07:55:00]
//	08:05:00 resolved HostDown instance=sw-1 [@prom-a] [ended=08:04:30]
//	08:05:00 refresh HostDown instance=sw-1 @prom-a ends=+5m
//	08:00:00 check sw-1 ping down|ok|warn|unknown [asked] [kind=icmp] [service=print] [condition=jam:incident]
//	08:00:00 ticket rt/T-1 names=print:1 at=noord from=zuid department=fin cues=malfunction,several
//	08:00:00 silence S-1 until=09:00:00 instance=sw-1
//	08:00:00 open print at=noord | merge #2 #1 | split #1 prn-1 prn-2 | resolve #1 | reopen #1 | pin #1
//	08:00:00 link rt/T-1 #1 | confirm-link ... | unlink ... | reject-link ...
//	08:00:00 blind 8h
//	08:00:00 tick
//
// prn-[1..9] stands for nine names, which follow each other by every=1s.
func parseLine(line string) ([]step, error) {
	f := strings.Fields(line)
	if len(f) < 2 {
		return nil, fmt.Errorf("want TIME WHAT")
	}
	at, err := clockOf(f[0])
	if err != nil {
		return nil, err
	}
	every, err := option(f, "every=")
	if err != nil {
		return nil, err
	}
	var out []step
	for i, words := range expand(f[1:]) {
		x, err := parseStep(at.Add(time.Duration(i)*every), words)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

func option(f []string, prefix string) (time.Duration, error) {
	for _, w := range f {
		if v, ok := strings.CutPrefix(w, prefix); ok {
			return time.ParseDuration(v)
		}
	}
	return 0, nil
}

func parseStep(at time.Time, f []string) (step, error) {
	x := step{ev: headstart.Event{At: at, Received: at}}
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
	case "silence":
		x.ev.Silence, err = parseSilence(at, f[1:])
	case "blind":
		x.blind, err = time.ParseDuration(f[1])
	case "tick":
	default:
		err = x.parseCommand(f)
	}
	return x, err
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
			d, err = time.ParseDuration(strings.TrimPrefix(v, "+"))
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
	if len(f) < 3 {
		return nil, fmt.Errorf("want check ASSET PROBE VERDICT")
	}
	c := &headstart.Check{Asset: f[0], Probe: f[1], Verdict: headstart.Verdict(f[2])}
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
			return nil, fmt.Errorf("unknown word %q", w)
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
			if err != nil {
				return nil, err
			}
			t.Evidence.Assets = append(t.Evidence.Assets, headstart.Mention{ID: name, Strength: n, Word: name})
		case "at":
			t.Evidence.Locations = []headstart.Mention{{ID: v, Strength: 1, Word: v}}
		case "from":
			t.Requester.Location = v
		case "department":
			t.Requester.Department = v
		case "channel":
			t.Channel = v
		case "cues":
			for cue := range strings.SplitSeq(v, ",") {
				t.Evidence.Cues[cue]++
			}
		default:
			return nil, fmt.Errorf("unknown word %q", w)
		}
	}
	return t, nil
}

func parseSilence(at time.Time, f []string) (*headstart.Silence, error) {
	m := &headstart.Silence{ID: f[0], StartsAt: at, CreatedBy: "joris"}
	for _, w := range f[1:] {
		k, v, _ := strings.Cut(w, "=")
		if k == "until" {
			var err error
			if m.EndsAt, err = clockOf(v); err != nil {
				return nil, err
			}
			continue
		}
		m.Matchers = append(m.Matchers, headstart.Matcher{Name: k, Value: v, IsEqual: true})
	}
	return m, nil
}

func (x *step) parseCommand(f []string) error {
	c := &headstart.Command{ID: "c-" + x.ev.At.Format("150405"), By: "samira", Do: f[0]}
	x.ev.Command = c
	for _, w := range f[1:] {
		if n, ok := strings.CutPrefix(w, "#"); ok {
			id, err := strconv.ParseUint(n, 10, 64)
			if err != nil {
				return err
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
			return fmt.Errorf("unknown word %q", w)
		}
	}
	if !slices.Contains([]string{"open", "merge", "split", "resolve", "reopen", "pin", "link", "unlink", "confirm-link", "reject-link"}, c.Do) {
		return fmt.Errorf("unknown kind %q", c.Do)
	}
	return nil
}

// clockOf reads 08:00:00, or 1+08:00:00 for the day after.
func clockOf(s string) (time.Time, error) {
	days := 0
	if n, clock, ok := strings.Cut(s, "+"); ok {
		var err error
		if days, err = strconv.Atoi(n); err != nil {
			return time.Time{}, err
		}
		s = clock
	}
	t, err := time.Parse(time.TimeOnly, s)
	if err != nil {
		return time.Time{}, err
	}
	return day.AddDate(0, 0, days).Add(t.Sub(t.Truncate(24 * time.Hour))), nil
}

var names = regexp.MustCompile(`^(.*)\[(\d+)\.\.(\d+)\](.*)$`)

// expand gives one line for each name that a word with [1..9] stands for.
func expand(f []string) [][]string {
	for i, w := range f {
		m := names.FindStringSubmatch(w)
		if m == nil {
			continue
		}
		from, _ := strconv.Atoi(m[2])
		to, _ := strconv.Atoi(m[3])
		var out [][]string
		for n := from; n <= to; n++ {
			line := slices.Clone(f)
			line[i] = fmt.Sprintf("%s%d%s", m[1], n, m[4])
			out = append(out, line)
		}
		return out
	}
	return [][]string{f}
}
