package probes

import (
	"context"
	"fmt"
	"strings"

	"headstart"
	"headstart/probes/nagios"
)

// validCommand holds the program of kind exec to ruling 44.
func validCommand(p Probe, c *Config) error { return nagios.Trusted(p.Command, c.ExecDirs) }

// runPlugin is the way of kind exec. Each placeholder is a whole argument, so
// that nothing of the catalog is ever part of another word, and what it stands
// for may not begin with a dash: no name becomes an option.
func runPlugin(p Probe, _ *Config, s *spec) (way, error) {
	values := map[string]string{"$address": s.target, "$asset": s.asset, "$service": s.serves, "$location": s.at}
	argv := make([]string, len(p.Command))
	for i, arg := range p.Command {
		value, known := values[arg]
		switch {
		case !known:
			argv[i] = arg
			continue
		case value == "":
			return nil, fmt.Errorf("command asks for %s, and there is none; set it in the probe or the catalog", arg)
		case strings.HasPrefix(value, "-"):
			return nil, fmt.Errorf("%s is %q; what stands for it in command may not begin with a dash", arg, value)
		}
		argv[i] = value
	}
	return func(ctx context.Context, _ *guard, _ bool) finding {
		r := nagios.Run(ctx, argv)
		f := finding{verdict: r.Verdict, reason: r.Text, silent: r.Silent}
		for _, d := range r.Perfdata {
			f.values = append(f.values, headstart.Measurement{Name: d.Label, Value: d.Value, Unit: d.Unit})
		}
		return f
	}, nil
}
