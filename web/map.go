package web

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"headstart"
	"headstart/lang"
	"headstart/web/folding"
)

const (
	mapFound     = 20  // things that a search lists
	mapUncovered = 40  // things nobody looks at that are listed
	mapAsked     = 8   // things that may go down together in one question
	mapQuery     = 100 // bytes of a search
)

// mapPage is how everything hangs together: as it is now, or whole; around one thing,
// or at one place.
type mapPage struct {
	frame
	Query     string
	Found     []mapLink
	None      bool // the search found nothing
	Layer, At string
	Place     string // name of At
	NowLink   string
	AllLink   string
	Head      string
	Tree      []treePlace
	Drawing   template.HTML
	Sentence  string
	Rows      []mapRow
	Hidden    int // things the viewer may not know of
	Asked     []mapLink
	If        *whatIfPart // nil: nothing was asked
	CanAsk    bool
	Uncovered []mapLink
	Bare      int // how many nobody looks at
}

// mapLink leads to something.
type mapLink struct{ ID, Name, Text, Href string }

// mapQuestion is what the address of the map asks for.
type mapQuestion struct {
	query, layer, at string
	assets           []*headstart.TopologyNode
	unknown          string // named as an asset, and none
}

func (s *Site) serveMap(w http.ResponseWriter, r *http.Request) {
	if !s.ready(w, r) {
		return
	}
	say := s.say(r)
	see := s.sight(s.viewer(r))
	q := see.ask(r.URL.Query())
	p := mapPage{
		frame: s.frame(r, "map", say.Say("nav.map")), Query: q.query, Layer: q.layer, At: q.at, CanAsk: s.o.WhatIf != nil,
		NowLink: mapAddress("now", q.at), AllLink: mapAddress("all", q.at), Tree: see.tree(q, say),
	}
	if q.query != "" {
		p.Found = see.search(q.query, say.Lang, mapFound)
	}
	if q.unknown != "" {
		p.Query, p.Found = q.unknown, see.search(q.unknown, say.Lang, mapFound)
	}
	p.None = p.Query != "" && len(p.Found) == 0
	for _, n := range q.assets {
		p.Asked = append(p.Asked, mapLink{ID: n.ID, Name: n.Name(say.Lang), Href: assetAddress(n.ID)})
	}
	p.Head, p.Place = see.head(q, say), see.topology.Catalog.LocationName(q.at, say.Lang)
	d := see.draw(see.picture(q, func() folding.Choice { return see.choose(q) }), say)
	p.Drawing, p.Sentence, p.Rows = d.svg, d.sentence, d.rows
	if len(q.assets) > 0 && s.o.WhatIf != nil {
		p.If = s.whatIf(see, q.assets, say)
	}
	p.Uncovered, p.Bare = see.uncovered(say)
	p.Hidden = see.hidden()
	s.render(w, r, http.StatusOK, "map", p)
}

// sight is how assets look to a viewer now.
func (s *Site) sight(v viewer) *sight { return s.sights.of(s.o.View, s.o.Checks(), v, s.now()) }

// ask reads the address of the map. Without a layer it shows what is wrong now; if
// nothing is, everything.
func (s *sight) ask(v url.Values) mapQuestion {
	q := mapQuestion{query: cutText(strings.TrimSpace(v.Get("q")), mapQuery), layer: v.Get("layer"), at: v.Get("at")}
	if s.topology.Catalog.LocationByID(q.at) == nil || !s.v.seesLocation(q.at) {
		q.at = ""
	}
	for _, id := range v["asset"] {
		id = strings.TrimSpace(id)
		n := s.topology.Node(id)
		if n == nil || !s.shown(n) {
			n = s.called(id)
		}
		switch {
		case n == nil && id != "":
			q.unknown = cutText(id, mapQuery)
		case n != nil && !slices.Contains(q.assets, n) && len(q.assets) < mapAsked:
			q.assets = append(q.assets, n)
		}
	}
	if q.layer != "now" && q.layer != "all" {
		if q.layer = "all"; len(s.standings.Wrong()) > 0 && q.at == "" {
			q.layer = "now"
		}
	}
	return q
}

// choose returns what the map shows.
func (s *sight) choose(q mapQuestion) folding.Choice {
	switch {
	case len(q.assets) > 0:
		return folding.Around(s.topology, q.assets, s.eyes())
	case q.layer == "now" && q.at != "":
		return folding.Wrong(s.topology, s.wrongAt(q.at), s.eyes())
	case q.layer == "now":
		return folding.Wrong(s.topology, s.wrong(), s.eyes())
	}
	return folding.Everything(s.topology, q.at, s.eyes())
}

// head says what the map shows in a few words.
func (s *sight) head(q mapQuestion, say *lang.Words) string {
	place := s.topology.Catalog.LocationName(q.at, say.Lang)
	switch {
	case len(q.assets) > 0:
		return say.Say("map.head.around", "name", q.assets[0].Name(say.Lang))
	case q.layer == "now" && q.at != "":
		return say.Say("map.head.now.at", "place", place)
	case q.layer == "now":
		return say.Say("map.head.now")
	case q.at != "":
		return place
	}
	return say.Say("map.head.all")
}

// wrong is what fails, as far as the viewer may know.
func (s *sight) wrong() []string {
	ids, _ := s.visible(s.standings.Wrong())
	return slices.DeleteFunc(ids, func(id string) bool { return s.of(s.topology.Node(id)).State == headstart.Doubtful })
}

// wrongAt is what fails at a place, or inside it.
func (s *sight) wrongAt(place string) []string {
	within := s.topology.Within(place)
	return slices.DeleteFunc(s.wrong(), func(id string) bool { return !slices.Contains(within, s.topology.Node(id).Location) })
}

// search finds assets and places by id, name, alias or address, in order of ids; what is
// called exactly that goes before the rest.
func (s *sight) search(text, language string, limit int) []mapLink {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" {
		return nil
	}
	var exact, part []mapLink // as many as the limit of each
	take := func(l mapLink, names ...string) {
		switch best := matches(text, names); {
		case best == 2 && len(exact) < limit:
			exact = append(exact, l)
		case best == 1 && len(part) < limit:
			part = append(part, l)
		}
	}
	for _, n := range s.topology.Nodes() {
		if !s.shown(n) {
			continue
		}
		l := mapLink{ID: n.ID, Name: n.Name(language), Href: mapAround(n.ID)}
		if n.Location != "" {
			l.Text = s.topology.Catalog.LocationName(n.Location, language)
		}
		take(l, n.Called()...)
	}
	for i := range s.topology.Catalog.Locations {
		p := &s.topology.Catalog.Locations[i]
		if !s.v.seesLocation(p.ID) {
			continue
		}
		take(mapLink{ID: p.ID, Name: p.Name.Or(p.ID, language), Href: mapAddress("all", p.ID)}, append([]string{p.ID, p.Name.In("nl"), p.Name.In("en")}, p.Aliases...)...)
	}
	all := append(exact, part...)
	return all[:min(len(all), limit)]
}

// matches says how well a text in lower case names one of names: 2 by all of it, 1 by a
// part, 0 not at all.
func matches(text string, names []string) (best int) {
	for _, name := range names {
		name = strings.ToLower(name)
		if name == text {
			return 2
		}
		if strings.Contains(name, text) {
			best = 1
		}
	}
	return best
}

// called is the one asset that people can mean by a text; nil: none, or several.
func (s *sight) called(text string) *headstart.TopologyNode {
	found := s.search(text, "", 2)
	if len(found) != 1 {
		return nil
	}
	return s.topology.Node(found[0].ID)
}

// uncovered lists what nobody looks at, and counts it.
func (s *sight) uncovered(say *lang.Words) (list []mapLink, bare int) {
	ids, _ := s.visible(s.standings.Uncovered())
	for _, id := range ids[:min(len(ids), mapUncovered)] {
		n := s.topology.Node(id)
		l := mapLink{ID: id, Name: n.Name(say.Lang), Href: assetAddress(id)}
		if n.Location != "" {
			l.Text = s.topology.Catalog.LocationName(n.Location, say.Lang)
		}
		list = append(list, l)
	}
	return list, len(ids)
}

// mapAddress is where a layer of the map is, of one place or of all.
func mapAddress(layer, at string) string {
	v := url.Values{"layer": {layer}}
	if at != "" {
		v.Set("at", at)
	}
	return "/map?" + v.Encode()
}

func mapAround(id string) string    { return "/map?" + url.Values{"asset": {id}}.Encode() }
func assetAddress(id string) string { return "/a/" + url.PathEscape(id) }
