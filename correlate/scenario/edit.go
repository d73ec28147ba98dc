package scenario

import (
	"fmt"
	"slices"
	"strings"

	"headstart"
)

// edit changes a catalog, or says what of it cannot be changed.
type edit func(*headstart.Catalog) error

// parseEdit reads "without ID..." or "ID depends_on=ID,ID"; with several, one of
// them is enough.
func parseEdit(f []string) (edit, error) {
	if f[0] == "without" {
		return func(c *headstart.Catalog) error { return without(c, f[1:]) }, nil
	}
	needs, ok := strings.CutPrefix(f[1], "depends_on=")
	if !ok || len(f) > 2 {
		return nil, fmt.Errorf("catalog says %q; write %s", strings.Join(f, " "), leastWords["catalog"].example)
	}
	group := strings.Split(needs, ",")
	return func(c *headstart.Catalog) error { return hang(c, f[0], group) }, nil
}

// without takes devices and services out of a catalog, and all that names them.
func without(c *headstart.Catalog, ids []string) error {
	for _, id := range ids {
		if !known(c, id) {
			return fmt.Errorf("%s is not in the catalog; name a device or a service of it", id)
		}
	}
	c.Devices = slices.DeleteFunc(slices.Clone(c.Devices), func(d headstart.Device) bool { return slices.Contains(ids, d.ID) })
	c.Services = slices.DeleteFunc(slices.Clone(c.Services), func(s headstart.Service) bool { return slices.Contains(ids, s.ID) })
	for i := range c.Devices {
		c.Devices[i].DependsOn = needsWithout(c.Devices[i].DependsOn, ids)
		c.Devices[i].Services = slices.DeleteFunc(slices.Clone(c.Devices[i].Services), func(id string) bool { return slices.Contains(ids, id) })
	}
	for i := range c.Services {
		c.Services[i].DependsOn = needsWithout(c.Services[i].DependsOn, ids)
	}
	return nil
}

func needsWithout(needs headstart.Dependencies, ids []string) headstart.Dependencies {
	var out headstart.Dependencies
	for _, group := range needs {
		left := slices.DeleteFunc(slices.Clone(group), func(id string) bool { return slices.Contains(ids, id) })
		if len(left) > 0 {
			out = append(out, left)
		}
	}
	return out
}

// hang makes a device depend on one of group, and on nothing else.
func hang(c *headstart.Catalog, id string, group []string) error {
	for _, up := range group {
		if !known(c, up) {
			return fmt.Errorf("%s is not in the catalog; name a device or a service of it", up)
		}
	}
	n := slices.IndexFunc(c.Devices, func(d headstart.Device) bool { return d.ID == id })
	if n < 0 {
		return fmt.Errorf("%s is no device of the catalog; name one", id)
	}
	c.Devices = slices.Clone(c.Devices)
	c.Devices[n].DependsOn = headstart.Dependencies{group}
	return nil
}

func known(c *headstart.Catalog, id string) bool {
	return slices.ContainsFunc(c.Devices, func(d headstart.Device) bool { return d.ID == id }) ||
		slices.ContainsFunc(c.Services, func(s headstart.Service) bool { return s.ID == id })
}

// edit gives each step that changes the catalog the configuration that holds from
// then on.
func (r *reader) edit(s *Scenario) {
	if s.Config == nil {
		return
	}
	now := s.Config
	for i := range s.Steps {
		x := &s.Steps[i]
		if x.edit == nil {
			continue
		}
		next, catalog := *now, headstart.Catalog{}
		if now.Catalog != nil {
			catalog = *now.Catalog
		}
		if err := x.edit(&catalog); err != nil {
			r.wrong(x.line, "%w", err)
			continue
		}
		next.Catalog = &catalog
		now, x.Config = &next, &next
	}
}
