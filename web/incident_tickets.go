package web

import (
	"context"
	"slices"
	"time"

	"headstart"
	"headstart/lang"
)

// linkedTicket is a ticket with what speaks for and against it being about the
// incident.
type linkedTicket struct {
	looseTicket
	Linked bool
	By     string // who linked it, and when
	Pct    int
	Solved bool
	URL    string // in its ticket system; empty: not known
}

// tickets fills in those of the incident, linked ones first, then those that look like
// being about it, the best first.
func (v *incidentView) tickets(s *Site, linked, alike []candidate, say *lang.Words, now time.Time) {
	for _, c := range slices.Concat(linked, alike) {
		row := s.linkedTicket(&c, v.viewer, say, now)
		v.Tickets = append(v.Tickets, row)
		switch {
		case row.Linked && !row.Solved:
			v.Unanswered = append(v.Unanswered, row)
		case !row.Linked && len(v.Card.Alike) < mostAtOnce:
			v.Card.Alike = append(v.Card.Alike, row.Key)
		}
	}
}

func (s *Site) linkedTicket(c *candidate, v viewer, say *lang.Words, now time.Time) linkedTicket {
	t, l := c.Ticket, &c.Link
	at := v.place(t.Requester.Location, say.Lang)
	row := linkedTicket{looseTicket: looseTicket{
		Key: t.Key(), Source: t.Source, ID: t.ID, At: t.Since(), When: say.When(t.Since(), now), Priority: t.Priority, For: l.For, Against: l.Against,
		Place: at.Name, PlaceHref: at.Href, Phone: t.Channel == "phone", Timeless: t.Timeless(),
	}, Linked: l.Verdict == "linked", Pct: int(l.Score*100 + 0.5), Solved: t.Solved(), URL: t.URL}
	switch {
	case !row.Linked || l.At.IsZero():
	case l.By == "rule":
		row.By = say.Say("desk.byrule", "time", say.When(l.At, now))
	default:
		row.By = say.Say("desk.by", "name", l.By, "time", say.When(l.At, now))
	}
	return row
}

// titleTickets adds the titles that are still kept.
func (s *Site) titleTickets(ctx context.Context, v *incidentView) {
	keys := make([]string, len(v.Tickets))
	for n := range v.Tickets {
		keys[n] = v.Tickets[n].Key
	}
	titles := s.ticketTitles(ctx, keys)
	for n := range v.Tickets {
		v.Tickets[n].Title = titles[v.Tickets[n].Key]
	}
	for n := range v.Unanswered {
		v.Unanswered[n].Title = titles[v.Unanswered[n].Key]
	}
}

// reply is what to write to those who reported an incident, in one language: the words
// that users read, and no more (ruling 28).
type reply struct{ Lang, Name, Title, Text string }

// replies are the words of the notice that holds now, of an incident that is over how
// it ended; empty: users were told nothing.
func (s *Site) replies(i *headstart.Incident, say *lang.Words) (out []reply) {
	a := noticeFor(s.o.View, i, "")
	if a == nil {
		return nil
	}
	for _, l := range lang.Languages() {
		if text, ok := a.Last().Text[l]; ok {
			out = append(out, reply{l, say.Say("language." + l), text.Title, text.Body})
		}
	}
	return out
}

// afterCare is what is left to do once it works again.
type afterCare struct {
	Over       bool
	Summarised bool // somebody wrote what it was
	Known      string
	Confirmed  int // people said that they have it
	WorksFor   int // readers said that it works for them
	Callers    int
	Linked     int // tickets
	Open       int // of them that are not solved
	Reopens    int
	Recurs     string // the problem it may be a case of, in words; empty: none
}

func (s *Site) afterCare(i *headstart.Incident, linked []candidate, say *lang.Words) afterCare {
	out := afterCare{
		Over: !i.Live(), Summarised: i.Summary != nil && (i.Summary.Cause != "" || i.Summary.Solution != ""), Known: i.KnownError,
		Confirmed: i.Confirmations, WorksFor: i.WorksFor, Callers: i.Callers, Linked: len(linked), Reopens: i.Reopens,
	}
	for n := range linked {
		if !linked[n].Ticket.Solved() {
			out.Open++
		}
	}
	if p := i.ProblemCandidate; p != nil {
		out.Recurs = say.Say("after.recurs", "n", p.Count, "days", p.Days)
	}
	return out
}
