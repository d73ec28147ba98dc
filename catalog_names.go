package headstart

import "slices"

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
