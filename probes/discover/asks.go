package discover

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"headstart"
)

// Probe is one entry of probes in headstart.yml.
type Probe struct {
	Name          string
	Kind          string
	Module        string
	Target        string
	Asset         string // with Target: whose it is
	OfKind        string // instead of both: every device of this kind
	Query         string
	Port          int
	Protocol      string
	CommunityFile string
	OID           string
	Interval      string
	Timeout       string
	Fails         int
	Successes     int
	Said          []string
}

// addProbes proposes how what is new can be asked: one probe for all devices of a
// kind where that cannot mean others too, else one for each.
func (p *Proposal) addProbes(o Options) {
	probed, taken := map[string][]string{}, newIDs(&headstart.Catalog{})
	if o.Probed != nil {
		kinds, names := o.Probed(p.with(o.Catalog))
		probed = kinds
		for _, n := range names {
			taken.taken[n] = true
		}
	}
	fleets := p.fleets(o.Catalog)
	for i := range p.Devices {
		d := &p.Devices[i]
		for _, a := range d.record.Asks {
			switch f := fleets[fleetOf(d.Kind, a)]; {
			case a.Name != "":
				p.addNamed(d, a, probed, taken)
			case slices.Contains(probed[d.ID], a.Kind):
			case f == nil:
				p.Probes = append(p.Probes, single(d, a, taken))
			case !f.done:
				f.done = true
				p.Probes = append(p.Probes, f.probe(a, taken))
			}
		}
	}
	p.addToMet(probed, taken)
	for _, a := range o.Checks {
		p.addNamed(&Device{}, a, probed, taken)
	}
	slices.SortStableFunc(p.Probes, func(a, b Probe) int {
		return cmp.Or(strings.Compare(b.OfKind, a.OfKind), strings.Compare(a.Kind, b.Kind), natural(a.Name, b.Name))
	})
	p.useModules(o.Modules)
}

// addNamed proposes a check that its source has a name for, unless there is a probe of
// that name, or the device is asked that way already.
func (p *Proposal) addNamed(d *Device, a Ask, probed map[string][]string, taken *ids) {
	name := slug(a.Name)
	switch {
	case name != "" && taken.taken[name] && !taken.ours[name]:
		p.Probed = append(p.Probed, plain(fmt.Sprintf("%s: a probe %s is there", a.Name, name)))
	case a.Module == "" && a.Target == "" && slices.Contains(probed[d.ID], a.Kind):
		p.Probed = append(p.Probed, plain(fmt.Sprintf("%s: %s is asked by %s", a.Name, d.ID, a.Kind)))
	default:
		p.Probes = append(p.Probes, single(d, a, taken))
	}
}

// addToMet proposes the named checks of devices that the catalog has.
func (p *Proposal) addToMet(probed map[string][]string, taken *ids) {
	for _, m := range p.met {
		for _, a := range m.record.Asks {
			if a.Name != "" {
				p.addNamed(&Device{Device: *m.device}, a, probed, taken)
			}
		}
	}
}

// with returns the catalog as it would be.
func (p *Proposal) with(c *headstart.Catalog) *headstart.Catalog {
	out := *c
	out.Locations, out.Services, out.Devices = slices.Clone(c.Locations), append(slices.Clone(c.Services), p.Services...), slices.Clone(c.Devices)
	for _, l := range p.Locations {
		out.Locations = append(out.Locations, l.Location)
	}
	for _, d := range p.Devices {
		out.Devices = append(out.Devices, d.Device)
	}
	return &out
}

// fleet is all devices of one kind that are asked alike.
type fleet struct {
	kind    string
	devices int
	done    bool
}

// fleetOf is the key of a fleet; empty for an ask that is one device's own.
func fleetOf(kind string, a Ask) string {
	if kind == "" || a.Name != "" || a.Target != "" || a.Query != "" || a.Kind != "printer" && a.Kind != "icmp" {
		return ""
	}
	return fmt.Sprintf("%s\x00%s\x00%d\x00%s\x00%s\x00%s\x00%s\x00%d", kind, a.Kind, a.Port, a.Protocol, a.CommunityFile, a.Interval, a.Timeout, a.Fails)
}

// fleets returns the fleets whose devices are all those of their kind, with an
// address, that the catalog will have.
func (p *Proposal) fleets(c *headstart.Catalog) map[string]*fleet {
	ofKind := map[string]int{}
	for i := range c.Devices {
		ofKind[c.Devices[i].Kind]++
	}
	counted := map[string]*fleet{}
	for i := range p.Devices {
		d := &p.Devices[i]
		if d.Address == "" {
			continue // an entry for all leaves it out by itself
		}
		ofKind[d.Kind]++
		for _, a := range d.record.Asks {
			key := fleetOf(d.Kind, a)
			if counted[key] == nil {
				counted[key] = &fleet{kind: d.Kind}
			}
			counted[key].devices++
		}
	}
	maps.DeleteFunc(counted, func(key string, f *fleet) bool { return key == "" || f.devices < ofKind[f.kind] })
	return counted
}

func (f *fleet) probe(a Ask, taken *ids) Probe {
	p := Probe{
		Kind: a.Kind, OfKind: f.kind, Port: a.Port, Protocol: a.Protocol, CommunityFile: a.CommunityFile,
		Interval: a.Interval, Timeout: a.Timeout, Fails: a.Fails, Successes: a.Successes,
	}
	name := slug(f.kind + " " + a.Kind)
	if a.Kind == "printer" {
		name, p.Interval = "printers", cmp.Or(p.Interval, "2m")
	}
	p.Name = taken.take(name)
	n := fmt.Sprintf("%d devices", f.devices)
	if f.devices == 1 {
		n = "1 device"
	}
	p.Said = describe(fmt.Sprintf("%s; a %s added to the catalog later is asked too", n, f.kind))
	return p
}

func single(d *Device, a Ask, taken *ids) Probe {
	name := cmp.Or(a.Name, d.ID+"-"+a.Kind)
	if a.Name == "" && a.Kind == "printer" && a.Target != "" {
		name = d.ID + "-" + slug(a.Target[strings.LastIndexByte(a.Target, '/')+1:])
	}
	p := Probe{
		Kind: a.Kind, Module: a.Module, Target: a.Target, Asset: d.ID, Query: a.Query, Port: a.Port,
		Protocol: a.Protocol, CommunityFile: a.CommunityFile, OID: a.OID,
		Interval: a.Interval, Timeout: a.Timeout, Fails: a.Fails, Successes: a.Successes, Said: describe(a.Said),
	}
	if a.Kind == "printer" {
		p.Interval = cmp.Or(p.Interval, "2m")
	}
	port := ""
	if a.Port != 0 {
		port = fmt.Sprint(a.Port)
	}
	p.Name = taken.take(cmp.Or(slug(name), "probe"), port)
	return p
}
