package report

import (
	"slices"
	"time"

	"headstart"
)

// Note is a hand-over or a notice of the desk.
type Note struct {
	By   string    `json:"by"`
	At   time.Time `json:"at"`
	Kind string    `json:"kind"`
	Text string    `json:"text"`
	For  string    `json:"for,omitempty"`
}

// desk lists notes that still hold, newest first. To-dos are tasks.
func (m *Morning) desk() {
	for _, n := range slices.Backward(m.in.View.Desk()) {
		if n.Kind == "todo" || !n.Stands(m.now) || !allows(m.in.Reader.Asset, n.Asset) || !m.mayRead(n.Incident) {
			continue
		}
		m.Notes = append(m.Notes, Note{By: n.By, At: n.At.In(m.in.Zone), Kind: n.Kind, Text: n.Words(m.say.Lang, m.in.Zone), For: n.For})
	}
}

// mayRead reports whether a note about an incident may stand here: not of one that is
// confidential, or that lies outside what the reader sees.
func (m *Morning) mayRead(id headstart.IncidentID) bool {
	i, known := m.in.View.Find(string(id))
	return id == "" || !known || !i.Confidential && allows(m.in.Reader.Incident, &i)
}

func (m *Morning) partDesk() Part {
	p := Part{N: "10", ID: "desk", Title: m.say.Say("report.part.desk"), Calm: len(m.ToDo) == 0}
	for _, n := range m.Notes {
		by := n.By
		if by == "rule" {
			by = m.say.Say("report.rule")
		}
		p.Lines = append(p.Lines, Line{Text: m.say.Say("report.note", "by", by, "time", m.say.When(n.At, m.now), "text", n.Text), Fresh: m.fresh(n.At)})
	}
	for _, t := range m.ToDo {
		p.Lines = append(p.Lines, m.taskLine(t))
	}
	for _, t := range m.Done {
		p.Lines = append(p.Lines, Line{Sign: "☑", Level: "green", Text: t.Text, Right: "", Facts: nonEmpty(t.Evidence), Fresh: m.fresh(t.Closed)})
	}
	return p
}

func (m *Morning) taskLine(t Task) Line {
	l := Line{Sign: "☐", Level: "amber", Text: t.Text, Link: t.Link, Fresh: m.fresh(t.Since)}
	if t.For != "" {
		l.Text += " (" + t.For + ")"
	}
	if t.Days > 1 {
		l.Text += ", " + m.say.Say("report.day", "n", t.Days)
	}
	if !t.Due.IsZero() {
		l.Right = m.say.Say("report.due", "time", m.say.When(t.Due, m.now))
		if t.Due.Before(m.now) {
			l.Level = "red"
		}
	}
	if t.Own && m.in.Ask != nil {
		l.Ask = m.in.Ask(t.ID)
	}
	return l
}

// partStandup is what people tell each other standing up: at most five.
func (m *Morning) partStandup() Part {
	p := Part{N: "★", ID: "standup", Title: m.say.Say("report.part.standup"), Calm: true}
	add := func(text string) {
		if len(p.Lines) < 5 {
			p.Lines = append(p.Lines, Line{Text: text})
		}
	}
	for _, r := range m.Running {
		owner := r.Owner
		if owner == "" {
			owner = m.say.Say("report.who")
		}
		add(string(r.ID) + " " + r.Title + ": " + owner)
	}
	for _, w := range m.Planned {
		if len(w.Conflicts) > 0 {
			add(m.say.Say("report.standup.decide", "id", w.ID))
		}
	}
	for _, r := range m.Recurring {
		add(m.Recurs(r))
	}
	for _, t := range m.ToDo {
		if t.kind == taskStock || t.Days > 2 {
			add(t.Text)
		}
	}
	return p
}
