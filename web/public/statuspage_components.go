package public

import (
	"slices"
	"time"

	"headstart"
)

// listed are the services of the page as components.
func (p *statuspageView) listed() []spComponent {
	out := []spComponent{}
	for i := range p.s.Services {
		svc := &p.s.Services[i]
		c := spComponent{
			ID: svc.ID, Name: p.s.ServiceNames([]string{svc.Catalog}, p.e.words.Lang), Status: p.componentStatus(svc),
			CreatedAt: spAt(p.s, p.s.since()), UpdatedAt: spAt(p.s, p.lastTold(svc.Catalog)), Position: i + 1, Showcase: true, PageID: p.page.ID,
		}
		if !p.s.Known.IsZero() {
			day := p.s.Known.In(p.s.At.Location()).Format(time.DateOnly)
			c.StartDate = &day
		}
		out = append(out, c)
	}
	return out
}

// about are the components of services, in the order of the services.
func (p *statuspageView) about(services []string) []spComponent {
	out := []spComponent{}
	for _, id := range services {
		if i := slices.IndexFunc(p.components, func(c spComponent) bool { return c.ID == publicID("service", id) }); i >= 0 {
			out = append(out, p.components[i])
		}
	}
	return out
}

// lastTold is when users were last told something of a service.
func (p *statuspageView) lastTold(service string) time.Time {
	last := p.s.since()
	for i := range p.s.Messages {
		if m := &p.s.Messages[i]; slices.Contains(m.Services, service) {
			last = headstart.Later(last, m.Last().At)
		}
	}
	return last
}

// since is when this page began, as far as anybody knows.
func (s *State) since() time.Time {
	if s.Known.IsZero() {
		return time.Unix(0, 0)
	}
	return s.Known
}

// componentStatus is how a service does. A check that failed without a message is
// degraded: the API has no word for what is being looked at.
func (p *statuspageView) componentStatus(svc *Service) string {
	worst := "operational"
	for _, m := range p.s.Live() {
		if slices.Contains(m.Services, svc.Catalog) {
			worst = statuses[max(slices.Index(statuses, worst), slices.Index(statuses, p.failing(&m, svc.Catalog)))]
		}
	}
	switch {
	case worst != "operational":
		return worst
	case svc.Level == Planned:
		return "under_maintenance"
	case svc.Level != Fine:
		return "degraded_performance"
	default:
		return worst
	}
}

// statuses orders what messages make of a component, the worst last.
var statuses = []string{"operational", "degraded_performance", "partial_outage", "major_outage"}

// failing is what a message makes of a service: its effect, and an outage is a
// partial one while the service still works at some place of the page.
func (p *statuspageView) failing(m *Message, service string) string {
	switch {
	case m.Effect == "slow":
		return "degraded_performance"
	case m.Effect == "down" && p.everywhere(service, m.Locations):
		return "major_outage"
	default:
		return "partial_outage"
	}
}

// everywhere reports whether places are all there are of a service on this page;
// none named are all.
func (p *statuspageView) everywhere(service string, places []string) bool {
	if len(places) == 0 {
		return true
	}
	cat := p.s.catalog
	var own []string
	if svc := cat.ServiceByID(service); svc != nil {
		own = svc.Locations
	}
	parents := map[string]bool{}
	for _, l := range cat.Locations {
		parents[l.Parent] = true
	}
	return !slices.ContainsFunc(cat.Locations, func(l headstart.Location) bool {
		has := !parents[l.ID] && (len(own) == 0 || liesIn(cat, l.ID, own)) && (len(p.e.page.Locations) == 0 || liesIn(cat, l.ID, p.e.page.Locations))
		return has && !liesIn(cat, l.ID, places)
	})
}

// liesIn reports whether a place, or one it is part of, is among places.
func liesIn(cat *headstart.Catalog, id string, places []string) bool {
	for range len(cat.Locations) { // a catalog that turns in circles was refused; this ends all the same
		if slices.Contains(places, id) {
			return true
		}
		l := cat.LocationByID(id)
		if l == nil {
			return false
		}
		id = l.Parent
	}
	return false
}
