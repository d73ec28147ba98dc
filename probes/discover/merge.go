package discover

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"headstart"
)

// merge puts records of one host together: those that share an address, a serial
// number, or a host name by case, with or without domain. The record that comes first
// in the order of sources speaks for them; what another says otherwise is a mistake.
func (p *Proposal) merge(records []Record) []*Record {
	sorted := make([]*Record, len(records))
	for i := range records {
		r := records[i] // ours to change, the lists it refers to are not
		r.Hosts, r.Keys, r.Services, r.Aliases, r.Said = slices.Clip(r.Hosts), slices.Clip(r.Keys), slices.Clip(r.Services), slices.Clip(r.Aliases), slices.Clip(r.Said)
		r.Addrs, r.DependsOn, r.Asks = slices.Clip(r.Addrs), slices.Clip(r.DependsOn), slices.Clip(r.Asks)
		sorted[i] = &r
	}
	slices.SortStableFunc(sorted, func(a, b *Record) int { return natural(a.Source, b.Source) })
	domains := domainsOf(sorted)
	owner := map[string]*Record{}
	var merged []*Record
	for _, r := range sorted {
		keys := r.identity(domains)
		var first *Record
		for _, k := range keys {
			if first = owner[k]; first != nil {
				break
			}
		}
		if first == nil {
			first = r
			merged = append(merged, r)
		} else if !p.take(first, r) {
			continue
		}
		for _, k := range keys {
			if owner[k] == nil {
				owner[k] = first
			}
		}
	}
	for _, r := range merged {
		r.settle()
	}
	return merged
}

// settle decides what is left open until everything is heard.
func (r *Record) settle() {
	r.Kind = cmp.Or(r.Kind, r.Likely)
	if !r.Usual {
		return
	}
	if r.address() == "" {
		r.Said = add(r.Said, "without an address, so nothing probes it")
		return
	}
	for _, a := range asked(r.Kind) {
		if !r.asks(a.Kind) {
			r.Asks = append(r.Asks, a)
		}
	}
}

// domainsOf returns how many full names each short name has: N2-04 is n2-04.example
// only if there is no n2-04.other.
func domainsOf(records []*Record) map[string]map[string]bool {
	out := map[string]map[string]bool{}
	for _, r := range records {
		for _, h := range r.Hosts {
			h = headstart.CanonicalHost(h)
			if s := short(h); s != h {
				if out[s] == nil {
					out[s] = map[string]bool{}
				}
				out[s][h] = true
			}
		}
	}
	return out
}

// telling reports whether a serial number can be one device's only: makers fill the
// field with zeros, too.
func telling(key string) bool {
	_, number, _ := strings.Cut(key, " ")
	letters := map[rune]bool{}
	for _, c := range number {
		letters[c] = true
	}
	return len(letters) > 3
}

// identity are the keys by which a host is known, the surest first.
func (r *Record) identity(domains map[string]map[string]bool) []string {
	var keys []string
	for _, k := range r.Keys {
		if telling(k) {
			keys = append(keys, "key "+strings.ToLower(k))
		}
	}
	for _, a := range r.Addrs {
		keys = append(keys, "address "+a.String())
	}
	if r.ID != "" {
		keys = append(keys, "id "+strings.ToLower(r.ID))
	}
	for _, h := range r.Hosts {
		h = headstart.CanonicalHost(h)
		keys = append(keys, "host "+h)
		switch s := short(h); {
		case len(domains[s]) == 1 && s != h:
			keys = append(keys, "host "+s)
		case len(domains[s]) == 1:
			for full := range domains[s] {
				keys = append(keys, "host "+full)
			}
		}
	}
	if r.Name != "" {
		keys = append(keys, "name "+fold(r.Place.Site)+"/"+fold(r.Place.Name)+"/"+fold(r.Name))
	}
	return keys
}

// take adds to r what other says of the same host. It reports whether they are one:
// two names at one address are two devices, and one of the addresses is wrong.
func (r *Record) same(other *Record) string {
	switch {
	case r.Seen && other.Seen:
	case r.Name != "" && other.Name != "" && fold(r.Name) != fold(other.Name):
		return fmt.Sprintf("%s is called %s at %s; correct the address or the name of one of the two", plain(other.Name), plain(r.Name), r.Source)
	case len(r.Addrs) > 0 && len(other.Addrs) > 0 && !slices.ContainsFunc(other.Addrs, func(a netip.Addr) bool { return slices.Contains(r.Addrs, a) }) &&
		!r.sharesKey(other) && r.Addrs[0].Is4() == other.Addrs[0].Is4():
		return fmt.Sprintf("has address %s, and %s at %s; keep the row that is right", other.Addrs[0], r.Addrs[0], r.Source)
	}
	return ""
}

func (r *Record) sharesKey(other *Record) bool {
	return slices.ContainsFunc(r.Keys, func(k string) bool { return slices.Contains(other.Keys, k) })
}

// take merges other into r, the earlier of the two; false if they cannot be one.
func (p *Proposal) take(r, other *Record) bool {
	if wrong := r.same(other); wrong != "" {
		p.Mistakes = append(p.Mistakes, Mistake{other.Source, "the same device as " + r.Source + ": " + wrong})
		return false
	}
	for _, x := range []struct {
		what     string
		of       *string
		says     string
		tolerant bool
	}{
		{"kind", &r.Kind, other.Kind, false},
		{"location", &r.Place.Name, other.Place.Name, false},
		{"site", &r.Place.Site, other.Place.Site, false},
		{"name", &r.Name, other.Name, true},
		{"id", &r.ID, other.ID, false},
		{"expires", &r.Expires, other.Expires, false},
		{"", &r.Likely, other.Likely, true},
		{"", &r.Calls, other.Calls, true},
		{"", &r.Place.ID, other.Place.ID, true},
		{"", &r.Place.Text, other.Place.Text, true},
		{"", &r.Unsure, other.Unsure, true},
	} {
		if *x.of != "" && x.says != "" && !x.tolerant && !other.Seen && bare(*x.of) != bare(x.says) {
			p.Mistakes = append(p.Mistakes, Mistake{other.Source, fmt.Sprintf("%s is %s, at %s it is %s, which is kept; correct one of the two", x.what, plain(x.says), r.Source, plain(*x.of))})
		}
		*x.of = cmp.Or(*x.of, x.says)
	}
	if other.Unsure == "" {
		r.Unsure = ""
	}
	r.Usual = r.Usual || other.Usual
	if r.Floor == nil {
		r.Floor = other.Floor
	}
	r.People = cmp.Or(r.People, other.People)
	join(&r.Hosts, other.Hosts)
	join(&r.Keys, other.Keys)
	join(&r.Services, other.Services)
	join(&r.Aliases, other.Aliases)
	join(&r.Said, other.Said)
	for _, a := range other.Addrs {
		if !slices.Contains(r.Addrs, a) && len(r.Addrs) < mostOfOne {
			r.Addrs = append(r.Addrs, a)
		}
	}
	for _, g := range other.DependsOn {
		if !slices.ContainsFunc(r.DependsOn, func(have []string) bool { return slices.Equal(have, g) }) && len(r.DependsOn) < mostOfOne {
			r.DependsOn = append(r.DependsOn, g)
		}
	}
	for _, a := range other.Asks {
		if slices.ContainsFunc(r.Asks, func(have Ask) bool { a.Said, have.Said = "", ""; return a == have }) {
			continue
		}
		if len(r.Asks) == mostOfOne {
			p.Mistakes = append(p.Mistakes, Mistake{other.Source, fmt.Sprintf("more than %d probes of one host, %s; this one is left out, add it by hand", mostOfOne, plain(r.wish()))})
			break
		}
		r.Asks = append(r.Asks, a)
	}
	return true
}

// mostOfOne bounds each list of what sources say of one host.
const mostOfOne = 100

// join adds values that a list does not hold yet, up to the bound.
func join(list *[]string, more []string) {
	for _, v := range more {
		if len(*list) < mostOfOne {
			*list = add(*list, v)
		}
	}
}
