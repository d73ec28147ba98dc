package public

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"headstart"
)

// The ways into a page, as publish.pages[].access names them.
const (
	accessOpen    = "open"    // everybody
	accessNetwork = "network" // who sits on one of Page.Networks
	accessLink    = "link"    // who has a signed link: Links
	accessAccount = "oidc"    // who has an account of the organisation, or of the desk
)

// admits reports whether the reader of r may read the page. The words of a link
// are already taken off the path; token is what stood in it. Feeds and figures
// of a page have the same door as the page.
func (p *page) admits(r *http.Request, token string) bool {
	switch p.Access {
	case accessOpen:
		return true
	case accessNetwork:
		return holds(p.networks(), headstart.ClientFrom(r.Context()))
	case accessLink:
		return p.site.o.Links != nil && p.site.o.Links.Opens(p.ID, token, p.site.o.Now())
	default:
		return identified(r)
	}
}

// networks are those of the page, else those of all places in the catalog.
func (p *page) networks() []netip.Prefix {
	if len(p.trusted) > 0 {
		return p.trusted
	}
	var out []netip.Prefix
	for _, l := range p.site.o.View.Catalog().Locations {
		out = append(out, prefixes(l.Networks)...)
	}
	return out
}

// identified reports whether the reader showed who he is: an account of the organisation's
// issuer, or of the desk.
func identified(r *http.Request) bool {
	who := headstart.IdentityFrom(r.Context())
	return who.Reader || who.Has(headstart.ScopeRead)
}

// inside reports whether a reader sits on a network of the organisation, or is
// logged in: only then may what he says count towards a suspicion (ruling 42).
func (p *page) inside(r *http.Request) bool {
	return identified(r) || holds(p.networks(), headstart.ClientFrom(r.Context()))
}

// placeOf is the location whose network an address lies in, by the narrowest
// network; empty: none.
func placeOf(cat *headstart.Catalog, a netip.Addr) string {
	place, bits := "", -1
	for _, l := range cat.Locations {
		for _, n := range prefixes(l.Networks) {
			if n.Contains(a) && n.Bits() > bits {
				place, bits = l.ID, n.Bits()
			}
		}
	}
	return place
}

// prefixes reads networks; a bare address stands for itself, and what is neither
// was refused with the configuration.
func prefixes(list []string) []netip.Prefix {
	var out []netip.Prefix
	for _, s := range list {
		if p, ok := prefix(s); ok {
			out = append(out, p)
		}
	}
	return out
}

func prefix(s string) (netip.Prefix, bool) {
	if !strings.Contains(s, "/") {
		a, err := netip.ParseAddr(s)
		return netip.PrefixFrom(a, a.BitLen()), err == nil
	}
	p, err := netip.ParsePrefix(s)
	return p.Masked(), err == nil
}

func holds(list []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(a) })
}
