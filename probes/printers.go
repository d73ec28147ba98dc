package probes

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"headstart"
	"headstart/probes/blackbox"
	"headstart/probes/printer"
	"headstart/probes/printer/mib"
	"headstart/probes/snmp/session"
)

// printerPorts are where a printer is asked, by protocol.
var printerPorts = map[string]int{"ipp": 631, "snmp": 161, "raw": 9100}

// printerAddress takes HOST, HOST:PORT, or the address of a print queue.
func printerAddress(target string, _ int) (full, host string, err error) {
	if !strings.Contains(target, "://") {
		host, _ = splitHost(target)
		if host == "" {
			return "", "", fmt.Errorf("target %q has no host", target)
		}
		return target, host, nil
	}
	u, err := url.Parse(target)
	switch {
	case err != nil:
		return "", "", errors.New("target is no address of a printer; write HOST, or ipp://HOST/PATH")
	case u.Scheme != "ipp" && u.Scheme != "ipps", u.Hostname() == "":
		return "", "", fmt.Errorf("target is no address of a printer; write HOST, or ipp://HOST/PATH, not %s", u.Redacted())
	case u.User != nil:
		return "", "", fmt.Errorf("target %s holds a password; queues are asked without one", u.Redacted())
	}
	host, err = plainHost(target, u)
	return target, host, err
}

// protocols of p, the preferred one first.
func (p Probe) protocols() []string {
	if len(p.Protocol) == 0 {
		return []string{"ipp", "snmp"}
	}
	return p.Protocol
}

// validPrinter reports what is wrong with the keys of kind printer.
func validPrinter(p Probe, _ *Config) error {
	var errs []error
	list := p.protocols()
	for i, name := range list {
		if printerPorts[name] == 0 {
			errs = append(errs, fmt.Errorf("protocol %q is unknown; write ipp, snmp or raw", name))
		}
		if slices.Contains(list[:i], name) {
			errs = append(errs, fmt.Errorf("protocol %s stands twice; remove one", name))
		}
	}
	if strings.Contains(p.Target, "://") && !slices.Contains(list, "ipp") {
		errs = append(errs, errors.New("target is the address of a print queue, and protocol does not hold ipp; add it, or write a host"))
	}
	return errors.Join(append(errs, p.validAccess(slices.Contains(list, "snmp")))...)
}

// askPrinter is the way of kind printer.
func askPrinter(p Probe, _ *Config, s *spec) (way, error) {
	ways, err := p.printerWays(s.target, s.host)
	if err != nil {
		return nil, err
	}
	asked, agent := &printer.Printer{Ways: ways}, &session.Agent{}
	for _, w := range ways {
		if w.Protocol == "snmp" {
			agent.Address = w.Address
		}
	}
	s.printer, s.agent = asked, agent
	return func(ctx context.Context, out *guard, _ bool) finding {
		access, err := p.access(out)
		if err != nil {
			return finding{verdict: headstart.Unknown, reason: err.Error()}
		}
		within := allowed(ctx, time.Now())
		return printed(asked.Ask(ctx, printer.Network{
			Dial: out.DialContext,
			Walk: func(ctx context.Context, _ string, columns []string) (rows mib.Rows, err error) {
				err = agent.Talk(ctx, access, func(t *session.Session) error { rows, err = t.Walk(columns...); return err })
				return rows, err
			},
			Explain: func(err error) printer.Fault {
				f := blackbox.Explain(err, within)
				return printer.Fault{Words: f.Words, Silent: f.Silent, Ours: f.Verdict == headstart.Unknown, Strange: session.Strange(err)}
			},
		}))
	}, nil
}

// printed takes a finding over.
func printed(f printer.Finding) finding {
	out := finding{verdict: f.Verdict, reason: f.Reason, conditions: f.Conditions, silent: f.Silent, values: f.Values}
	if f.Held != nil {
		held := printed(*f.Held)
		out.held = &held
	}
	return out
}

// printerWays says where each protocol is asked. The port of an ipp:// address is
// that of IPP; another one, of the address or of port, is that of the first protocol
// besides.
func (p Probe) printerWays(target, host string) ([]printer.Way, error) {
	port := p.Port
	queue := strings.Contains(target, "://")
	if _, own := splitHost(target); own != "" && !queue {
		n, err := strconv.ParseUint(own, 10, 16)
		if err != nil || n == 0 {
			return nil, fmt.Errorf("target %q has no usable port; write HOST:PORT", target)
		}
		port = int(n)
	}
	var ways []printer.Way
	for _, name := range p.protocols() {
		if name == "ipp" && queue {
			ways = append(ways, printer.Way{Protocol: name, Address: target})
			continue
		}
		at := printerPorts[name]
		if port != 0 {
			at, port = port, 0
		}
		address := net.JoinHostPort(host, strconv.Itoa(at))
		if name == "ipp" {
			address = "ipp://" + address
		}
		ways = append(ways, printer.Way{Protocol: name, Address: address})
	}
	return ways, nil
}

// introduce tells the devices of specs what the organisation knows of them.
func (o *Options) introduce(specs []spec) {
	for i := range specs {
		s := &specs[i]
		if s.device != nil {
			s.device.Zone = o.Zone
		}
		if s.printer == nil {
			continue
		}
		for _, part := range o.Catalog.Parts {
			if slices.Contains(part.Fits, s.asset) {
				s.printer.Parts = append(s.printer.Parts, part.ID)
			}
		}
		if o.Calendar != nil {
			s.printer.Counts = func(at time.Time) bool { return o.counts(at, s.at) }
		}
	}
}

// counts reports whether a printer that begins to fail at that time counts at
// location: in working hours, and in a closed period, in which the engine itself
// holds everything back and counts what is off (ruling 23).
func (o *Options) counts(at time.Time, location string) bool {
	if o.Zone != nil {
		at = at.In(o.Zone)
	}
	calendar := *o.Calendar
	around := []string{location}
	for range o.Catalog.Locations { // bounded: nobody may have checked the catalog
		l := o.Catalog.LocationByID(around[len(around)-1])
		if l == nil {
			break
		}
		if len(l.Hours) > 0 {
			calendar.Hours = l.Hours
			break
		}
		around = append(around, l.Parent)
	}
	return calendar.Open(at, location) || calendar.Closed(at, location) != nil
}

// supplies are the levels collected so far, by asset and supply: two probes may ask
// the same printer.
type supplies map[[2]string]bool

// collect gives the levels of values, the measurements of p, to ch.
func (s supplies) collect(ch chan<- prometheus.Metric, p *spec, values []headstart.Measurement) {
	for _, v := range values {
		key := [2]string{p.asset, v.Name}
		if p.printer == nil || p.asset == "" || v.Unit != "%" || s[key] {
			continue
		}
		s[key] = true
		ch <- prometheus.MustNewConstMetric(supplyDesc, prometheus.GaugeValue, v.Value/100, p.asset, v.Name)
	}
}
