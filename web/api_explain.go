package web

import (
	"net/http"
	"time"

	"headstart"
)

// explanation is why an incident looks as it does.
type explanation struct {
	Incident headstart.IncidentID      `json:"incident"`
	Cause    headstart.Cause           `json:"probable_cause"`
	Members  []explainedMember         `json:"members"`
	Tickets  []headstart.Link          `json:"tickets"`
	Timeline []headstart.TimelineEntry `json:"timeline"`
	Against  *apart                    `json:"against"` // null unless asked for
}

// apart is why two incidents are not one: the first condition of the rule nearest
// to joining them that does not hold.
type apart struct {
	Incident headstart.IncidentID `json:"incident"` // the other
	One      bool                 `json:"one"`      // they are one already
	Rule     string               `json:"rule"`
	Outcome  string               `json:"outcome"` // names the condition
	Facts    []headstart.Fact     `json:"facts"`
	Text     string               `json:"text"`
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

func (a *API) explain(w http.ResponseWriter, r *http.Request) {
	found, ok := a.o.View.Find(r.PathValue("id"))
	if !ok {
		writeProblem(w, http.StatusNotFound, "no such incident")
		return
	}
	if !a.viewer(r).sees(&found) {
		writeProblem(w, http.StatusForbidden, a.viewer(r).blind(&found))
		return
	}
	i, _ := a.whole(r, found.ID)
	out := explanation{Incident: i.ID, Cause: i.Cause, Timeline: i.Timeline, Tickets: []headstart.Link{}}
	out.Members = a.explainMembers(&i)
	for _, t := range a.viewer(r).tickets(a.o.View.Tickets()) {
		for _, l := range t.Links {
			if l.Incident == i.ID {
				l.For, l.Against = notNull(l.For), notNull(l.Against)
				out.Tickets = append(out.Tickets, l)
			}
		}
	}
	if id := r.URL.Query().Get("against"); id != "" {
		if out.Against, ok = a.against(w, r, &i, id); !ok {
			return
		}
	}
	writeJSON(w, http.StatusOK, out)
}

// explainMembers lists the problems of an incident, in order of joining.
func (a *API) explainMembers(i *headstart.Incident) []explainedMember {
	out := []explainedMember{}
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
		out = append(out, e)
	}
	return out
}

// against answers why an incident and the one that id names are not one; false:
// it wrote why it cannot.
func (a *API) against(w http.ResponseWriter, r *http.Request, i *headstart.Incident, id string) (*apart, bool) {
	other, ok := a.o.View.Find(id)
	switch {
	case !ok:
		writeProblem(w, http.StatusNotFound, "no such incident: "+id)
		return nil, false
	case !a.viewer(r).sees(&other):
		writeProblem(w, http.StatusForbidden, a.viewer(r).blind(&other))
		return nil, false
	case a.o.WhyNot == nil:
		writeProblem(w, http.StatusNotFound, "this installation does not offer it")
		return nil, false
	}
	d, known, err := a.o.WhyNot(r.Context(), i.Group, other.Group)
	switch {
	case err != nil:
		a.logger.Warn("cannot say why two incidents are not one", "incident", i.ID, "err", err)
		writeProblem(w, http.StatusServiceUnavailable, "the state cannot be read now; try again")
		return nil, false
	case !known:
		writeProblem(w, http.StatusNotFound, "what one of them was made of is no longer kept; replay the log of that time")
		return nil, false
	}
	lang := a.language(r)
	whole, _ := a.whole(r, other.ID)
	d.Blame(i.Timeline, whole.Timeline)
	return &apart{
		Incident: other.ID, One: d.Outcome == "one", Rule: d.Rule, Outcome: d.Outcome, Facts: d.Facts,
		Text: d.Words(lang, a.o.View.Zone()),
	}, true
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
	v := a.viewer(r)
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
