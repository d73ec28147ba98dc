package notify

import (
	"slices"
	"strings"

	"headstart"
)

// letter is a notice as people read it: every language of its audience, the
// audience's first language first (ruling 31).
type letter struct {
	URL   string // of the status page; empty: there is none
	Leave string // where the reader unsubscribes; empty: nowhere
	Act   string // where a colleague says that he is on it; empty: nowhere
	Parts []letterPart
}

// letterPart is a letter in one language.
type letterPart struct {
	Lang string // nl en
	Text headstart.Text
	More string // the words of the link
	Stop string // the words of the link that unsubscribes
	Take string // the words of the link that acts
}

var stopWords = map[string]string{"nl": "Ik wil geen mail over storingen meer", "en": "I want no more mail about outages"}

var (
	takeWords  = map[string]string{"nl": "Ik pak dit op", "en": "I take this"}
	boardWords = map[string]string{"nl": "Naar de storing", "en": "To the incident"}
)

var moreWords = map[string]string{"nl": "Lees verder op de statuspagina", "en": "Read more on the status page"}

func letterOf(n *headstart.Notice) letter {
	l := letter{URL: webAddress(n.StatusURL)}
	for _, lang := range languages(n) {
		part := letterPart{Lang: lang, Text: n.Text[lang], More: moreWords[lang], Stop: stopWords[lang], Take: takeWords[lang]}
		if n.Plane == headstart.PlaneDesk {
			part.More = boardWords[lang]
		}
		l.Parts = append(l.Parts, part)
	}
	if n.Plane == headstart.PlaneDesk {
		l.URL = webAddress(n.Page)
	}
	return l
}

// languages are those of the audience that the notice has words in.
func languages(n *headstart.Notice) []string {
	var out []string
	for _, lang := range n.Languages {
		if _, ok := n.Text[lang]; ok {
			out = append(out, lang)
		}
	}
	if len(out) == 0 {
		for _, lang := range []string{"nl", "en"} {
			if _, ok := n.Text[lang]; ok {
				out = append(out, lang)
			}
		}
	}
	return out
}

// title is the first language's.
func (l letter) title() string {
	if len(l.Parts) == 0 {
		return ""
	}
	return l.Parts[0].Text.Title
}

// plain is the letter without any markup.
func (l letter) plain() string {
	var b strings.Builder
	for i, part := range l.Parts {
		if i > 0 {
			b.WriteString("\n\n----------------------------------------\n\n")
		}
		b.WriteString(part.Text.Title + "\n\n" + part.Text.Body + "\n")
		if l.URL != "" {
			b.WriteString("\n" + part.More + ":\n" + l.URL + "\n")
		}
		if l.Act != "" {
			b.WriteString("\n" + part.Take + ":\n" + l.Act + "\n")
		}
		if l.Leave != "" {
			b.WriteString("\n" + part.Stop + ":\n" + l.Leave + "\n")
		}
	}
	return b.String()
}

// within shortens the letter until size says no more than most: its longest line
// loses its second half, again and again, and a mark tells so. The link stays.
// Words that cannot be made to fit are returned as short as they get.
func (l letter) within(most int, size func(letter) int) letter {
	const shortest = 40 // runes; what is left of a line still says something
	l.Parts = slices.Clone(l.Parts)
	for i := range l.Parts {
		l.Parts[i].Text.Lines = slices.Clone(l.Parts[i].Text.Lines)
	}
	for size(l) > most {
		var longest *string
		for i := range l.Parts {
			t := &l.Parts[i].Text
			longest = longer(longest, &t.Title)
			for j := range t.Lines {
				longest = longer(longest, &t.Lines[j].Text)
			}
		}
		if longest == nil || len([]rune(*longest)) <= shortest {
			return l.withoutLines(most, size)
		}
		*longest = shorten(*longest, len([]rune(*longest))/2)
	}
	return l
}

// withoutLines drops lines from the end, of the last language first.
func (l letter) withoutLines(most int, size func(letter) int) letter {
	for i := range slices.Backward(l.Parts) {
		for size(l) > most && len(l.Parts[i].Text.Lines) > 0 {
			lines := l.Parts[i].Text.Lines
			l.Parts[i].Text.Lines = lines[:len(lines)-1]
		}
	}
	return l
}

func longer(a, b *string) *string {
	if a == nil || len(*b) > len(*a) {
		return b
	}
	return a
}

// shorten cuts s to most runes, of which the last marks the cut.
func shorten(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return strings.TrimRight(string(r[:max(0, most-1)]), " ") + "…"
}
