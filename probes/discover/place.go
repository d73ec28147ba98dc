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

// places are the locations there are, and those proposed.
type places struct {
	ids   *ids
	known map[string]string   // id by folded id, name or alias
	new   map[string]Location // by id
	nets  map[netip.Prefix]placed
	names []string            // of known, in order; nil: to be made anew
	spots map[spot]string     // what lists name
	texts map[string][]string // folded beginning of free text to the texts that have it
	above map[string]string   // the location each lies in
}

// placed is the location of a network, and who says so.
type placed struct{ id, said string }

// prefixes of a building's name that people leave out as often as not.
var buildingWords = []string{"gebouw", "building", "locatie", "location", "vestiging", "site", "pand"}

// bare is a place's name without the word building.
func bare(name string) string {
	f := fold(name)
	for _, w := range buildingWords {
		if rest, ok := strings.CutPrefix(f, w+" "); ok {
			return rest
		}
	}
	return f
}

// PlaceID is the id that a location of that name would like: without the word building.
func PlaceID(name string) string { return slug(bare(name)) }

// locate collects the locations of catalog, networks and records.
func (p *Proposal) locate(records []*Record, o Options) *places {
	l := &places{
		ids: newIDs(o.Catalog), known: map[string]string{}, new: map[string]Location{}, spots: map[spot]string{}, texts: map[string][]string{},
		above: map[string]string{}, nets: map[netip.Prefix]placed{},
	}
	for _, have := range o.Catalog.Locations {
		l.above[have.ID] = have.Parent
		l.learn(have.ID, append([]string{have.ID}, append(slices.Collect(maps.Values(have.Name)), have.Aliases...)...)...)
		for _, n := range have.Networks {
			if prefix, err := netip.ParsePrefix(n); err == nil {
				l.nets[prefix.Masked()] = placed{have.ID, fmt.Sprintf("its address lies in %s, a network of location %s", n, have.ID)}
			}
		}
	}
	l.networks(o.Networks)
	l.written(records)
	for _, r := range records {
		if t := beginning(r.Place.Text); t != "" && r.Unsure == "" {
			l.texts[bare(t)] = append(l.texts[bare(t)], t)
		}
	}
	return l
}

// networks takes the places in that the operator named.
func (l *places) networks(networks []Network) {
	for _, n := range networks {
		id, ok := l.find(n.Place)
		if !ok {
			id = l.propose(n.Place, nil, "", "named by "+n.By, n.ID)
		}
		if have, ours := l.new[id]; ours {
			have.Networks = add(have.Networks, n.Prefix.String())
			l.new[id] = have
		}
		l.nets[n.Prefix.Masked()] = placed{id, fmt.Sprintf("its address lies in %s, which is %s by %s", n.Prefix, id, n.By)}
	}
}

// propose adds a location and returns its id.
func (l *places) propose(name string, others []string, parent, said string, ids ...string) string {
	name = plain(name)
	wish := ""
	if len(ids) > 0 {
		wish = ids[0]
	}
	id := l.ids.take(slug(cmp.Or(wish, bare(name), "location")), parent)
	at := Location{Location: headstart.Location{ID: id, Name: headstart.Names{"": name}, Parent: parent}, Said: []string{said}}
	for _, o := range others {
		if fold(o) != fold(name) && slug(o) != id {
			at.Aliases = add(at.Aliases, plain(o))
		}
	}
	l.new[id], l.above[id] = at, parent
	l.learn(id, append([]string{id, name}, others...)...)
	return id
}

// learn remembers how a location may be written; who was first keeps a name.
func (l *places) learn(id string, names ...string) {
	for _, n := range names {
		for _, f := range []string{fold(n), bare(n)} {
			if f != "" && l.known[f] == "" {
				l.known[f], l.names = id, nil
			}
		}
	}
}

// find returns the location that name names.
func (l *places) find(name string) (string, bool) {
	if id := l.known[fold(name)]; id != "" {
		return id, true
	}
	id := l.known[bare(name)]
	return id, id != ""
}

// of returns where a record's device is, and why we think so.
func (l *places) of(r *Record) (id, said string) {
	for _, at := range []spot{{bare(r.Place.Site), bare(r.Place.Name)}, {"", bare(r.Place.Name)}, {"", bare(r.Place.Site)}} {
		if id := l.spots[at]; id != "" {
			return id, ""
		}
	}
	if r.Place.Text != "" {
		if id := l.inside(r.Place.Text); id != "" {
			return id, ""
		}
	}
	for _, a := range r.Addrs {
		if n, ok := l.network(a); ok {
			return n.id, n.said
		}
	}
	if t := beginning(r.Place.Text); len(l.texts[bare(t)]) > 1 {
		spelled := map[string]int{}
		for _, s := range l.texts[bare(t)] {
			spelled[s]++
		}
		name, others := mostFrequent(spelled)
		return l.propose(name, others, "", fmt.Sprintf("%d devices say that they are there", len(l.texts[bare(t)]))), ""
	}
	return "", ""
}

// network returns the place of the smallest network that holds an address.
func (l *places) network(a netip.Addr) (placed, bool) {
	if len(l.nets) == 0 {
		return placed{}, false
	}
	for bits := a.BitLen(); bits >= 0; bits-- {
		if p, err := a.Prefix(bits); err == nil {
			if n, ok := l.nets[p]; ok {
				return n, true
			}
		}
	}
	return placed{}, false
}

// within reports whether a location is another, or lies in it.
func (l *places) within(id, other string) bool {
	for range len(l.above) + 1 {
		if id == other {
			return true
		}
		if id = l.above[id]; id == "" {
			return false
		}
	}
	return false
}

// inside returns the known location whose name stands in text as whole words, the
// longest if there are several.
func (l *places) inside(text string) string {
	words := " " + fold(text) + " "
	best, id := 2, "" // a name of two letters stands anywhere
	if l.names == nil {
		l.names = slices.Sorted(maps.Keys(l.known))
	}
	for _, name := range l.names {
		if len(name) > best && strings.Contains(words, " "+name+" ") {
			best, id = len(name), l.known[name]
		}
	}
	return id
}

// beginning is the part of a free text that may be a building: what comes before the
// first comma. What makers and packages put there is none.
func beginning(text string) string {
	i := strings.IndexAny(text, ",;|/\n")
	if i < 0 {
		i = len(text)
	}
	if j := strings.Index(text, " - "); j >= 0 && j < i {
		i = j
	}
	t := strings.TrimSpace(text[:i])
	f := fold(t)
	for _, said := range []string{"unknown", "not set", "default", "none", "location", "sitting on the dock of the bay", "right here", "edit etc snmp snmpd conf", "server room"} {
		if strings.Trim(f, " ._") == said {
			return ""
		}
	}
	if len(f) < 3 {
		return ""
	}
	return t
}

// used returns the proposed locations that devices are at, with the sites above them
// and those the operator named, by id.
func (l *places) used(devices []Device) []Location {
	needed := map[string]bool{}
	for _, d := range devices {
		for id := d.Location; id != "" && !needed[id]; id = l.new[id].Parent {
			needed[id] = true
		}
	}
	var out []Location
	for _, id := range slices.SortedFunc(maps.Keys(l.new), natural) {
		if needed[id] || len(l.new[id].Networks) > 0 {
			out = append(out, l.new[id])
		}
	}
	return out
}
