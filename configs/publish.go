package configs

import (
	"cmp"
	"fmt"

	"headstart"
)

// checkPublish checks what status pages refer to, and that somebody can read each.
func (c *Config) checkPublish(say func(string)) {
	networks := 0
	for _, l := range c.Catalog.Locations {
		networks += len(l.Networks)
	}
	for i, page := range c.Publish.Pages {
		where := fmt.Sprintf("publish.pages[%d]", i)
		for _, ref := range unknownRefs(c.Catalog, headstart.Audience{Services: page.Services, Locations: page.Locations}) {
			say(where + "." + ref)
		}
		switch {
		case page.Access == "network" && len(page.Networks) == 0 && networks == 0:
			say(where + ".access is network and no network is named; write networks: [10.1.0.0/16], or give the catalog's locations their networks")
		case page.Access == "oidc":
			c.Warnings = append(c.Warnings, fmt.Sprintf("publish.pages[%d] (%s) has access oidc: this version has no log-in by OpenID Connect, so its readers log in as at the desk, "+
				"and publish.listen does not serve it", i, cmp.Or(page.ID, "/s/")))
		}
	}
}
