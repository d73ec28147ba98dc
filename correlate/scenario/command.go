package scenario

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"headstart"
)

// commands are what a person may do in a scenario.
var commands = []string{
	"open", "merge", "split", "resolve", "reopen", "pin", "link", "unlink", "confirm-link", "reject-link",
	"ack", "assign", "note", "set-eta", "announce", "confidential", "hush",
}

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
		said, err := sayWord(c, w)
		if err != nil {
			return err
		}
		switch {
		case said, strings.HasPrefix(w, "every="):
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

// sayWord reads what a person says beside the incident: owner=, text=, eta=, phase=,
// for=. False: w is none of these. A text writes its spaces as underscores.
func sayWord(c *headstart.Command, w string) (bool, error) {
	key, value, _ := strings.Cut(w, "=")
	switch key {
	case "owner":
		c.Owner = value
	case "text":
		c.Text = strings.ReplaceAll(value, "_", " ")
	case "phase":
		c.Phase = headstart.Phase(value)
	case "for":
		c.For = value
	case "eta":
		at, err := clockOf(value)
		c.ETA = at
		return true, err
	default:
		return false, nil
	}
	return true, nil
}
