package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"headstart"
)

// Solved is an incident that ended in the window.
type Solved struct {
	ID         headstart.IncidentID `json:"id"`
	Title      string               `json:"title"`
	From       time.Time            `json:"from"`
	To         time.Time            `json:"to"`
	How        string               `json:"how"` // close reason, or the person who ended it
	Linked     int                  `json:"tickets_linked"`
	Open       int                  `json:"tickets_open"` // of those, not yet solved: answer them
	Unanswered []string             `json:"unanswered"`   // of those, numbers of tickets nobody answered
	Missed     int                  `json:"promises_missed"`
	Lead       *int64               `json:"lead_seconds"`
	Changed    []string             `json:"changed_before,omitempty"` // as in Running

	LeadLeftOut string `json:"lead_left_out,omitempty"` // why a person keeps it out of the figures
	LeftOut     int    `json:"tickets_left_out"`        // calls that nobody noted the time of
}

// solved are the incidents that ended in the window: outages, and apart from them what
// only came and went.
func (m *Morning) solved(f *facts) {
	for _, i := range f.incidents {
		if i.Live() || i.ResolvedAt == nil || i.State == headstart.Merged || !i.ResolvedAt.After(m.Since) || i.ResolvedAt.After(m.now) {
			continue
		}
		if s := m.oneSolved(i, f); unstable(i) {
			m.Unstable = append(m.Unstable, s)
		} else {
			m.Solved = append(m.Solved, s)
		}
	}
	for _, list := range [][]Solved{m.Solved, m.Unstable} {
		slices.SortStableFunc(list, func(a, b Solved) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.ID, b.ID)) })
	}
}

func (m *Morning) oneSolved(i *headstart.Incident, f *facts) Solved {
	s := Solved{
		ID: i.ID, Title: m.title(i), From: i.StartedAt.In(m.in.Zone), To: i.ResolvedAt.In(m.in.Zone), Linked: i.Tickets.Linked,
		Lead: i.LeadSeconds, LeftOut: i.Tickets.LeftOut, Changed: m.changedBefore(i, f), How: m.how(i), Unanswered: []string{},
	}
	if i.LeadLeftOut != nil {
		s.LeadLeftOut = i.LeadLeftOut.Reason
	}
	for _, a := range f.about[i.ID] {
		if a.Incident == i.ID {
			s.Missed += a.Promises[1]
		}
	}
	for _, t := range f.linked[i.ID] {
		if t.Solved() {
			continue
		}
		s.Open++
		if t.FirstResponseAt.IsZero() {
			s.Unanswered = append(s.Unanswered, t.ID)
		}
	}
	slices.Sort(s.Unanswered)
	return s
}

func (m *Morning) how(i *headstart.Incident) string {
	switch {
	case i.CloseReason == "by_hand" || i.Summary != nil || i.Owner != "":
		return m.say.Say("report.how.hand")
	case i.CloseReason == "no_longer_reported" || i.CloseReason == "no_longer_heard":
		return m.say.Say("report.how.silent")
	}
	return m.say.Say("report.how.self")
}

// unstable reports whether the cause of an incident came and went (F-04).
func unstable(i *headstart.Incident) bool { return slices.Contains(i.Tags, "unstable") }

func (m *Morning) partSolved() Part {
	p := Part{N: "3", ID: "solved", Title: m.say.Say("report.part.solved"), Calm: true}
	for _, s := range m.Solved {
		l := m.solvedLine(s)
		l.Facts = append([]string{join(" · ", append([]string{s.How, m.say.Say("report.tickets", "n", s.Linked)}, m.firstAt(s)...))}, l.Facts...)
		p.Lines = append(p.Lines, l)
		p.Calm = p.Calm && s.Open+s.Missed == 0
	}
	return p
}

// partUnstable lists what came and went: a thing to look at, not an outage.
func (m *Morning) partUnstable() Part {
	p := Part{N: "3b", ID: "unstable", Title: m.say.Say("report.part.unstable"), Calm: true}
	for _, s := range m.Unstable {
		p.Lines = append(p.Lines, m.solvedLine(s))
		p.Calm = p.Calm && s.Open == 0
	}
	return p
}

func (m *Morning) solvedLine(s Solved) Line {
	l := Line{
		Sign: "✔", Level: "green", Key: string(s.ID), Link: "/i/" + string(s.ID), Text: s.Title, Right: m.say.Stamp(s.From) + "-" + m.endWords(s.From, s.To), Fresh: m.fresh(s.To),
		Facts: nonEmpty(m.changeWords(s.Changed)),
	}
	if s.Missed > 0 {
		l.Level, l.Facts = "amber", append(l.Facts, "! "+m.say.Say("report.promises", "n", s.Missed))
	}
	if s.Open > 0 {
		l.Level, l.Facts = "amber", append(l.Facts, "→ "+m.say.Say("report.answer", "n", s.Open)+m.numbers(s.Unanswered))
	}
	return l
}

// numbersMost is how many tickets a line names.
const numbersMost = 5

// numbers names tickets behind a count.
func (m *Morning) numbers(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	shown := strings.Join(ids[:min(len(ids), numbersMost)], ", ")
	if rest := len(ids) - numbersMost; rest > 0 {
		shown += ", " + m.more(rest)
	}
	return ": " + shown
}

// firstAt says who was first at an incident, users or we, and what that leaves out.
func (m *Morning) firstAt(s Solved) (out []string) {
	switch {
	case s.LeadLeftOut != "":
		out = append(out, m.say.Say("desk.leftout", "reason", s.LeadLeftOut))
	case s.Lead != nil && *s.Lead < 0:
		out = append(out, m.say.Say("report.lead.user", "span", m.say.Brief(time.Duration(*s.Lead)*time.Second)))
	case s.Lead != nil:
		out = append(out, m.say.Say("report.lead.us", "span", m.say.Brief(time.Duration(*s.Lead)*time.Second)))
	}
	if s.LeftOut > 0 {
		out = append(out, m.say.Say("desk.timeless", "n", s.LeftOut))
	}
	return out
}

// endWords is the time alone on the day it began.
func (m *Morning) endWords(from, to time.Time) string {
	if from.Format(time.DateOnly) == to.Format(time.DateOnly) {
		return m.say.Clock(to)
	}
	return m.say.Stamp(to)
}
