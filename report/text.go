package report

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"headstart/report/column"
)

const least = 40 // columns; narrower is made this wide

// pageOne is how many lines page one has at most, at 80 columns and more.
const pageOne = 25

// Style is how a text is written.
type Style struct {
	Width int  // columns, counted in characters
	ASCII bool // no sign outside ASCII
	Color bool // the signs in the colours of a terminal
}

// Text renders the report for a terminal of width columns, counted in
// characters; with ascii it uses no sign outside ASCII.
func (m *Morning) Text(width int, ascii bool) string {
	return m.Write(Style{Width: width, ASCII: ascii})
}

// Write renders the report for a terminal: page one, then the parts.
func (m *Morning) Write(s Style) string {
	p := &printer{Lines: column.Lines{Width: max(s.Width, least), Cut: "…"}, new: m.say.Say("report.mark.new")}
	if s.ASCII {
		p.Cut = "..."
	}
	m.pageOne(p)
	for _, part := range m.Parts() {
		p.part(part)
	}
	p.Rule("═")
	foot := m.say.Say("report.made", "time", m.say.When(m.At, m.now), "position", m.Position)
	if m.in.URL != "" {
		foot += " · " + m.in.URL + "/morning"
	}
	p.Wrap(" ", " ", foot)
	out := p.String()
	if s.ASCII {
		out = plain(out)
	}
	if s.Color {
		out = colour(out)
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

// pageOne is what must be known before all else, in at most 25 lines.
func (m *Morning) pageOne(p *printer) {
	m.head(p)
	f := m.First()
	var end printer
	end.Lines = column.Lines{Width: p.Width, Cut: p.Cut}
	for _, s := range append(f.Counts, f.Ages) {
		end.Wrap(" ", "   ", s)
	}
	end.Rule("═")
	room := pageOne - lines(p.String()) - min(lines(end.String()), 7)
	blocks := []block{{m.say.Say("report.part.running"), f.Running}, {m.say.Say("report.part.urgent"), f.Urgent}, {m.say.Say("report.first"), f.Decisions}}
	for n, most := range share(blocks, room) {
		p.block(m, blocks[n], most)
	}
	p.WriteString(end.cut(7))
}

// block is a heading of page one with its lines.
type block struct {
	title string
	lines []Line
}

// share divides room among blocks, a line each in turn; a heading takes one too. A block
// without room for its heading and one line has none.
func share(blocks []block, room int) []int {
	out := make([]int, len(blocks))
	for n, b := range blocks {
		if len(b.lines) > 0 && room >= 2 {
			out[n], room = 1, room-2
		}
	}
	for grew := true; grew; {
		grew = false
		for n, b := range blocks {
			if out[n] > 0 && out[n] < len(b.lines) && room > 0 {
				out[n], room, grew = out[n]+1, room-1, true
			}
		}
	}
	return out
}

func lines(s string) int { return strings.Count(s, "\n") }

// cut keeps the first lines but for the last, which is kept too.
func (p *printer) cut(most int) string {
	all := strings.SplitAfter(strings.TrimSuffix(p.String(), "\n"), "\n")
	if len(all) <= most {
		return p.String()
	}
	return strings.Join(append(all[:most-1], all[len(all)-1]), "") + "\n"
}

// mostSentence is how many lines the sentence of page one takes.
const mostSentence = 4

func (m *Morning) head(p *printer) {
	p.Rule("═")
	title := " " + m.say.Say("report.title."+string(m.Edition)) + "   " + m.Title()
	if organisation := p.Clean(m.Organisation); column.Count(title)+column.Count(organisation)+2 <= p.Width {
		p.Ends(title, organisation+" ")
	} else { // the time must not be cut
		p.Wrap(" ", " ", p.Fit(m.Organisation, 2))
		p.Wrap(" ", " ", title)
	}
	p.Wrap(" ", " ", m.Window())
	p.Wrap(" ", " ", m.Marked())
	if duty := m.DutyWords(); duty != "" {
		p.WriteString(" " + p.Fit(duty, 2) + "\n")
	}
	p.Rule("═")
	label := " " + m.say.Say("report.brief") + "   "
	var brief printer
	brief.Lines = column.Lines{Width: p.Width, Cut: p.Cut}
	brief.Wrap(label, strings.Repeat(" ", column.Count(label)), m.Sentence)
	p.WriteString(brief.cut(mostSentence))
}

// printer writes the report's parts in columns.
type printer struct {
	column.Lines
	new string // the mark of what is new
}

// block writes a heading with how many lines are left out, and the first lines.
func (p *printer) block(m *Morning, b block, most int) {
	if most == 0 {
		return
	}
	rest := ""
	if n := len(b.lines) - most; n > 0 {
		rest = m.more(n) + " "
	}
	p.Ends(" "+strings.ToUpper(b.title), rest)
	for _, l := range b.lines[:most] {
		p.Ends(p.start(l), right(l))
	}
}

// start is the left half of a line.
func (p *printer) start(l Line) string {
	sign := l.Sign
	if sign == "" {
		sign = " "
	}
	text := join("  ", []string{l.Key, l.Text})
	if l.Fresh {
		text = p.new + " " + text
	}
	return " " + sign + " " + text
}

func right(l Line) string {
	if l.Right == "" {
		return ""
	}
	return "  " + l.Right + " "
}

// part writes a part: its number and title above a line, and what it says.
func (p *printer) part(part Part) {
	title, note := fmt.Sprintf("%4s  %s", part.N, strings.ToUpper(part.Title)), p.Clean(part.Note)
	p.WriteString("\n")
	beside := note != "" && column.Count(title)+column.Count(note)+3 <= p.Width
	if beside {
		p.Ends(title, note+" ")
	} else {
		p.Ends(title, "")
	}
	p.Rule("─")
	if !beside {
		p.Wrap(" ", " ", note)
	}
	for _, l := range part.Lines {
		p.line(l)
	}
}

// line writes a line with what is known of it. What stands at the end of it keeps its
// place as long as half of the width is left for the rest.
func (p *printer) line(l Line) {
	start, end := p.start(l), p.Clean(right(l))
	in := "     "
	switch {
	case end == "":
		p.Wrap(" "+signOf(l)+" ", "   ", strings.TrimSpace(strings.TrimPrefix(start, " "+signOf(l)+" ")))
	case column.Count(p.Clean(start))+column.Count(end) <= p.Width:
		p.Ends(start, end)
	case column.Count(end) <= p.Width/2:
		p.Ends(start, end)
		if room := p.Width - column.Count(end) - 1; column.Count(p.Clean(start)) > room {
			p.Wrap(in, in, p.Cut+string([]rune(p.Clean(start))[room-column.Count(p.Cut):]))
		}
	default:
		p.Wrap(" "+signOf(l)+" ", "   ", strings.TrimSpace(strings.TrimPrefix(start, " "+signOf(l)+" "))+" "+strings.TrimSpace(end))
	}
	for _, f := range l.Facts {
		p.Wrap(in, in+"  ", f)
	}
}

func signOf(l Line) string {
	if l.Sign == "" {
		return " "
	}
	return l.Sign
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
	"═", "=", "─", "-", "▲", "!", "●", "*", "○", "o", "✔", "v", "★", "*", "☐", "_", "☑", "x", "±", "~", "→", ">", "←", "<", "·", "-", "’", "'", "‘", "'", "“", `"`, "”", `"`, "–", "-",
	"é", "e", "è", "e", "ë", "e", "ê", "e", "á", "a", "à", "a", "ä", "a", "â", "a", "ï", "i", "í", "i", "î", "i", "ö", "o", "ó", "o", "ô", "o", "ü", "u", "ú", "u", "û", "u", "ç", "c", "ñ", "n",
	"É", "E", "È", "E", "Ë", "E", "Ï", "I", "Ö", "O", "Ü", "U",
)

// colour gives the signs the colours of a terminal, after everything was laid out: what
// stands in a text from outside was cleaned before and brings none of its own.
func colour(s string) string {
	return strings.NewReplacer(
		" ▲ ", " \x1b[31m▲\x1b[0m ", " ● ", " \x1b[33m●\x1b[0m ", " ✔ ", " \x1b[32m✔\x1b[0m ", " ☑ ", " \x1b[32m☑\x1b[0m ", " ○ ", " \x1b[34m○\x1b[0m ",
	).Replace(s)
}
