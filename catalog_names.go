package headstart

import (
	"iter"
	"slices"
)

// Or returns the name in a language, or id where there is none.
func (n Names) Or(id, lang string) string {
	if s := n.In(lang); s != "" {
		return s
	}
	return id
}

// ServiceName names a service; an id the catalog does not know is its own name.
func (c *Catalog) ServiceName(id, lang string) string {
	if s := c.ServiceByID(id); s != nil {
		return s.Name.Or(id, lang)
	}
	return id
}

// LocationName names a location; an id the catalog does not know is its own name.
func (c *Catalog) LocationName(id, lang string) string {
	if l := c.LocationByID(id); l != nil {
		return l.Name.Or(id, lang)
	}
	return id
}

// IDs are those of all its lists, in their order; ids are unique over all of them.
func (c *Catalog) IDs() iter.Seq[string] {
	return func(yield func(string) bool) {
		each := func(n int, id func(int) string) bool {
			for i := range n {
				if !yield(id(i)) {
					return false
				}
			}
			return true
		}
		_ = each(len(c.Locations), func(i int) string { return c.Locations[i].ID }) &&
			each(len(c.Departments), func(i int) string { return c.Departments[i].ID }) &&
			each(len(c.Services), func(i int) string { return c.Services[i].ID }) &&
			each(len(c.Devices), func(i int) string { return c.Devices[i].ID }) &&
			each(len(c.Parts), func(i int) string { return c.Parts[i].ID }) &&
			each(len(c.KnownErrors), func(i int) string { return c.KnownErrors[i].ID })
	}
}

// DepartmentName names a department; an id the catalog does not know is its own name.
func (c *Catalog) DepartmentName(id, lang string) string {
	if d := c.DepartmentByID(id); d != nil {
		return d.Name.Or(id, lang)
	}
	return id
}

// Confidential reports whether any of these devices and services is.
func (c *Catalog) Confidential(ids ...string) bool {
	return slices.ContainsFunc(ids, func(id string) bool {
		if d := c.DeviceByID(id); d != nil && d.Confidential {
			return true
		}
		s := c.ServiceByID(id)
		return s != nil && s.Confidential
	})
}

// Near returns the locations that touch the named ones: they themselves, what lies in
// them, and what they lie in. One that the catalog does not know touches itself alone.
func (c *Catalog) Near(ids []string) map[string]bool {
	near := make(map[string]bool, len(ids))
	within := make(map[string]bool, len(ids))
	for _, id := range ids {
		within[id] = true
		for at := id; at != "" && !near[at]; {
			near[at] = true
			l := c.LocationByID(at)
			if l == nil {
				break
			}
			at = l.Parent
		}
	}
	for grown := true; grown; { // the catalog refuses circles; each round takes a floor
		grown = false
		for n := range c.Locations {
			l := &c.Locations[n]
			if !within[l.ID] && within[l.Parent] {
				within[l.ID], near[l.ID], grown = true, true, true
			}
		}
	}
	return near
}
