package report

import (
	"fmt"
	"strings"

	"headstart"
)

// Part is one part of the report in words: what every format shows, each in its way.
type Part struct {
	N     string // as people call it: "3", "5b"
	ID    string // running, urgent, ...
	Title string
	Note  string // at the end of the heading
	Calm  bool   // nothing in it asks for anything: a page folds it
	Lines []Line
}

// Line is one thing of a part.
type Line struct {
	Sign  string // ▲ ● ✔ ☐ ☑ ! → or none: never colour alone
	Level string // red amber blue green, or empty
	Key   string // HS-12, W-3, the number of a ticket
	Link  string // path on the desk; empty: none
	URL   string // elsewhere: a ticket in its own system
	Text  string
	Right string // at the end of the line
	Facts []string
	Fresh bool   // newer than the mark
	Ask   string // path of the page that asks whether it is done
}

// Parts are all parts that say something, in the order in which a worker acts. The
// stand-up edition keeps what runs, what is urgent, what is planned and what is new.
func (m *Morning) Parts() []Part {
	all := []Part{
		m.partRunning(), m.partUrgent(), m.partSolved(), m.partUnstable(), m.partPlanned(), m.partMessages(), m.partWould(), m.partRecurring(),
		m.partWalk(), m.partTickets(), m.partChecks(), m.partDesk(), m.partStandup(),
	}
	var out []Part
	for _, p := range all {
		if m.in.Edition == headstart.EditionStandup && !strings.Contains(" running urgent planned standup ", " "+p.ID+" ") {
			p = p.onlyFresh()
		}
		if len(p.Lines) > 0 {
			out = append(out, p)
		}
	}
	return out
}

func (p Part) onlyFresh() Part {
	var lines []Line
	for _, l := range p.Lines {
		if l.Fresh {
			lines = append(lines, l)
		}
	}
	p.Lines = lines
	return p
}

// First is page one: what must be known before anything else.
type First struct {
	Running, Urgent, Decisions []Line
	Counts                     []string
	Ages                       string
}

// First returns page one, its lists whole.
func (m *Morning) First() First {
	f := First{Counts: m.counts(), Ages: m.Ages()}
	for _, r := range m.Running {
		l := m.headline(r)
		if r.Owner == "" {
			l.Text = m.say.Say("report.nobody") + " · " + l.Text
		}
		f.Running = append(f.Running, l)
	}
	f.Urgent = m.partUrgent().Lines
	for _, t := range m.ToDo {
		if !t.Due.IsZero() && t.Due.Before(endOfDay(m.now)) {
			f.Decisions = append(f.Decisions, m.taskLine(t))
		}
	}
	return f
}

// counts are the rest in numbers: what waits, the tickets, the checks.
func (m *Morning) counts() []string {
	var out []string
	add := func(key string, n int) {
		if n > 0 {
			out = append(out, m.say.Say(key, "n", n))
		}
	}
	add("report.count.solved", len(m.Solved)+len(m.Unstable))
	add("report.count.planned", len(m.Planned))
	add("report.count.live", len(m.Messages))
	add("report.count.drafts", len(m.Drafts))
	add("report.count.recurring", len(m.Recurring))
	add("report.count.stops", len(m.Walk.Stops))
	add("report.count.todo", len(m.ToDo))
	add("report.count.closed", len(m.Closed))
	return nonEmpty(join(" · ", out), m.say.Say("report.part.tickets")+": "+m.ticketCounts(), m.say.Say("report.part.checks")+": "+m.checkCounts())
}

// more says that a list was cut.
func (m *Morning) more(n int) string { return m.say.Say("report.more", "n", n) }

func peopleWords(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("   ± %d", n)
}

// join joins what is not empty.
func join(sep string, parts []string) string {
	var out []string
	for _, s := range parts {
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, sep)
}
