package web

import (
	"net/http"
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

// explanation is why an incident looks as it does.
type explanation struct {
	Incident headstart.IncidentID      `json:"incident"`
	Cause    headstart.Cause           `json:"probable_cause"`
	Members  []explainedMember         `json:"members"`
	Tickets  []headstart.Link          `json:"tickets"`
	Timeline []headstart.TimelineEntry `json:"timeline"`
}

// explainedMember is one problem of an incident and how it came to be there.
type explainedMember struct {
	Problem headstart.ProblemKey   `json:"problem"`
	Asset   string                 `json:"asset"`
	Check   string                 `json:"check"`
	Reason  string                 `json:"reason"`
	State   headstart.ProblemState `json:"state"`
	Joined  time.Time              `json:"joined"`
	Left    *time.Time             `json:"left"`
	Rule    string                 `json:"rule"`
	Text    string                 `json:"text"`   // of the decision that put it here
	Why     string                 `json:"why"`    // what would have kept it out; empty: nothing short of another event
	Alerts  []string               `json:"alerts"` // fingerprints
}

func (a *API) listIncidents(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	keep, wrong := incidentFilter(q.Get("state"), q.Get("service"), q.Get("location"), q.Get("since"))
	p, more := pageOf(q.Get("limit"), q.Get("cursor"))
	if wrong = append(wrong, more...); len(wrong) > 0 {
		writeProblem(w, http.StatusUnprocessableEntity, "the query is not understood", wrong...)
		return
	}
	v := viewerOf(headstart.IdentityFrom(r.Context()))
	out := incidentList{Incidents: []headstart.Incident{}}
	for _, i := range a.o.View.Incidents() {
		if (p.before != 0 && i.Seq >= p.before) || !keep(v, &i) {
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
	i, ok := a.whole(r, found.ID)
	if !ok {
		writeProblem(w, http.StatusNotFound, "no such incident")
		return
	}
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
	if !viewerOf(headstart.IdentityFrom(r.Context())).sees(&i) {
		i = veiled(&i)
	}
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

func (a *API) explain(w http.ResponseWriter, r *http.Request) {
	found, ok := a.o.View.Find(r.PathValue("id"))
	if !ok {
		writeProblem(w, http.StatusNotFound, "no such incident")
		return
	}
	if !viewerOf(headstart.IdentityFrom(r.Context())).sees(&found) {
		writeProblem(w, http.StatusForbidden, string(found.ID)+" is confidential; approvers and admins see why")
		return
	}
	i, _ := a.whole(r, found.ID)
	out := explanation{Incident: i.ID, Cause: i.Cause, Timeline: i.Timeline, Members: []explainedMember{}, Tickets: []headstart.Link{}}
	members, problems := a.o.View.Members(i.Group)
	for n, m := range members {
		e := explainedMember{
			Problem: m.Problem, Asset: m.Asset, Check: problems[n].Check, Reason: problems[n].Reason,
			State: problems[n].State, Joined: m.Joined, Rule: m.Rule, Alerts: problems[n].Alerts,
		}
		if !m.Left.IsZero() {
			e.Left = &m.Left
		}
		e.Text, e.Why = joining(i.Timeline, m)
		if e.Alerts == nil {
			e.Alerts = []string{}
		}
		out.Members = append(out.Members, e)
	}
	for _, t := range a.o.View.Tickets() {
		for _, l := range t.Links {
			if l.Incident == i.ID {
				out.Tickets = append(out.Tickets, l)
			}
		}
	}
	writeJSON(w, http.StatusOK, out)
}

// joining returns the words of the decision by which a member came, the last if
// it came more than once.
func joining(timeline []headstart.TimelineEntry, m headstart.Member) (text, why string) {
	for _, e := range timeline {
		if e.Subject == string(m.Problem) && e.Rule == m.Rule {
			text, why = e.Text, e.Why
		}
	}
	return text, why
}

// concern is what was decided about one asset or problem, in all incidents.
type concern struct {
	Of       string                    `json:"of"`
	Timeline []headstart.TimelineEntry `json:"timeline"`
}

// explainOne answers from the side of an asset or a problem.
func (a *API) explainOne(w http.ResponseWriter, r *http.Request) {
	of := r.URL.Query().Get("of")
	if of == "" {
		writeProblem(w, http.StatusUnprocessableEntity, "the query is not understood", fieldError{"?of", "write the id of an asset, or a problem such as prn-1/PrinterDown"})
		return
	}
	out := concern{Of: of, Timeline: []headstart.TimelineEntry{}}
	v := viewerOf(headstart.IdentityFrom(r.Context()))
	for _, e := range a.o.View.Concerning(of, a.language(r)) {
		if i, ok := a.o.View.Find(string(e.Incident)); ok && v.sees(&i) {
			out.Timeline = append(out.Timeline, e)
		}
	}
	if len(out.Timeline) == 0 {
		writeProblem(w, http.StatusNotFound, "nothing was decided about "+of+" in any incident that is kept")
		return
	}
	writeJSON(w, http.StatusOK, out)
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

func splitList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}
