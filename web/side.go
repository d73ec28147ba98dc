package web

import (
	"cmp"
	"context"
	"html/template"
	"iter"
	"slices"
	"strings"
	"time"

	"headstart"
	"headstart/chart"
	"headstart/lang"
)

// draft is a message that waits for a person.
type draft struct {
	Announcement string
	Incident     headstart.IncidentID
	Audience     string
	Title, Text  string
	Lang         string // of Title and Text
	People       int
	Why          []string
	Words        []headstart.Hit
	PushOnly     bool // the page stands; only the push waits
	State        headstart.UpdateState
	At           time.Time // when it goes out by itself; zero: it does not
	Goes         string    // At in words
	Approves     bool      // whoever looks may send it
}

// drafts are the messages that wait for approval, those of the worst incident first.
func (s *Site) drafts(v viewer) []draft {
	var out []draft
	priority := map[headstart.IncidentID]string{}
	for a, u := range s.undecided(v) {
		i, _ := s.o.View.Find(string(a.Incident))
		priority[i.ID] = i.Priority
		text, textLang := textIn(u.Text, s.o.Config.Language)
		var goes time.Time
		if a.Waiting() == headstart.UpdateScheduled {
			goes = *a.Draft.ScheduledFor
		}
		out = append(out, draft{
			At: goes, Announcement: a.ID, Incident: a.Incident, Audience: a.Audience, Title: text.Title, Text: text.Short, Lang: textLang,
			People: a.People, Why: u.Why, Words: u.Hits, PushOnly: a.Draft == nil, State: a.Waiting(), Approves: v.approves(),
		})
	}
	slices.SortStableFunc(out, func(a, b draft) int { return cmp.Compare(priority[a.Incident], priority[b.Incident]) })
	return out
}

// undecided are the announcements that wait for approval and that v may read, each with
// the words that wait.
func (s *Site) undecided(v viewer) iter.Seq2[*headstart.Announcement, *headstart.Update] {
	return func(yield func(*headstart.Announcement, *headstart.Update) bool) {
		for a := range s.o.View.EachAnnouncement() {
			u := a.Draft
			if u == nil && a.PushDraft {
				u = a.Last()
			}
			if u == nil || !v.seesAnnouncement(a) {
				continue
			}
			if _, ok := s.o.View.Find(string(a.Incident)); ok && !yield(a, u) {
				return
			}
		}
	}
}

// draftCount is how many drafts there are.
func (s *Site) draftCount(v viewer) (n int) {
	for range s.undecided(v) {
		n++
	}
	return n
}

// textIn is a message in a language with the language it is in, or the one there
// is: a reader of English still learns of an outage announced in Dutch alone.
func textIn(texts map[string]headstart.Text, language string) (headstart.Text, string) {
	if t, ok := texts[language]; ok {
		return t, language
	}
	for _, l := range lang.Languages() {
		if t, ok := texts[l]; ok {
			return t, l
		}
	}
	return headstart.Text{}, language
}

// looseTicket is a ticket that no incident has, with the one it may belong to.
type looseTicket struct {
	Key, Source, ID string
	Title           string // may be gone: then the number stands in
	Place           string
	PlaceHref       string // of its page; empty: it has none that the reader may see
	At              time.Time
	When            string // At, in words
	Priority        string
	Incident        headstart.IncidentID
	IncidentTitle   string
	Score           int // hundredths
	For, Against    []string
	Known           []headstart.KnownOffer // known errors that it says; of a list of tickets
	Phone           bool
	Timeless        bool // a call that nobody noted the time of
}

// looseTickets are the open tickets that no incident has, newest first.
func (s *Site) looseTickets() []*headstart.TicketState {
	return slices.DeleteFunc(s.o.View.Tickets(), func(t *headstart.TicketState) bool { return !isLoose(t) })
}

func isLoose(t *headstart.TicketState) bool {
	return !t.Solved() && t.Linked() == nil && t.Channel != "monitoring"
}

// alikeOf are the keys of loose tickets by which of the incidents they may be about, the
// likeliest first and at most as many as one form links.
func alikeOf(loose []*headstart.TicketState, incidents []*headstart.Incident) map[headstart.IncidentID][]string {
	type likely struct {
		key   string
		score float64
	}
	by := make(map[headstart.IncidentID][]likely, len(incidents))
	for _, i := range incidents {
		by[i.ID] = nil
	}
	for _, t := range loose {
		for n := range t.Links {
			l := &t.Links[n]
			if list, asked := by[l.Incident]; asked && l.Verdict == "" && l.Band != headstart.BandNone {
				by[l.Incident] = append(list, likely{t.Key(), l.Score})
			}
		}
	}
	out := map[headstart.IncidentID][]string{}
	for id, list := range by {
		slices.SortFunc(list, func(a, b likely) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.key, b.key)) })
		for _, l := range list[:min(len(list), mostAtOnce)] {
			out[id] = append(out[id], l.key)
		}
	}
	return out
}

// suggestedTickets are the loose tickets that seem to belong to an incident.
func (s *Site) suggestedTickets(all []*headstart.TicketState, say *lang.Words, v viewer) []looseTicket {
	var out []looseTicket
	sees := v.remembered()
	for _, t := range all {
		if len(out) == looseShown {
			break
		}
		if candidateFor(t, sees) != nil {
			out = append(out, s.loose(t, say, v))
		}
	}
	return out
}

// loose describes a ticket with its best candidate that the viewer may see.
func (s *Site) loose(t *headstart.TicketState, say *lang.Words, v viewer) looseTicket {
	l := looseTicket{Key: t.Key(), Source: t.Source, ID: t.ID, At: t.Since(), When: say.When(t.Since(), s.now()), Priority: t.Priority, Phone: t.Channel == "phone", Timeless: t.Timeless()}
	if t.Requester.Location != "" {
		at := v.place(t.Requester.Location, say.Lang)
		l.Place, l.PlaceHref = at.Name, at.Href
	}
	if k := candidateFor(t, v.seesKnown); k != nil {
		i, _ := s.o.View.Find(string(k.Incident))
		l.Incident, l.IncidentTitle = k.Incident, nameOf(i.Title, string(i.ID), say.Lang)
		l.Score, l.For, l.Against = hundredths(k.Score), k.For, k.Against
	}
	return l
}

// candidateFor is the best candidate of a ticket among the incidents that sees lets
// pass, or nil.
func candidateFor(t *headstart.TicketState, sees func(headstart.IncidentID) bool) *headstart.Link {
	for n := range t.Links {
		if k := &t.Links[n]; k.Incident != "" && k.Verdict != "rejected" && k.Band != headstart.BandNone && sees(k.Incident) {
			return k
		}
	}
	return nil
}

func hundredths(score float64) int { return int(score*100 + 0.5) }

func ticketsOf(ts []looseTicket) []string {
	keys := make([]string, len(ts))
	for i, t := range ts {
		keys[i] = t.Key
	}
	return keys
}

// ticketTitles reads titles, for at most half a second: they decorate.
func (s *Site) ticketTitles(ctx context.Context, keys []string) map[string]string {
	if len(keys) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
	defer cancel()
	return s.o.Titles(ctx, keys)
}

// fillWords adds what users wrote and is still kept: titles, and words that the
// catalog lacks.
func (s *Site) fillWords(ctx context.Context, b *board, v viewer) {
	titles := s.ticketTitles(ctx, ticketsOf(b.Tickets))
	for i := range b.Tickets {
		b.Tickets[i].Title = titles[b.Tickets[i].Key]
	}
	b.Aliases = v.aliases(s.proposedAliases(ctx))
}

// window is planned work of today.
type window struct {
	ID, Text, When string
	Running        bool
	Meets          []clash // what it collides with, as the page of planned work says
}

// dayChart is the picture of today; empty without planned work.
type dayChart struct{ SVG template.HTML }

// today lists the work planned for the day of now, with what it collides with.
func (s *Site) today(say *lang.Words, v viewer, now time.Time) ([]window, dayChart) {
	y, m, d := now.Date()
	start, end := time.Date(y, m, d, 0, 0, 0, 0, s.zone), time.Date(y, m, d+1, 0, 0, 0, 0, s.zone)
	meets := map[string][]clash{}
	for _, c := range s.clashes(v, say, now) {
		meets[c.Window] = append(meets[c.Window], c)
		if c.Other != "" {
			meets[c.Other] = append(meets[c.Other], c)
		}
	}
	var out []window
	var stretches []chart.Stretch
	var label strings.Builder
	label.WriteString(say.Say("board.planned") + ":")
	for _, w := range s.o.View.Maintenance() {
		if !v.seesWindow(&w) || !w.Holds() || !w.EndsAt.After(start) || !w.StartsAt.Before(end) {
			continue
		}
		win := window{ID: w.ID, Text: s.windowText(w, say.Lang), When: say.Clock(w.StartsAt) + "–" + say.Clock(w.EndsAt), Running: w.Running(now), Meets: meets[w.ID]}
		out = append(out, win)
		stretches = append(stretches, chart.Stretch{From: hour(w.StartsAt, start, s.zone), To: hour(w.EndsAt, start, s.zone), Level: chart.Planned})
		label.WriteString(" " + win.When + " " + win.Text + ".")
	}
	if len(out) == 0 {
		return nil, dayChart{}
	}
	label.WriteString(" " + say.Say("board.itisnow", "time", say.Clock(now)))
	return out, dayChart{SVG: chart.Day(stretches, s.workday(now, start), hour(now, start, s.zone), say.Say("board.nowword"), label.String())}
}

// windowText is what people notice of planned work, or what it is about.
func (s *Site) windowText(w headstart.MaintenanceWindow, language string) string {
	if t := w.Summary.In(language); t != "" {
		return t
	}
	cat := s.o.View.Catalog()
	if len(w.Services) > 0 {
		return joined(w.Services, func(id string) string { return serviceName(cat, id, language) })
	}
	return joined(w.Assets, func(id string) string { return assetName(cat, id, language) })
}

// workday is when work is done on the day that begins at start.
func (s *Site) workday(now, start time.Time) chart.Stretch {
	cal := calendarOf(s.o.View)
	open := cal.NextOpen(start, "")
	if open.IsZero() || open.Format(time.DateOnly) != now.Format(time.DateOnly) {
		return chart.Stretch{}
	}
	closed := cal.LastClose(start.Add(26*time.Hour), "")
	return chart.Stretch{From: hour(open, start, s.zone), To: hour(closed, start, s.zone)}
}

// hour is where t stands on the clock of the day that begins at start; outside
// the day it is cut off.
func hour(t, start time.Time, zone *time.Location) float64 {
	t = t.In(zone)
	if t.Before(start) {
		return 0
	}
	if t.Format(time.DateOnly) != start.In(zone).Format(time.DateOnly) {
		return 24
	}
	return float64(t.Hour()) + float64(t.Minute())/60
}
