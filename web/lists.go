package web

import (
	"net/http"

	"headstart"
)

const listMost = 200 // rows of a list

// announcementsPage lists messages by where they stand.
type announcementsPage struct {
	frame
	Drafts    []draft // something is missing
	Waiting   []draft
	Scheduled []draft
	Live      []listed
	Over      []listed
	Hushed    string // until when all messages are held, in words
	Hushes    bool   // the reader may hold them

	Pages []statusPage
	Made  *madeLink // nil: none was asked for
}

type listed struct {
	told
	Incident headstart.IncidentID
	Title    string
	Next     string
}

func (s *Site) serveAnnouncements(w http.ResponseWriter, r *http.Request) {
	if s.ready(w, r) {
		s.announcements(w, r, nil)
	}
}

// announcements shows all messages and the public pages; made is a link to one that was
// made a moment ago.
func (s *Site) announcements(w http.ResponseWriter, r *http.Request, made *madeLink) {
	say, v := s.say(r), s.viewer(r)
	p := announcementsPage{frame: s.frame(r, "announcements", say.Say("nav.announcements"))}
	p.Hushed, p.Hushes = s.hushedUntil(say, p.Now), p.Write && v.everywhere()
	p.Pages, p.Made = s.statusPages(say, p.Now), made
	for _, d := range s.drafts(v) {
		switch d.State {
		case headstart.UpdateDraft:
			p.Drafts = append(p.Drafts, d)
		case headstart.UpdateScheduled:
			d.Goes = say.When(d.At, p.Now)
			p.Scheduled = append(p.Scheduled, d)
		default:
			p.Waiting = append(p.Waiting, d)
		}
	}
	for a := range s.o.View.EachAnnouncement() {
		if !v.seesAnnouncement(a) || a.Last() == nil {
			continue
		}
		text, _ := textIn(a.Last().Text, say.Lang)
		l := listed{told: describeHead(a, say), Incident: a.Incident, Title: text.Title}
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
