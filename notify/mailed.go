package notify

import (
	"net/mail"
	"slices"
	"strings"
)

// mails reports whether to of this channel holds mail addresses.
func (c ChannelConfig) mails() bool { return c.Type == "email" || c.Type == "graph" }

// Mailed are the addresses that channels mail announcements to, in lower case.
func (c Config) Mailed() []string {
	var all []string
	for _, ch := range c.Channels {
		all = append(all, ch.Mailed()...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Mailed are the addresses that the channel mails announcements to, in lower case. An
// address that cannot be read is none: Validate refuses it.
func (c ChannelConfig) Mailed() (addresses []string) {
	if !c.mails() {
		return nil
	}
	for _, to := range c.To {
		if a, err := mail.ParseAddress(to); err == nil {
			addresses = append(addresses, strings.ToLower(a.Address))
		}
	}
	return addresses
}
