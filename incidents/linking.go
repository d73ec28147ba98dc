package incidents

import (
	"fmt"

	"headstart"
)

// mayLink judges what a person says of a ticket and i before correlation learns of it.
// What was said already stands: saying it again is settled, and changes nothing.
func (b *book) mayLink(i *incident, c *headstart.Command) (settled bool, err error) {
	if c.Source == "" {
		return false, nil // of a log file: correlation looks for the one source that has it
	}
	t := b.groups.Ticket(c.Source + "/" + c.Ticket)
	if t == nil {
		return false, missing(fmt.Sprintf(b.because("melding %.80q van bron %.40q is niet bekend; kijk het nummer na, of wacht tot zij gelezen is", "no ticket %.80q of source %.40q is known; check its number, or wait until it is read"), c.Ticket, c.Source))
	}
	links := c.Do == "link" || c.Do == "confirm-link"
	var own *headstart.Link
	for n := range t.Links {
		l := &t.Links[n]
		of := b.incident(l.Group)
		if of == nil {
			continue
		}
		switch of = b.survivor(of); {
		case of == i:
			own = l
		case links && l.Verdict == "linked" && l.By != byRule:
			return false, fmt.Errorf(b.because("melding %s hoort bij %s; ontkoppel haar daar eerst", "ticket %s is linked to %s; unlink it there first"), t.Key(), of.ID)
		}
	}
	verdict := "rejected"
	if links {
		verdict = "linked"
	}
	switch {
	case own != nil && own.Verdict == verdict && own.By != byRule:
		return true, nil
	case c.Do == "unlink" && (own == nil || own.Verdict != "linked"):
		return false, fmt.Errorf(b.because("melding %s is niet gekoppeld aan %s; wijs haar af als zij er niet bij hoort", "ticket %s is not linked to %s; reject it to say that it does not belong there"), t.Key(), i.ID)
	case c.Do == "confirm-link" && own == nil:
		return false, fmt.Errorf(b.because("melding %s is niet voorgesteld voor %s; koppel haar als zij er toch bij hoort", "ticket %s was not suggested for %s; link it if it belongs there all the same"), t.Key(), i.ID)
	}
	return false, nil
}

// byRule is who made a link that no person made.
const byRule = "rule"
