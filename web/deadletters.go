package web

import (
	"net/http"
	"time"

	"headstart"
)

// deadLetter is a message that was given up, as people see it.
type deadLetter struct {
	Message  string               `json:"message"` // names it in resend and dismiss
	At       time.Time            `json:"at"`
	Why      string               `json:"why"`
	Plane    headstart.Plane      `json:"plane"`
	Place    string               `json:"place"` // channel, receiver or ticket system
	Incident headstart.IncidentID `json:"incident,omitempty"`
	Title    headstart.Names      `json:"title"`
	Phase    headstart.Phase      `json:"phase,omitempty"` // of a message to users
	Again    int                  `json:"again,omitempty"` // how often it was sent again before
}

// deadLetterList is what GET /api/v1/dead-letters answers.
type deadLetterList struct {
	DeadLetters []deadLetter `json:"dead_letters"`
}

// deadLettersFor are those that v may know of, newest first.
func deadLettersFor(view *headstart.View, v viewer) []deadLetter {
	out := []deadLetter{}
	for _, l := range view.DeadLetters() {
		n := &l.Notice
		d := deadLetter{Message: n.Key, At: l.At, Why: l.Why, Plane: n.Plane, Place: l.Place(), Incident: n.Incident, Phase: n.Phase, Again: n.Again}
		if i, ok := view.Find(string(n.Incident)); ok {
			if !v.sees(&i) {
				continue
			}
			d.Incident, d.Title = i.ID, i.Title
		}
		out = append(out, d)
	}
	return out
}

func (a *API) listDeadLetters(w http.ResponseWriter, r *http.Request) {
	writeJSON(w, http.StatusOK, deadLetterList{deadLettersFor(a.o.View, viewerOf(headstart.IdentityFrom(r.Context())))})
}

// incidentOfLetter is the incident that a message given up is about; empty: none.
func incidentOfLetter(view *headstart.View, message string) string {
	for _, l := range view.DeadLetters() {
		if l.Notice.Key == message {
			return string(l.Notice.Incident)
		}
	}
	return ""
}
