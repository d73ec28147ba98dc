package report

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"headstart/report/column"
)

// A mail that is larger than 102 KB is cut by some programs, so ours stays below it
// whatever happened: lists end with how much they leave out, and texts are cut.
const (
	mailMost = 100_000 // bytes
	mailText = 200     // characters of one text
)

// mailLines are how many lines of a part a mail tries to show, the most first.
var mailLines = []int{10, 5, 2, 0}

// mailParts are the parts a mail shows; the page has all of them.
var mailParts = []string{"running", "urgent", "solved", "planned", "messages", "recurring", "walk", "desk"}

// Mail renders the report as a mail: tables with inline style, because mail programs
// drop style sheets, and nothing to load.
func (m *Morning) Mail() (string, error) {
	var b bytes.Buffer
	for _, most := range mailLines {
		b.Reset()
		if err := mails[m.say.Lang].Execute(&b, m.mail(most)); err != nil {
			return "", fmt.Errorf("write the mail: %w", err)
		}
		if b.Len() < mailMost {
			break
		}
	}
	return b.String(), nil
}

// letter is what the template of a mail shows.
type letter struct {
	*Morning
	Lang   string
	URL    string
	Head   string // what the first line of a preview says beside the subject
	Counts string
	Shown  []mailPart
	Notes  []string
}

type mailPart struct {
	Part
	More string // how many lines are left out; empty: none
}

func (m *Morning) mail(most int) letter {
	l := letter{Morning: m, Lang: m.say.Lang, URL: m.in.URL, Head: m.cutText(m.Sentence, 2*mailText), Counts: strings.Join(m.counts(), " · ")}
	for _, p := range m.Parts() {
		if !slices.Contains(mailParts, p.ID) {
			continue
		}
		shown := mailPart{Part: p}
		rest := len(p.Lines) - most
		if rest > 0 {
			shown.Lines, shown.More = p.Lines[:most], m.more(rest)
		}
		lines := make([]Line, len(shown.Lines))
		for n, x := range shown.Lines {
			lines[n] = m.mailLine(x)
		}
		shown.Lines = lines
		l.Shown = append(l.Shown, shown)
	}
	return l
}

// mailLine cuts what people wrote, and makes paths addresses.
func (m *Morning) mailLine(x Line) Line {
	x.Key, x.Text, x.Right = m.cutText(x.Key, 60), m.cutText(x.Text, mailText), m.cutText(x.Right, 80)
	facts := make([]string, 0, 3)
	for _, f := range x.Facts[:min(len(x.Facts), cap(facts))] {
		facts = append(facts, m.cutText(f, mailText))
	}
	x.Facts = facts
	x.Link, x.Ask = m.address(x.Link), m.address(x.Ask)
	if len(x.URL) > mailText {
		x.URL = ""
	}
	return x
}

// address is a path of the desk as a whole address; empty where nobody knows it.
func (m *Morning) address(path string) string {
	if m.in.URL == "" || path == "" {
		return ""
	}
	return m.in.URL + path
}

// cutText cleans a text and cuts it after so many characters.
func (m *Morning) cutText(s string, most int) string {
	r := []rune(column.Clean(s))
	if len(r) <= most {
		return string(r)
	}
	return string(r[:most-1]) + "…"
}

// bar is the colour at the left of a line in a mail; its sign says the same.
func bar(level string) string {
	switch level {
	case "red":
		return "#c8392f"
	case "amber":
		return "#d9930d"
	case "green":
		return "#2e7d4f"
	case "blue":
		return "#1f5fa8"
	}
	return "#c9c4b8"
}
