package probes

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"headstart"
	"headstart/probes/blackbox"
	"headstart/probes/printer"
	"headstart/probes/snmp"
	"headstart/probes/snmp/session"
)

// spec is one probe as it runs: an entry of probes, at one address.
type spec struct {
	*asking

	id     string // name, or name/asset; unique, and stable over restarts
	asset  string
	target string // as dialled and shown
	host   string // of target: the limit per host counts by it
	serves string // service, else the first one the asset serves; for people
	at     string // location

	own     way              // of a kind that uses no module; else nil
	self    bool             // it asks this machine itself, and needs no network for that
	printer *printer.Printer // of kind printer; own asks it
	agent   *session.Agent   // of kind printer, over SNMP
	device  *snmp.Device     // of kind snmp; own asks it
}

// asking is what the specs of one probe have in common. It is held once: a probe may
// have tens of thousands.
type asking struct {
	name    string
	kind    string
	query   string
	module  string
	service string // as configured: this probe checks it end to end

	interval, timeout time.Duration
	expected          time.Duration // of a kind that is told: how often, by its configuration
	fails, successes  int
	labels            map[string]string

	modules blackbox.Modules
}

// Check reports all mistakes of the configuration, those against the catalog
// included. Of a probe with mistakes of its own nothing more is asked.
func (c Config) Check(cat *headstart.Catalog) error {
	mistakes := c.Validate()
	modules, err := c.modules()
	if err != nil {
		return mistakes
	}
	sound := c
	sound.Probes = slices.DeleteFunc(slices.Clone(c.Probes), func(p Probe) bool {
		return errors.Join(p.validate(modules, &c)...) != nil
	})
	_, _, err = sound.expand(cat)
	return errors.Join(mistakes, err)
}

// expand returns one spec per probe and asset, in the order of the
// configuration, and what was left out because an asset cannot be probed.
func (c Config) expand(cat *headstart.Catalog) (specs []spec, leftOut []string, err error) {
	modules, err := c.modules()
	if err != nil {
		return nil, nil, err
	}
	var errs []error
	for _, p := range c.Probes {
		asks := p.asking(modules)
		var more []spec
		var err error
		if p.Assets != nil {
			var out []string
			more, out, err = p.perAsset(cat, &c, asks)
			leftOut = append(leftOut, out...)
		} else {
			more, err = p.single(cat, &c, asks)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("probe %s: %w", p.Name, err))
		}
		specs = append(specs, more...)
	}
	return specs, leftOut, errors.Join(errs...)
}

// single returns the spec of a probe with a target, an asset, or both.
func (p Probe) single(cat *headstart.Catalog, c *Config, asks *asking) ([]spec, error) {
	if err := p.validRefs(cat); err != nil {
		return nil, err
	}
	target, at, serves := p.Target, p.Location, p.Service
	if p.Asset != "" {
		d := cat.DeviceByID(p.Asset)
		switch {
		case d == nil && cat.ServiceByID(p.Asset) == nil:
			return nil, fmt.Errorf("asset %q is not in the catalog%s", p.Asset, orElse(suggest(p.Asset, assetIDs(cat)), "; add it there, or correct the name"))
		case target == "" && (d == nil || d.Address == "") && kinds[p.Kind].address != nil:
			return nil, fmt.Errorf("asset %s has no address in the catalog; add one, or set target", p.Asset)
		}
		if d != nil {
			at, serves = orElse(at, d.Location), orElse(serves, first(d.Services))
			target = orElse(target, d.Address)
		}
	}
	s, err := p.spec(c, asks, p.Name, p.Asset, target, at, serves)
	return []spec{s}, err
}

// perAsset returns one spec per device that matches and has an address. That
// none matches is no mistake: a catalog may lose its last printer.
func (p Probe) perAsset(cat *headstart.Catalog, c *Config, asks *asking) (specs []spec, leftOut []string, err error) {
	if err := p.validRefs(cat); err != nil {
		return nil, nil, err
	}
	var errs []error
	for _, d := range cat.Devices {
		if !p.Assets.match(cat, d) {
			continue
		}
		if d.Address == "" {
			leftOut = append(leftOut, p.Name+": "+d.ID+" has no address")
			continue
		}
		s, err := p.spec(c, asks, p.Name+"/"+d.ID, d.ID, d.Address, orElse(p.Location, d.Location), orElse(p.Service, first(d.Services)))
		if err != nil {
			errs = append(errs, fmt.Errorf("asset %s: %w", d.ID, err))
			continue
		}
		specs = append(specs, s)
	}
	if len(specs)+len(leftOut)+len(errs) == 0 {
		leftOut = append(leftOut, p.Name+": no device of the catalog matches assets")
	}
	return specs, leftOut, errors.Join(errs...)
}

// asking is what p asks of each of its targets.
func (p Probe) asking(modules blackbox.Modules) *asking {
	k := kinds[p.Kind]
	interval, _ := p.times()
	a := &asking{
		name: p.Name, kind: p.Kind, query: p.Query, module: orElse(p.Module, k.module), service: p.Service,
		interval: interval, fails: p.Fails, successes: p.Successes, labels: p.Labels, modules: modules,
	}
	a.timeout = p.timeoutWith(modules.Timeout(a.module))
	if k.told {
		a.expected, a.interval = interval, min(interval, lookEvery)
		a.fails, a.successes = max(a.fails, 1), max(a.successes, 1)
	}
	if a.fails == 0 {
		a.fails = 3
	}
	if a.successes == 0 {
		a.successes = 2
	}
	return a
}

func (p Probe) spec(c *Config, asks *asking, id, asset, target, at, serves string) (spec, error) {
	k := kinds[p.Kind]
	full, host := target, orElse(target, p.Name)
	var err error
	if k.address != nil {
		full, host, err = k.address(target, p.Port)
	}
	s := spec{asking: asks, id: id, asset: asset, target: full, host: host, serves: serves, at: at, self: isSelf(host)}
	if k.told {
		s.target = "/push/" + p.Name
	}
	if k.own == nil || err != nil {
		return s, err
	}
	s.own, err = k.own(p, c, &s)
	return s, err
}

// adopt goes on with what old, which asked the same, knows of the device.
func (s *spec) adopt(old *spec) {
	if s.printer != nil {
		s.printer.Adopt(old.printer)
	}
	if s.agent != nil {
		s.agent.Adopt(old.agent)
	}
	if s.device != nil {
		s.device.Adopt(old.device)
	}
}

// timeoutWith is the timeout beside that of the module, zero if it has none. The
// shorter one counts; a probe that sets none takes the module's, which may be
// longer than the default, as long as it stays below the interval.
func (p Probe) timeoutWith(module time.Duration) time.Duration {
	interval, timeout := p.times()
	switch {
	case module == 0:
		return timeout
	case p.Timeout == 0 && module < interval:
		return module
	}
	return min(timeout, module)
}

// validRefs holds service and locations to those of the catalog.
func (p Probe) validRefs(cat *headstart.Catalog) error {
	var errs []error
	services, locations := []string{p.Service}, []string{p.Location}
	if p.Assets != nil {
		services, locations = append(services, p.Assets.Service), append(locations, p.Assets.Location)
	}
	for _, id := range services {
		if id != "" && cat.ServiceByID(id) == nil {
			errs = append(errs, fmt.Errorf("service %q is not in the catalog%s", id, suggest(id, serviceIDs(cat))))
		}
	}
	for _, id := range locations {
		if id != "" && cat.LocationByID(id) == nil {
			errs = append(errs, fmt.Errorf("location %q is not in the catalog%s", id, suggest(id, locationIDs(cat))))
		}
	}
	return errors.Join(errs...)
}

func (a Assets) match(cat *headstart.Catalog, d headstart.Device) bool {
	return (a.Kind == "" || a.Kind == d.Kind) &&
		(a.Location == "" || within(cat, d.Location, a.Location)) &&
		(a.Service == "" || slices.Contains(d.Services, a.Service))
}

// within reports whether location lies in outer, or is it. The catalog's check
// refuses cycles; the bound is for catalogs nobody checked.
func within(cat *headstart.Catalog, location, outer string) bool {
	for range len(cat.Locations) + 1 {
		if location == outer {
			return true
		}
		l := cat.LocationByID(location)
		if l == nil {
			return false
		}
		location = l.Parent
	}
	return false
}

func assetIDs(cat *headstart.Catalog) []string {
	var ids []string
	for _, d := range cat.Devices {
		ids = append(ids, d.ID)
	}
	return append(ids, serviceIDs(cat)...)
}

func serviceIDs(cat *headstart.Catalog) []string {
	var ids []string
	for _, s := range cat.Services {
		ids = append(ids, s.ID)
	}
	return ids
}

func locationIDs(cat *headstart.Catalog) []string {
	var ids []string
	for _, l := range cat.Locations {
		ids = append(ids, l.ID)
	}
	return ids
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
