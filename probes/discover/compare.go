package discover

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"headstart"
)

// index finds the devices of a catalog by what a host may be known as.
type index map[string]*headstart.Device

func indexOf(c *headstart.Catalog) index {
	ix := index{}
	put := func(d *headstart.Device, key string) {
		if key != "" && ix[key] == nil {
			ix[key] = d
		}
	}
	full := map[string]int{}
	for i := range c.Devices {
		full[short(headstart.CanonicalHost(c.Devices[i].Address))]++
	}
	for i := range c.Devices {
		d := &c.Devices[i]
		host := headstart.CanonicalHost(d.Address)
		put(d, "host "+host)
		if full[short(host)] == 1 {
			put(d, "short "+short(host))
		}
	}
	for i := range c.Devices {
		d := &c.Devices[i]
		for _, name := range append([]string{d.ID}, append(slices.Sorted(maps.Values(d.Name)), d.Aliases...)...) {
			put(d, "host "+headstart.CanonicalHost(name))
			if f := fold(name); f != "" {
				put(d, "name "+f)
			}
		}
	}
	return ix
}

// find returns the device by address and the one by name; either may be nil.
func (ix index) find(r *Record, calls map[string]int) (byAddress, byName *headstart.Device) {
	for _, a := range r.Addrs {
		byAddress = cmp.Or(byAddress, ix["host "+a.String()])
	}
	if r.ID != "" {
		byName = ix["name "+fold(r.ID)]
	}
	for _, h := range r.Hosts {
		h = headstart.CanonicalHost(h)
		byName = cmp.Or(byName, ix["host "+h], ix["host "+short(h)])
		if d := ix["short "+short(h)]; byName == nil && d != nil && (short(h) == h || short(d.Address) == d.Address) {
			byName = d
		}
		byName = cmp.Or(byName, ix["name "+fold(short(h))])
	}
	if r.Name != "" {
		byName = cmp.Or(byName, ix["name "+fold(r.Name)])
	}
	if calls[fold(r.Calls)] == 1 {
		byName = cmp.Or(byName, ix["name "+fold(r.Calls)])
	}
	return byAddress, byName
}

// compare returns the records the catalog does not have, and says what it has
// otherwise.
func (p *Proposal) compare(records []*Record, l *places, o Options) []*Record {
	ix := indexOf(o.Catalog)
	seen, calls := map[string]bool{}, map[string]int{}
	for _, r := range records {
		if r.Calls != "" {
			calls[fold(r.Calls)]++
		}
	}
	var fresh []*Record
	for _, r := range records {
		byAddress, byName := ix.find(r, calls)
		d := cmp.Or(byName, byAddress)
		if d == nil {
			fresh = append(fresh, r)
			continue
		}
		if !seen[d.ID] {
			p.Known++
		}
		seen[d.ID] = true
		if byAddress != nil && byName != nil && byAddress != byName {
			seen[byAddress.ID] = true
			p.changed("%s has the address %s of %s, and is called as %s is; correct the address of one of the two", r.Source, byAddress.Address, byAddress.ID, byName.ID)
			continue
		}
		p.met = append(p.met, met{d, r})
		p.differences(d, r, l)
	}
	if o.Asked != nil {
		p.vanish(o, seen)
	}
	slices.SortFunc(p.Changed, natural)
	p.Changed = slices.Compact(p.Changed)
	return fresh
}

func (p *Proposal) changed(format string, args ...any) {
	p.Changed = append(p.Changed, plain(fmt.Sprintf(format, args...)))
}

// differences says what a source says otherwise of a device we know.
func (p *Proposal) differences(d *headstart.Device, r *Record, l *places) {
	if a, err := netip.ParseAddr(d.Address); err == nil && len(r.Addrs) > 0 && !slices.Contains(r.Addrs, a.Unmap()) {
		p.changed("%s: address is %s in the catalog, %s by %s", d.ID, d.Address, r.Addrs[0], r.Source)
	}
	if d.Kind != "" && r.Kind != "" && d.Kind != r.Kind && r.Unsure == "" && (d.Kind == "printer") != (r.Kind == "printer") {
		p.changed("%s: kind is %s in the catalog, %s by %s", d.ID, d.Kind, r.Kind, r.Source)
	}
	if at, _ := l.of(r); d.Location != "" && at != "" && at != d.Location && !l.within(d.Location, at) && !l.within(at, d.Location) {
		p.changed("%s: location is %s in the catalog, %s by %s", d.ID, d.Location, at, r.Source)
	}
}

// vanish says which devices were asked and did not answer.
func (p *Proposal) vanish(o Options, seen map[string]bool) {
	for i := range o.Catalog.Devices {
		d := &o.Catalog.Devices[i]
		if a, err := netip.ParseAddr(d.Address); err == nil && !seen[d.ID] && o.Asked(a.Unmap()) {
			p.Vanished = append(p.Vanished, fmt.Sprintf("%s: nothing answers at %s", d.ID, d.Address))
		}
	}
	slices.SortFunc(p.Vanished, natural)
}

// describe is a sentence list as one comment.
func describe(said ...string) []string {
	var out []string
	for _, s := range said {
		if s = plain(strings.TrimSpace(s)); s != "" {
			out = add(out, s)
		}
	}
	return out
}
