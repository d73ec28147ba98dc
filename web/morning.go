package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"headstart"
)

// reader is what a morning report asks of the rights of an identity.
func (v viewer) reader(name string) headstart.Reader {
	return headstart.Reader{
		Name: name, Rights: v.rights(), Locations: v.locations, Incident: v.sees, Announcement: v.seesAnnouncement, Ticket: v.seesTicket, Window: v.seesWindow,
		Asset: v.seesAsset, Location: v.seesLocation, Check: v.seesCheck,
	}
}

// morningPage is the morning report.
type morningPage struct {
	frame
	Edition headstart.Edition
	Since   string // seen, or empty: the end of work
	Seen    bool   // this login has looked before
	Walk    bool   // the printers alone, to be carried on paper
	At      time.Time
	Mails   bool // the report can be sent to report.to now
}

// serveMorning shows the report of now. Looking moves nothing: what is marked as new
// stays so until the reader says that he has read it.
func (s *Site) serveMorning(w http.ResponseWriter, r *http.Request) {
	if !s.ready(w, r) {
		return
	}
	say, who, q := s.say(r), headstart.IdentityFrom(r.Context()), r.URL.Query()
	if s.o.Morning == nil {
		s.message(w, r, http.StatusNotFound, say.Say("nav.morning"), say.Say("morning.none"))
		return
	}
	ask := headstart.ReportAsk{Reader: s.viewer(r).reader(who.Name), Format: headstart.ReportPage, Lang: say.Lang, At: s.o.Now()}
	p := morningPage{frame: s.frame(r, "morning", say.Say("nav.morning")), Edition: headstart.EditionMorning, Walk: q.Get("show") == "walk", Mails: s.o.SendReport && s.viewer(r).everywhere()}
	if q.Get("edition") == string(headstart.EditionStandup) {
		p.Edition = headstart.EditionStandup
	}
	if p.Walk {
		ask.Format = headstart.ReportWalk
	}
	ask.Edition = p.Edition
	if seen := s.o.View.SeenAt(who.Name); !seen.IsZero() {
		p.Seen = true
		if p.Edition == headstart.EditionMorning {
			ask.Mark, ask.Seen = seen, true
		}
		if q.Get("since") == "seen" {
			ask.Since, p.Since = seen, "seen"
		}
	}
	answer, err := s.o.Morning(r.Context(), ask)
	if err != nil {
		s.logger.Error("morning report not made", "err", err)
		s.message(w, r, http.StatusInternalServerError, say.Say("nav.morning"), say.Say("morning.failed"))
		return
	}
	p.At = answer.At
	s.renderAround(w, r, http.StatusOK, "morning", p, answer.Body)
}

// serveMorningSeen notes that the reader has read the report up to the time it was made.
func (s *Site) serveMorningSeen(w http.ResponseWriter, r *http.Request) {
	at, err := time.Parse(time.RFC3339Nano, r.PostFormValue("at"))
	if err != nil {
		say := s.say(r)
		s.message(w, r, http.StatusBadRequest, say.Say("page.form"), say.Say("form.empty", "field", "at"))
		return
	}
	s.do(w, r, "/morning", headstart.Command{Do: "seen", At: at})
}

// serveMorningSend has the report sent to report.to once more, as it is now.
func (s *Site) serveMorningSend(w http.ResponseWriter, r *http.Request) {
	s.do(w, r, "/morning", headstart.Command{Do: "report"})
}

// tickPage asks whether a to-do is done: its address stands in mails, and programs that
// look at links must not tick anything off.
type tickPage struct {
	frame
	ToDo headstart.DeskNote
}

func (s *Site) serveTick(w http.ResponseWriter, r *http.Request) {
	if !s.ready(w, r) {
		return
	}
	say, id := s.say(r), r.URL.Query().Get("todo")
	if s.o.Tick == nil || !s.o.Tick(id, r.URL.Query().Get("sig")) {
		s.message(w, r, http.StatusNotFound, say.Say("page.notfound"), say.Say("morning.done.bad"))
		return
	}
	for _, n := range s.viewer(r).notes(s.o.View.Desk()) {
		if n.ID == id && n.Kind == "todo" && n.Done.IsZero() {
			s.render(w, r, http.StatusOK, "tick", tickPage{frame: s.frame(r, "morning", say.Say("morning.done.head")), ToDo: n})
			return
		}
	}
	s.message(w, r, http.StatusGone, say.Say("morning.done.head"), say.Say("morning.done.gone"))
}

func (s *Site) serveTicked(w http.ResponseWriter, r *http.Request) {
	s.do(w, r, "/morning", headstart.Command{Do: "todo-done", Ref: r.PostFormValue("todo")})
}

// morningParams are those of GET /api/v1/morning.
var morningParams = []apiParam{
	{"format", "json (default), text, html (a mail), md or teams"},
	{"edition", "morning (default) or standup"},
	{"at", "time to report for, RFC 3339; default now"},
	{"since", "time to begin at, RFC 3339, or last-seen: where this login last read; default: where work last ended"},
	{"lang", "nl or en"},
	{"width", "columns of the text, 40 to 400"},
	{"ascii", "true: no other signs than ASCII"},
	{"color", "true: signs in the colours of a terminal"},
}

// ReportLevel is the header that tells how much a report asks of its reader, ReportAt
// the one that tells for when it was made.
const (
	ReportLevel = "X-Headstart-Level"
	ReportAt    = "X-Headstart-At"
)

// showMorning answers with a morning report. It moves no mark: POST …/seen does.
func (a *API) showMorning(w http.ResponseWriter, r *http.Request) {
	if a.o.Morning == nil {
		writeProblem(w, http.StatusNotFound, "this installation does not offer it")
		return
	}
	ask, err := a.morningAsk(r)
	if err != nil {
		writeProblem(w, http.StatusBadRequest, err.Error())
		return
	}
	answer, err := a.o.Morning(r.Context(), ask)
	if err != nil {
		a.logger.Error("morning report not made", "err", err)
		writeProblem(w, http.StatusInternalServerError, "the report could not be made; the reason is in the log of the service")
		return
	}
	w.Header().Set(ReportLevel, strconv.Itoa(answer.Level))
	w.Header().Set(ReportAt, answer.At.Format(time.RFC3339Nano))
	w.Header().Set("Content-Type", answer.Type)
	w.Header().Set("Cache-Control", "no-store")
	if ask.Format == headstart.ReportHTML { // it is a mail: nothing in it needs more than its own style
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	}
	_, _ = w.Write(answer.Body)
}

func (a *API) morningAsk(r *http.Request) (headstart.ReportAsk, error) {
	q, who := r.URL.Query(), headstart.IdentityFrom(r.Context())
	ask := headstart.ReportAsk{Reader: a.viewer(r).reader(who.Name), Format: headstart.ReportFormat(q.Get("format")), Edition: headstart.Edition(q.Get("edition")), Lang: q.Get("lang"), ASCII: q.Get("ascii") == "true", Color: q.Get("color") == "true"}
	switch ask.Format {
	case "":
		ask.Format = headstart.ReportJSON
	case headstart.ReportText, headstart.ReportHTML, headstart.ReportJSON, headstart.ReportMarkdown, headstart.ReportTeams:
	default:
		return ask, errors.New("format is none of text, html, json, md and teams")
	}
	if ask.Edition != "" && ask.Edition != headstart.EditionMorning && ask.Edition != headstart.EditionStandup {
		return ask, errors.New("edition is neither morning nor standup")
	}
	if ask.Lang != "" && ask.Lang != "nl" && ask.Lang != "en" {
		return ask, errors.New("lang is neither nl nor en")
	}
	if err := a.morningTimes(&ask, q, who.Name); err != nil {
		return ask, err
	}
	if width := q.Get("width"); width != "" {
		var err error
		if ask.Width, err = strconv.Atoi(width); err != nil || ask.Width < 40 || ask.Width > 400 {
			return ask, errors.New("width is no number from 40 to 400")
		}
	}
	return ask, nil
}

// morningTimes reads of when the report is to be, and since when, for the person who asks.
func (a *API) morningTimes(ask *headstart.ReportAsk, q url.Values, who string) (err error) {
	if at := q.Get("at"); at != "" {
		if ask.At, err = time.Parse(time.RFC3339, at); err != nil {
			return errors.New("at is no time; write it as 2026-11-23T08:00:00+01:00")
		}
	}
	switch since := q.Get("since"); since {
	case "":
	case "last-seen":
		if who == "" {
			return errors.New("since is last-seen, and nobody knows who asks; log in, or send a token")
		}
		ask.Since, ask.Seen = a.o.View.SeenAt(who), true
		ask.Mark = ask.Since
	default:
		if ask.Since, err = time.Parse(time.RFC3339, since); err != nil {
			return errors.New("since is neither a time nor last-seen; write a time as 2026-11-23T08:00:00+01:00")
		}
	}
	return nil
}
