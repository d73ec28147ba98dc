package report

import (
	"strings"
	"time"
)

// sentence says everything at once: what runs, how large it is, what waits, and what
// nobody can know because a source is silent.
func (m *Morning) sentence() string {
	var said []string
	add := func(key string, vars ...any) { said = append(said, m.say.Say(key, vars...)) }
	if m.kept && len(m.Duty) == 0 {
		add("report.duty.none")
	}
	people, big := 0, 0
	for _, r := range m.Running {
		people += r.People
		if large(r.Priority) {
			big++
		}
	}
	switch {
	case len(m.Running) == 0:
		add("report.quiet")
	case people > 0:
		add("report.running.people", "n", len(m.Running), "people", m.say.Say("word.people", "n", people))
	default:
		add("report.running", "n", len(m.Running))
	}
	if big > 0 {
		add("report.large", "n", big)
	}
	for _, c := range []struct {
		key string
		n   int
	}{
		{"report.urgent", len(m.Urgent)}, {"report.drafts", len(m.Drafts)}, {"report.todo", len(m.ToDo)}, {"report.stops", len(m.Walk.Stops)},
	} {
		if c.n > 0 {
			add(c.key, "n", c.n)
		}
	}
	switch silent := m.silent(); {
	case len(silent) > 0:
		add("report.incomplete", "sources", strings.Join(silent, ", "))
	case m.Level == Quiet && m.Checks.Unknown > 0:
		add("report.unknown", "n", m.Checks.Unknown)
	case m.Level == Quiet:
		add("report.nothing")
	}
	return strings.Join(said, " ")
}

// Verdict is the subject of a mail: the day and what matters most.
func (m *Morning) Verdict() string {
	var said []string
	switch {
	case len(m.Running) > 0:
		said = append(said, m.say.Say("report.subject.running", "n", len(m.Running)))
	case m.Level == Quiet:
		said = append(said, m.say.Say("report.subject.quiet"))
	default:
		said = append(said, m.say.Say("report.subject.none"))
	}
	if n := len(m.Urgent); n > 0 {
		said = append(said, m.say.Say("report.subject.urgent", "n", n))
	}
	if n := len(m.ToDo); n > 0 {
		said = append(said, m.say.Say("report.subject.todo", "n", n))
	}
	if m.stale() > 0 {
		said = append(said, m.say.Say("report.subject.incomplete"))
	}
	return m.say.Say("report.subject."+string(m.Edition), "day", m.say.Day(m.At), "verdict", strings.Join(said, ", "))
}

// Title is the date and the time, for the head of the page.
func (m *Morning) Title() string { return m.say.Date(m.At) + ", " + m.clock(m.At) }

func (m *Morning) clock(t time.Time) string {
	return m.say.Say("report.clock", "time", m.say.Clock(t))
}

// Window says where the report begins, and why so far back.
func (m *Morning) Window() string {
	return m.say.Say("report.since", "date", m.say.Date(m.Since), "time", m.say.Clock(m.Since), "span", m.say.Hours(m.At.Sub(m.Since)))
}

// Marked says since when lines are marked as new; empty: none are.
func (m *Morning) Marked() string {
	switch {
	case m.Mark == nil:
		return ""
	case m.in.MarkSeen:
		return m.say.Say("report.new.seen", "time", m.say.When(*m.Mark, m.now))
	}
	return m.say.Say("report.new", "time", m.say.When(*m.Mark, m.now))
}

// DutyWords says who is on duty, and who stands in for whom; empty: nobody keeps a list.
func (m *Morning) DutyWords() string {
	if !m.kept {
		return ""
	}
	if len(m.Duty) == 0 {
		return m.say.Say("report.duty.none")
	}
	var names []string
	for _, d := range m.Duty {
		name := d.Name
		if len(d.For) > 0 {
			name = m.say.Say("report.duty.for", "name", d.Name, "for", strings.Join(d.For, ", "))
		}
		names = append(names, name)
	}
	return m.say.Say("report.duty", "names", strings.Join(names, ", "))
}

// When renders a time as people say it on the morning of the report.
func (m *Morning) When(t time.Time) string { return m.say.When(t, m.now) }
