package discover

import (
	"fmt"
	"strings"

	"headstart"
)

// ids hands out ids, each once: they are unique over all lists of a catalog.
type ids struct {
	taken map[string]bool
	ours  map[string]bool // of these, those handed out
	next  map[string]int  // the number to try for a wish that many have
}

func newIDs(c *headstart.Catalog) *ids {
	t := map[string]bool{}
	for i := range c.Locations {
		t[c.Locations[i].ID] = true
	}
	for i := range c.Departments {
		t[c.Departments[i].ID] = true
	}
	for i := range c.Services {
		t[c.Services[i].ID] = true
	}
	for i := range c.Devices {
		t[c.Devices[i].ID] = true
	}
	for i := range c.Parts {
		t[c.Parts[i].ID] = true
	}
	for i := range c.KnownErrors {
		t[c.KnownErrors[i].ID] = true
	}
	return &ids{t, map[string]bool{}, map[string]int{}}
}

// take returns wish, or where that is taken wish with a word that tells the two
// apart, or with a number.
func (i *ids) take(wish string, apart ...string) string {
	id := wish
	for _, word := range apart {
		if word = strings.ReplaceAll(slug(word), ".", "-"); word != "" && i.taken[id] {
			id = wish + "-" + word
		}
	}
	for n := max(i.next[wish], 2); i.taken[id]; n++ {
		id = fmt.Sprintf("%s-%d", wish, n)
		i.next[wish] = n + 1
	}
	i.taken[id], i.ours[id] = true, true
	return id
}
