package configs

import (
	"fmt"
	"strings"

	"headstart/subscriptions"
)

// checkSubscribe holds together what lets people subscribe: whose addresses may, a
// page with the form, and one channel that mails them.
func (c *Config) checkSubscribe(say func(string)) {
	domains := c.Publish.SubscribeDomains
	for i, d := range domains {
		if _, err := subscriptions.Domain(d); err != nil {
			say(fmt.Sprintf("publish.subscribe_domains[%d] is %q; write a domain such as example.org, without @ or *", i, d))
		}
	}
	mails := c.Notify.MailsSubscribers()
	switch {
	case len(domains) > 0 && !mails:
		say("publish.subscribe_domains lets people subscribe, and no channel mails them; add a channel of type email or graph with subscribers: true")
	case len(domains) > 0 && !c.Publish.Enabled:
		say("publish.subscribe_domains lets people subscribe, and publish.enabled is false; publish a page, or remove the domains")
	case len(domains) == 0 && mails:
		c.Warnings = append(c.Warnings, "a channel has subscribers: true and publish.subscribe_domains names no domain: nobody can subscribe, and it mails nobody")
	}
	if url := c.PublicURL(); len(domains) > 0 && strings.HasPrefix(url, "http:") {
		c.Warnings = append(c.Warnings, "people can subscribe, and links in mails begin with "+url+": mail programs unsubscribe by one press over https only")
	}
}

// PublicURL is where readers reach the status pages, without /s/.
func (c *Config) PublicURL() string {
	if c.Publish.ExternalURL != "" {
		return c.Publish.ExternalURL
	}
	return c.Door.ExternalURL
}
