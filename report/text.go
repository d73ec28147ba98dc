package report

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"

	"headstart/report/column"
)

const least = 40 // columns; narrower is made this wide

// Text renders the report for a terminal of width columns, counted in
// characters; with ascii it uses no sign outside ASCII.
func (m *Morning) Text(width int, ascii bool) string {
	p := &printer{column.Lines{Width: max(width, least), Cut: "…"}}
	if ascii {
		p.Cut = "..."
	}
	m.head(p)
	m.textRunning(p)
	m.textUrgent(p)
	m.textSolved(p)
	m.textUnstable(p)
	m.textPlanned(p)
	m.textMessages(p)
	m.textWould(p)
	m.textRecurring(p)
	m.textCounts(p)
	m.textDesk(p)
	p.Rule("═")
	foot := m.say.Say("report.made", "time", m.say.When(m.At, m.now), "position", m.Position)
	if m.in.URL != "" {
		foot += " · " + m.in.URL
	}
	p.Wrap(" ", " ", foot)
	out := p.String()
	if ascii {
		out = plain(out)
	}
	return out
}

// JSON renders the report's fields, indented.
func (m *Morning) JSON() ([]byte, error) {
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode the report: %w", err)
	}
	return append(b, '\n'), nil
}

func (m *Morning) head(p *printer) {
	p.Rule("═")
	title := " " + m.say.Say("report.title") + "   " + m.say.Date(m.At) + ", " + m.say.Say("report.clock", "time", m.say.Clock(m.At))
	if organisation := p.Clean(m.Organisation); column.Count(title)+column.Count(organisation)+2 <= p.Width {
		p.Ends(title, organisation+" ")
	} else { // the time must not be cut
		p.Wrap(" ", " ", m.Organisation)
		p.Wrap(" ", " ", title)
	}
	p.Wrap(" ", " ", m.Window())
	p.Rule("═")
	label := " " + m.say.Say("report.brief") + "   "
	p.Wrap(label, strings.Repeat(" ", column.Count(label)), m.Sentence)
}

func (m *Morning) textRunning(p *printer) {
	if len(m.Running) == 0 {
		return
	}
	p.part("1", m.say.Say("report.part.running"))
	for _, r := range m.Running {
		p.Ends(fmt.Sprintf(" %s %s %s", m.sign(r.Priority), r.ID, p.Fit(r.Title, 26)), m.say.When(r.Since, m.now)+m.peopleWords(r.People)+" ")
		in := "     "
		facts := []string{r.Priority, r.State, r.Where}
		p.Wrap(in, in, join(" · ", facts))
		if r.Cause != "" {
			p.Wrap(in, in+"  ", m.say.Say("report.cause", "cause", r.Cause))
		} else {
			p.Wrap(in, in, m.say.Say("report.cause.none"))
		}
		p.Wrap(in, in, m.Folded(r))
		p.Wrap(in, in, m.messageWords(r))
		owner := m.say.Say("report.owner.none")
		if r.Owner != "" {
			owner = m.say.Say("report.owner", "name", r.Owner)
		}
		if r.Before != "" {
			owner += " · " + m.say.Say("report.before", "id", r.Before)
		}
		p.Wrap(in, in, owner)
	}
}

func (m *Morning) sign(priority string) string {
	if priority == "P1" || priority == "P2" {
		return "▲"
	}
	return "●"
}

func (m *Morning) peopleWords(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("   ± %d", n)
}

// Folded says how much became one incident.
func (m *Morning) Folded(r Running) string {
	return m.say.Say("report.folded", "n", r.Alerts) + " · " + m.say.Say("report.linked", "n", r.Linked, "suggested", r.Suggested)
}

// messageWords says what users were told and what they were promised.
func (m *Morning) messageWords(r Running) string {
	if r.Announced == nil {
		return m.say.Say("report.message.none")
	}
	at := m.say.When(*r.Announced, m.now)
	switch {
	case r.Missed:
		return m.say.Say("report.message.missed", "time", at, "next", m.say.When(*r.MissedAt, m.now))
	case r.Next == nil:
		return m.say.Say("report.message", "time", at)
	default:
		return m.say.Say("report.message.next", "time", at, "next", m.say.When(*r.Next, m.now))
	}
}

func (m *Morning) textUrgent(p *printer) {
	if len(m.Urgent) == 0 {
		return
	}
	p.part("2", m.say.Say("report.part.urgent"))
	for _, w := range m.Urgent {
		line := join("  ", []string{w.Ticket, w.Priority, m.say.When(w.At, m.now), w.Place})
		if w.Perhaps != "" {
			line += "  → " + string(w.Perhaps) + "?"
		}
		p.Wrap(" ", "     ", line)
	}
}

func (m *Morning) textSolved(p *printer) {
	if len(m.Solved) == 0 {
		return
	}
	p.part("3", m.say.Say("report.part.solved"))
	for _, s := range m.Solved {
		p.Ends(fmt.Sprintf(" %s %s-%s  %s", s.ID, m.say.Stamp(s.From), m.endWords(s.From, s.To), s.Title), "")
		more := append([]string{s.How, m.say.Say("report.tickets", "n", s.Linked)}, m.First(s)...)
		p.Wrap("     ", "     ", join(" · ", more))
		if s.Missed > 0 {
			p.Wrap("     ", "       ", "! "+m.say.Say("report.promises", "n", s.Missed))
		}
		if s.Open > 0 {
			p.Wrap("     ", "       ", "→ "+m.say.Say("report.answer", "n", s.Open))
		}
	}
}

// Promise says what the readers of a message wait for, or waited for in vain.
func (m *Morning) Promise(a Message) string {
	switch {
	case a.MissedAt != nil:
		return m.say.Say("report.missed", "time", m.say.When(*a.MissedAt, m.now))
	case a.Next != nil:
		return m.say.Say("report.next", "time", m.say.When(*a.Next, m.now))
	}
	return ""
}

// textUnstable lists what came and went: a thing to look at, not an outage.
func (m *Morning) textUnstable(p *printer) {
	if len(m.Unstable) == 0 {
		return
	}
	p.part("3b", m.say.Say("report.part.unstable"))
	for _, s := range m.Unstable {
		p.Ends(fmt.Sprintf(" %s %s-%s  %s", s.ID, m.say.Stamp(s.From), m.endWords(s.From, s.To), s.Title), "")
		if s.Open > 0 {
			p.Wrap("     ", "       ", "→ "+m.say.Say("report.answer", "n", s.Open))
		}
	}
}

// First says who was first at an incident, users or we, and what that leaves out.
func (m *Morning) First(s Solved) (out []string) {
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

func (m *Morning) textPlanned(p *printer) {
	if len(m.Planned)+len(m.Closed) == 0 {
		return
	}
	p.part("4", m.say.Say("report.part.planned"))
	for _, c := range m.Closed {
		p.Wrap(" ", "   ", c.Line)
	}
	for _, w := range m.Planned {
		p.Wrap(" ", "              ", fmt.Sprintf("%s-%s  %s", m.say.Clock(w.From), m.endWords(w.From, w.To), join("  ", []string{w.ID, w.Text})))
		if w.Conflict != "" {
			p.Wrap("              ", "              ", "! "+m.say.Say("report.conflict", "id", w.Conflict))
		}
	}
}

func (m *Morning) textMessages(p *printer) {
	if len(m.Messages)+len(m.Drafts) == 0 {
		return
	}
	p.part("5", m.say.Say("report.part.messages"))
	for _, a := range m.Messages {
		p.Wrap(" ", "   ", join(" · ", []string{string(a.Incident) + " " + a.Title, a.Audience, m.Promise(a)}))
	}
	for _, a := range m.Drafts {
		line := m.say.Say("report.draft", "id", a.Incident, "title", a.Title)
		if a.Push {
			line = m.say.Say("report.draft.push", "id", a.Incident)
		}
		p.Wrap(" ", "   ", "→ "+join(" · ", append([]string{line}, a.Why...)))
	}
}

func (m *Morning) textCounts(p *printer) {
	p.part("8", m.say.Say("report.part.tickets"))
	t := m.Tickets
	p.Wrap(" ", " ", m.say.Say("report.counts", "new", t.New, "open", t.Open, "old", t.Old, "unlinked", t.Unlinked, "suggested", t.Suggested))
	p.part("9", m.say.Say("report.part.checks"))
	if m.Checks.OK+m.Checks.NotOK+m.Checks.Unknown == 0 && m.Checks.Oldest == nil {
		p.Wrap(" ", " ", m.say.Say("report.checks.none"))
		return
	}
	line := m.say.Say("report.checks", "ok", m.Checks.OK, "bad", m.Checks.NotOK, "unknown", m.Checks.Unknown)
	if m.Checks.Oldest != nil {
		line += " " + m.say.Say("report.checks.age", "time", m.say.When(*m.Checks.Oldest, m.now))
	}
	p.Wrap(" ", " ", line)
	for _, n := range m.Checks.Names {
		p.Wrap("  - ", "    ", n)
	}
}

func (m *Morning) textDesk(p *printer) {
	if len(m.Notes)+len(m.ToDo) == 0 {
		return
	}
	p.part("10", m.say.Say("report.part.desk"))
	for _, n := range m.Notes {
		p.Wrap(" ", "   ", fmt.Sprintf("%s (%s): %s", n.By, m.say.When(n.At, m.now), n.Text))
	}
	for _, n := range m.ToDo {
		line := n.Text
		if n.For != "" {
			line += " (" + n.For + ")"
		}
		if !n.Due.IsZero() {
			line += ", " + m.say.Say("report.due", "time", m.say.When(n.Due, m.now))
		}
		p.Wrap(" [ ] ", "     ", line)
	}
}

// printer writes the report's parts in columns.
type printer struct{ column.Lines }

// part opens a part with its number and a line below.
func (p *printer) part(number, title string) {
	p.WriteString(fmt.Sprintf("\n%4s  %s\n", number, strings.ToUpper(title)))
	p.Rule("─")
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

// plain replaces every sign outside ASCII by one of ASCII.
func plain(s string) string {
	s = asciiSigns.Replace(s)
	return strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII {
			return '?'
		}
		return r
	}, s)
}

var asciiSigns = strings.NewReplacer(
	"═", "=", "─", "-", "▲", "!", "●", "*", "±", "~", "→", ">", "←", "<", "·", "-", "’", "'", "‘", "'", "“", `"`, "”", `"`, "–", "-",
	"é", "e", "è", "e", "ë", "e", "ê", "e", "á", "a", "à", "a", "ä", "a", "â", "a", "ï", "i", "í", "i", "î", "i", "ö", "o", "ó", "o", "ô", "o", "ü", "u", "ú", "u", "û", "u", "ç", "c", "ñ", "n",
	"É", "E", "È", "E", "Ë", "E", "Ï", "I", "Ö", "O", "Ü", "U",
)
