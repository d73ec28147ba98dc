package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"headstart"
	"headstart/lang"
)

// ticketsPage is the open tickets that no incident has: by the incident they may be
// about, the worst first, then those that nothing fits.
type ticketsPage struct {
	frame
	Count     int // of all that no incident has
	Groups    []ticketGroup
	Alike     []alikeGroup // of those that nothing fits, some are about one thing
	Rest      []looseTicket
	Review    []looseTicket // linked without a person, and waiting for one's verdict
	More      int           // that are not shown
	Live      []choice      // incidents a ticket may be linked to by hand
	LinkedNow int
}

// ticketGroup is an incident with the tickets that may be about it, the likeliest first.
type ticketGroup struct {
	Incident headstart.IncidentID
	Title    string
	Priority string
	People   int
	Over     bool
	Tickets  []looseTicket
}

func (s *Site) serveTickets(w http.ResponseWriter, r *http.Request) {
	if !s.ready(w, r) {
		return
	}
	say, v := s.say(r), s.viewer(r)
	p := ticketsPage{frame: s.frame(r, "tickets", say.Say("nav.tickets")), Live: s.linkable(say, v)}
	all := v.tickets(s.o.View.Tickets())
	var open firstWeighed
	var unlike []*headstart.TicketState // any incident
	sees := v.remembered()
	for _, t := range all {
		switch {
		case isLoose(t):
			p.Count++
			w := weigh(t, sees)
			open.add(w)
			if !w.fits {
				unlike = append(unlike, t)
			}
		case !t.Solved() && t.Linked() != nil:
			p.LinkedNow++
		}
	}
	first := open.list()
	p.More = p.Count - len(first)
	shown := make([]looseTicket, len(first))
	for n := range shown {
		shown[n] = s.loose(first[n].t, say, v)
	}
	titles := s.ticketTitles(r.Context(), ticketsOf(shown))
	for n, t := range shown {
		t.Title = titles[t.Key]
		t.Known = offersFor(s.o.Known, first[n].t, say, v)
		p.place(t, s.o.View, say)
	}
	slices.SortStableFunc(p.Groups, func(a, b ticketGroup) int {
		return cmp.Or(cmp.Compare(rank(a.Over), rank(b.Over)), cmp.Compare(a.Priority, b.Priority), cmp.Compare(b.People, a.People), cmp.Compare(a.Incident, b.Incident))
	})
	s.groupAlike(r.Context(), &p, unlike, say, v)
	p.Review = s.toReview(all, say, v)
	s.fillTitles(r.Context(), p.Review)
	s.render(w, r, http.StatusOK, "tickets", p)
}

// toReview are those of all that were linked without a person of which one is asked whether that
// is right, newest first.
func (s *Site) toReview(all []*headstart.TicketState, say *lang.Words, v viewer) []looseTicket {
	var out []looseTicket
	for _, t := range all {
		l := t.ToReview()
		if l == nil || len(out) == listMost {
			continue
		}
		asked := *t
		asked.Links = []headstart.Link{*l}
		if x := s.loose(&asked, say, v); x.Incident != "" {
			out = append(out, x)
		}
	}
	return out
}

// fillTitles adds the titles that are still kept.
func (s *Site) fillTitles(ctx context.Context, list []looseTicket) {
	titles := s.ticketTitles(ctx, ticketsOf(list))
	for i := range list {
		list[i].Title = titles[list[i].Key]
	}
}

// place puts a ticket with the others that may be about the same incident.
func (p *ticketsPage) place(t looseTicket, view *headstart.View, say *lang.Words) {
	if t.Incident == "" {
		p.Rest = append(p.Rest, t)
		return
	}
	n := slices.IndexFunc(p.Groups, func(g ticketGroup) bool { return g.Incident == t.Incident })
	if n < 0 {
		i, _ := view.Find(string(t.Incident))
		p.Groups = append(p.Groups, ticketGroup{
			Incident: i.ID, Title: nameOf(i.Title, string(i.ID), say.Lang), Priority: i.Priority, People: i.People, Over: !i.Live(),
		})
		n = len(p.Groups) - 1
	}
	p.Groups[n].Tickets = append(p.Groups[n].Tickets, t)
}

// weighed is a loose ticket with what its place in the list depends on.
type weighed struct {
	t       *headstart.TicketState
	fits    bool // an incident
	score   int  // how well, in hundredths
	urgency string
	since   time.Time
}

func weigh(t *headstart.TicketState, sees func(headstart.IncidentID) bool) weighed {
	w := weighed{t: t, urgency: cmp.Or(t.Priority, "P9"), since: t.Since()}
	if k := candidateFor(t, sees); k != nil {
		w.fits, w.score = true, hundredths(k.Score)
	}
	return w
}

// compare orders tickets: those that fit an incident by how well, the others by
// priority; of equals who waits longest comes first.
func (w weighed) compare(b weighed) int {
	if by := cmp.Or(cmp.Compare(rank(!w.fits), rank(!b.fits)), cmp.Compare(b.score, w.score), strings.Compare(w.urgency, b.urgency), w.since.Compare(b.since)); by != 0 {
		return by
	}
	return strings.Compare(w.t.Key(), b.t.Key()) // made anew each time: only where all else is equal
}

// looseMost is how many loose tickets the page lists: each has a form and its reasons, and
// who has done so many finds the next ones.
const looseMost = 100

// firstWeighed are the first looseMost of the tickets that were added. The others are put
// aside as they come: nobody sees where they would stand among ten thousand.
type firstWeighed struct {
	some []weighed
	full bool // last is known
	last weighed
}

func (f *firstWeighed) add(w weighed) {
	if f.full && w.compare(f.last) > 0 {
		return
	}
	if f.some = append(f.some, w); len(f.some) >= 2*looseMost {
		f.some = f.list()
		f.full, f.last = true, f.some[looseMost-1]
	}
}

// list returns them in order.
func (f *firstWeighed) list() []weighed {
	slices.SortFunc(f.some, weighed.compare)
	return f.some[:min(len(f.some), looseMost)]
}

func rank(last bool) int {
	if last {
		return 1
	}
	return 0
}

// linkableMost is how many incidents a ticket can be linked to from the list.
const linkableMost = 20

// linkable are the live incidents that v may act on, the worst first.
func (s *Site) linkable(say *lang.Words, v viewer) (out []choice) {
	for _, i := range s.liveIncidents() {
		if v.acts(i) && len(out) < linkableMost {
			out = append(out, choice{string(i.ID), nameOf(i.Title, string(i.ID), say.Lang)})
		}
	}
	return out
}
