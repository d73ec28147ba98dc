package incidents

import (
	"errors"
	"strings"

	"headstart"
)

// useLink takes note that a link of a mail was used. Each is good once: an old mail that
// is opened again, or was copied, must not keep operators from being called.
func (b *book) useLink(i *incident, c *headstart.Command) error {
	switch {
	case !strings.HasPrefix(c.Ref, headstart.MailAck):
		if headstart.ByMailLink(c.By) {
			return errors.New("by names a link of a mail, and there is none")
		}
		return nil
	case i.UsedLink(c.Ref):
		return errors.New(b.because("deze link is al gebruikt; open de storing op het bord", "this link was used already; open the incident on the board"))
	}
	i.UsedLinks = append(i.UsedLinks, c.Ref)
	if extra := len(i.UsedLinks) - headstart.MostUsedLinks; extra > 0 {
		i.UsedLinks = i.UsedLinks[extra:]
	}
	return nil
}
