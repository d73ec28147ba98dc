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
			c.checkAccounts(i, cmp.Or(page.ID, "/s/"))
		}
	}
}

// checkAccounts warns of a page for accounts of the organisation that these cannot read.
func (c *Config) checkAccounts(i int, page string) {
	switch {
	case c.Door.Auth.OIDC == nil:
		c.Warnings = append(c.Warnings, fmt.Sprintf("publish.pages[%d] (%s) has access oidc and there is no auth.oidc: only who is logged in at the desk reads it, "+
			"and publish.listen shows it to nobody", i, page))
	case c.Publish.Listen != "" && c.Publish.ExternalURL == "":
		c.Warnings = append(c.Warnings, fmt.Sprintf("publish.pages[%d] (%s) has access oidc: its readers come back from the issuer to publish.external_url, which is empty, "+
			"so they can log in at external_url only", i, page))
	}
}
