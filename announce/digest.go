package announce

import (
	"strconv"
	"strings"

	"headstart"
)

// digestText is the words of a digest in one language.
type digestText struct {
	Title, Short, Brief text
	Live, Over          string // the two questions
	One, Ended          text
	More, Report, Link  text
}

// Digest renders the one message that lists several notices (ruling 26), in the words
// they stand in. Of more than max_lines it tells how many there are. Like Compose it
// never fails, and names the words users should not meet.
func (w *Words) Digest(in headstart.DigestWording) headstart.Composed {
	lang := language(in.Lang)
	d := digest{in: in, words: w, text: half(lang, w.book.Digest.NL, w.book.Digest.EN), clock: clock{in.Now, lang}}
	return d.compose(lang)
}

type digest struct {
	in    headstart.DigestWording
	words *Words
	text  digestText
	clock clock
}

func (d *digest) compose(lang string) headstart.Composed {
	out := headstart.Composed{Template: d.words.version}
	live, over, more := d.cut()
	vars := map[string]string{
		"Live": titles(live), "Over": titles(over), "StatusURL": clean(d.in.StatusURL),
		"CountLive": count(len(d.in.Live) + d.in.More), "CountOver": count(len(d.in.Over)), "More": count(more),
	}
	title, _ := d.text.Title.fill(vars)
	out.Text.Title, out.Text.Subject = title, title
	out.Text.Short, out.TooLong = d.short(vars)
	urgent := d.answers(&out.Text, d.text.Live, d.text.One, live)
	d.answers(&out.Text, d.text.Over, d.text.Ended, over)
	d.say(&out.Text, d.text.More, vars)
	if len(live) > 0 && !urgent { // an urgent contact replaces every "no need to report"
		d.say(&out.Text, d.text.Report, vars)
	}
	said := []string{out.Text.Title, strings.ReplaceAll(out.Text.Short, vars["StatusURL"], "")}
	for _, l := range out.Text.Lines {
		said = append(said, l.Text)
	}
	out.Hits = d.words.gate.hits(lang, said...)
	d.say(&out.Text, d.text.Link, vars) // the address of the page is the organisation's own
	out.Text.Body = body(out.Text.Lines)
	return out
}

// cut leaves as many lines as a digest may have, what stands first.
func (d *digest) cut() (live, over []headstart.DigestLine, more int) {
	room := d.words.book.Digest.MaxLines
	live = d.in.Live[:min(len(d.in.Live), room)]
	over = d.in.Over[:min(len(d.in.Over), room-len(live))]
	return live, over, d.in.More + len(d.in.Live) - len(live)
}

// short is the form for SMS: what it is about, or only how much where that is too long.
func (d *digest) short(vars map[string]string) (out string, tooLong bool) {
	g := d.words.book.Gate
	for _, form := range [...]text{d.text.Short, d.text.Brief} {
		said, _ := form.fill(vars)
		if out = raise(g.foldSMS(said)); septets(out) <= g.MaxShort {
			return out, false
		}
	}
	return out, true
}

// answers adds the lines of one question, and reports whether one of them says whom to
// call when it is urgent.
func (d *digest) answers(to *headstart.Text, question string, t text, lines []headstart.DigestLine) (urgent bool) {
	for _, l := range lines {
		said, missing := t.fill(map[string]string{
			"Title": clean(l.Title), "Where": clean(l.Where), "UrgentContact": clean(l.UrgentContact),
			"Since": d.clock.long(l.Since), "Ended": d.clock.long(l.Ended),
		})
		if len(missing) > 0 {
			continue
		}
		urgent = urgent || l.UrgentContact != ""
		to.Lines = append(to.Lines, headstart.TextLine{Label: question, Text: raise(said)})
		question = "" // asked once
	}
	return urgent
}

// say adds a line that stands alone, if it has what it needs.
func (d *digest) say(to *headstart.Text, t text, vars map[string]string) {
	if said, missing := t.fill(vars); len(missing) == 0 && said != "" {
		to.Lines = append(to.Lines, headstart.TextLine{Text: raise(said)})
	}
}

// titles lists what notices are called.
func titles(lines []headstart.DigestLine) string {
	var out []string
	for _, l := range lines {
		out = append(out, raise(clean(l.Title)))
	}
	return strings.Join(out, ". ")
}

// count is n, or nothing: a text leaves zero out.
func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
