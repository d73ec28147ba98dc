package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"headstart"
)

// incidentList is one page of incidents.
type incidentList struct {
	Incidents  []headstart.Incident `json:"incidents"`
	NextCursor string               `json:"next_cursor"` // empty: that was all
}

func (a *API) listIncidents(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	keep, wrong := incidentFilter(q.Get("state"), q.Get("service"), q.Get("location"), q.Get("since"))
	p, more := pageOf(q.Get("limit"), q.Get("cursor"))
	if wrong = append(wrong, more...); len(wrong) > 0 {
		writeProblem(w, http.StatusUnprocessableEntity, "the query is not understood", wrong...)
		return
	}
	v := a.viewer(r)
	out := incidentList{Incidents: []headstart.Incident{}}
	for i := range a.o.View.EachIncident() {
		if (p.before != 0 && i.Seq >= p.before) || !v.knows(i) || !keep(v, i) {
			continue
		}
		if len(out.Incidents) == p.limit {
			out.NextCursor = strconv.Itoa(out.Incidents[p.limit-1].Seq)
			break
		}
		whole, ok := a.whole(r, i.ID)
		if !ok {
			continue // gone between the two looks
		}
		out.Incidents = append(out.Incidents, whole)
	}
	writeJSON(w, http.StatusOK, out)
}

// incidentFilter reads the filters of a list. What a confidential incident is
// about stays hidden from filters too: else they would tell.
func incidentFilter(state, service, location, since string) (keep func(viewer, *headstart.Incident) bool, wrong []fieldError) {
	var states []headstart.IncidentState
	for _, s := range splitList(state) {
		switch st := headstart.IncidentState(s); st {
		case headstart.Open, headstart.Recovering, headstart.Holding, headstart.Resolved, headstart.Closed, headstart.Merged:
			states = append(states, st)
		case "live":
			states = append(states, headstart.Open, headstart.Recovering, headstart.Holding)
		default:
			wrong = append(wrong, fieldError{"?state", "write open, recovering, holding, resolved, closed, merged or live"})
		}
	}
	var from time.Time
	if since != "" {
		var err error
		if from, err = time.Parse(time.RFC3339, since); err != nil {
			wrong = append(wrong, fieldError{"?since", "write RFC 3339 such as 2026-11-23T09:15:00+01:00"})
		}
	}
	return func(v viewer, i *headstart.Incident) bool {
		if (service != "" || location != "") && !v.sees(i) {
			return false
		}
		return (len(states) == 0 || slices.Contains(states, i.State)) &&
			(service == "" || slices.Contains(i.Services, service)) &&
			(location == "" || slices.Contains(i.Locations, location)) &&
			(from.IsZero() || i.Live() || !i.OpenedAt.Before(from))
	}, wrong
}

func (a *API) showIncident(w http.ResponseWriter, r *http.Request) {
	found, ok := a.o.View.Find(r.PathValue("id"))
	if !ok {
		writeProblem(w, http.StatusNotFound, "no such incident")
		return
	}
	if !a.viewer(r).knows(&found) {
		writeProblem(w, http.StatusForbidden, a.viewer(r).blind(&found))
		return
	}
	i, ok := a.whole(r, found.ID)
	if !ok {
		writeProblem(w, http.StatusNotFound, "no such incident")
		return
	}
	i.Fits = offers(a.o.Known, []*headstart.Incident{&i}, a.words(r), a.viewer(r))[i.ID]
	writeJSON(w, http.StatusOK, i)
}

// whole returns the incident as CONTRACT section 4 has it, no list null, as far
// as the caller may see it.
func (a *API) whole(r *http.Request, id headstart.IncidentID) (headstart.Incident, bool) {
	lang := a.language(r)
	i, ok := a.o.View.Incident(id, lang)
	if !ok {
		return i, false
	}
	if !a.viewer(r).sees(&i) {
		i = veiled(&i)
	}
	i.Announcements = a.viewer(r).announcements(i.Announcements)
	noNulls(&i)
	return i, true
}

// veiled is all that is told of a confidential incident (ruling 30).
func veiled(i *headstart.Incident) headstart.Incident {
	return headstart.Incident{
		V: i.V, ID: i.ID, Seq: i.Seq, State: i.State, Confidential: true,
		Title:    headstart.Names{"nl": "Vertrouwelijk", "en": "Confidential"},
		OpenedAt: i.OpenedAt, StartedAt: i.OpenedAt, ResolvedAt: i.ResolvedAt, ClosedAt: i.ClosedAt,
		Cause: headstart.Cause{Kind: headstart.CauseNone},
	}
}

func noNulls(i *headstart.Incident) {
	for _, list := range []*[]string{&i.Tags, &i.Services, &i.Locations, &i.Departments, &i.Cause.Also, &i.Alerts.Assets, &i.Alerts.FiringAssets} {
		if *list == nil {
			*list = []string{}
		}
	}
	if i.Title == nil {
		i.Title = headstart.Names{"": ""}
	}
	if i.Announcements == nil {
		i.Announcements = []headstart.Announcement{}
	}
	if i.Timeline == nil {
		i.Timeline = []headstart.TimelineEntry{}
	}
}

// apiPage is which part of a list is asked for.
type apiPage struct {
	limit  int
	before int // of incidents, numbers below; of other lists, entries left; zero: from the newest
}

func pageOf(limit, cursor string) (p apiPage, wrong []fieldError) {
	p.limit = 100
	if limit != "" {
		n, err := strconv.Atoi(limit)
		if err != nil || n < 1 || n > 1000 {
			wrong = append(wrong, fieldError{"?limit", "write a number from 1 to 1000"})
		}
		p.limit = n
	}
	if cursor != "" {
		n, err := strconv.Atoi(cursor)
		if err != nil || n < 1 {
			wrong = append(wrong, fieldError{"?cursor", "write next_cursor of the answer before"})
		}
		p.before = n
	}
	return p, wrong
}

// pageOfStates reads which part of a list is asked for, and in which of the states it knows;
// false: what is wrong with the query was answered.
func pageOfStates(w http.ResponseWriter, q url.Values, known []string) (p apiPage, states []string, ok bool) {
	p, wrong := pageOf(q.Get("limit"), q.Get("cursor"))
	states = splitList(q.Get("state"))
	for _, s := range states {
		if !slices.Contains(known, s) {
			wrong = append(wrong, fieldError{"?state", "write one of " + strings.Join(known, ", ")})
		}
	}
	if len(wrong) > 0 {
		writeProblem(w, http.StatusUnprocessableEntity, "the query is not understood", wrong...)
	}
	return p, states, len(wrong) == 0
}

func splitList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}
