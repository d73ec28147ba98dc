package configs

import (
	"fmt"
	"maps"
	"slices"
)

// checkItems refuses services of servicenow-outage that the catalog does not have: an
// outage of them would be recorded nowhere.
func (c *Config) checkItems(say func(string)) {
	for _, ch := range c.Notify.Channels {
		for _, service := range slices.Sorted(maps.Keys(ch.Items)) {
			if c.Catalog.ServiceByID(service) == nil {
				say(fmt.Sprintf("channels[%s].items names %q, which is no service; %s", ch.Name, service, oneOf(service, serviceIDs(c.Catalog))))
			}
		}
	}
}

// checkRecipients refuses to mail announcements to an address whose mail becomes a
// ticket: each message would open one, and so on.
func (c *Config) checkRecipients(say func(string)) {
	for _, ch := range c.Notify.Channels {
		for _, to := range ch.Mailed() {
			for _, s := range c.Tickets.Sources {
				if slices.Contains(s.Takes(s.Type), to) {
					say(fmt.Sprintf("channels[%s].to holds %s, whose mail becomes a ticket of tickets.sources[%s]; take it out", ch.Name, to, s.Name))
				}
			}
		}
	}
}
