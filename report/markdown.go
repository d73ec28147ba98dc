package report

import (
	"regexp"
	"strings"

	"headstart/report/column"
)

// markdownLines is how many lines of a part the Markdown shows: it goes into chats.
const markdownLines = 12

// Markdown renders the report in CommonMark, for chats and files. What people wrote is
// escaped: it makes no link, no heading, and calls nobody.
func (m *Morning) Markdown() string {
	var b strings.Builder
	b.WriteString("## " + m.markdown(m.say.Say("report.title."+string(m.Edition))+" · "+m.Title()) + "\n\n")
	b.WriteString("**" + m.markdown(m.Sentence) + "**\n\n")
	for _, s := range []string{m.Window(), m.Marked(), m.DutyWords(), strings.Join(m.counts(), " · "), m.Ages()} {
		if s != "" {
			b.WriteString(m.markdown(s) + "\n\n")
		}
	}
	for _, p := range m.Parts() {
		b.WriteString("### " + m.markdown(p.N+" "+p.Title) + "\n\n")
		if p.Note != "" {
			b.WriteString(m.markdown(p.Note) + "\n\n")
		}
		for _, l := range p.Lines[:min(len(p.Lines), markdownLines)] {
			b.WriteString(m.markdownLine(l))
		}
		if rest := len(p.Lines) - markdownLines; rest > 0 {
			b.WriteString("- " + m.markdown(m.more(rest)) + "\n")
		}
		b.WriteString("\n")
	}
	foot := m.markdown(m.say.Say("report.made", "time", m.say.When(m.At, m.now), "position", m.Position))
	if m.in.URL != "" {
		foot += " · [" + m.say.Say("report.open") + "](" + m.in.URL + "/morning)"
	}
	b.WriteString(foot + "\n")
	return b.String()
}

func (m *Morning) markdownLine(l Line) string {
	key := m.markdown(l.Key)
	if address := m.address(l.Link); key != "" && address != "" {
		key = "[" + key + "](" + address + ")"
	}
	text := m.markdown(l.Text)
	if l.Fresh {
		text = "**" + m.say.Say("report.mark.new") + "** " + text
	}
	var b strings.Builder
	b.WriteString("- " + join(" ", []string{l.Sign, key, text, m.markdown(l.Right)}))
	if ask := m.address(l.Ask); ask != "" {
		b.WriteString(" [" + m.say.Say("report.tick") + "](" + ask + ")")
	}
	b.WriteString("\n")
	for _, f := range l.Facts {
		b.WriteString("  - " + m.markdown(f) + "\n")
	}
	return b.String()
}

// marks are the signs that Markdown reads.
var marks = regexp.MustCompile("[\\\\`*_{}\\[\\]()#~|<>&!]")

// markdown makes a text plain where Markdown is read. An @ is followed by a mark of no
// width, so that a chat sees no mention (ruling 45), and the end of a line is a space.
func (m *Morning) markdown(s string) string {
	s = marks.ReplaceAllString(column.Clean(m.cutText(s, 2*mailText)), `\$0`)
	return strings.ReplaceAll(strings.TrimSpace(s), "@", "@\u200b")
}
