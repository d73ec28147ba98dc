package web

import (
	"net/http"
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
	Titles    bool
}

type choice struct{ ID, Name string }

func (s *Site) serveNew(w http.ResponseWriter, r *http.Request) {
	if !s.ready(w, r) {
		return
	}
	say := s.say(r)
	p := newPage{frame: s.frame(r, "new", say.Say("new.title"))}
	p.Services, p.Locations = s.viewer(r).offered(say.Lang)
	s.render(w, r, http.StatusOK, "new", p)
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
	say, cat := s.say(r), s.o.View.Catalog()
	f := form{r: r, say: say, zone: s.zone, now: s.now()}
	c := headstart.Command{Do: "open", Title: f.text("title"), Severity: f.text("severity"), Ref: f.text("ref")}
	service, effect := serviceNamed(cat, f.text("service")), f.text("effect")
	if service == "" {
		f.refuse("form.service")
	} else {
		c.Services = []string{service}
	}
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
	may := s.viewer(r)
	if f.err == nil && !may.acts(&headstart.Incident{Locations: c.Locations}) {
		f.refuse("page.forbidden.text")
	}
	if f.err != nil {
		s.message(w, r, http.StatusBadRequest, say.Say("page.form"), f.err.Error())
		return
	}
	if c.Title == "" {
		c.Title = serviceName(cat, service, say.Lang) + ": " + strings.ToLower(say.Say("effect."+effect))
	}
	c.Variables = map[string]string{"effect": effect}
	commands := []headstart.Command{c}
	if r.PostFormValue("announce") != "" {
		if c.Ref == "" {
			// The message must name an incident that has no number yet.
			commands[0].Ref = newID()
		}
		commands = append(commands, headstart.Command{
			Do: "announce", Incident: commands[0].Ref, Phase: headstart.Investigating, Variables: map[string]string{"effect": effect},
		})
	}
	s.do(w, r, "/", commands...)
}

// serviceNamed is the id of the service that somebody typed or chose, by id, name or
// alias in whatever case; empty: the catalog has none, or more than one.
func serviceNamed(cat *headstart.Catalog, typed string) string {
	if cat.ServiceByID(typed) != nil {
		return typed
	}
	found := ""
	for n := range cat.Services {
		svc := &cat.Services[n]
		is := func(name string) bool { return name != "" && strings.EqualFold(name, typed) }
		if !is(svc.Name[""]) && !is(svc.Name["nl"]) && !is(svc.Name["en"]) && !slices.ContainsFunc(svc.Aliases, is) {
			continue
		}
		if found != "" {
			return ""
		}
		found = svc.ID
	}
	return found
}
