package web

import (
	"net/http"
	"slices"
	"time"

	"headstart"
	"headstart/lang"
)

const (
	wallCards = 4
	wallOld   = time.Minute // older than this is not how it is now
)

// wallPage is what hangs on a wall: no names of people, no ticket, nothing
// confidential, whoever is logged in there.
type wallPage struct {
	Lang, Theme string
	Now         time.Time
	Clock, Day  string
	Zone        string // IANA name
	FreshClock  string // when it was like this
	Headline    string
	Calm        bool
	Cards       []wallCard
	More        int // incidents beyond those shown
	Checks      string
	Seconds     int // of age
	Old         bool
}

// wallCard is one incident as people in the room read it from afar.
type wallCard struct {
	ID                    headstart.IncidentID
	Level, Word           string
	Title, Since, Promise string
	People                int
	Late                  bool
}

func (s *Site) serveWall(w http.ResponseWriter, r *http.Request) {
	if !s.ready(w, r) {
		return
	}
	p := s.wall(s.viewer(r), s.say(r))
	p.Lang, p.Theme = s.language(r), theme(r)
	if t := r.URL.Query().Get("theme"); t == "light" || t == "dark" { // a kiosk has nobody to choose
		p.Theme = t
	}
	s.render(w, r, http.StatusOK, "wall", p)
}

// wall is what v's places show, without what is confidential.
func (s *Site) wall(v viewer, say *lang.Words) wallPage {
	now := s.now()
	fresh := s.fresh()
	p := wallPage{Now: now, Clock: say.Clock(now), Day: say.Day(now), Zone: s.zone.String(), FreshClock: say.When(fresh, now)}
	age := max(now.Sub(fresh), 0)
	p.Seconds, p.Old = int(age/time.Second), age > wallOld
	live := slices.DeleteFunc(s.liveIncidents(), func(i *headstart.Incident) bool { return i.Confidential || !v.knows(i) })
	var b board
	b.headline(live, say, now)
	p.Headline, p.Calm = b.Headline, b.Quiet
	told := s.told()
	for n := range live[:min(len(live), wallCards)] {
		p.Cards = append(p.Cards, s.wallCard(live[n], told[live[n].ID], say, now))
	}
	p.More = len(live) - len(p.Cards)
	running, total := 0, 0
	for _, c := range v.checks(s.o.Checks()) {
		total++
		if c.Verdict != headstart.Unknown {
			running++
		}
	}
	if total > 0 {
		p.Checks = say.Say("wall.checks", "running", running, "n", total)
	}
	return p
}

func (s *Site) wallCard(i *headstart.Incident, as []*headstart.Announcement, say *lang.Words, now time.Time) wallCard {
	full := s.card(i, as, say, viewer{view: s.o.View}, now)
	return wallCard{
		ID: i.ID, Level: full.Level, Word: full.Word, Title: full.Title, Since: full.Since + " · " + full.For, Promise: full.Promise, Late: full.Late, People: full.People,
	}
}

// fresh is how old what pages show can be: when the store last answered.
func (s *Site) fresh() time.Time {
	if s.o.Fresh == nil {
		return s.now()
	}
	return s.o.Fresh()
}
