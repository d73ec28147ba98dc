package web

import (
	"html/template"
	"net/http"

	"headstart"
)

const listMost = 200 // rows of a list

// announcementsPage lists drafts, what is live and what is over.
type announcementsPage struct {
	frame
	Waiting []draft
	Live    []listed
	Over    []listed
}

type listed struct {
	told
	Incident headstart.IncidentID
	Title    string
	Next     string
}

func (s *Site) serveAnnouncements(w http.ResponseWriter, r *http.Request) {
	if !s.ready(w, r) {
		return
	}
	say, v := s.say(r), viewerOf(headstart.IdentityFrom(r.Context()))
	p := announcementsPage{frame: s.frame(r, "announcements", say.Say("nav.announcements")), Waiting: s.drafts(v)}
	for _, a := range s.o.View.Announcements() {
		i, ok := s.o.View.Find(string(a.Incident))
		if !ok || !v.sees(&i) || (a.Confidential && !v.confidential) || a.Last() == nil {
			continue
		}
		text, _ := textIn(a.Last().Text, say.Lang)
		l := listed{told: describe(a, say, p.Now), Incident: a.Incident, Title: text.Title}
		if a.NextUpdateBy != nil {
			l.Next = say.When(*a.NextUpdateBy, p.Now)
		}
		if a.Live() {
			p.Live = append(p.Live, l)
		} else if len(p.Over) < listMost {
			p.Over = append(p.Over, l)
		}
	}
	s.render(w, r, http.StatusOK, "announcements", p)
}

// morningPage is the morning report.
type morningPage struct {
	frame
	Report template.HTML
}

func (s *Site) serveMorning(w http.ResponseWriter, r *http.Request) {
	if !s.ready(w, r) {
		return
	}
	say := s.say(r)
	if s.o.Morning == nil {
		s.message(w, r, http.StatusNotFound, say.Say("nav.morning"), say.Say("morning.none"))
		return
	}
	report, err := s.o.Morning(r.Context(), say.Lang)
	if err != nil {
		s.logger.Error("morning report not made", "err", err)
		s.message(w, r, http.StatusInternalServerError, say.Say("nav.morning"), say.Say("morning.failed"))
		return
	}
	s.render(w, r, http.StatusOK, "morning", morningPage{frame: s.frame(r, "morning", say.Say("nav.morning")), Report: report})
}
