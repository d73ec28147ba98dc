package scenario

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"headstart"
)

// commands are what a person may do in a scenario.
var commands = []string{"open", "merge", "split", "resolve", "reopen", "pin", "link", "unlink", "confirm-link", "reject-link"}

func (x *step) parseCommand(f []string) error {
	if !slices.Contains(commands, f[0]) {
		return fmt.Errorf("unknown word %q; write firing, resolved, refresh, check, ticket, silence, maintenance, blind, inhibited, gone, catalog, tick or one of %s", f[0], strings.Join(commands, ", "))
	}
	c := &headstart.Command{ID: "c-" + x.ev.At.Format("150405"), By: "samira", Do: f[0]}
	x.ev.Command = c
	for _, w := range f[1:] {
		if n, ok := strings.CutPrefix(w, "#"); ok {
			id, err := strconv.ParseUint(n, 10, 32)
			if err != nil || id == 0 {
				return fmt.Errorf("%q is no incident; write # and its number, such as #1", w)
			}
			if x.group == 0 {
				x.group = headstart.GroupID(id)
			} else {
				x.into = headstart.GroupID(id)
			}
			continue
		}
		at, isPlace := strings.CutPrefix(w, "at=")
		source, ticket, isTicket := strings.Cut(w, "/")
		switch {
		case strings.HasPrefix(w, "every="):
		case isPlace:
			c.Locations = append(c.Locations, at)
		case isTicket:
			c.Source, c.Ticket = source, ticket
		case c.Do == "open":
			c.Services = append(c.Services, w)
		case c.Do == "split":
			c.Assets = append(c.Assets, w)
		default:
			return fmt.Errorf("unknown word %q of %s; write #NUMBER, SOURCE/TICKET or at=LOCATION", w, c.Do)
		}
	}
	return nil
}
