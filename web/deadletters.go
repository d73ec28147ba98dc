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
	Window   string               `json:"window,omitempty"` // of planned work
	Title    headstart.Names      `json:"title"`
	Phase    headstart.Phase      `json:"phase,omitempty"` // of a message to users
	Again    int                  `json:"again,omitempty"` // how often it was sent again before
}

// deadLetterList is what GET /api/v1/dead-letters answers.
type deadLetterList struct {
	DeadLetters []deadLetter `json:"dead_letters"`
}

// deadLettersFor are those that v may know of, newest first.
func deadLettersFor(v viewer) []deadLetter {
	out := []deadLetter{}
	for _, l := range v.view.DeadLetters() {
		n := &l.Notice
		if !v.seesLetter(n) {
			continue
		}
		d := deadLetter{
			Message: n.Key, At: l.At, Why: l.Why, Plane: n.Plane, Place: l.Place(), Incident: n.Incident, Window: n.Window,
			Title: headstart.Names{}, Phase: n.Phase, Again: n.Again,
		}
		for lang, text := range n.Text {
			d.Title[lang] = text.Title
		}
		if i, ok := v.view.Find(string(n.Incident)); ok {
			d.Incident, d.Title = i.ID, i.Title
		}
		out = append(out, d)
	}
	return out
}

func (a *API) listDeadLetters(w http.ResponseWriter, r *http.Request) {
	writeJSON(w, http.StatusOK, deadLetterList{deadLettersFor(a.viewer(r))})
}
