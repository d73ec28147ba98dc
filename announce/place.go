package announce

import (
	"slices"
	"strings"

	"headstart"
)

// place is where one line stands in a book, and which messages print it.
type place struct {
	lang   string
	phase  headstart.Phase       // empty: of every phase
	kind   headstart.ServiceKind // empty: of every kind
	effect string                // empty: of every effect
	label  bool                  // a question: plain words without variables
	body   bool                  // may be left out
	line   text
	put    func(text)
}

// places are all lines of b that an organisation may word itself, by key:
// phases.investigating.nl.body.report, kinds.printer.en.title.down.
func (b *book) places() map[string]place {
	all := map[string]place{}
	for _, lang := range []string{"nl", "en"} {
		for label, src := range b.Labels[lang] {
			all["labels."+lang+"."+label] = place{lang: lang, label: true, line: text{src: src}, put: func(t text) { b.Labels[lang][label] = t.src }}
		}
		for name := range b.Phases {
			b.phasePlaces(all, name, lang)
		}
		for name := range b.Kinds {
			b.kindPlaces(all, name, lang)
		}
		phone := &b.Phone.NL
		if lang == "en" {
			phone = &b.Phone.EN
		}
		all["phone."+lang+".one"] = place{lang: lang, line: phone.One, put: func(t text) { phone.One = t }}
		all["phone."+lang+".close"] = place{lang: lang, line: phone.Close, body: true, put: func(t text) { phone.Close = t }}
	}
	return all
}

func (b *book) phasePlaces(all map[string]place, name headstart.Phase, lang string) {
	edit := func(change func(*phaseText)) {
		p := b.Phases[name]
		if lang == "en" {
			change(&p.EN)
		} else {
			change(&p.NL)
		}
		b.Phases[name] = p
	}
	pt, key := half(lang, b.Phases[name].NL, b.Phases[name].EN), "phases."+string(name)+"."+lang
	all[key+".title"] = place{lang: lang, phase: name, line: pt.Title, put: func(t text) { edit(func(p *phaseText) { p.Title = t }) }}
	all[key+".short"] = place{lang: lang, phase: name, line: pt.Short, put: func(t text) { edit(func(p *phaseText) { p.Short = t }) }}
	for i, l := range pt.Body {
		all[key+".body."+l.name()] = place{lang: lang, phase: name, body: true, line: l.Text, put: func(t text) { edit(func(p *phaseText) { p.Body[i].Text = t }) }}
	}
}

func (b *book) kindPlaces(all map[string]place, name headstart.ServiceKind, lang string) {
	key := "kinds." + string(name) + "." + lang + "."
	edit := func(change func(*kindText)) {
		k := b.Kinds[name]
		if lang == "en" {
			change(&k.EN)
		} else {
			change(&k.NL)
		}
		b.Kinds[name] = k
	}
	add := func(what string, of func(*kindText) *text) {
		kt := half(lang, b.Kinds[name].NL, b.Kinds[name].EN)
		all[key+what] = place{lang: lang, kind: name, body: slices.Contains(spare, what), line: *of(&kt), put: func(t text) { edit(func(k *kindText) { *of(k) = t }) }}
	}
	add("subject", func(k *kindText) *text { return &k.Subject })
	add("doing", func(k *kindText) *text { return &k.Doing })
	add("dont", func(k *kindText) *text { return &k.Dont })
	add("works", func(k *kindText) *text { return &k.Works })
	add("after", func(k *kindText) *text { return &k.After })
	add("maint_title", func(k *kindText) *text { return &k.MaintTitle })
	add("maint_notice", func(k *kindText) *text { return &k.MaintNotice })
	add("prepare", func(k *kindText) *text { return &k.Prepare })
	for _, effect := range effects {
		for what, of := range map[string]func(*kindText) map[string]text{
			"title.":  func(k *kindText) map[string]text { return k.Title },
			"notice.": func(k *kindText) map[string]text { return k.Notice },
		} {
			kt := half(lang, b.Kinds[name].NL, b.Kinds[name].EN)
			all[key+what+effect] = place{lang: lang, kind: name, effect: effect, line: of(&kt)[effect], put: func(t text) { of(&kt)[effect] = t }}
		}
	}
}

// spare are the lines of a kind that a message can do without.
var spare = []string{"doing", "dont", "after", "prepare"}

var effects = []string{"down", "slow", "partly"}

// uses reports whether c prints the line at p, or may. A question, which holds no
// variable, is the same everywhere.
func (p place) uses(c trial) bool {
	return !p.label && p.lang == c.voice.lang && (p.phase == "" || p.phase == c.phase) && (p.kind == "" || p.kind == c.kind) && (p.effect == "" || p.effect == c.effect)
}

// must are the variables of ours at key that whoever words it keeps: what makes
// the message a promise, names what it is about, sends urgent matters to a person,
// says less where nothing is proved (ruling 28), or tells a changed time from a first.
func (b *book) must(key string, p place) []string {
	needed := []string{"UrgentContact", "NotSeen", "ExpectedOld", "Sooner", "LessOften"}
	needed = append(needed, b.Phases[p.phase].Required...)
	if strings.Contains(key, ".title.") || strings.HasSuffix(key, ".subject") || strings.HasSuffix(key, ".maint_title") {
		needed = append(needed, b.Kinds[p.kind].Requires...)
	}
	if strings.HasPrefix(key, "phone.") {
		needed = append(needed, "Title", "NextUpdate")
	}
	used, _ := p.line.names()
	return slices.DeleteFunc(needed, func(name string) bool { return !slices.Contains(used, name) })
}

// variables are the names a line at p may use.
func (b *book) variables(p place) map[string]bool {
	known := map[string]bool{}
	if p.label {
		return known
	}
	for name := range b.Variables {
		known[name] = true
	}
	for _, name := range b.Flags {
		known[name] = true
	}
	if p.kind == "" { // those are made of the kind's own lines
		for _, name := range kindWords {
			known[name] = true
		}
	}
	return known
}

// kindWords are the variables that the lines of a kind of service fill in.
var kindWords = []string{"Subject", "Title", "Notice", "Still", "Doing", "Dont", "Works", "After", "MaintTitle", "MaintNotice", "Prepare"}
