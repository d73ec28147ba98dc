package probes

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"headstart"
	"headstart/probes/blackbox"
	"headstart/probes/snmp"
	"headstart/probes/snmp/session"
)

// OID is a number or text of a device that kind snmp judges.
type OID struct {
	Name string `yaml:"name" json:"name"` // as people know it
	OID  string `yaml:"oid" json:"oid"`   // of one instance, such as 1.3.6.1.2.1.33.1.2.1.0

	// Down and Warn are what is wrong with it: one of == != < <= > >= and a number, or
	// =~ !~ and a regular expression. Both empty: it is measured and not judged.
	Down string `yaml:"down" json:"down,omitempty"`
	Warn string `yaml:"warn" json:"warn,omitempty"`

	Unit  string  `yaml:"unit" json:"unit,omitempty"`   // that stands behind the number
	Scale float64 `yaml:"scale" json:"scale,omitempty"` // what the device's number is multiplied by; zero: one
	Rate  bool    `yaml:"rate" json:"rate,omitempty"`   // a counter: its increase in a second counts
}

// LinkLimits are what a watched interface may do before it is a line in the morning
// report. A key left out has its default, zero sets no limit.
type LinkLimits struct {
	Load     *float64 `yaml:"load" json:"load,omitempty"`         // percent of its speed; 90
	Errors   *float64 `yaml:"errors" json:"errors,omitempty"`     // packets a second; 1
	Discards *float64 `yaml:"discards" json:"discards,omitempty"` // packets a second; 100
	Speed    *float64 `yaml:"speed" json:"speed,omitempty"`       // Mbit/s it must run at; none
}

// validDevice reports what is wrong with the keys of kind snmp.
func validDevice(p Probe, _ *Config) error {
	_, err := p.device()
	errs := []error{err, p.validAccess(true)}
	if len(p.Interfaces)+len(p.OIDs) == 0 {
		errs = append(errs, errors.New("nothing to look at; set interfaces to the links that matter, such as [Te1/1/1, uplink*], or oids"))
	}
	if p.Limits != nil && len(p.Interfaces) == 0 {
		errs = append(errs, errors.New("limits are of interfaces, and none is set; set interfaces, or remove limits"))
	}
	return errors.Join(errs...)
}

// device is what p watches, or every mistake in that.
func (p Probe) device() (*snmp.Device, error) {
	d := &snmp.Device{Limits: p.Limits.over(snmp.DefaultLimits)}
	var errs []error
	for _, text := range p.Interfaces {
		pattern, err := snmp.NewPattern(text)
		if err != nil {
			errs = append(errs, fmt.Errorf("interfaces: %w", err))
		}
		d.Watched = append(d.Watched, pattern)
	}
	if l := d.Limits; min(l.Load, l.Errors, l.Discards, l.Speed) < 0 {
		errs = append(errs, errors.New("limits holds a negative number; write 0 for no limit"))
	}
	names := map[string]bool{}
	for i, o := range p.OIDs {
		v, err := o.value()
		if err == nil && names[o.Name] {
			err = errors.New("the name is used twice; rename one of the two")
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("oids[%d]: %w", i, err))
		}
		names[o.Name] = true
		d.Values = append(d.Values, v)
	}
	return d, errors.Join(errs...)
}

// over is base with what l sets.
func (l *LinkLimits) over(base snmp.Limits) snmp.Limits {
	if l == nil {
		return base
	}
	for _, k := range []struct {
		set *float64
		to  *float64
	}{{l.Load, &base.Load}, {l.Errors, &base.Errors}, {l.Discards, &base.Discards}, {l.Speed, &base.Speed}} {
		if k.set != nil {
			*k.to = *k.set
		}
	}
	return base
}

// numericOID reports whether text is what a device can be asked for: numbers of 32
// bits, at most 128 of them (RFC 2578, section 7.1.3). It knows no names of MIBs.
func numericOID(text string) bool {
	parts := strings.Split(strings.TrimPrefix(text, "."), ".")
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 32)
		if err != nil || i == 0 && n > 2 || i == 1 && n > 39 && parts[0] != "2" {
			return false
		}
	}
	return len(parts) > 2 && len(parts) <= 128
}

// value reads o.
func (o OID) value() (snmp.Value, error) {
	v := snmp.Value{Name: strings.TrimSpace(o.Name), OID: strings.TrimPrefix(o.OID, "."), Unit: o.Unit, Scale: o.Scale, Rate: o.Rate}
	var errs []error
	if v.Name == "" {
		errs = append(errs, errors.New("name is missing; write what people call the value, such as battery"))
	}
	if !numericOID(o.OID) {
		errs = append(errs, fmt.Errorf("oid %q is no OID; write its numbers, with those of the instance, such as 1.3.6.1.2.1.33.1.2.1.0", o.OID))
	}
	for _, k := range []struct {
		key, text string
		to        **snmp.Condition
	}{{"down", o.Down, &v.Down}, {"warn", o.Warn, &v.Warn}} {
		if k.text == "" {
			continue
		}
		c, err := snmp.NewCondition(k.text)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", k.key, err))
		}
		*k.to = c
	}
	return v, errors.Join(errs...)
}

// askDevice is the way of kind snmp.
func askDevice(p Probe, _ *Config, s *spec) (way, error) {
	d, err := p.device()
	if err != nil {
		return nil, err
	}
	d.Agent = &session.Agent{Address: s.target, Rows: snmp.MostRows, Packets: snmp.MostPackets}
	s.device = d
	return func(ctx context.Context, out *guard, _ bool) finding {
		access, err := p.access(out)
		if err != nil {
			return finding{verdict: headstart.Unknown, reason: err.Error()}
		}
		within := allowed(ctx, time.Now())
		f := d.Ask(ctx, access, func(err error) snmp.Fault {
			f := blackbox.Explain(err, within)
			return snmp.Fault{Verdict: f.Verdict, Words: f.Words, Silent: f.Silent}
		})
		return finding{verdict: f.Verdict, reason: f.Reason, conditions: f.Conditions, silent: f.Silent, values: f.Values}
	}, nil
}
