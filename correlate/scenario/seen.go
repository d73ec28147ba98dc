package scenario

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"headstart"
)

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
	var err error
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
		case "agent":
			c.Agent, c.Spool, _ = strings.Cut(v, ":")
		case "replica":
			c.Replica = v
		case "seq":
			c.Seq, err = strconv.ParseUint(v, 10, 64)
		case "observed":
			c.ObservedAt, err = clockOf(v)
		case "sent":
			c.SentAt, err = clockOf(v)
		case "every":
		default:
			return nil, fmt.Errorf("unknown word %q of a check; write asked, kind=, service=, condition=NAME:EFFECT, agent=NAME:SPOOL, replica=, seq=, observed= or sent=", w)
		}
		if err != nil {
			return nil, fmt.Errorf("%s of a check: %w", w, err)
		}
	}
	return c, nil
}
