package correlate

import (
	"fmt"
	"net/netip"
	"strings"

	"headstart"
)

// Placer says where an alert belongs in the catalog (ruling 18). It is pure and
// safe for concurrent use.
type Placer struct {
	*placing
	catalog  *headstart.Catalog
	names    map[string]string // lower-case id, name, address or alias: asset
	located  map[string]string // device: location
	services map[string]bool   // asset: is a service
}

// Placement is where an alert belongs. The zero Placement is nowhere.
type Placement struct {
	Asset    string          `json:"asset"` // a device or a service of the catalog
	Service  string          `json:"service"`
	Location string          `json:"location"`
	Class    headstart.Class `json:"class"`
	Rule     string          `json:"rule"` // what placed it: "map[0]", "label instance", ...
	Placed   bool            `json:"placed"`
}

// NewPlacer returns a Placer for a catalog, or the mistakes of p.
func NewPlacer(p Placing, catalog *headstart.Catalog) (*Placer, error) {
	c, err := p.compile()
	if err != nil {
		return nil, err
	}
	return newPlacer(c, catalog), nil
}

func newPlacer(p *placing, catalog *headstart.Catalog) *Placer {
	out := &Placer{placing: p, catalog: catalog, names: map[string]string{}, located: map[string]string{}, services: map[string]bool{}}
	out.index()
	return out
}

// index files every name of every asset. Ids are filed first and short names of
// hosts last: where two assets share a name, the surer one keeps it, and of two
// equally sure ones the first of the catalog.
func (p *Placer) index() {
	devices, services := p.catalog.Devices, p.catalog.Services
	for i := range devices {
		p.located[devices[i].ID] = devices[i].Location
		p.file(devices[i].ID, devices[i].ID)
	}
	for i := range services {
		p.services[services[i].ID] = true
		p.file(services[i].ID, services[i].ID)
	}
	for i := range devices {
		d := &devices[i]
		p.file(d.ID, headstart.CanonicalHost(d.Address), d.Name[""], d.Name["nl"], d.Name["en"])
		p.file(d.ID, d.Aliases...)
	}
	for i := range services {
		s := &services[i]
		p.file(s.ID, s.Name[""], s.Name["nl"], s.Name["en"])
		p.file(s.ID, s.Aliases...)
	}
	for i := range devices {
		p.file(devices[i].ID, shortName(devices[i].Address))
	}
}

// file lets names stand for an asset, but those that another has.
func (p *Placer) file(asset string, names ...string) {
	for _, name := range names {
		name = strings.ToLower(strings.TrimSpace(name))
		if _, taken := p.names[name]; name != "" && !taken {
			p.names[name] = asset
		}
	}
}

// Place says where an alert with labels belongs.
func (p *Placer) Place(labels map[string]string) Placement {
	labels = p.dropped(labels)
	out := p.where(labels)
	out.Class = p.class(labels, out.Class)
	return out
}

// where tries the map rules, then the service labels and the asset labels. A map
// rule that only gives a class leaves the place to the labels.
func (p *Placer) where(labels map[string]string) Placement {
	var class headstart.Class
	for i, r := range p.rules {
		if !r.match.all(labels) {
			continue
		}
		if class == "" {
			class = r.class
		}
		asset, service := p.find(r.asset.render(labels)), p.find(r.service.render(labels))
		if asset == "" && service == "" {
			continue
		}
		out := p.at(asset, service, fmt.Sprintf("map[%d]", i))
		out.Class = class
		return out
	}
	out := p.byLabels(labels)
	out.Class = class
	return out
}

// byLabels looks at asset_labels in order for a device, else for a service; a
// service named beside a device is kept with it.
func (p *Placer) byLabels(labels map[string]string) Placement {
	var service, rule string
	for _, l := range p.serviceLabels {
		if id := p.find(labels[l]); id != "" && p.services[id] {
			service, rule = id, "label "+l
			break
		}
	}
	for _, l := range p.assetLabels {
		if id := p.find(labels[l]); id != "" {
			return p.at(id, service, "label "+l)
		}
	}
	if service == "" {
		return Placement{}
	}
	return p.at("", service, rule)
}

func (p *Placer) at(asset, service, rule string) Placement {
	if asset == "" {
		asset = service
	}
	if p.services[asset] && service == "" {
		service = asset
	}
	return Placement{Asset: asset, Service: service, Location: p.located[asset], Rule: rule, Placed: true}
}

// class: the label of the alert's author, the map rule, then the default.
func (p *Placer) class(labels map[string]string, mapped headstart.Class) headstart.Class {
	if c := headstart.Class(labels["headstart_class"]); c != "" && validClass(c) {
		return c
	}
	if mapped != "" {
		return mapped
	}
	if p.reachability.any(labels) {
		return headstart.Reachability
	}
	return ""
}

// find returns the asset a label value names, or "".
func (p *Placer) find(value string) string {
	value = strings.ToLower(strings.TrimSpace(value))
	if value == "" {
		return ""
	}
	if id := p.names[value]; id != "" { // the usual case, before anything is taken apart
		return id
	}
	if id := p.names[headstart.CanonicalHost(value)]; id != "" {
		return id
	}
	return p.names[shortName(value)]
}

// shortName is the first label of a host name; an address has none.
func shortName(s string) string {
	h := headstart.CanonicalHost(s)
	if _, err := netip.ParseAddr(h); err == nil {
		return h
	}
	h, _, _ = strings.Cut(h, ".")
	return h
}
