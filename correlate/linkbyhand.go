package correlate

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"headstart"
)

// linkByHand makes, ends, confirms or rejects a link. It sticks (principle 5), and
// the matcher learns from it.
func (s *State) linkByHand(g *group, c *headstart.Command) error {
	t, err := s.ticketOf(c)
	if err != nil {
		return err
	}
	verdict := "linked"
	if c.Do == "unlink" || c.Do == "reject-link" {
		verdict = "rejected"
	}
	n := slices.IndexFunc(t.Links, func(l headstart.Link) bool { return l.Group == g.ID })
	switch {
	case c.Do == "confirm-link" && n < 0:
		return errors.New("the ticket is no candidate of this incident; use link")
	case c.Do == "unlink" && (n < 0 || t.Links[n].Verdict != "linked"):
		return errors.New("the ticket is not linked to this incident")
	case n >= 0 && t.Links[n].Verdict == verdict && t.Links[n].By != byRule:
		return fmt.Errorf("the link is already %s", verdict)
	}
	if other := t.Linked(); other != nil && verdict == "linked" && other.Group != g.ID && other.By != byRule {
		return errors.New("the ticket is linked to another incident; unlink it there first")
	}
	s.ruled(t, g, verdict, c.By)
	return nil
}

// ruled takes down what a person says of t and g.
func (s *State) ruled(t *headstart.TicketState, g *group, verdict, by string) {
	a := s.asked(t)
	scored := s.score(a, g)
	l := s.linkOf(a, &scored)
	l.Band = headstart.BandNone
	var others, wrong []headstart.Link
	for _, x := range t.Links {
		switch {
		case x.Group == g.ID:
			l = x
			continue
		case verdict == "linked" && (x.Verdict == "" || x.By == byRule): // the person knows better
			wrong = append(wrong, x)
			if x.By == byRule {
				x.Verdict, x.By, x.At = "", "", time.Time{}
			}
		}
		others = append(others, x)
	}
	judged := l
	l.Verdict, l.By, l.At = verdict, by, s.now.Time()
	s.teach(t, -1)
	t.Links = append([]headstart.Link{l}, others...)
	s.teach(t, 1)
	t.Reviews = append(slices.DeleteFunc(slices.Clone(t.Reviews), func(r headstart.Review) bool { return r.Group == g.ID }),
		headstart.Review{Group: g.ID, Right: verdict == "linked", At: s.now.Time(), Features: scored.x.named()})
	s.heardOf(t)
	s.dirtyTicket(t.Key())
	x := s.say(headstart.TicketMatched, "H-21", verdict, t.Key(), "score", score(l.Score))
	x.Ticket, x.Group = t.Key(), g.ID
	for i := range wrong {
		s.review(t, &wrong[i], false)
	}
	s.review(t, &judged, verdict == "linked")
}

// ticketOf finds the ticket a command names; the source may be left out while
// only one has such an id.
func (s *State) ticketOf(c *headstart.Command) (*headstart.TicketState, error) {
	if c.Source != "" {
		if t := s.tickets[c.Source+"/"+c.Ticket]; t != nil {
			return t, nil
		}
		return nil, fmt.Errorf("ticket %s of %s is not known", c.Ticket, c.Source)
	}
	var found []*headstart.TicketState
	for _, t := range s.tickets {
		if t.ID == c.Ticket {
			found = append(found, t)
		}
	}
	switch len(found) {
	case 0:
		return nil, fmt.Errorf("ticket %s is not known", c.Ticket)
	case 1:
		return found[0], nil
	}
	return nil, fmt.Errorf("%d sources have a ticket %s; name the source", len(found), c.Ticket)
}
