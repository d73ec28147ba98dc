package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"headstart"
	"headstart/lang"
)

// knownPage is the list of known errors.
type knownPage struct {
	frame
	Records  []recordLine
	More     int // that are not shown
	Due      int // to be looked at again
	Q        string
	Service  string
	State    string
	States   []choice
	Services []choice
	Form     knownForm // to make one
}

// recordLine is a known error as a line of the list.
type recordLine struct {
	headstart.KnownRecord
	Name, Remedy, Services string
	Due, Dead              bool
}

func (s *Site) serveKnown(w http.ResponseWriter, r *http.Request) {
	if !s.ready(w, r) {
		return
	}
	say, v, q := s.say(r), s.viewer(r), r.URL.Query()
	p := knownPage{frame: s.frame(r, "known", say.Say("known.head")), Q: cutText(q.Get("q"), 200), Service: q.Get("service")}
	if p.State = q.Get("state"); !slices.Contains(recordStates, p.State) {
		p.State = ""
	}
	all := v.records(s.o.View.KnownErrors())
	due := func(k *headstart.KnownRecord) bool { return k.ReviewDue(p.Now) }
	p.Due = len(kept(all, due))
	f := recordFilter{words: searchWords(p.Q), service: p.Service, state: p.State}
	list := f.filter(all, due)
	p.More = max(0, len(list)-listMost)
	for _, k := range list[:len(list)-p.More] {
		p.Records = append(p.Records, s.recordLine(k, say, due(&k)))
	}
	for _, st := range append([]string{""}, recordStates...) {
		p.States = append(p.States, choice{st, say.Say("known.state." + cmp.Or(st, "used"))})
	}
	p.Services = s.servicesOf(all, say)
	p.Form = knownForm{Action: "/known-errors", Button: say.Say("known.make"), KnownError: headstart.KnownError{ReviewBy: p.Now.AddDate(1, 0, 0).Format("2006-01-02")}}
	if i, ok := s.o.View.Find(q.Get("incident")); ok && v.sees(&i) {
		p.Form.Incident, p.Form.Title = string(i.ID), i.Title
	}
	s.render(w, r, http.StatusOK, "known", p)
}

func (s *Site) recordLine(k headstart.KnownRecord, say *lang.Words, due bool) recordLine {
	cat := s.o.View.Catalog()
	l := recordLine{
		KnownRecord: k, Name: k.Name(say.Lang), Remedy: short(k.Remedy(say.Lang)), Due: due,
		Services: joined(k.Services, func(id string) string { return serviceName(cat, id, say.Lang) }),
	}
	_, l.Dead = s.o.View.DeadLink(k.KB)
	return l
}

// servicesOf are the services that known errors are about, by name.
func (s *Site) servicesOf(all []headstart.KnownRecord, say *lang.Words) (out []choice) {
	cat := s.o.View.Catalog()
	for n := range all {
		for _, id := range all[n].Services {
			if c := (choice{id, serviceName(cat, id, say.Lang)}); !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	slices.SortFunc(out, func(a, b choice) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// recordPage is one known error.
type recordPage struct {
	frame
	recordLine
	Facts []knownFact
	Cases []caseLine
	Link  *headstart.DeadLink // its article, if that is gone
	Draft string              // of an article, in Markdown
	Own   bool
	Form  knownForm
}

// knownFact is a line of what is known.
type knownFact struct{ Name, Text, Lang string }

// caseLine is an incident that a known error was the answer to.
type caseLine struct {
	ID      headstart.IncidentID
	Link    bool // it is known still
	When    string
	What    string
	Learned bool
	Word    string // helped, did not help; empty: nobody said
	Level   string
}

func (s *Site) serveRecord(w http.ResponseWriter, r *http.Request) {
	if !s.ready(w, r) {
		return
	}
	say := s.say(r)
	k, ok := s.viewer(r).record(r.PathValue("id"))
	if !ok {
		s.message(w, r, http.StatusNotFound, say.Say("page.notfound"), say.Say("known.notfound", "id", cutText(r.PathValue("id"), 40)))
		return
	}
	p := recordPage{frame: s.frame(r, "known", k.ID+" "+k.Name(say.Lang)), Own: k.Own}
	p.recordLine = s.recordLine(k, say, k.ReviewDue(p.Now))
	p.Facts = s.facts(&k, say)
	if l, dead := s.o.View.DeadLink(k.KB); dead {
		p.Link = &l
	}
	for _, c := range slices.Backward(k.Cases) {
		p.Cases = append(p.Cases, s.caseLine(&c, say))
	}
	p.Draft = articleDraft(&k, say, s.o.View.Catalog())
	p.Form = knownForm{Action: "/known-errors/" + k.ID + "/edit", Button: say.Say("act.save"), Edition: k.Edition, KnownError: k.KnownError}
	s.render(w, r, http.StatusOK, "knownerror", p)
}

// facts are what k says, without what it leaves out.
func (s *Site) facts(k *headstart.KnownRecord, say *lang.Words) (out []knownFact) {
	cat := s.o.View.Catalog()
	add := func(key, text, language string) {
		if text = strings.TrimSpace(text); text != "" {
			name := say.Say("known.field." + key)
			if language != "" && language != say.Lang {
				name += " (" + say.Say("language."+language) + ")"
			}
			out = append(out, knownFact{name, text, language})
		}
	}
	add("fix", k.Fix, "")
	for _, l := range []string{"", "nl", "en"} {
		add("workaround", k.Workaround[l], l)
	}
	add("cause", k.Cause, "")
	add("prevention", k.Prevention, "")
	for _, l := range []string{"nl", "en"} {
		add("symptoms", strings.Join(k.Symptoms[l], "; "), l)
	}
	add("services", joined(k.Services, func(id string) string { return serviceName(cat, id, say.Lang) }), "")
	add("assets", joined(k.Assets, func(id string) string { return assetName(cat, id, say.Lang) }), "")
	add("locations", joined(k.Locations, func(id string) string { return locationName(cat, id, say.Lang) }), "")
	add("checks", strings.Join(k.Checks, ", "), "")
	add("supplier_case", k.SupplierCase, "")
	add("problem", k.Problem, "")
	add("review_by", k.ReviewBy, "")
	return out
}

func (s *Site) caseLine(c *headstart.KnownCase, say *lang.Words) caseLine {
	cat := s.o.View.Catalog()
	_, there := s.o.View.Find(string(c.Incident))
	l := caseLine{ID: c.Incident, Link: there, When: say.Day(c.At), Learned: c.Learned}
	l.What = joined(c.Assets, func(id string) string { return assetName(cat, id, say.Lang) })
	if l.What == "" {
		l.What = joined(c.Services, func(id string) string { return serviceName(cat, id, say.Lang) })
	}
	switch {
	case c.Helped == nil:
	case *c.Helped:
		l.Word, l.Level = say.Say("known.case.helped"), "green"
	default:
		l.Word, l.Level = say.Say("known.case.failed"), "amber"
	}
	return l
}

// serveMakeKnown makes a known error of a form.
func (s *Site) serveMakeKnown(w http.ResponseWriter, r *http.Request) {
	f := form{r: r, say: s.say(r), zone: s.zone, now: s.now()}
	c := headstart.Command{Do: "make-known", Incident: f.text("incident"), Record: f.knownError(s.o.View.Catalog())}
	s.doKnown(w, r, &f, c, "/known-errors")
}

// serveRecordAction changes or retires a known error.
func (s *Site) serveRecordAction(w http.ResponseWriter, r *http.Request) {
	f := form{r: r, say: s.say(r), zone: s.zone, now: s.now()}
	k, ok := s.viewer(r).record(r.PathValue("id"))
	if !ok {
		s.message(w, r, http.StatusNotFound, f.say.Say("page.notfound"), f.say.Say("known.notfound", "id", cutText(r.PathValue("id"), 40)))
		return
	}
	c := headstart.Command{KnownError: k.ID}
	switch r.PathValue("do") {
	case "edit":
		c.Do, c.Record, c.Edition = "edit-known", f.knownError(s.o.View.Catalog()), f.number("edition")
	case "retire":
		c.Do, c.Text = "retire-known", f.text("why")
	case "restore":
		c.Do, c.Value = "retire-known", new(false)
	default:
		s.message(w, r, http.StatusNotFound, f.say.Say("page.notfound"), f.say.Say("page.notfound.action"))
		return
	}
	s.doKnown(w, r, &f, c, "/known-errors/"+k.ID)
}

func (s *Site) doKnown(w http.ResponseWriter, r *http.Request, f *form, c headstart.Command, back string) {
	if f.err == nil && c.Record != nil {
		f.judge(c.Record, s.o.View.Catalog(), c.Incident != "")
	}
	if f.err != nil {
		s.message(w, r, http.StatusBadRequest, f.say.Say("page.form"), f.err.Error())
		return
	}
	s.do(w, r, back, c)
}
