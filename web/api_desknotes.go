package web

import (
	"net/http"
	"time"

	"headstart"
)

// deskList is what GET /api/v1/desk answers.
type deskList struct {
	OnDuty []headstart.OnDuty `json:"on_duty"`
	Listed bool               `json:"listed"` // desk.duty names somebody: nobody on duty means nobody
	Notes  []deskNote         `json:"notes"`
}

// deskNote is a note as programs read it.
type deskNote struct {
	ID       string               `json:"id"`
	Kind     string               `json:"kind"` // todo handover notice
	Text     string               `json:"text"`
	By       string               `json:"by"`
	At       time.Time            `json:"at"`
	For      string               `json:"for"`
	Due      *time.Time           `json:"due"`
	Until    *time.Time           `json:"until"`
	Day      int                  `json:"day"` // on which worked day it stands, from 1
	Closes   string               `json:"closes"`
	Incident headstart.IncidentID `json:"incident"`
	To       string               `json:"to"` // who could take its incident over
}

// listDesk answers who is on duty and what stands on the desk, in the language of the
// caller.
func (a *API) listDesk(w http.ResponseWriter, r *http.Request) {
	now, language := a.o.Now(), a.language(r)
	zone := a.o.View.Zone()
	roster := a.o.View.Config().Roster()
	list := deskList{OnDuty: append([]headstart.OnDuty{}, roster.At(now)...), Listed: len(roster.Duty) > 0, Notes: []deskNote{}}
	for _, n := range a.viewer(r).notes(a.o.View.Notes(now)) {
		list.Notes = append(list.Notes, deskNote{
			ID: n.ID, Kind: n.Kind, Text: n.Words(language, zone), By: n.By, At: n.At, For: n.For, Due: momentOf(n.Due), Until: momentOf(n.Until),
			Day: n.Day(calendarOf(a.o.View), now.In(zone)), Closes: n.Closes, Incident: n.Incident, To: n.To,
		})
	}
	writeJSON(w, http.StatusOK, list)
}

// momentOf is a time that may be missing.
func momentOf(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// deskRoutes are the lines about who is on duty and what the desk tells itself.
func (a *API) deskRoutes() []apiRoute {
	routes := []apiRoute{{
		pattern: "GET /api/v1/desk", scope: headstart.ScopeRead, handler: a.listDesk, summary: "Who is on duty, and what stands on the desk: to-dos, hand-overs, notices",
		query: []apiParam{{"lang", "nl or en: language of what rules wrote"}}, answers: deskList{},
	}}
	for _, do := range []string{"handover", "todo", "notice", "todo-done"} {
		routes = append(routes, apiRoute{
			pattern: "POST /api/v1/desk/" + do, scope: headstart.ScopeWrite, handler: a.command(do), summary: commandBodies[do].summary, body: commandBodies[do], answers: headstart.Incident{}, orElse: headstart.Outcome{},
		})
	}
	return routes
}
