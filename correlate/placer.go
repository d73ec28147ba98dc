package correlate

import (
	"fmt"
	"net/netip"
	"strings"

	"headstart"
)

// SignOfLife reports whether an alert with labels is a watchdog: it proves that its
// sender lives, and is placed nowhere.
func (p *Placer) SignOfLife(labels map[string]string) bool { return p.watchdog.any(labels) }

// Placer says where an alert belongs in the catalog (ruling 18). It is pure and
// safe for concurrent use.
type Placer struct {
	*placing
	catalog *headstart.Catalog
	names   map[string]*placed // by lower-case id, name, address or alias
	colons  bool               // some of these have one: what it may open is not surely a port
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
	out := &Placer{placing: p, catalog: catalog, names: map[string]*placed{}}
	out.index()
	return out
}

// placed is an asset as far as an alert's place goes.
type placed struct {
	id       string
	location string // of a device
	service  bool
	node     *node // nil: nobody bound it
}

// index files every name of every asset. Ids are filed first and short names of
// hosts last: where two assets share a name, the surer one keeps it, and of two
// equally sure ones the first of the catalog.
func (p *Placer) index() {
	devices, services := p.catalog.Devices, p.catalog.Services
	ids := make(map[string]*placed, len(devices)+len(services))
	for i := range devices {
		d := &devices[i]
		ids[d.ID] = &placed{id: d.ID, location: d.Location}
		p.file(ids[d.ID], d.ID)
	}
	for i := range services {
		id := services[i].ID
		if ids[id] == nil {
			ids[id] = &placed{id: id}
		}
		ids[id].service = true
		p.file(ids[id], id)
	}
	for i := range devices {
		d := &devices[i]
		p.file(ids[d.ID], headstart.CanonicalHost(d.Address), d.Name[""], d.Name["nl"], d.Name["en"])
		p.file(ids[d.ID], d.Aliases...)
	}
	for i := range services {
		s := &services[i]
		p.file(ids[s.ID], s.Name[""], s.Name["nl"], s.Name["en"])
		p.file(ids[s.ID], s.Aliases...)
	}
	for i := range devices {
		p.file(ids[devices[i].ID], shortName(devices[i].Address))
	}
}

// file lets names stand for an asset, but those that another has.
func (p *Placer) file(asset *placed, names ...string) {
	for _, name := range names {
		name = strings.ToLower(strings.TrimSpace(name))
		if _, taken := p.names[name]; name != "" && !taken {
			p.names[name] = asset
			p.colons = p.colons || strings.Contains(name, ":")
		}
	}
}

// bind tells what alerts are placed on which node of t it is.
func (p *Placer) bind(t *topology) {
	for _, x := range p.names { // each is told the same, however often
		x.node = t.nodes[x.id]
	}
}

// Place says where an alert with labels belongs.
func (p *Placer) Place(labels map[string]string) Placement {
	out, _ := p.place(p.dropped(labels))
	return out
}

// place says so of labels that drop_labels were left out of, and which node that is;
// nil: none, or nobody bound it.
func (p *Placer) place(labels map[string]string) (Placement, *node) {
	out, at := p.where(labels)
	out.Class = p.class(labels, out.Class)
	return out, at
}

// where tries the map rules, then the service labels and the asset labels. A map
// rule that only gives a class leaves the place to the labels.
func (p *Placer) where(labels map[string]string) (Placement, *node) {
	var class headstart.Class
	for i, r := range p.rules {
		if !r.match.all(labels) {
			continue
		}
		if class == "" {
			class = r.class
		}
		asset, service := p.find(r.asset.render(labels)), p.find(r.service.render(labels))
		if asset == nil && service == nil {
			continue
		}
		out, at := p.at(asset, service, fmt.Sprintf("map[%d]", i))
		out.Class = class
		return out, at
	}
	out, at := p.byLabels(labels)
	out.Class = class
	return out, at
}

// byLabels looks at asset_labels in order for a device, else for a service; a
// service named beside a device is kept with it.
func (p *Placer) byLabels(labels map[string]string) (Placement, *node) {
	var service *placed
	var rule string
	for _, l := range p.serviceLabels {
		if x := p.find(labels[l.name]); x != nil && x.service {
			service, rule = x, l.rule
			break
		}
	}
	for _, l := range p.assetLabels {
		if x := p.find(labels[l.name]); x != nil {
			return p.at(x, service, l.rule)
		}
	}
	if service == nil {
		return Placement{}, nil
	}
	return p.at(nil, service, rule)
}

func (p *Placer) at(asset, service *placed, rule string) (Placement, *node) {
	if asset == nil {
		asset = service
	}
	if asset.service && service == nil {
		service = asset
	}
	out := Placement{Asset: asset.id, Location: asset.location, Rule: rule, Placed: true}
	if service != nil {
		out.Service = service.id
	}
	return out, asset.node
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

// find returns the asset a label value names, or nil.
func (p *Placer) find(value string) *placed {
	value = strings.ToLower(strings.TrimSpace(value))
	if value == "" {
		return nil
	}
	if p.colons || !strings.Contains(value, ":") { // else no name is like that, and a storm is spared the look
		if x := p.names[value]; x != nil {
			return x
		}
	}
	if x := p.names[headstart.CanonicalHost(value)]; x != nil {
		return x
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
