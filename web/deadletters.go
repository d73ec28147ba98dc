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
func deadLettersFor(view *headstart.View, v viewer) []deadLetter {
	out := []deadLetter{}
	for _, l := range view.DeadLetters() {
		n := &l.Notice
		if sees, _ := letterRights(view, v, n); !sees {
			continue
		}
		d := deadLetter{
			Message: n.Key, At: l.At, Why: l.Why, Plane: n.Plane, Place: l.Place(), Incident: n.Incident, Window: n.Window,
			Title: headstart.Names{}, Phase: n.Phase, Again: n.Again,
		}
		for lang, text := range n.Text {
			d.Title[lang] = text.Title
		}
		if i, ok := view.Find(string(n.Incident)); ok {
			d.Incident, d.Title = i.ID, i.Title
		}
		out = append(out, d)
	}
	return out
}

// letterRights reports whether v may read what a message given up is about, and may send
// it again. What is not known any more hides nothing.
func letterRights(view *headstart.View, v viewer, n *headstart.Notice) (sees, acts bool) {
	if i, ok := view.Find(string(n.Incident)); ok {
		return v.sees(&i), v.acts(&i)
	}
	if w, ok := workOf(view, &headstart.Command{Window: n.Window}); ok {
		cat := view.Catalog()
		return maySee(cat, v, &w), mayChange(cat, v, &w)
	}
	return true, true
}

// mayResend reports whether v may send the message again, or dismiss it. One that is not
// there is left to the engine.
func mayResend(view *headstart.View, v viewer, message string) bool {
	for _, l := range view.DeadLetters() {
		if l.Notice.Key == message {
			_, acts := letterRights(view, v, &l.Notice)
			return acts
		}
	}
	return true
}

func (a *API) listDeadLetters(w http.ResponseWriter, r *http.Request) {
	writeJSON(w, http.StatusOK, deadLetterList{deadLettersFor(a.o.View, viewerOf(headstart.IdentityFrom(r.Context())))})
}
