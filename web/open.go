package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"headstart"
)

// newPage is the form "Nieuwe storing": what people report before any check
// sees it. Service and effect are enough; twenty seconds to publish.
type newPage struct {
	frame
	Services  []choice
	Locations []choice
	Form      newForm
	Wrong     string    // what is to be mended before anything can be opened
	Previews  bool      // the words can be looked at first
	Follows   bool      // and follow while one fills in
	Foretold  *foretold // nil: nobody asked yet
}

// newForm is the form as it stands.
type newForm struct {
	Service, Title   string
	Effect, Severity string
	At               map[string]bool // locations
	Announce         bool
}

// followMost is the largest catalog of which words follow each key: a rehearsal makes an
// engine of all of it, and of tens of thousands that takes a second or more. Beyond it the
// button shows them.
const followMost = 5000

type choice struct{ ID, Name string }

// serveNew shows the form; what the address names is filled in, with the words that it
// would send.
func (s *Site) serveNew(w http.ResponseWriter, r *http.Request) {
	if !s.ready(w, r) {
		return
	}
	q := r.URL.Query()
	r.PostForm = url.Values{"service": q["service"], "location": q["location"], "effect": {"down"}, "severity": {"major"}, "announce": {"1"}}
	p := s.newPage(r, typedForm(r))
	if p.Write && q.Get("service") != "" {
		s.preview(&p, r)
	}
	s.render(w, r, http.StatusOK, "new", p)
}

func (s *Site) newPage(r *http.Request, form newForm) newPage {
	say := s.say(r)
	p := newPage{frame: s.frame(r, "new", say.Say("new.title")), Form: form, Previews: s.o.Rehearse != nil}
	cat := s.o.View.Catalog()
	p.Follows = p.Previews && len(cat.Devices)+len(cat.Services) <= followMost
	p.Interactive, p.Path = p.Follows, "/new" // a preview has no address to come back to
	p.Services, p.Locations = s.viewer(r).offered(say.Lang)
	return p
}

// offered are the services and places that v finds in a form: those it may read of.
func (v viewer) offered(language string) (services, places []choice) {
	cat := v.view.Catalog()
	for n := range cat.Services {
		if svc := &cat.Services[n]; v.confidential || !svc.Confidential {
			services = append(services, choice{svc.ID, nameOf(svc.Name, svc.ID, language)})
		}
	}
	for n := range cat.Locations {
		if l := &cat.Locations[n]; v.at(l.ID) {
			places = append(places, choice{l.ID, nameOf(l.Name, l.ID, language)})
		}
	}
	return services, places
}

// serveOpen opens an incident and, if asked, places the first message.
func (s *Site) serveOpen(w http.ResponseWriter, r *http.Request) {
	commands, err := s.opening(r)
	if err != nil {
		say := s.say(r)
		s.message(w, r, http.StatusBadRequest, say.Say("page.form"), err.Error())
		return
	}
	s.do(w, r, "/", commands...)
}

// opening is what the form asks for, or what is wrong with it in words: to open an
// incident and, if wanted, to place its first message.
func (s *Site) opening(r *http.Request) ([]headstart.Command, error) {
	say, cat, v := s.say(r), s.o.View.Catalog(), s.viewer(r)
	f := form{r: r, say: say, zone: s.zone, now: s.now()}
	effect := f.text("effect")
	c := headstart.Command{Do: "open", Title: f.text("title"), Severity: f.text("severity"), Ref: f.text("ref"), Variables: map[string]string{"effect": effect}}
	service := v.serviceNamed(f.text("service"))
	if service == "" {
		f.refuse("form.service")
	}
	c.Services = []string{service}
	for _, l := range r.PostForm["location"] {
		if cat.LocationByID(l) == nil {
			f.refuse("form.location")
		} else if !slices.Contains(c.Locations, l) {
			c.Locations = append(c.Locations, l)
		}
	}
	if !slices.Contains([]string{"critical", "major", "minor"}, c.Severity) {
		f.refuse("form.severity")
	}
	if !slices.Contains([]string{"down", "slow", "partly"}, effect) {
		f.refuse("form.effect")
	}
	if !v.acts(&headstart.Incident{Locations: c.Locations}) {
		f.refuse("page.forbidden.text")
	}
	if f.err != nil {
		return nil, f.err
	}
	if c.Title == "" {
		c.Title = serviceName(cat, service, say.Lang) + ": " + strings.ToLower(say.Say("effect."+effect))
	}
	if r.PostFormValue("announce") == "" {
		return []headstart.Command{c}, nil
	}
	if c.Ref == "" {
		c.Ref = newID() // the message must name an incident that has no number yet
	}
	return []headstart.Command{c, {Do: "announce", Incident: c.Ref, Phase: headstart.Investigating, Variables: map[string]string{"effect": effect}}}, nil
}

// serviceNamed is the id of the service that somebody typed or chose, by id, name or
// alias in whatever case; empty: the catalog has none that v may read of, or more than
// one.
func (v viewer) serviceNamed(typed string) string {
	cat := v.view.Catalog()
	if cat.ServiceByID(typed) != nil && v.seesAsset(typed) {
		return typed
	}
	found := ""
	for n := range cat.Services {
		svc := &cat.Services[n]
		is := func(name string) bool { return name != "" && strings.EqualFold(name, typed) }
		switch {
		case !v.seesAsset(svc.ID):
		case !is(svc.Name[""]) && !is(svc.Name["nl"]) && !is(svc.Name["en"]) && !slices.ContainsFunc(svc.Aliases, is):
		case found != "":
			return ""
		default:
			found = svc.ID
		}
	}
	return found
}
