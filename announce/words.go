// Package announce turns the state of an incident into the plain words users
// read: Dutch at level B1 and plain English, without a word of our trade.
//
// It is pure: no clock, no I/O, no randomness. Equal Wordings give equal bytes,
// so a message can be rendered once, frozen and replayed. No text claims what
// nobody proved (ruling 28): without a flag it says less, never more.
package announce

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"headstart"
)

// Words composes messages for one catalog.
type Words struct {
	book    *book
	gate    *gate
	version string // of the templates
}

// New returns the words for cat, nil being an organisation nobody has described,
// in Dutch that says u or je to its readers (any other address is u), with the
// organisation's own lines in place of ours. Which words no internal name may be
// is asked of ours: nobody lets a host's name through by writing it in a line.
func New(cat *headstart.Catalog, address string, own map[string]string) *Words {
	b := shipped(address)
	return &Words{book: b.with(own), gate: newGate(b, cat), version: version(b.Address, own)}
}

// version tells templates apart: the same words come of the same version.
func version(address string, own map[string]string) string {
	h := sha256.New()
	h.Write(templatesYAML)
	if address == "je" {
		h.Write(templatesJeYAML)
	}
	for _, key := range slices.Sorted(maps.Keys(own)) {
		_, _ = fmt.Fprintf(h, "\x00%s\x00%s", key, own[key]) // never fails
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// Compose renders one message. It never fails: what stands against sending the
// message is in the result. An unknown kind is worded as an application, an
// unknown effect as down, an unknown language as Dutch; an unknown phase yields
// an empty Text that misses "Phase".
func (w *Words) Compose(in headstart.Wording) headstart.Composed {
	lang := language(in.Lang)
	ph, ok := w.book.Phases[in.Phase]
	if !ok {
		return headstart.Composed{Missing: []string{"Phase"}, Template: w.version}
	}
	r := render{words: w, wording: in, lang: lang, phase: ph, text: half(lang, ph.NL, ph.EN), clock: clock{in.Now, lang}}
	r.vars = r.values()
	r.kindWords()
	return r.compose()
}

// Title is the one-line name of a disruption for people, as every message about
// it is headed: "Printen lukt niet". name is the service or printer users know;
// where it is empty and the kind cannot do without, there is no title.
func (w *Words) Title(k headstart.ServiceKind, effect, name, lang string) string {
	lang = language(lang)
	kd := w.kind(k)
	title, missing := byEffect(half(lang, kd.NL, kd.EN).Title, effect).fill(map[string]string{"Name": clean(name)})
	if len(missing) > 0 {
		return ""
	}
	return raise(title)
}

// Gate names the words of text that users should not meet, for a person who
// edits a message. A hit is advice: it never stops a person.
func (w *Words) Gate(lang, text string) []headstart.Hit {
	return w.gate.hits(language(lang), clean(text))
}

func (w *Words) kind(k headstart.ServiceKind) kind {
	if kd, ok := w.book.Kinds[k]; ok {
		return kd
	}
	return w.book.Kinds[headstart.KindApplication] // other, and what a catalog left open
}

func language(lang string) string {
	if lang == "en" {
		return "en"
	}
	return "nl"
}

func byEffect(m map[string]text, effect string) text {
	if t, ok := m[effect]; ok {
		return t
	}
	return m["down"]
}

// render is one message on its way.
type render struct {
	words   *Words
	wording headstart.Wording
	lang    string
	phase   phase
	text    phaseText
	clock   clock
	vars    map[string]string
}

// freeNames are the variables that come from a person or the catalog and pass
// the gate (rule 3 of templates.yaml); given are those a Wording may fill in.
var (
	freeNames = headstart.Typable
	given     = append([]string{"Contact", "StatusURL", "Ref"}, freeNames...)
)

// values gives every variable its value: free texts, times and flags.
func (r *render) values() map[string]string {
	in, c := r.wording, r.clock
	v := map[string]string{}
	for _, name := range given {
		v[name] = clean(in.Vars[name])
	}
	v["Since"], v["Ended"], v["NextUpdate"] = c.long(in.Since), c.long(in.Ended), c.long(in.NextUpdate)
	v["Expected"], v["ExpectedOld"] = c.long(quarterUp(in.Expected)), c.long(quarterUp(in.ExpectedOld))
	v["Duration"] = c.duration(in.Since, in.Ended)
	v["Start"], v["End"], v["EndOld"] = c.start(in.Start), c.long(in.End), c.long(in.EndOld)
	v["Period"] = c.period(in.Start, in.End)
	yes := half(r.lang, "ja", "yes")
	if in.Attended {
		v["Attended"] = yes
	} else { // somebody is on it: no word of when one will look
		v["LookFrom"] = c.long(in.LookFrom)
	}
	if in.ChecksGood {
		v["ChecksGood"] = yes
	}
	if in.NotSeen {
		v["NotSeen"] = yes
	}
	if in.LessOften {
		v["LessOften"] = yes
	}
	switch now, before := quarterUp(in.Expected), quarterUp(in.ExpectedOld); {
	case now.IsZero() || before.IsZero():
	case now.Equal(before): // nothing changed
		v["ExpectedOld"] = ""
	case now.Before(before):
		v["Sooner"] = yes
	}
	return v
}

// kindWords adds the words of the kind of service, which may use the values.
func (r *render) kindWords() {
	kd := r.words.kind(r.wording.Kind)
	kt := half(r.lang, kd.NL, kd.EN)
	effect := r.wording.Effect
	for name, t := range map[string]text{
		"Subject": kt.Subject, "Title": byEffect(kt.Title, effect), "Notice": byEffect(kt.Notice, effect),
		"Doing": kt.Doing, "Dont": kt.Dont, "Works": kt.Works, "After": kt.After,
		"MaintTitle": kt.MaintTitle, "MaintNotice": kt.MaintNotice, "Prepare": kt.Prepare,
	} {
		if text, missing := t.fill(r.vars); len(missing) == 0 {
			r.vars[name] = text
		}
	}
	// Nobody checked whether it works for people: neither may be said (ruling 28).
	if !r.wording.ByPerson || r.wording.NotSeen {
		delete(r.vars, "Works")
		delete(r.vars, "After")
	}
}

func (r *render) compose() headstart.Composed {
	out := headstart.Composed{Template: r.words.version}
	title, missing := r.text.Title.fill(r.vars)
	out.Missing = append(out.Missing, missing...)
	out.Text.Title = raise(title)
	out.Text.Subject = r.subject()

	short, missing, tooLong := r.short()
	out.Text.Short, out.TooLong, out.Septets = short, tooLong, septets(short)
	out.Missing = append(out.Missing, missing...)

	out.Text.Lines = r.lines()
	out.Text.Body = body(out.Text.Lines)
	out.Text.Phone = r.phone()

	kd := r.words.kind(r.wording.Kind)
	for _, name := range slices.Concat(r.phase.Required, kd.Requires) {
		if r.vars[name] == "" {
			out.Missing = append(out.Missing, name)
		}
	}
	slices.Sort(out.Missing)
	out.Missing = slices.Compact(out.Missing)
	out.Hits = r.hits(out.Text)
	return out
}

// subject is the same for the whole incident, so that mail programs that thread
// by subject keep it together.
func (r *render) subject() string {
	s := r.vars["Title"]
	if strings.HasPrefix(string(r.wording.Phase), "maintenance_") {
		if s = r.vars["MaintTitle"]; s != "" {
			s = half(r.lang, "Gepland werk: ", "Planned work: ") + s // or it reads as an outage
		}
	}
	if ref := r.vars["Ref"]; ref != "" && s != "" {
		s += " (" + ref + ")"
	}
	return raise(s)
}

// short renders the form for SMS and lock screens, without the place if it would not
// fit with it, and then without what else it is about.
func (r *render) short() (text string, missing []string, tooLong bool) {
	vars := maps.Clone(r.vars)
	in, c := r.wording, r.clock
	if !in.Attended {
		vars["LookFrom"] = c.short(in.LookFrom)
	}
	vars["NextUpdate"] = c.short(in.NextUpdate)
	if vars["LookFrom"] != "" {
		vars["NextUpdate"] = c.shortAfter(in.LookFrom, in.NextUpdate)
	}
	vars["Expected"], vars["End"] = c.short(quarterUp(in.Expected)), c.short(in.End)
	g := r.words.book.Gate
	text, missing = r.text.Short.fill(vars)
	text = raise(g.foldSMS(text))
	for _, spare := range []string{"Where", "Also"} {
		if septets(text) > g.MaxShort && vars[spare] != "" {
			delete(vars, spare)
			text, _ = r.text.Short.fill(vars)
			text = raise(g.foldSMS(text))
		}
	}
	return text, missing, septets(text) > g.MaxShort
}

// lines renders the body. Lines that follow each other under one question are
// one answer.
func (r *render) lines() []headstart.TextLine {
	var out []headstart.TextLine
	last := ""
	for _, l := range r.text.Body {
		if l.Unless != "" && r.vars[l.Unless] != "" {
			continue
		}
		text, missing := l.Text.fill(r.vars)
		if len(missing) > 0 || text == "" {
			continue
		}
		text = raise(text)
		if n := len(out); l.Label != "" && l.Label == last {
			out[n-1].Text = closed(out[n-1].Text) + " " + text
			continue
		}
		last = l.Label
		out = append(out, headstart.TextLine{Label: r.words.book.Labels[r.lang][l.Label], Text: text})
	}
	return out
}

// closed ends a sentence that a person left open.
func closed(s string) string {
	if strings.HasSuffix(s, ".") || strings.HasSuffix(s, "!") || strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}

// body is the lines as plain text: question, answer, empty line.
func body(lines []headstart.TextLine) string {
	var b strings.Builder
	for i, l := range lines {
		if i > 0 {
			b.WriteString("\n\n")
		}
		if l.Label != "" {
			b.WriteString(l.Label + "\n")
		}
		b.WriteString(l.Text)
	}
	return b.String()
}

// phone is what the desk reads aloud (ruling 31): at most 45 words, times as
// spoken, no number. Empty once it is over and for planned work.
func (r *render) phone() string {
	in, c := r.wording, r.clock
	if in.Phase.Final() || strings.HasPrefix(string(in.Phase), "maintenance_") {
		return ""
	}
	ph := r.words.book.Phone
	pt := half(r.lang, ph.NL, ph.EN)
	vars := maps.Clone(r.vars)
	vars["NextUpdate"] = c.spoken(in.NextUpdate)
	if vars["LookFrom"] != "" {
		vars["LookFrom"] = c.spoken(in.LookFrom)
		vars["NextUpdate"] = c.spokenAfter(in.LookFrom, in.NextUpdate)
	}
	end := ""
	if vars["UrgentContact"] == "" { // which replaces every "no need to call"
		if end, _ = pt.Close.fill(vars); end != "" {
			end = " " + end
		}
	}
	for _, where := range []string{vars["Where"], ""} { // a long place leaves first
		vars["Where"] = where
		said, missing := pt.One.fill(vars)
		if len(missing) > 0 {
			return ""
		}
		said = raise(strings.NewReplacer("(", "", ")", "").Replace(said))
		for _, s := range []string{said + end, said} {
			if len(strings.Fields(s)) <= ph.MaxWords {
				return s
			}
		}
	}
	return ""
}

// hits runs the gate over the text and over each value that came from outside,
// also those no line prints.
func (r *render) hits(t headstart.Text) []headstart.Hit {
	texts := []string{t.Title, t.Short}
	for _, l := range t.Lines {
		texts = append(texts, l.Text)
	}
	for _, name := range freeNames {
		texts = append(texts, r.vars[name])
	}
	// How to reach us is the organisation's own wording, and may hold a host.
	own := make([]string, 0, 6)
	for _, name := range []string{"Contact", "StatusURL", "Ref"} {
		if v := r.vars[name]; v != "" {
			own = append(own, v, "")
		}
	}
	cut := strings.NewReplacer(own...)
	for i := range texts {
		texts[i] = cut.Replace(texts[i])
	}
	return r.words.gate.hits(r.lang, texts...)
}

// half returns the Dutch or the English one of two.
func half[T any](lang string, nl, en T) T {
	if lang == "en" {
		return en
	}
	return nl
}

// raise makes the first letter a capital: a printer's name may start small.
func raise(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if !unicode.IsLower(r) {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}
