package configs

import "fmt"

// checkMaintenance checks what planned work covers against the catalog.
func (c *Config) checkMaintenance(say func(string)) {
	refs := (&catalog{Catalog: *c.Catalog}).ids()
	for _, w := range c.Maintenance.Windows {
		for _, x := range []struct {
			key, list, what string
			ids             []string
		}{
			{"assets", "assets", "service or device", w.Assets},
			{"services", "services", "service", w.Services},
			{"locations", "locations", "location", w.Locations},
		} {
			for _, id := range x.ids {
				if !contains(refs[x.list], id) {
					say(fmt.Sprintf("maintenance.windows[%s].%s names %q, which is no %s; %s", w.ID, x.key, id, x.what, oneOf(id, refs[x.list])))
				}
			}
		}
	}
}
