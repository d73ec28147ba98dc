package web

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"headstart"
	"headstart/lang"
	"headstart/web/folding"
)

const (
	assetDays      = 90
	assetIncidents = 20
	assetBoxes     = 24 // of the map around one thing
)

// assetPage is all about one device, service or place.
type assetPage struct {
	frame
	ID, Name, Kind string
	Level, Word    string // how it does
	Reason         string
	Since          string // how long it does so; empty: not known
	Facts          []settingsFact
	Needs          []assetNeed
	If             *whatIfPart
	AskHref        string
	NewHref        string // opens an incident about it; empty: not by the reader
	Drawing        template.HTML
	Sentence       string
	Rows           []mapRow
	Checks         []assetCheck
	Failing        []assetCheck // alerts and checks that say it fails
	Incidents      []assetIncident
	More           int // incidents beyond those listed
	Known          []recordLine
	Works          []string
	Here           []mapLink // what stands at a place
	MoreHere       int
}

// assetNeed is one thing it hangs on: any of these.
type assetNeed struct{ Any []mapLink }

type assetCheck struct {
	Name, Level, Word, Reason, When string
	Incident                        headstart.IncidentID
	Trend                           template.HTML
}

type assetIncident struct {
	ID                headstart.IncidentID
	Level, Word, When string
	Title             string
	Tickets           int
	Cause             bool // it was the probable cause
}

func (s *Site) serveAsset(w http.ResponseWriter, r *http.Request) {
	if !s.ready(w, r) {
		return
	}
	say, id, see := s.say(r), r.PathValue("id"), s.sight(s.viewer(r))
	p := assetPage{ID: id}
	n, l := see.topology.Node(id), see.topology.Catalog.LocationByID(id)
	switch {
	case n != nil && see.shown(n):
		p.Name = n.Name(say.Lang)
		p.frame = s.frame(r, "map", p.Name)
		s.aboutAsset(&p, see, n, say)
	case l != nil && see.v.seesLocation(id):
		p.Name = l.Name.Or(id, say.Lang)
		p.frame = s.frame(r, "map", p.Name)
		s.aboutPlace(&p, see, l, say)
	default:
		s.message(w, r, http.StatusNotFound, say.Say("page.notfound"), say.Say("asset.notfound", "id", cutText(id, mapQuery)))
		return
	}
	s.historyOf(&p, see, say)
	p.Known = s.knownOf(id, see.v, say)
	if p.Write {
		p.NewHref = newAbout(n, l)
	}
	s.render(w, r, http.StatusOK, "asset", p)
}

// newAbout is the form of an incident about a service or a place; of a device it is
// about none, since it may serve several.
func newAbout(n *headstart.TopologyNode, l *headstart.Location) string {
	switch {
	case n != nil && n.Service != nil:
		return "/new?" + url.Values{"service": {n.ID}}.Encode()
	case n == nil && l != nil:
		return "/new?" + url.Values{"location": {l.ID}}.Encode()
	default:
		return ""
	}
}

// aboutAsset fills in a device or a service.
func (s *Site) aboutAsset(p *assetPage, see *sight, n *headstart.TopologyNode, say *lang.Words) {
	x := see.of(n)
	p.Level, p.Word = standingLevels[x.State].tag, say.Say("map.state."+string(x.State))
	if x.Silenced {
		p.Word += ", " + say.Say("map.mark.mute")
	}
	if x.Reason != "" {
		p.Reason = say.Reason(x.Reason)
	}
	if !x.Since.IsZero() && (x.State == headstart.Failing || x.State == headstart.InWork || x.State == headstart.Suspected) {
		p.Since = say.When(x.Since, p.Now)
	}
	p.Kind = assetKind(n, say)
	p.Facts = see.factsOf(n, say)
	for _, group := range n.Needs {
		var need assetNeed
		for _, id := range group {
			if up := see.topology.Node(id); up == nil || see.shown(up) {
				need.Any = append(need.Any, mapLink{ID: id, Name: see.name(id, say.Lang), Href: assetAddress(id)})
			}
		}
		if len(need.Any) > 0 {
			p.Needs = append(p.Needs, need)
		}
	}
	if s.o.WhatIf != nil {
		p.If, p.AskHref = s.whatIf(see, []*headstart.TopologyNode{n}, say), mapAround(n.ID)
	}
	s.drawAround(p, see, folding.Around(see.topology, []*headstart.TopologyNode{n}, see.eyes()), say)
	s.checksOf(p, see, n, say)
}

// assetKind is what a device or service is, in words.
func assetKind(n *headstart.TopologyNode, say *lang.Words) string {
	if n.Service != nil {
		return say.Say("asset.kind.service")
	}
	return say.SayOr("asset.kind.", strings.ToLower(n.Device.Kind), n.Device.Kind)
}

// factsOf is what the catalog says of a device or service.
func (s *sight) factsOf(n *headstart.TopologyNode, say *lang.Words) (out []settingsFact) {
	add := func(key, value string) {
		if value != "" {
			out = append(out, settingsFact{say.Say("asset." + key), value})
		}
	}
	if d := n.Device; d != nil {
		place := s.topology.Catalog.LocationName(d.Location, say.Lang)
		if d.Floor != nil && place != "" {
			place += ", " + say.Say("asset.floor", "floor", *d.Floor)
		}
		add("place", place)
		add("address", d.Address)
		serves, _ := s.visible(d.Services)
		add("for", joined(serves, func(id string) string { return s.name(id, say.Lang) }))
		if d.People > 0 {
			add("people", strconv.Itoa(d.People))
		}
		add("aliases", strings.Join(d.Aliases, ", "))
		add("expires", d.Expires)
		return out
	}
	x := n.Service
	add("place", joined(s.places(x.Locations), func(id string) string { return s.topology.Catalog.LocationName(id, say.Lang) }))
	add("criticality", say.SayOr("asset.criticality.", string(x.Criticality), ""))
	add("group", x.SupportGroup)
	add("aliases", strings.Join(x.Aliases, ", "))
	add("workaround", x.Workaround.In(say.Lang))
	var users []string
	for _, d := range s.topology.Catalog.Departments {
		if slices.Contains(d.Uses, x.ID) && s.v.at(d.Locations...) {
			users = append(users, d.Name.Or(d.ID, say.Lang))
		}
	}
	add("users", strings.Join(users, ", "))
	return out
}

func (s *Site) drawAround(p *assetPage, see *sight, c folding.Choice, say *lang.Words) {
	if len(c.Nodes) < 2 {
		return // alone in the catalog: there is nothing to see
	}
	d := see.draw(folding.Fold(c, assetBoxes, see.eyes()), say)
	p.Drawing, p.Sentence, p.Rows = d.svg, d.sentence, d.rows
}

// checksOf lists what looks at it, then what says that it fails.
func (s *Site) checksOf(p *assetPage, see *sight, n *headstart.TopologyNode, say *lang.Words) {
	for _, c := range see.v.checks(s.o.Checks()) {
		if c.Asset != n.ID && (c.Asset != "" || c.Service != n.ID) {
			continue
		}
		state := standingLevels[headstart.StandingOf(c.Verdict)]
		line := assetCheck{Name: c.Probe, Level: state.tag, Word: say.Say("map.state." + string(headstart.StandingOf(c.Verdict))), Reason: say.Reason(c.Reason), Trend: spark(s.o.Trend(c.Probe, c.Asset), say)}
		if !c.At.IsZero() {
			line.When = say.When(c.At, p.Now)
		}
		p.Checks = append(p.Checks, line)
	}
	s.failuresOf(p, see, n, say)
}

// failuresOf lists the alerts and checks that say it fails, of incidents that the viewer
// may read.
func (s *Site) failuresOf(p *assetPage, see *sight, n *headstart.TopologyNode, say *lang.Words) {
	for _, x := range s.o.View.ProblemsOf(n.ID) {
		if x.State != headstart.ProblemOpen && x.State != headstart.ProblemSuppressed && x.State != headstart.ProblemPending {
			continue
		}
		i, known := s.o.View.IncidentOf(x.Group)
		if known && !see.v.sees(&i) {
			continue
		}
		line := assetCheck{Name: x.Check, Level: "red", Word: say.Say("asset.problem." + string(x.State)), Reason: say.Reason(x.Reason), Incident: i.ID}
		if !x.Onset.IsZero() {
			line.When = say.When(x.Onset, p.Now)
		}
		if x.State != headstart.ProblemOpen {
			line.Level = "blue"
		}
		p.Failing = append(p.Failing, line)
	}
}

// aboutPlace fills in a location.
func (s *Site) aboutPlace(p *assetPage, see *sight, l *headstart.Location, say *lang.Words) {
	p.Kind = say.Say("asset.kind.place")
	wrong := see.wrongAt(l.ID)
	p.Level, p.Word = "green", say.Say("map.nothing")
	if len(wrong) > 0 {
		p.Level, p.Word = "red", say.Say("map.wrong", "n", len(wrong))
	}
	if up := see.topology.Parent(l.ID); up != "" {
		p.Facts = append(p.Facts, settingsFact{say.Say("asset.in"), see.topology.Catalog.LocationName(up, say.Lang)})
	}
	if len(l.Aliases) > 0 {
		p.Facts = append(p.Facts, settingsFact{say.Say("asset.aliases"), strings.Join(l.Aliases, ", ")})
	}
	if l.Contact != "" {
		p.Facts = append(p.Facts, settingsFact{say.Say("asset.contact"), l.Contact})
	}
	for _, at := range see.topology.Within(l.ID) {
		ids, _ := see.visible(see.topology.At(at))
		for _, id := range ids {
			if len(p.Here) == mapUncovered {
				p.MoreHere++
				continue
			}
			p.Here = append(p.Here, mapLink{ID: id, Name: see.name(id, say.Lang), Href: assetAddress(id)})
		}
	}
	p.AskHref = mapAddress("all", l.ID)
	s.drawAround(p, see, folding.Everything(see.topology, l.ID, see.eyes()), say)
}

// historyOf lists the incidents of the last ninety days, then the work that is planned.
func (s *Site) historyOf(p *assetPage, see *sight, say *lang.Words) {
	for _, i := range s.o.View.IncidentsOf(p.ID, p.Now.AddDate(0, 0, -assetDays)) {
		if !see.v.knows(&i) {
			continue
		}
		if len(p.Incidents) == assetIncidents {
			p.More++
			continue
		}
		line := assetIncident{ID: i.ID, When: say.When(i.StartedAt, p.Now) + " · " + say.Brief(until(&i, p.Now).Sub(i.StartedAt)), Level: "grey", Word: say.Say("asset.over")}
		if i.Live() {
			line.Level, line.Word = "red", say.Say("asset.runs")
		}
		if see.v.sees(&i) {
			line.Title, line.Tickets, line.Cause = nameOf(i.Title, string(i.ID), say.Lang), i.Tickets.Linked, i.Cause.Asset == p.ID
		} else {
			line.Title = say.Say("confidential")
		}
		p.Incidents = append(p.Incidents, line)
	}
	s.worksOf(p, see, say)
}

// worksOf lists the planned work that names it, or where it stands.
func (s *Site) worksOf(p *assetPage, see *sight, say *lang.Words) {
	place := ""
	if n := see.topology.Node(p.ID); n != nil {
		place = n.Location
	}
	for _, w := range s.o.View.Maintenance() {
		names := slices.Contains(w.Assets, p.ID) || slices.Contains(w.Services, p.ID) || slices.Contains(w.Locations, p.ID) || place != "" && slices.Contains(w.Locations, place)
		if names && !w.Over(p.Now) && see.v.seesWindow(&w) && len(p.Works) < assetIncidents {
			p.Works = append(p.Works, stretch(w.StartsAt, w.EndsAt, say)+": "+nameOf(w.Summary, w.ID, say.Lang))
		}
	}
}
