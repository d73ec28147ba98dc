package headstart

import (
	"slices"
	"strings"
)

// MailAck begins the Command.Ref of an acknowledgement by a link of a mail; the rest
// names the link, which is good for one use.
const MailAck = "mail-"

// MailLinkBy is who acts by a link of a mail without a login: whoever reads the mail of
// a receiver or channel.
func MailLinkBy(to string) string { return "mail-link of " + to }

// ByMailLink reports whether by is such a one, and no login name.
func ByMailLink(by string) bool { return strings.HasPrefix(by, MailLinkBy("")) }

// UsedLink reports whether a link of a mail was used already; mark is the Command.Ref.
func (i *Incident) UsedLink(mark string) bool { return slices.Contains(i.UsedLinks, mark) }

// MostUsedLinks bounds how many an incident remembers; each of its mails has one.
const MostUsedLinks = 50
