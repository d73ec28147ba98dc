package configs

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"headstart/notify"
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

// checkReport refuses channels of report.to that are not there, or cannot show a report.
func (c *Config) checkReport(say func(string)) {
	var names []string
	types := map[string]notify.ChannelConfig{}
	for _, ch := range c.Notify.Channels {
		names, types[ch.Name] = append(names, ch.Name), ch
	}
	for _, to := range c.Report.To {
		ch, known := types[to]
		switch {
		case !known:
			say(fmt.Sprintf("report.to names %q, which is no channel; %s", to, oneOf(to, names)))
		case !slices.Contains(notify.ReportTypes, ch.Type):
			say(fmt.Sprintf("report.to names %q, of type %s, which cannot show a report; name one of type %s", to, ch.Type, strings.Join(notify.ReportTypes, ", ")))
		case ch.Subscribers:
			say(fmt.Sprintf("report.to names %q, which mails subscribers of the status page; name a channel of the desk, with to", to))
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
