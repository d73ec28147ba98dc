package web

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"headstart"
)

// deskTickets is what the desk asks about the tickets of an incident.
type deskTickets struct {
	Incident      headstart.IncidentID `json:"incident"`
	AnnouncedAt   *time.Time           `json:"announced_at"`
	FirstAt       *time.Time           `json:"first_at"` // when the first linked one was reported
	LeadSeconds   *int64               `json:"lead_seconds"`
	LeadLeftOut   *headstart.LeftOut   `json:"lead_left_out"`
	LeftOut       int                  `json:"left_out"` // linked calls that nobody noted the time of
	Callers       int                  `json:"callers"`
	FirstCallerAt *time.Time           `json:"first_caller_at"`

	Linked     []deskTicket `json:"linked"`      // first reported first
	LookAlikes []deskTicket `json:"look_alikes"` // linked to no incident, best first
}

// deskTicket is a ticket with what speaks for and against it being about an incident.
type deskTicket struct {
	Source     string         `json:"source"`
	ID         string         `json:"id"`
	Title      string         `json:"title"` // empty: not kept any more
	Status     string         `json:"status"`
	Priority   string         `json:"priority"`
	Channel    string         `json:"channel"`
	Location   string         `json:"location"`
	Department string         `json:"department"`
	ReportedAt time.Time      `json:"reported_at"` // when it was made, if nobody noted more
	LeftOut    bool           `json:"left_out"`    // a call that nobody noted the time of
	URL        string         `json:"url"`
	Score      float64        `json:"score"`
	Band       headstart.Band `json:"band"`
	For        []string       `json:"for"`
	Against    []string       `json:"against"`
	By         string         `json:"by"` // who linked it: a login name, or rule
	At         *time.Time     `json:"at"` // when it was linked
}

// showTickets answers which tickets an incident has, and which look like being its.
func (a *API) showTickets(w http.ResponseWriter, r *http.Request) {
	i, ok := a.visible(w, r)
	if !ok {
		return
	}
	linked, alike := candidatesOf(a.viewer(r), i.ID)
	var keys []string
	for _, list := range [][]candidate{linked, alike} {
		for n := range list {
			keys = append(keys, list[n].Ticket.Key())
		}
	}
	titles := a.o.Titles(r.Context(), keys)
	writeJSON(w, http.StatusOK, deskTickets{
		Incident: i.ID, AnnouncedAt: i.AnnouncedAt, FirstAt: i.Tickets.FirstAt, LeadSeconds: i.LeadSeconds, LeadLeftOut: i.LeadLeftOut,
		LeftOut: i.Tickets.LeftOut, Callers: i.Callers, FirstCallerAt: i.FirstCallerAt, Linked: describeTickets(linked, titles), LookAlikes: describeTickets(alike, titles),
	})
}

func describeTickets(list []candidate, titles map[string]string) []deskTicket {
	out := make([]deskTicket, len(list))
	for n := range list {
		t, l := list[n].Ticket, &list[n].Link
		out[n] = deskTicket{
			Source: t.Source, ID: t.ID, Title: titles[t.Key()], Status: t.Status, Priority: t.Priority, Channel: t.Channel,
			Location: t.Requester.Location, Department: t.Requester.Department, ReportedAt: t.Since(), LeftOut: t.Timeless(), URL: t.URL,
			Score: l.Score, Band: l.Band, For: append([]string{}, l.For...), Against: append([]string{}, l.Against...), By: l.By,
		}
		if !l.At.IsZero() {
			out[n].At = &l.At
		}
	}
	return out
}

// visible finds the incident a request names. What its caller may not see is refused.
func (a *API) visible(w http.ResponseWriter, r *http.Request) (headstart.Incident, bool) {
	i, ok := a.o.View.Find(r.PathValue("id"))
	switch {
	case !ok:
		writeProblem(w, http.StatusNotFound, fmt.Sprintf("no incident %.50q; GET /api/v1/incidents lists them", r.PathValue("id")))
	case !a.viewer(r).sees(&i):
		writeProblem(w, http.StatusForbidden, a.viewer(r).blind(&i))
		return i, false
	}
	return i, ok
}

// replyText is what the desk may tell somebody who reports an incident: the words that
// users were told, in one language.
type replyText struct {
	Incident     headstart.IncidentID `json:"incident"`
	Language     string               `json:"language"`
	Phase        headstart.Phase      `json:"phase"` // what it tells
	At           time.Time            `json:"at"`    // since when users read it
	Audience     string               `json:"audience"`
	Title        string               `json:"title"`
	Text         string               `json:"text"`  // to write
	Short        string               `json:"short"` // at most 160 characters
	Phone        string               `json:"phone"` // to say
	NextUpdateBy *time.Time           `json:"next_update_by"`

	// Previously is what helped before, for the desk itself: nothing that is proved, and
	// so nothing to say to users.
	Previously []headstart.KnownOffer `json:"known_error_fits,omitempty"`
}

// showReply answers what to tell somebody who reports an incident, as it stands now.
// Where users were told nothing there is nothing to tell: no text claims more than the
// page does (ruling 28).
func (a *API) showReply(w http.ResponseWriter, r *http.Request) {
	i, ok := a.visible(w, r)
	if !ok {
		return
	}
	language, location, wrong := a.replyTo(r)
	if len(wrong) > 0 {
		writeProblem(w, http.StatusUnprocessableEntity, "the query is not understood", wrong...)
		return
	}
	an := noticeFor(a.o.View, &i, location)
	if an == nil {
		writeProblem(w, http.StatusNotFound, fmt.Sprintf("users were told nothing of %s that holds now; announce it first, and its words are the reply", i.ID))
		return
	}
	u := an.Last()
	words, language := textIn(u.Text, language)
	writeJSON(w, http.StatusOK, replyText{
		Incident: i.ID, Language: language, Phase: u.Phase, At: u.At, Audience: an.Audience, Title: words.Title, Text: words.Body, Short: words.Short, Phone: words.Phone,
		NextUpdateBy: an.NextUpdateBy, Previously: offers(a.o.Known, []*headstart.Incident{&i}, a.words(r), a.viewer(r))[i.ID],
	})
}

// replyTo reads whom a reply is for: ?lang= and ?location=, or those of ?ticket=.
func (a *API) replyTo(r *http.Request) (language, location string, wrong []fieldError) {
	q := r.URL.Query()
	language, location = a.language(r), q.Get("location")
	if l := q.Get("lang"); l != "" && l != "nl" && l != "en" {
		wrong = append(wrong, fieldError{"?lang", "write nl or en"})
	}
	if location != "" && a.o.View.Catalog().LocationByID(location) == nil {
		wrong = append(wrong, fieldError{"?location", fmt.Sprintf("the catalog has no %.50q; GET /api/v1/catalog lists what it has", location)})
	}
	key := q.Get("ticket")
	if key == "" {
		return language, location, wrong
	}
	if !strings.Contains(key, "/") {
		key = a.sourceOf(key) + "/" + key
	}
	t, ok := a.o.View.Ticket(key)
	if v := a.viewer(r); !ok || !v.seesTicket(&t) {
		return language, location, append(wrong, fieldError{"?ticket", "no such ticket is known; write SOURCE/NUMBER, such as rt/101"})
	}
	if t.Evidence != nil && t.Evidence.Language != "" && q.Get("lang") == "" {
		language = t.Evidence.Language
	}
	if location == "" {
		location = t.Requester.Location
	}
	return language, location, wrong
}
