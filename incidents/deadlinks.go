package incidents

import (
	"errors"
	"fmt"
	"slices"

	"headstart"
)

// deadLinks takes down which articles are not there any more, and which are back.
func (b *book) deadLinks(c *headstart.Command) error {
	if len(c.Links) > mostLinks {
		return fmt.Errorf("%d links at once; send at most %d", len(c.Links), mostLinks)
	}
	if slices.ContainsFunc(c.Links, func(l headstart.LinkCheck) bool { return l.URL == "" || len(l.URL) > 500 }) {
		return errors.New("a link has no address, or one longer than 500 bytes")
	}
	for _, l := range c.Links {
		was := b.deadLink[l.URL]
		switch {
		case l.Why == "" && was != nil:
			delete(b.deadLink, l.URL)
			b.dirty.del(headstart.TableDeadLinks, l.URL)
		case l.Why != "" && was == nil:
			was = &headstart.DeadLink{V: 1, URL: l.URL, Since: b.now.UTC(), Why: firstRunes(l.Why, mostWhy)}
			b.deadLink[l.URL] = was
			b.dirty.put(headstart.TableDeadLinks, l.URL, was)
		}
	}
	return nil
}

// mostLinks is how many rows of links one command may change: they are of one unit
// (ruling 1).
const mostLinks = 100
