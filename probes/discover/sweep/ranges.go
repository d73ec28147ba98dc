package sweep

import (
	"errors"
	"fmt"
	"iter"
	"math/big"
	"net/netip"
	"slices"
	"strings"
)

// Ranges are the addresses to ask, without overlaps, in order.
type Ranges []netip.Prefix

// ParseRanges reads networks and addresses, of at most most addresses in all.
func ParseRanges(words []string, most int) (Ranges, error) {
	var list Ranges
	var errs []error
	for _, w := range words {
		p, err := netip.ParsePrefix(w)
		a, addrErr := netip.ParseAddr(w)
		if err != nil && addrErr == nil {
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("%q is no network; write an address such as 10.1.2.4, or a network such as 10.1.0.0/16 or fd00:1::/120", w))
		case a.Zone() != "":
			errs = append(errs, fmt.Errorf("%q has a zone; write the address without %q", w, "%"+a.Zone()))
		case p.Addr().IsMulticast() || p.Addr().IsUnspecified():
			errs = append(errs, fmt.Errorf("%q is no network of hosts; name those of your devices", w))
		default:
			list = append(list, unmapped(p).Masked())
		}
	}
	list = list.disjoint()
	if n := list.size(); len(errs) == 0 && n.Cmp(big.NewInt(int64(most))) > 0 {
		errs = append(errs, fmt.Errorf("%s holds %s addresses, more than %d; name the networks that hold devices, or raise --most%s",
			strings.Join(words, " "), n, most, list.sparse()))
	}
	return list, errors.Join(errs...)
}

// unmapped turns an IPv4 network written as IPv6 into what it is.
func unmapped(p netip.Prefix) netip.Prefix {
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		return netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p
}

// sparse is the advice for networks nobody can go through.
func (r Ranges) sparse() string {
	if slices.ContainsFunc(r, func(p netip.Prefix) bool { return p.Addr().Is6() && p.Bits() < 104 }) {
		return "; an IPv6 network is too large to go through: name the addresses your devices have"
	}
	return ""
}

// disjoint sorts r and drops what lies inside another.
func (r Ranges) disjoint() Ranges {
	slices.SortFunc(r, func(a, b netip.Prefix) int {
		if c := a.Addr().Compare(b.Addr()); c != 0 {
			return c
		}
		return a.Bits() - b.Bits()
	})
	var out Ranges
	for _, p := range r {
		if n := len(out); n == 0 || !out[n-1].Overlaps(p) {
			out = append(out, p)
		}
	}
	return out
}

// size is how many addresses there are.
func (r Ranges) size() *big.Int {
	n := new(big.Int)
	for _, p := range r {
		n.Add(n, new(big.Int).Lsh(big.NewInt(1), uint(p.Addr().BitLen()-p.Bits())))
		if p.Addr().Is4() && p.Bits() < 31 {
			n.Sub(n, big.NewInt(2))
		}
	}
	return n
}

// Count is how many addresses there are; it was held to a limit.
func (r Ranges) Count() int { return int(r.size().Int64()) }

// All yields the addresses in order. The first and the last of an IPv4 network, which
// no host has, are left out.
func (r Ranges) All() iter.Seq[netip.Addr] {
	return func(yield func(netip.Addr) bool) {
		for _, p := range r {
			first, last := p.Addr(), lastOf(p)
			if p.Addr().Is4() && p.Bits() < 31 {
				first, last = first.Next(), last.Prev()
			}
			for a := first; a.IsValid() && a.Compare(last) <= 0; a = a.Next() {
				if !yield(a) {
					return
				}
			}
		}
	}
}

// lastOf is the last address of a network.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

// Contains reports whether an address lies in one of the networks.
func (r Ranges) Contains(a netip.Addr) bool {
	return slices.ContainsFunc(r, func(p netip.Prefix) bool { return p.Contains(a.Unmap().WithZone("")) })
}

// Edge reports whether a is the first or last address for a host of a network: where
// most people put its gateway.
func (r Ranges) Edge(a netip.Addr) bool {
	return slices.ContainsFunc(r, func(p netip.Prefix) bool {
		return p.Addr().Is4() && p.Bits() < 30 && p.Contains(a) && (a == p.Addr().Next() || a == lastOf(p).Prev())
	})
}
