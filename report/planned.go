package report

import (
	"cmp"
	"slices"
	"time"

	"headstart"
)

// Planned is work of today, or of early tomorrow.
type Planned struct {
	ID        string               `json:"id"`
	Text      string               `json:"text"`
	From      time.Time            `json:"from"`
	To        time.Time            `json:"to"`
	Announced *time.Time           `json:"announced_at"` // when users were first told; null: they were not
	Conflict  headstart.IncidentID `json:"conflict,omitempty"`
	Conflicts []Clash              `json:"conflicts"`
	Owner     string               `json:"owner,omitempty"`
}

// Clash is one thing that planned work meets, in words.
type Clash struct {
	Kind headstart.ConflictKind `json:"kind"`
	Text string                 `json:"text"`
}

// early is until when work of tomorrow stands in the report of today: it must be
// announced today.
const early = 12 * time.Hour

// planned is the work of today, with what it meets and whether users know of it.
func (m *Morning) planned(f *facts) {
	from, to := startOfDay(m.now), endOfDay(m.now).Add(early)
	for n := range f.windows {
		w := &f.windows[n]
		if !w.Holds() || w.Over(m.now) || !w.EndsAt.After(from) || !w.StartsAt.Before(to) {
			continue
		}
		p := Planned{
			ID: w.ID, Text: cmp.Or(w.Summary.In(m.say.Lang), m.names(slices.Concat(w.Services, w.Assets, w.Locations))), From: w.StartsAt.In(m.in.Zone), To: w.EndsAt.In(m.in.Zone),
			Announced: m.announced(w.ID, f), Conflicts: []Clash{}, Owner: w.Owner,
		}
		for _, c := range f.conflicts[w.ID] {
			if c.Kind == headstart.MeetsIncident && p.Conflict == "" {
				p.Conflict = c.Incident
			}
			p.Conflicts = append(p.Conflicts, Clash{Kind: c.Kind, Text: m.clash(&c, f)})
		}
		m.Planned = append(m.Planned, p)
	}
}

// announced is when users were first told of work; nil: they were not.
func (m *Morning) announced(window string, f *facts) *time.Time {
	var first *time.Time
	for _, list := range [][]*headstart.Announcement{f.work, f.announcements} {
		for _, a := range list {
			if a.Window == window && len(a.Updates) > 0 && (first == nil || a.Updates[0].At.Before(*first)) {
				at := a.Updates[0].At.In(m.in.Zone)
				first = &at
			}
		}
	}
	return first
}

func (m *Morning) clash(c *headstart.Conflict, f *facts) string {
	if c.Kind == headstart.MeetsIncident {
		return m.say.Say("report.conflict", "id", c.Incident)
	}
	name := func(id string) string {
		for n := range f.windows {
			if w := &f.windows[n]; w.ID == id && w.Summary.In(m.say.Lang) != "" {
				return w.Summary.In(m.say.Lang)
			}
		}
		return id
	}
	when := m.say.When(c.From, m.now) + "-" + m.endWords(c.From.In(m.in.Zone), c.To.In(m.in.Zone))
	return m.say.Say("plan.conflict."+string(c.Kind), "a", name(c.Window), "b", name(c.Other), "on", m.names(c.On), "id", string(c.Incident), "period", c.Period, "when", when)
}

func (m *Morning) partPlanned() Part {
	p := Part{N: "4", ID: "planned", Title: m.say.Say("report.part.planned"), Calm: true}
	for _, c := range m.Closed {
		p.Lines = append(p.Lines, Line{Sign: "○", Level: "blue", Text: c.Line})
	}
	for _, w := range m.Planned {
		l := Line{
			Sign: "○", Level: "blue", Key: w.ID, Link: "/maintenance", Right: m.say.When(w.From, m.now) + "-" + m.endWords(w.From, w.To), Text: w.Text, Facts: nonEmpty(m.announcedWords(w)),
		}
		for _, c := range w.Conflicts {
			l.Level, l.Facts = "amber", append(l.Facts, "! "+c.Text)
		}
		p.Calm = p.Calm && w.Announced != nil && len(w.Conflicts) == 0
		p.Lines = append(p.Lines, l)
	}
	return p
}

func (m *Morning) announcedWords(w Planned) string {
	if w.Announced == nil {
		return m.say.Say("report.announced.not")
	}
	return m.say.Say("report.announced", "span", m.say.Brief(w.From.Sub(*w.Announced)))
}
