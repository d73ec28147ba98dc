package web

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"headstart"
	"headstart/lang"
)

// editorPage is one message on its way: its texts at the left, what people would read of
// it at the right.
type editorPage struct {
	frame
	Told     told
	Incident headstart.IncidentID
	Phase    string
	State    string // in words
	By       string
	Next     string // the promise, in words
	Goes     string // when it goes out by itself; empty: it does not
	Fields   []editorField
	Proofs   []shownProof
	Reach    reach
	Others   alsoPart
	Draft    bool // a draft waits; else what users read is corrected
	Changed  bool // what is shown is not saved
	Approves bool // the reader may let it out
	Acts     bool
	Why      []string
}

// editorField is one text of a message, in each of its languages.
type editorField struct {
	Name, Label string
	In          []editorText
}

type editorText struct{ Lang, Key, Value string }

// shownProof is a proof with its language in words.
type shownProof struct {
	proof
	Language   string
	Labels     []string // of Missing
	TooLong    bool
	TooSpoken  bool
	Replaces   []replacement
	MostChars  int
	MostSpoken int
}

// replacement is a word with what to write instead, that a press puts in its place; it
// posts to To.
type replacement struct{ Word, Plain, Press, To string }

// announcementFor finds the one a request names, that the reader may see, with its
// incident. Planned work has a page of its own.
func (s *Site) announcementFor(w http.ResponseWriter, r *http.Request) (a headstart.Announcement, i headstart.Incident, ok bool) {
	say, v, id := s.say(r), s.viewer(r), r.PathValue("id")
	for shared := range s.o.View.EachAnnouncement() {
		if shared.ID != id {
			continue
		}
		an := *shared
		if i, ok = s.o.View.Find(string(an.Incident)); !ok {
			break
		}
		if !v.seesAnnouncement(&an) {
			s.message(w, r, http.StatusForbidden, say.Say("page.forbidden"), say.Say("page.forbidden.text"))
			return a, i, false
		}
		return an, i, true
	}
	s.message(w, r, http.StatusNotFound, say.Say("page.notfound"), say.Say("editor.none"))
	return a, i, false
}

func (s *Site) serveEditor(w http.ResponseWriter, r *http.Request) {
	if !s.ready(w, r) {
		return
	}
	if a, i, ok := s.announcementFor(w, r); ok {
		s.editor(w, r, &a, &i, nil)
	}
}

// edited is the message that is edited: the draft, else the last one that users read.
func edited(a *headstart.Announcement) *headstart.Update {
	if a.Draft != nil {
		return a.Draft
	}
	return a.Last()
}

// serveEdit does something to one announcement, or shows how it would read.
func (s *Site) serveEdit(w http.ResponseWriter, r *http.Request) {
	if !s.ready(w, r) {
		return
	}
	a, i, ok := s.announcementFor(w, r)
	if !ok {
		return
	}
	say, do := s.say(r), r.PathValue("do")
	if !s.viewer(r).acts(&i) {
		s.message(w, r, http.StatusForbidden, say.Say("page.forbidden"), say.Say("page.forbidden.text"))
		return
	}
	if approves(do) && !s.viewer(r).approves() {
		s.message(w, r, http.StatusForbidden, say.Say("page.forbidden"), say.Say("page.forbidden.approve"))
		return
	}
	f := form{r: r, say: say, zone: s.zone, now: s.now()}
	c := headstart.Command{Do: do, Announcement: a.ID}
	switch do {
	case "preview":
		typed := f.typed(&a, s.o.Editor.Fields)
		if f.err == nil {
			s.editor(w, r, &a, &i, typed)
			return
		}
	case "edit":
		c.Variables = f.changes(&a, s.o.Editor.Fields)
		if len(c.Variables) == 0 {
			f.refuse("editor.same")
		}
	case "schedule":
		if f.text("undo") == "" {
			c.At = f.day("at")
		}
	case "cover", "uncover":
		c.Incidents = []string{f.required("incident")}
	case "approve", "discard", "withdraw":
	default:
		s.message(w, r, http.StatusNotFound, say.Say("page.notfound"), say.Say("page.notfound.action"))
		return
	}
	if f.err != nil {
		s.message(w, r, http.StatusBadRequest, say.Say("page.form"), f.err.Error())
		return
	}
	s.do(w, r, "/announcements/"+url.PathEscape(a.ID), c)
}

// typed is what a form says a message is to say: all fields that differ from what would
// stand there without a person. A press on a word puts the plain one in its place.
func (f *form) typed(a *headstart.Announcement, fields func(headstart.Phase) []string) map[string]string {
	out := map[string]string{}
	if u := edited(a); u != nil && u.Basis != nil && u.Basis.Typed != nil {
		maps.Copy(out, u.Basis.Typed)
	}
	maps.Copy(out, f.changes(a, fields))
	if lang, rest, ok := strings.Cut(f.text("replace"), "/"); ok {
		word, plain, _ := strings.Cut(rest, "/")
		replaceWord(out, a, lang, word, plain)
	}
	maps.DeleteFunc(out, func(_, text string) bool { return text == "" })
	return out
}

// changes are the fields of the form that say something else than the message does.
func (f *form) changes(a *headstart.Announcement, fields func(headstart.Phase) []string) map[string]string {
	out := map[string]string{}
	u := edited(a)
	if u == nil || u.Basis == nil || fields == nil {
		return out
	}
	for _, name := range fields(u.Phase) {
		for _, l := range a.Languages {
			key := name + "." + l
			if text := f.text(key); f.r.PostForm.Has(key) && text != u.Basis.Vars[l][name] {
				out[key] = text
			}
		}
	}
	return out
}

// replaceWord puts plain in the place of word, in the texts of one language that a
// person or the catalog gave.
func replaceWord(typed map[string]string, a *headstart.Announcement, lang, word, plain string) {
	u := edited(a)
	if word == "" || u == nil || u.Basis == nil {
		return
	}
	for _, name := range headstart.Typable {
		key := name + "." + lang
		text, has := typed[key]
		if !has {
			text = cmp.Or(typed[name], u.Basis.Vars[lang][name])
		}
		if said := insteadOf(text, word, plain); said != text {
			typed[key] = said
		}
	}
}

// insteadOf is text with plain where it says word, in whatever case.
func insteadOf(text, word, plain string) string {
	lower, find := strings.ToLower(text), strings.ToLower(word)
	if len(lower) != len(text) || find == "" {
		return strings.ReplaceAll(text, word, plain)
	}
	var b strings.Builder
	for {
		n := strings.Index(lower, find)
		if n < 0 {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(text[:n] + plain)
		text, lower = text[n+len(find):], lower[n+len(find):]
	}
}

// editor shows a message with what is typed; nil: as it is kept.
func (s *Site) editor(w http.ResponseWriter, r *http.Request, a *headstart.Announcement, i *headstart.Incident, typed map[string]string) {
	say, v := s.say(r), s.viewer(r)
	u := edited(a)
	if u == nil {
		s.message(w, r, http.StatusNotFound, say.Say("page.notfound"), say.Say("editor.none"))
		return
	}
	p := editorPage{
		frame: s.frame(r, "announcements", say.Say("editor.title", "id", a.Incident)), Told: describe(a, say, s.now()), Incident: a.Incident,
		Phase: say.SayOr("phase.", string(u.Phase), string(u.Phase)), Draft: a.Draft != nil, Changed: typed != nil, Why: u.Why,
		Reach: s.o.Editor.reachOf(s.o.View, a, i), By: u.By,
	}
	if u.By == "rule" {
		p.By = say.Say("by.rule")
	}
	p.Acts = p.Write && v.acts(i) && (a.Draft != nil || a.Live())
	p.Others = s.alsoPart(a, say, v, p.Acts)
	p.Approves = p.Acts && v.approves() && a.Draft != nil
	state := a.Waiting()
	if a.Draft == nil {
		state = a.Standing(len(a.Updates) - 1)
	}
	p.State = say.SayOr("update.", string(state), string(state))
	if u.ScheduledFor != nil && a.Draft != nil {
		p.Goes = say.Say("announcements.goes", "time", say.When(*u.ScheduledFor, p.Now))
	}
	if u.NextUpdateBy != nil {
		p.Next = say.Say("desk.next", "time", say.When(*u.NextUpdateBy, p.Now))
	}
	p.Reach.LeftOut = namesOfPlaces(s.o.View.Catalog(), p.Reach.LeftOut, say.Lang)
	p.Fields = s.fields(a, u, typed, say)
	for _, one := range s.o.Editor.proofs(a, u, typed, s.zone) {
		p.Proofs = append(p.Proofs, showProof(one, say).pressable("/announcements/"+url.PathEscape(a.ID)+"/preview"))
	}
	if r.Header.Get("HX-Request") != "" {
		s.renderPart(w, r, "editor", "proofs", p)
		return
	}
	p.Interactive, p.Path = true, "/announcements/"+url.PathEscape(a.ID) // a preview has no address to come back to
	s.render(w, r, http.StatusOK, "editor", p)
}

func namesOfPlaces(cat *headstart.Catalog, ids []string, language string) []string {
	out := make([]string, len(ids))
	for n, id := range ids {
		out[n] = locationName(cat, id, language)
	}
	return out
}

// fields are the texts of u a person may write, as they stand.
func (s *Site) fields(a *headstart.Announcement, u *headstart.Update, typed map[string]string, say *lang.Words) []editorField {
	if u.Basis == nil || s.o.Editor.Fields == nil {
		return nil
	}
	var out []editorField
	for _, name := range s.o.Editor.Fields(u.Phase) {
		field := editorField{Name: name, Label: say.SayOr("variable.", name, name)}
		for _, l := range a.Languages {
			w := headstart.Wording{Lang: l, Vars: map[string]string{name: u.Basis.Vars[l][name]}}
			w.Type(typed)
			field.In = append(field.In, editorText{Lang: l, Key: name + "." + l, Value: w.Vars[name]})
		}
		out = append(out, field)
	}
	return out
}

func showProof(p proof, say *lang.Words) shownProof {
	s := shownProof{
		proof: p, Language: say.SayOr("language.", p.Lang, p.Lang), MostChars: mostSeptets, MostSpoken: mostSpoken,
		TooLong: p.Septets > mostSeptets, TooSpoken: p.PhoneWords > mostSpoken,
	}
	for _, name := range p.Missing {
		s.Labels = append(s.Labels, say.SayOr("variable.", name, name))
	}
	for _, h := range p.Hits {
		s.Replaces = append(s.Replaces, replacement{Word: h.Word, Plain: h.Plain})
	}
	return s
}

// pressable lets a press put plain words in the place of ours, by a form of that address.
func (s shownProof) pressable(to string) shownProof {
	for n := range s.Replaces {
		one := &s.Replaces[n]
		if one.Plain != "" && one.Word != "…" && !strings.Contains(one.Plain, "/") && !strings.Contains(one.Word, "/") {
			one.Press, one.To = s.Lang+"/"+one.Word+"/"+one.Plain, to
		}
	}
	return s
}
