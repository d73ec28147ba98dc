package correlate

import (
	"maps"
	"slices"

	"headstart"
)

// Windows are the ids of all planned work that is known, also what is over, sorted.
func (s *State) Windows() []string { return slices.Sorted(maps.Keys(s.windows)) }

// Window returns planned work as it stands now, or nil. Nobody may change it.
func (s *State) Window(id string) *headstart.MaintenanceWindow { return s.windows[id] }

// Reach returns whom planned work touches: what users miss while all it takes is
// down. An unknown window touches nobody.
func (s *State) Reach(id string) headstart.Reach {
	w := s.windows[id]
	if w == nil {
		return headstart.Reach{}
	}
	return s.topo.reach(s.topo.taken(w), w.Locations)
}

// reach is whom it hits that assets are lost, and that places are closed to people.
func (t *topology) reach(lost []*node, places []string) headstart.Reach {
	i, out := newImpact(), headstart.Reach{}
	for _, at := range places {
		i.place(t, at)
	}
	for _, n := range lost {
		i.device(t, n)
		i.affect(t, n)
		out.Confidential = out.Confidential || n.device != nil && n.device.Confidential
	}
	for _, id := range i.services {
		n := t.nodes[id]
		out.Confidential = out.Confidential || n != nil && n.service != nil && n.service.Confidential
	}
	out.Services, out.Locations, out.Departments, out.People = i.services, i.locations, i.departments, i.total
	return out
}

// taken are the assets that planned work takes away: those it names, those at the
// places it names, and all that only they lead to.
func (t *topology) taken(w *headstart.MaintenanceWindow) []*node {
	var named []*node
	for _, id := range slices.Concat(w.Assets, w.Services, t.standing(w.Locations)) {
		named = append(named, t.nodes[id])
	}
	return t.cutOff(named)
}

// cutOff returns assets, nil ones left out, and all that only they lead to.
func (t *topology) cutOff(assets []*node) []*node {
	gone := numbers{}
	var out []*node
	take := func(n *node) {
		if n != nil && gone.add(n.n) {
			out = append(out, n)
		}
	}
	for _, n := range assets {
		take(n)
	}
	cut := func(g []*node) bool { return len(g) > 0 && allIn(g, gone) }
	for n := 0; n < len(out); n++ { // out grows meanwhile
		for _, kid := range out[n].below {
			if slices.ContainsFunc(kid.up, cut) {
				take(kid)
			}
		}
	}
	return out
}

// standing are the devices at places.
func (t *topology) standing(places []string) (ids []string) {
	for i := range t.catalog.Devices {
		if d := &t.catalog.Devices[i]; len(places) > 0 && t.within(d.Location, places) {
			ids = append(ids, d.ID)
		}
	}
	return ids
}

// within reports whether a place is one of places, or lies in one.
func (t *topology) within(place string, places []string) bool {
	for range maxDepth {
		if place == "" || slices.Contains(places, place) {
			return place != ""
		}
		l := t.places[place]
		if l == nil {
			return false
		}
		place = l.Parent
	}
	return false
}

// Failing counts what fails within reach of planned work, whether or not it opened
// anything: since the work began, and from before. What an asset only warns of, such
// as little toner, is left out.
func (s *State) Failing(id string) (since, before int) {
	w := s.windows[id]
	if w == nil {
		return 0, 0
	}
	began := instantOf(w.StartsAt)
	count := func(p *problem) {
		switch {
		case p.Class == capacity || p.Class == environment:
		case p.Onset < began:
			before++
		default:
			since++
		}
	}
	for _, n := range s.topo.taken(w) {
		for _, p := range n.failing {
			count(p)
		}
		for key := range s.aside[n.id] { // only counted, so map order decides nothing
			count(s.problems[key])
		}
	}
	return since, before
}
