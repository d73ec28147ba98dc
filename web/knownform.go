package web

import (
	"slices"
	"strconv"
	"strings"

	"headstart"
)

// knownForm is a form with all that a known error says.
type knownForm struct {
	headstart.KnownError
	Action   string
	Button   string
	Incident string // it is made of; empty: of none
	Edition  int
}

// List is a list as one line of a form.
func (knownForm) List(list []string) string { return strings.Join(list, ", ") }

// Lines is a list as lines of a form.
func (knownForm) Lines(list []string) string { return strings.Join(list, "\n") }

// Plain is a text of one language, or the one for all in the Dutch field.
func (knownForm) Plain(n headstart.Names, lang string) string {
	if s := n[lang]; s != "" || lang != "nl" {
		return s
	}
	return n[""]
}

// knownError reads the fields of knownForm. Services, devices and places may be written
// by name.
func (f *form) knownError(cat *headstart.Catalog) *headstart.KnownError {
	k := &headstart.KnownError{
		Title: f.names("title"), Workaround: f.names("workaround"), Cause: f.text("cause"), Fix: f.text("fix"), Prevention: f.text("prevention"),
		KB: f.text("kb"), SupplierCase: f.text("supplier_case"), Problem: f.text("problem"), ReviewBy: f.text("review_by"),
		Article: f.textUpTo("article", headstart.MostKnownArticle), Checks: f.list("checks"), Confidential: f.text("confidential") != "",
	}
	services := func(s *headstart.Service) (string, headstart.Names, []string) { return s.ID, s.Name, s.Aliases }
	devices := func(d *headstart.Device) (string, headstart.Names, []string) { return d.ID, d.Name, d.Aliases }
	k.Services = idsOf(f.list("services"), cat.Services, services)
	k.Assets = idsOf(idsOf(f.list("assets"), cat.Devices, devices), cat.Services, services)
	for _, l := range []string{"nl", "en"} {
		if lines := f.lines("symptoms_" + l); len(lines) > 0 {
			if k.Symptoms == nil {
				k.Symptoms = map[string][]string{}
			}
			k.Symptoms[l] = lines
		}
	}
	k.Locations = idsOf(f.list("locations"), cat.Locations, func(l *headstart.Location) (string, headstart.Names, []string) { return l.ID, l.Name, l.Aliases })
	return k
}

// judge refuses what is wrong with k, in words for the reader. Of an incident it may say
// nothing: what that one says stands in.
func (f *form) judge(k *headstart.KnownError, cat *headstart.Catalog, ofIncident bool) {
	for _, m := range k.Mistakes(cat) {
		if m.Kind == "empty" && ofIncident {
			continue
		}
		f.refuse("known.wrong."+m.Kind, "field", f.say.Say("known.field."+m.Key), "value", cutText(m.Value, 60), "most", m.Most)
	}
}

// names reads a text in both languages.
func (f *form) names(name string) headstart.Names {
	out := headstart.Names{}
	for _, l := range []string{"nl", "en"} {
		if v := f.text(name + "_" + l); v != "" {
			out[l] = v
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// list reads a field with several values, separated by commas.
func (f *form) list(name string) (out []string) {
	for part := range strings.FieldsFuncSeq(f.text(name), func(r rune) bool { return r == ',' || r == '\n' || r == ';' }) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// lines reads a field with a value a line.
func (f *form) lines(name string) (out []string) {
	for line := range strings.Lines(f.text(name)) {
		if line = strings.TrimSpace(strings.ReplaceAll(line, "\t", " ")); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// number reads a whole number, 0 if there is none.
func (f *form) number(name string) int {
	n, err := strconv.Atoi(f.text(name))
	if err != nil {
		return 0
	}
	return n
}

// idsOf finds the things of a list that are named by id, name or alias; what it does
// not find stays as it is, to be refused by name.
func idsOf[T any](named []string, list []T, of func(*T) (id string, name headstart.Names, aliases []string)) []string {
	out := make([]string, len(named))
	for n, want := range named {
		out[n] = want
		for i := range list {
			id, name, aliases := of(&list[i])
			all := append([]string{id, name[""], name["nl"], name["en"]}, aliases...)
			if containsFold(all, want) {
				out[n] = id
				break
			}
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

func containsFold(list []string, want string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, want) })
}
