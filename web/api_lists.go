package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"headstart"
)

// The lists of the API. A cursor of these lists is the place in the order,
// counted from the end, so that what comes in new at the front shifts nothing.
type (
	ticketList struct {
		Tickets    []listedTicket `json:"tickets"`
		NextCursor string         `json:"next_cursor"`
	}
	checkList struct {
		Checks  []headstart.CheckResult   `json:"checks"`
		Summary map[headstart.Verdict]int `json:"summary"`
	}
	maintenanceList struct {
		Maintenance []plannedWork        `json:"maintenance"`
		Conflicts   []headstart.Conflict `json:"conflicts"` // of the windows listed
		NextCursor  string               `json:"next_cursor"`
	}
)

// listedTicket is a ticket with the title kept beside the log, while it is kept.
type listedTicket struct {
	headstart.TicketState
	Title string                 `json:"title"`
	Fits  []headstart.KnownOffer `json:"known_error_fits,omitempty"` // known errors that it says
	Links []headstart.Link       `json:"links"`

	// Never shown: the matcher's view of a text.
	Evidence *headstart.Evidence `json:"evidence,omitempty"`
}

// ticketFilter is what a query wants of tickets.
type ticketFilter struct{ linked, incident, review string }

func ticketFilterOf(q url.Values) (f ticketFilter, wrong []fieldError) {
	f = ticketFilter{linked: q.Get("linked"), incident: q.Get("incident"), review: q.Get("review")}
	if f.linked != "" && f.linked != "true" && f.linked != "false" {
		wrong = append(wrong, fieldError{"?linked", "write true or false"})
	}
	if f.review != "" && f.review != "true" {
		wrong = append(wrong, fieldError{"?review", "write true, or leave it out"})
	}
	return f, wrong
}

func (f ticketFilter) keeps(t *headstart.TicketState) bool {
	of := func(l headstart.Link) bool { return string(l.Incident) == f.incident }
	switch {
	case f.linked != "" && (t.Linked() != nil) != (f.linked == "true"), f.incident != "" && !slices.ContainsFunc(t.Links, of):
		return false
	}
	return f.review == "" || t.ToReview() != nil
}

func (a *API) listTickets(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	p, wrong := pageOf(q.Get("limit"), q.Get("cursor"))
	filter, more := ticketFilterOf(q)
	if wrong = append(wrong, more...); len(wrong) > 0 {
		writeProblem(w, http.StatusUnprocessableEntity, "the query is not understood", wrong...)
		return
	}
	v := a.viewer(r)
	var all []listedTicket
	for _, known := range a.o.View.Tickets() {
		t := *known
		t.Links, t.Reviews = visibleLinks(v, t.Links), nil // what the matcher saw is its own
		if v.seesTicket(&t) && filter.keeps(&t) {
			all = append(all, listedTicket{TicketState: t, Links: t.Links})
		}
	}
	var out ticketList
	out.Tickets, out.NextCursor = cut(all, p)
	keys := make([]string, len(out.Tickets))
	for n := range out.Tickets {
		keys[n] = out.Tickets[n].Key()
	}
	titles, say := a.o.Titles(r.Context(), keys), a.words(r)
	for n := range out.Tickets {
		out.Tickets[n].Fits = offersFor(a.o.Known, &out.Tickets[n].TicketState, say, v)
		out.Tickets[n].Title = titles[keys[n]]
	}
	writeJSON(w, http.StatusOK, out)
}

// notNull is a list as the description of the API has it: never null.
func notNull(texts []string) []string {
	if texts == nil {
		return []string{}
	}
	return texts
}

// visibleLinks leaves out incidents that v may not see: the reasons of a link name
// what they are about.
func visibleLinks(v viewer, links []headstart.Link) []headstart.Link {
	out := []headstart.Link{}
	for _, l := range links {
		if v.seesID(l.Incident) {
			l.For, l.Against = notNull(l.For), notNull(l.Against)
			out = append(out, l)
		}
	}
	return out
}

// cut takes one page of a list whose newest entries come first.
func cut[T any](all []T, p apiPage) (page []T, next string) {
	start := 0
	if p.before > 0 {
		start = max(0, len(all)-p.before)
	}
	end := min(len(all), start+p.limit)
	if end < len(all) {
		next = strconv.Itoa(len(all) - end)
	}
	return append([]T{}, all[start:end]...), next
}

func (a *API) showCatalog(w http.ResponseWriter, r *http.Request) {
	v := a.viewer(r)
	writeJSON(w, http.StatusOK, wholeCatalog{Catalog: v.catalog(), Unplaced: v.unplaced(), Aliases: v.aliases(a.o.Aliases(r.Context()))})
}

// wholeCatalog is the catalog with the failing alerts it has no place for, and words
// that users have and it lacks.
type wholeCatalog struct {
	headstart.Catalog
	Unplaced []headstart.UnplacedAlert `json:"unplaced"`
	Aliases  []headstart.AliasProposal `json:"proposed_aliases"`
}
