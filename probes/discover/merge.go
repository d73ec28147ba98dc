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
		sorted[i] = records[i].own()
	}
	slices.SortStableFunc(sorted, func(a, b *Record) int { return natural(a.Source, b.Source) })
	domains := domainsOf(sorted)
	owner := map[string]*Record{}
	var merged []*Record
	for _, r := range sorted {
		keys := r.identity(domains)
		first := r
		if i := slices.IndexFunc(keys, func(k string) bool { return owner[k] != nil }); i >= 0 {
			first = owner[keys[i]]
			if !p.take(first, r) {
				continue
			}
		} else {
			merged = append(merged, r)
		}
		for _, k := range keys {
			owner[k] = cmp.Or(owner[k], first)
		}
	}
	for _, r := range merged {
		r.settle()
	}
	return merged
}

// own is a copy to change; the lists it refers to are its source's.
func (r Record) own() *Record {
	r.Hosts, r.Keys, r.Services, r.Aliases, r.Said = slices.Clip(r.Hosts), slices.Clip(r.Keys), slices.Clip(r.Services), slices.Clip(r.Aliases), slices.Clip(r.Said)
	r.Addrs, r.DependsOn, r.Asks = slices.Clip(r.Addrs), slices.Clip(r.DependsOn), slices.Clip(r.Asks)
	return &r
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
	p.takeWords(r, other)
	if other.Unsure == "" {
		r.Unsure = ""
	}
	r.Usual = r.Usual || other.Usual
	r.Floor, r.People = cmp.Or(r.Floor, other.Floor), cmp.Or(r.People, other.People)
	join(&r.Hosts, other.Hosts, equal)
	join(&r.Keys, other.Keys, equal)
	join(&r.Services, other.Services, equal)
	join(&r.Aliases, other.Aliases, equal)
	join(&r.Said, other.Said, equal)
	join(&r.Addrs, other.Addrs, equal)
	join(&r.DependsOn, other.DependsOn, slices.Equal)
	if left := join(&r.Asks, other.Asks, func(a, b Ask) bool { a.Said, b.Said = "", ""; return a == b }); left > 0 {
		p.Mistakes = append(p.Mistakes, Mistake{other.Source, fmt.Sprintf("more than %d probes of one host, %s; this one is left out, add it by hand", mostOfOne, plain(r.wish()))})
	}
	return true
}

// takeWords takes over what r does not say itself, and tells what other says
// otherwise.
func (p *Proposal) takeWords(r, other *Record) {
	for _, x := range []struct {
		what string // empty: both may be right
		of   *string
		says string
	}{
		{"kind", &r.Kind, other.Kind},
		{"location", &r.Place.Name, other.Place.Name},
		{"site", &r.Place.Site, other.Place.Site},
		{"id", &r.ID, other.ID},
		{"expires", &r.Expires, other.Expires},
		{"", &r.Name, other.Name},
		{"", &r.Likely, other.Likely},
		{"", &r.Calls, other.Calls},
		{"", &r.Place.ID, other.Place.ID},
		{"", &r.Place.Text, other.Place.Text},
		{"", &r.Unsure, other.Unsure},
	} {
		if x.what != "" && *x.of != "" && x.says != "" && !other.Seen && bare(*x.of) != bare(x.says) {
			p.Mistakes = append(p.Mistakes, Mistake{other.Source, fmt.Sprintf("%s is %s, at %s it is %s, which is kept; correct one of the two", x.what, plain(x.says), r.Source, plain(*x.of))})
		}
		*x.of = cmp.Or(*x.of, x.says)
	}
}

// mostOfOne bounds each list of what sources say of one host.
const mostOfOne = 100

// join adds values that a list does not hold yet, up to the bound; left is how many
// did not fit.
func join[T any](list *[]T, more []T, equal func(a, b T) bool) (left int) {
	for _, v := range more {
		switch {
		case slices.ContainsFunc(*list, func(have T) bool { return equal(have, v) }):
		case len(*list) < mostOfOne:
			*list = append(*list, v)
		default:
			left++
		}
	}
	return left
}

func equal[T comparable](a, b T) bool { return a == b }
