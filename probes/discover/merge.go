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
		r := records[i] // ours to change
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
	return merged
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
	if r.Floor == nil {
		r.Floor = other.Floor
	}
	r.People = cmp.Or(r.People, other.People)
	r.Hosts, r.Keys = add(slices.Clone(r.Hosts), other.Hosts...), add(slices.Clone(r.Keys), other.Keys...)
	r.Services, r.Aliases = add(slices.Clone(r.Services), other.Services...), add(slices.Clone(r.Aliases), other.Aliases...)
	r.Said = add(slices.Clone(r.Said), other.Said...)
	for _, a := range other.Addrs {
		if !slices.Contains(r.Addrs, a) {
			r.Addrs = append(slices.Clone(r.Addrs), a)
		}
	}
	for _, g := range other.DependsOn {
		if !slices.ContainsFunc(r.DependsOn, func(have []string) bool { return slices.Equal(have, g) }) {
			r.DependsOn = append(slices.Clone(r.DependsOn), g)
		}
	}
	for _, a := range other.Asks {
		if !slices.ContainsFunc(r.Asks, func(have Ask) bool { a.Said, have.Said = "", ""; return a == have }) {
			r.Asks = append(slices.Clone(r.Asks), a)
		}
	}
	return true
}
