package configs

import (
	"fmt"
	"slices"
)

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
