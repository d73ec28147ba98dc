package subscriptions

import (
	"slices"

	"headstart"
)

// Offer returns the services and locations that may be chosen on a page, in the order
// of the catalog; none for a page there is not.
func (r *Register) Offer(page string) (services, locations []string) {
	p := r.page(page)
	if p == nil {
		return nil, nil
	}
	for _, s := range r.o.Catalog.Services {
		if !s.Confidential && meets(p.Services, []string{s.ID}) {
			services = append(services, s.ID)
		}
	}
	for _, l := range r.o.Catalog.Locations {
		if r.near(p.Locations, []string{l.ID}) {
			locations = append(locations, l.ID)
		}
	}
	return services, locations
}

// offers reports whether a page offers all of w.
func (r *Register) offers(w headstart.Wish) bool {
	p := r.page(w.Page)
	if p == nil || !slices.Contains(p.Languages, w.Language) {
		return false
	}
	services, locations := r.Offer(w.Page)
	return within(services, w.Services) && within(locations, w.Locations)
}

// within reports whether all holds some, which is no longer.
func within(all, some []string) bool {
	return len(some) <= len(all) && !slices.ContainsFunc(some, func(id string) bool { return !slices.Contains(all, id) })
}

// page returns the page called id, or nil.
func (r *Register) page(id string) *Page {
	if n := slices.IndexFunc(r.o.Pages, func(p Page) bool { return p.ID == id }); n >= 0 {
		return &r.o.Pages[n]
	}
	return nil
}

// meets reports whether two lists have something in common; an empty one is all.
func meets(a, b []string) bool {
	return len(a) == 0 || len(b) == 0 || slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}

// near is meets for locations: a place meets those within it and around it.
func (r *Register) near(a, b []string) bool {
	return len(a) == 0 || len(b) == 0 || slices.ContainsFunc(a, func(x string) bool {
		return slices.ContainsFunc(b, func(y string) bool { return r.inside(x, y) || r.inside(y, x) })
	})
}

// inside reports whether location a is b or lies in it.
func (r *Register) inside(a, b string) bool {
	for depth := 0; a != "" && depth <= len(r.parents); depth++ { // a circle in the catalog ends too
		if a == b {
			return true
		}
		a = r.parents[a]
	}
	return false
}
