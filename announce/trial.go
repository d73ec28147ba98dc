package announce

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"headstart"
)

// voice is a language, and how it speaks to its reader.
type voice struct{ lang, address string }

// voices are all; English has one form of address.
var voices = []voice{{"nl", "u"}, {"nl", "je"}, {"en", "u"}}

// trial is one render of the property test.
type trial struct {
	phase  headstart.Phase
	kind   headstart.ServiceKind
	voice  voice
	effect string
	form   string
	full   bool
}

func (c trial) String() string {
	return fmt.Sprintf("%s/%s/%s-%s/%s/%s/full=%t", c.phase, c.kind, c.voice.lang, c.voice.address, c.effect, c.form, c.full)
}

// trials are every phase, kind, language, address, effect, form and filling.
func trials(b *book) []trial {
	var out []trial
	kinds := slices.Sorted(maps.Keys(b.Kinds))
	for _, ph := range slices.Sorted(maps.Keys(b.Phases)) {
		forms := b.formsOf(ph)
		for _, k := range kinds {
			for _, v := range voices {
				out = appendTrials(out, trial{phase: ph, kind: k, voice: v}, forms)
			}
		}
	}
	return out
}

// appendTrials adds c in each effect, form and filling.
func appendTrials(out []trial, c trial, forms []string) []trial {
	for _, c.effect = range effects {
		for _, c.form = range forms {
			for _, c.full = range []bool{true, false} {
				out = append(out, c)
			}
		}
	}
	return out
}

// formsOf are the states a message of a phase can be in, by name.
func (b *book) formsOf(ph headstart.Phase) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(b.Forms)), func(f string) bool {
		only := b.Forms[f].Phases
		return len(only) > 0 && !slices.Contains(only, string(ph))
	})
}

// wording fills in the examples of templates.yaml, or only what is required.
func (c trial) wording(b *book, loc *time.Location) headstart.Wording {
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, loc) }
	w := headstart.Wording{Phase: c.phase, Kind: c.kind, Effect: c.effect, Lang: c.voice.lang, Now: at(23, 10, 21), Vars: map[string]string{}}
	p, k, f := b.Phases[c.phase], b.Kinds[c.kind], b.Forms[c.form]
	kt := half(c.voice.lang, k.NL, k.EN)
	uses := func(name string) bool {
		if slices.Contains(f.Clear, name) {
			return false
		}
		return c.full || slices.Contains(p.Required, name) || slices.Contains(k.Requires, name)
	}
	for name, ex := range b.Variables {
		if uses(name) && slices.Contains(given, name) {
			w.Vars[name] = half(c.voice.lang, ex.NL, ex.EN)
		}
	}
	w.Vars["Name"] = c.name(w.Vars["Name"])
	if c.full {
		w.Vars["Still"] = kt.Still.src
		if !slices.Contains(f.Clear, "Workaround") {
			w.Vars["Workaround"] = strings.ReplaceAll(kt.Workarounds[0], "{{.Name}}", w.Vars["Name"])
		}
	}
	for name, set := range map[string]func(){
		"Since": func() { w.Since = at(23, 8, 12) }, "Ended": func() { w.Ended = at(23, 10, 21) },
		"NextUpdate": func() { w.NextUpdate = at(23, 11, 15) }, "Expected": func() { w.Expected = at(23, 11, 30) },
		"ExpectedOld": func() { w.ExpectedOld = at(23, 10, 45) }, "Start": func() { w.Start = at(24, 18, 0) },
		"End": func() { w.End = at(24, 20, 0) }, "EndOld": func() { w.EndOld = at(24, 19, 0) },
		"Period": func() { w.Start, w.End = at(24, 18, 0), at(24, 20, 0) },
	} {
		if uses(name) {
			set()
		}
	}
	w.ByPerson = !slices.Contains(f.Clear, "Works")
	set := half(c.voice.lang, f.NL, f.EN)
	c.flags(&w, set)
	if set["LookFrom"] != "" {
		w.LookFrom, w.NextUpdate = at(24, 8, 0), at(24, 8, 30)
	}
	return w
}

// flags sets those that set names; a time that is sooner lies before the one said.
func (c trial) flags(w *headstart.Wording, set map[string]string) {
	w.Attended, w.ChecksGood, w.NotSeen = set["Attended"] != "", set["ChecksGood"] != "", set["NotSeen"] != ""
	w.LessOften = set["LessOften"] != ""
	if set["Sooner"] != "" && !w.ExpectedOld.IsZero() {
		w.ExpectedOld = w.ExpectedOld.Add(2 * time.Hour)
	}
}

// name is what people call what c is about; empty stays so.
func (c trial) name(example string) string {
	switch {
	case example == "" || c.kind == headstart.KindApplication:
	case c.kind == headstart.KindPrinter:
		return "printer N2-04"
	case c.kind == headstart.KindFileshare:
		return half(c.voice.lang, "afdeling Financiën", "Finance department")
	}
	return example
}
