package discover

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"headstart"
)

// addDevices turns records into devices of the catalog, by location, kind and id.
func (p *Proposal) addDevices(records []*Record, l *places) {
	slices.SortStableFunc(records, func(a, b *Record) int { return cmp.Or(natural(a.wish(), b.wish()), natural(a.address(), b.address())) })
	services := map[string]bool{}
	for _, s := range p.Services {
		services[s.ID] = true
	}
	wished := map[string]int{}
	for _, r := range records {
		wished[r.wish()]++
	}
	for _, r := range records {
		d := r.device(l)
		apart := []string{d.Location, d.Address}
		if len(r.Hosts) > 0 && wished[r.wish()] > 1 {
			apart = append([]string{strings.TrimPrefix(r.fullHost(), short(r.fullHost()))}, apart...)
		}
		if services[r.wish()] { // the server called mail is not the mail
			apart = append([]string{cmp.Or(d.Kind, "host")}, apart...)
		}
		d.ID = l.ids.take(r.wish(), apart...)
		if d.Name.In("") == d.ID {
			d.Name = nil // the id says it
		}
		d.Aliases = slices.DeleteFunc(d.Aliases, func(a string) bool { return strings.EqualFold(a, d.ID) })
		if r.Unsure != "" {
			d.Said = append(d.Said, r.Unsure)
			p.Unsure = append(p.Unsure, d)
			continue
		}
		p.Devices = append(p.Devices, d)
	}
	for _, list := range [][]Device{p.Devices, p.Unsure} {
		slices.SortFunc(list, func(a, b Device) int {
			return cmp.Or(natural(a.Location, b.Location), strings.Compare(a.Kind, b.Kind), natural(a.ID, b.ID))
		})
	}
}

// device is what a record says as the catalog has it, without an id.
func (r *Record) device(l *places) Device {
	at, said := l.of(r)
	d := Device{record: r, Device: headstart.Device{
		Kind: r.Kind, Location: at, Floor: r.Floor, Address: r.address(), Services: r.serves, People: r.People, Expires: r.Expires,
	}}
	if name := plain(cmp.Or(r.Name, r.Calls, short(r.fullHost()))); name != "" {
		d.Name = headstart.Names{"": name}
	}
	for _, h := range r.Hosts {
		if h = headstart.CanonicalHost(h); h != d.Address {
			d.Aliases = add(d.Aliases, plain(h))
		}
	}
	for _, a := range r.Addrs {
		if a.String() != d.Address {
			d.Aliases = add(d.Aliases, a.String())
		}
	}
	for _, a := range r.Aliases {
		d.Aliases = add(d.Aliases, plain(a))
	}
	from := r.Source + ":"
	if r.Source == d.Address { // which stands below
		from = ""
	}
	d.Said = describe(append([]string{from}, append(r.Said, said)...)...)
	if r.Place.Text != "" && at == "" {
		d.Said = append(d.Said, plain("it says it is at "+r.Place.Text))
	}
	return d
}

// wish is the id a record would like.
func (r *Record) wish() string {
	kind := map[string]string{"printer": "prn", "": "host"}[r.Kind]
	for _, name := range []string{r.ID, short(r.fullHost()), r.Name, r.Calls} {
		if id := slug(name); id != "" {
			return id
		}
	}
	return slug(cmp.Or(kind, r.Kind) + " " + strings.NewReplacer(".", "-", ":", "-").Replace(r.address()))
}

// fullHost is the first host name with a domain, else the first; empty if only
// addresses are known.
func (r *Record) fullHost() string {
	best := ""
	for _, h := range r.Hosts {
		if _, err := netip.ParseAddr(h); err == nil {
			continue
		}
		if h = headstart.CanonicalHost(h); strings.Contains(h, ".") {
			return h
		}
		best = cmp.Or(best, h)
	}
	return best
}

// address is what the catalog has as the device's: an address before a name, and one
// of IPv4 before one of IPv6.
func (r *Record) address() string {
	for _, v4 := range []bool{true, false} {
		for _, a := range r.Addrs {
			if a.Is4() == v4 {
				return a.String()
			}
		}
	}
	return r.fullHost()
}

// depend resolves what records say their devices hang on.
func (p *Proposal) depend(c *headstart.Catalog) {
	ix := indexOf(c)
	all := headstart.Catalog{}
	for _, d := range p.Devices {
		all.Devices = append(all.Devices, d.Device)
	}
	ours := indexOf(&all)
	for i := range p.Devices {
		d := &p.Devices[i]
		for _, group := range d.record.DependsOn {
			var ids []string
			for _, name := range group {
				other := cmp.Or(ours["host "+headstart.CanonicalHost(name)], ours["name "+fold(name)], ix["host "+headstart.CanonicalHost(name)], ix["name "+fold(name)])
				switch {
				case other == nil:
					p.Mistakes = append(p.Mistakes, Mistake{d.record.Source, fmt.Sprintf("depends on %q, which is no device here; add it to the list, or correct the name", plain(name))})
				case other.ID != d.ID:
					ids = add(ids, other.ID)
				}
			}
			if len(ids) > 0 {
				d.DependsOn = append(d.DependsOn, ids)
			}
		}
	}
	p.uncircle()
}

// uncircle takes edges out that lead back to where they began: a catalog with a circle
// does not load.
func (p *Proposal) uncircle() {
	byID := map[string]*Device{}
	for i := range p.Devices {
		byID[p.Devices[i].ID] = &p.Devices[i]
	}
	begun, done := map[string]bool{}, map[string]bool{}
	var follow func(d *Device)
	leadsBack := func(d *Device, other string) bool {
		next := byID[other]
		switch {
		case next == nil || done[other]:
			return false
		case begun[other]:
			p.Mistakes = append(p.Mistakes, Mistake{d.record.Source, fmt.Sprintf("%s depends on %s, which depends on it; correct one of the two", d.ID, other)})
			return true
		}
		follow(next)
		return false
	}
	follow = func(d *Device) {
		begun[d.ID] = true
		for i, group := range d.DependsOn {
			d.DependsOn[i] = slices.DeleteFunc(group, func(other string) bool { return leadsBack(d, other) })
		}
		d.DependsOn = slices.DeleteFunc(d.DependsOn, func(group []string) bool { return len(group) == 0 })
		done[d.ID] = true
	}
	for i := range p.Devices {
		if d := &p.Devices[i]; !begun[d.ID] {
			follow(d)
		}
	}
}
