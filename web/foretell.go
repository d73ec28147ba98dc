package web

import (
	"net/http"

	"headstart"
	"headstart/lang"
)

// foretold is what opening an incident would tell users.
type foretold struct {
	Refused  string // why it would not; empty: it would
	Silent   bool   // no message was asked for
	Number   headstart.IncidentID
	Messages []foretoldMessage
}

// foretoldMessage is one message as its readers would meet it.
type foretoldMessage struct {
	Audience string
	People   int
	State    string   // whether they read it at once, in words
	Why      []string // it would wait for a person
	Channels []string // that would carry it; none: it stands on the page alone
	Proofs   []shownProof
}

// serveForetell shows what the form of a new incident would do, and does none of it.
func (s *Site) serveForetell(w http.ResponseWriter, r *http.Request) {
	if !s.ready(w, r) {
		return
	}
	say := s.say(r)
	if s.o.Rehearse == nil {
		s.message(w, r, http.StatusNotFound, say.Say("page.notfound"), say.Say("page.notfound.action"))
		return
	}
	p := s.newPage(r, typedForm(r))
	s.preview(&p, r)
	if r.Header.Get("HX-Request") != "" {
		s.renderPart(w, r, "new", "foretold", p)
		return
	}
	s.render(w, r, http.StatusOK, "new", p)
}

// preview adds what the form of r would do, or what is wrong with it.
func (s *Site) preview(p *newPage, r *http.Request) {
	if !p.Previews {
		return
	}
	say := s.say(r)
	commands, err := s.opening(r)
	if err != nil {
		p.Wrong = err.Error()
		return
	}
	if p.Foretold, err = s.foretell(r, commands, say); err != nil {
		s.logger.Warn("no preview of a new incident", "err", err)
		p.Wrong = say.Say("new.preview.not")
	}
}

// typedForm is the form as somebody filled it in, right or wrong.
func typedForm(r *http.Request) newForm {
	text := func(name string) string { return cutText(r.PostFormValue(name), maxText) }
	f := newForm{Service: text("service"), Title: text("title"), Effect: text("effect"), Severity: text("severity"), Announce: text("announce") != "", At: map[string]bool{}}
	for _, l := range r.PostForm["location"] {
		f.At[l] = true
	}
	return f
}

// foretell lets the engine's own rules say what becomes of commands.
func (s *Site) foretell(r *http.Request, commands []headstart.Command, say *lang.Words) (*foretold, error) {
	v := s.viewer(r)
	for n := range commands {
		if v.bars(&commands[n]) != "" {
			return &foretold{Refused: say.Say("page.forbidden.text")}, nil
		}
		commands[n].By = headstart.IdentityFrom(r.Context()).Name
	}
	done, err := s.o.Rehearse(r.Context(), commands...)
	if err != nil {
		return nil, err
	}
	out := &foretold{Refused: done.Refused, Number: done.Incident.ID, Silent: len(commands) == 1}
	for n := range done.Announcements {
		if m, ok := s.foretoldMessage(&done.Announcements[n], &done.Incident, say); ok {
			out.Messages = append(out.Messages, m)
		}
	}
	return out, nil
}

// foretoldMessage describes what one audience would read; false: nothing.
func (s *Site) foretoldMessage(a *headstart.Announcement, i *headstart.Incident, say *lang.Words) (foretoldMessage, bool) {
	u := edited(a)
	if u == nil {
		return foretoldMessage{}, false
	}
	m := foretoldMessage{Audience: a.Audience, People: a.People, State: say.Say("new.goes"), Channels: s.o.Editor.reachOf(s.o.View, a, i).Channels}
	if a.Draft != nil {
		m.State, m.Why = say.Say("new.waits"), u.Why
	}
	for _, p := range s.o.Editor.proofs(a, u, nil, s.zone) {
		m.Proofs = append(m.Proofs, showProof(p, say))
	}
	return m, true
}
