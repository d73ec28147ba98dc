// Package generate makes organisations and their outages from a seed: what truly
// hangs on what, the catalog a desk has of it, what fails when, and how that
// reaches the log. Equal seeds give equal organisations, outages and logs, on any
// machine; nothing else enters, neither clock nor map order.
//
// It serves the comparison of methods, the properties, load and the demo.
package generate

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"headstart"
)

// Shape says how large an organisation is and how well it is watched. The zero
// value is not useful; start from DefaultShape.
type Shape struct {
	Assets int // about how many devices: 1,000 to 100,000

	// Pairs is the share of sites with two routers, either of which suffices.
	Pairs float64

	// Unmonitored is the share of switches and single routers that nobody
	// monitors. Pairs, servers, services and leaves are all monitored: of a pair
	// of which one half is unseen, nobody can tell that both are down.
	Unmonitored float64
}

// DefaultShape is an organisation of 2,000 devices, a fifth of its network unseen.
func DefaultShape() Shape { return Shape{Assets: 2000, Pairs: 0.25, Unmonitored: 0.2} }

// Organisation is one made-up organisation as it truly is.
type Organisation struct {
	Shape Shape

	// Truth is the catalog of somebody who knows everything. It must not be changed.
	Truth *headstart.Catalog

	seed    uint64
	things  map[string]*thing
	ids     []string // of all things, in the order they were made
	seen    map[string]bool
	byLevel map[level][]string
}

// level says what a thing is in the tree; wrong edges stay within a level, as a
// person's mistake does, and so never make a cycle.
type level string

const (
	core    level = "core"
	router  level = "router"
	pair    level = "pair" // a router of which a site has two
	floor   level = "floor"
	access  level = "access"
	leaf    level = "leaf"
	server  level = "server"
	service level = "service"
)

// thing is a device or a service with its place in the true tree.
type thing struct {
	id    string
	level level
	needs headstart.Dependencies
	kids  []string
	where string // location
}

// What makes up a site.
const (
	floorsPerSite  = 5
	accessPerFloor = 4
	leavesLeast    = 8
	leavesMost     = 16
	devicesPerSite = 1 + floorsPerSite*(1+accessPerFloor*(1+(leavesLeast+leavesMost)/2))
	serversPer     = 100 // devices for each pair of servers
)

// New makes an organisation. Equal arguments make equal ones.
func New(seed uint64, shape Shape) *Organisation {
	o := &Organisation{
		Shape: shape, seed: seed, Truth: &headstart.Catalog{Organisation: "Voorbeeld"},
		things: map[string]*thing{}, seen: map[string]bool{}, byLevel: map[level][]string{},
	}
	rng := rand.New(rand.NewPCG(seed, 1))
	o.backbone(max(2, shape.Assets/serversPer/2))
	for site := 1; len(o.Truth.Devices) < shape.Assets && len(o.Truth.Devices)+devicesPerSite/2 <= shape.Assets || site == 1; site++ {
		o.site(site, rng)
	}
	for _, id := range o.ids {
		for _, up := range slices.Concat(o.things[id].needs...) {
			o.things[up].kids = append(o.things[up].kids, id)
		}
	}
	o.watch(rng)
	return o
}

// backbone makes the core, the data centre, its servers and the services on them.
func (o *Organisation) backbone(pairs int) {
	o.Truth.Locations = append(o.Truth.Locations, headstart.Location{ID: "dc", Name: headstart.Names{"": "Rekencentrum"}})
	o.device(core, headstart.Device{ID: "core", Kind: "router", Location: "dc"})
	o.device(pair, headstart.Device{ID: "dc-a", Kind: "switch", Location: "dc", DependsOn: needs("core")})
	o.device(pair, headstart.Device{ID: "dc-b", Kind: "switch", Location: "dc", DependsOn: needs("core")})
	both := headstart.Dependencies{{"dc-a", "dc-b"}}
	for _, x := range []struct {
		id, name string
		kind     headstart.ServiceKind
	}{{"print", "Printen", headstart.KindPrinter}, {"wifi", "Wifi", headstart.KindNetwork}, {"telephony", "Bellen", headstart.KindTelephony}} {
		one, two := "srv-"+x.id+"-1", "srv-"+x.id+"-2"
		o.device(server, headstart.Device{ID: one, Kind: "server", Location: "dc", DependsOn: both})
		o.device(server, headstart.Device{ID: two, Kind: "server", Location: "dc", DependsOn: both})
		o.service(headstart.Service{ID: x.id, Name: headstart.Names{"": x.name}, Kind: x.kind, DependsOn: headstart.Dependencies{{one, two}}})
	}
	for n := range pairs {
		id := fmt.Sprintf("app-%03d", n+1)
		o.device(server, headstart.Device{ID: "srv-" + id, Kind: "server", Location: "dc", DependsOn: both})
		o.service(headstart.Service{ID: id, Name: headstart.Names{"": fmt.Sprintf("Toepassing %d", n+1)}, Kind: headstart.KindApplication, DependsOn: needs("srv-" + id)})
	}
}

// site makes a location with its floors and all that stands on them.
func (o *Organisation) site(n int, rng *rand.Rand) {
	at := fmt.Sprintf("s%03d", n)
	o.Truth.Locations = append(o.Truth.Locations, headstart.Location{ID: at, Name: headstart.Names{"": fmt.Sprintf("Vestiging %d", n)}, Parent: ""})
	o.Truth.Departments = append(o.Truth.Departments, headstart.Department{ID: "dep-" + at, Locations: []string{at}, Uses: []string{"print", "wifi", "telephony"}, People: 150})
	up := needs("rt-" + at)
	if rng.Float64() < o.Shape.Pairs {
		up = headstart.Dependencies{{"rt-" + at + "-a", "rt-" + at + "-b"}}
		o.device(pair, headstart.Device{ID: "rt-" + at + "-a", Kind: "router", Location: at, DependsOn: needs("core")})
		o.device(pair, headstart.Device{ID: "rt-" + at + "-b", Kind: "router", Location: at, DependsOn: needs("core")})
	} else {
		o.device(router, headstart.Device{ID: "rt-" + at, Kind: "router", Location: at, DependsOn: needs("core")})
	}
	for f := range floorsPerSite {
		here := fmt.Sprintf("%s-f%d", at, f+1)
		o.Truth.Locations = append(o.Truth.Locations, headstart.Location{ID: here, Name: headstart.Names{"": fmt.Sprintf("Vestiging %d, etage %d", n, f+1)}, Parent: at})
		o.device(floor, headstart.Device{ID: "fl-" + here, Kind: "switch", Location: here, DependsOn: up})
		for a := range accessPerFloor {
			o.access(fmt.Sprintf("%s-%d", here, a+1), here, rng)
		}
	}
}

// access makes one access switch with its leaves.
func (o *Organisation) access(name, here string, rng *rand.Rand) {
	sw := "sw-" + name
	o.device(access, headstart.Device{ID: sw, Kind: "switch", Location: here, DependsOn: needs("fl-" + here)})
	for n := range leavesLeast + rng.IntN(leavesMost-leavesLeast+1) {
		d := headstart.Device{Location: here, DependsOn: needs(sw)}
		switch n % 3 {
		case 0:
			d.ID, d.Kind, d.Services, d.People = fmt.Sprintf("prn-%s-%d", name, n), "printer", []string{"print"}, 8
		case 1:
			d.ID, d.Kind, d.Services, d.People = fmt.Sprintf("ap-%s-%d", name, n), "access-point", []string{"wifi"}, 8
		default:
			d.ID, d.Kind, d.Services, d.People = fmt.Sprintf("tel-%s-%d", name, n), "phone", []string{"telephony"}, 1
		}
		o.device(leaf, d)
	}
}

func needs(id string) headstart.Dependencies { return headstart.Dependencies{{id}} }

func (o *Organisation) device(l level, d headstart.Device) {
	o.Truth.Devices = append(o.Truth.Devices, d)
	o.add(&thing{id: d.ID, level: l, needs: d.DependsOn, where: d.Location})
}

func (o *Organisation) service(s headstart.Service) {
	o.Truth.Services = append(o.Truth.Services, s)
	o.add(&thing{id: s.ID, level: service, needs: s.DependsOn})
}

func (o *Organisation) add(t *thing) {
	o.things[t.id] = t
	o.ids = append(o.ids, t.id)
	o.byLevel[t.level] = append(o.byLevel[t.level], t.id)
}

// watch draws what is monitored.
func (o *Organisation) watch(rng *rand.Rand) {
	for _, id := range o.ids {
		switch o.things[id].level {
		case router, floor, access:
			o.seen[id] = rng.Float64() >= o.Shape.Unmonitored
		default:
			o.seen[id] = true
		}
	}
}

// Monitored reports whether somebody would notice that an asset fails.
func (o *Organisation) Monitored(id string) bool { return o.seen[id] }

// Hit returns what fails when down are down, in the order of the catalog, those
// themselves included: everything that has no other way up.
func (o *Organisation) Hit(down ...string) []string {
	cut := map[string]bool{}
	todo := slices.Clone(down)
	for _, id := range down {
		cut[id] = true
	}
	for len(todo) > 0 {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, kid := range o.things[id].kids {
			if !cut[kid] && severed(o.things[kid].needs, cut) {
				cut[kid] = true
				todo = append(todo, kid)
			}
		}
	}
	hit := make([]string, 0, len(cut))
	for _, id := range o.ids {
		if cut[id] {
			hit = append(hit, id)
		}
	}
	return hit
}

func severed(needs headstart.Dependencies, cut map[string]bool) bool {
	return slices.ContainsFunc(needs, func(group []string) bool {
		return !slices.ContainsFunc(group, func(id string) bool { return !cut[id] })
	})
}

// Location is where a device stands; empty for a service.
func (o *Organisation) Location(id string) string { return o.things[id].where }
