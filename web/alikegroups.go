package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"headstart"
	"headstart/lang"
)

const (
	alikeWithin = 72 * time.Hour // a weekend: what is older, and still open, tells of nothing new
	alikeLeast  = 2
	alikeMost   = 20 // groups shown
	alikeNamed  = 10 // tickets of a group that are named
)

// alikeGroup is tickets that no incident fits and that tell of one service, or one
// place, by the likeness that a surge is seen by (K-11). The oldest comes first.
type alikeGroup struct {
	Service, Location string
	Title             string
	Count             int
	Since             string
	Keys              []string // of as many as one form may name
	whole             []*headstart.TicketState
	Tickets           []looseTicket
	More              int // that are not named
}

// groupAlike takes out of the rest of p what is alike among the loose tickets that fit no
// incident.
func (s *Site) groupAlike(ctx context.Context, p *ticketsPage, unlike []*headstart.TicketState, say *lang.Words, v viewer) {
	p.Alike = s.alikeGroups(unlike, say, v)
	grouped := map[string]bool{}
	for n := range p.Alike {
		s.fillTitles(ctx, p.Alike[n].Tickets)
		for _, t := range p.Alike[n].whole {
			grouped[t.Key()] = true
		}
	}
	p.Rest = slices.DeleteFunc(p.Rest, func(t looseTicket) bool { return grouped[t.Key] })
}

// alikeGroups are the groups among them, the biggest first, of equals the one with the
// oldest ticket.
func (s *Site) alikeGroups(unlike []*headstart.TicketState, say *lang.Words, v viewer) []alikeGroup {
	type group struct {
		alikeness
		tickets []*headstart.TicketState
	}
	var groups []group
	oldest := func(a, b *headstart.TicketState) int {
		return cmp.Or(a.Since().Compare(b.Since()), cmp.Compare(a.Key(), b.Key()))
	}
	for k, tickets := range s.alike(unlike, v) {
		if len(tickets) >= alikeLeast {
			slices.SortFunc(tickets, oldest)
			groups = append(groups, group{k, tickets})
		}
	}
	slices.SortFunc(groups, func(a, b group) int {
		return cmp.Or(cmp.Compare(len(b.tickets), len(a.tickets)), oldest(a.tickets[0], b.tickets[0]))
	})
	var out []alikeGroup
	for _, g := range groups[:min(len(groups), alikeMost)] { // words take longer than counting
		out = append(out, s.alikeGroup(g.alikeness, g.tickets, say, v))
	}
	return out
}

// alikeGroup describes tickets that are alike, the oldest first.
func (s *Site) alikeGroup(k alikeness, tickets []*headstart.TicketState, say *lang.Words, v viewer) alikeGroup {
	g := alikeGroup{Service: k.service, Location: k.location, Title: s.alikeTitle(k, say), Count: len(tickets), Since: say.When(tickets[0].Since(), s.now()), whole: tickets}
	for n, t := range tickets[:min(len(tickets), max(mostAtOnce, alikeNamed))] {
		if n < mostAtOnce {
			g.Keys = append(g.Keys, t.Key())
		}
		if n < alikeNamed {
			g.Tickets = append(g.Tickets, s.loose(t, say, v))
		}
	}
	g.More = len(tickets) - len(g.Tickets)
	return g
}

// alikeness is what tickets have in common.
type alikeness struct{ service, location string }

// alike sorts what is new among unlike, which are loose and not suggested for an incident,
// by what it is about. What v may not read of makes no group: its title would tell.
func (s *Site) alike(unlike []*headstart.TicketState, v viewer) map[alikeness][]*headstart.TicketState {
	if s.o.About == nil {
		return nil
	}
	from, out := s.now().Add(-alikeWithin), map[alikeness][]*headstart.TicketState{}
	judged := map[alikeness]bool{}
	for _, t := range unlike {
		if t.Since().Before(from) {
			continue
		}
		service, location, fails := s.o.About(t)
		if !fails {
			continue
		}
		k := alikeness{service, location}
		readable, known := judged[k]
		if !known {
			readable = v.seesAsset(service) && v.seesLocation(location)
			judged[k] = readable
		}
		if readable {
			out[k] = append(out[k], t)
		}
	}
	return out
}

func (s *Site) alikeTitle(k alikeness, say *lang.Words) string {
	cat := s.o.View.Catalog()
	return joinedParts(serviceName(cat, k.service, say.Lang), locationName(cat, k.location, say.Lang))
}

// serveOpenAlike makes an incident of tickets that are alike, and gives it them all.
func (s *Site) serveOpenAlike(w http.ResponseWriter, r *http.Request) {
	say, v := s.say(r), s.viewer(r)
	f := form{r: r, say: say, zone: s.zone, now: s.now()}
	open := headstart.Command{Do: "open", Ref: newID()} // those that link must name it before it has a number
	k := alikeness{f.text("service"), f.text("location")}
	if k.service != "" {
		if v.serviceNamed(k.service) != k.service {
			f.refuse("form.service")
		}
		open.Services = []string{k.service}
	}
	if k.location != "" {
		if s.o.View.Catalog().LocationByID(k.location) == nil {
			f.refuse("form.location")
		}
		open.Locations = []string{k.location}
	}
	if k == (alikeness{}) {
		f.refuse("form.service")
	}
	commands := []headstart.Command{open}
	for range min(len(r.PostForm["ticket"]), mostAtOnce) {
		c := headstart.Command{Do: "link", Incident: open.Ref}
		ticketAction(&f, &c)
		commands = append(commands, c)
		f.nth++
	}
	if len(commands) == 1 {
		f.refuse("form.ticket")
	}
	if f.err != nil {
		s.message(w, r, http.StatusBadRequest, say.Say("page.form"), f.err.Error())
		return
	}
	if k.service == "" { // the engine names what fails; a place alone is nothing that does
		commands[0].Title = say.Say("alike.title", "n", len(commands)-1, "where", s.alikeTitle(k, say))
	}
	s.do(w, r, "/tickets", commands...)
}
