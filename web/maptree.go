package web

import (
	"headstart"
	"headstart/lang"
)

const (
	treeDepth = 8   // places in places that are drawn
	treeMost  = 400 // places in all
)

// treePlace is one place of the tree beside the map.
type treePlace struct {
	Name, Href string
	Wrong      int  // things at it or inside it that fail
	Here       bool // the map shows it
	Open       bool // the map shows it, or something inside it
	Inside     []treePlace
}

// tree is all places, the outer around the inner, with what fails in each.
func (s *sight) tree(q mapQuestion, say *lang.Words) []treePlace {
	t := &placeTree{topology: s.topology, sees: s.v.seesLocation, say: say, q: q, wrong: map[string]int{}}
	for _, id := range s.wrong() {
		place := s.topology.Node(id).Location
		for range treeDepth {
			if place == "" {
				break
			}
			t.wrong[place]++
			place = s.topology.Parent(place)
		}
	}
	return t.inside("", 0)
}

type placeTree struct {
	topology *headstart.Topology
	sees     func(place string) bool
	say      *lang.Words
	q        mapQuestion
	wrong    map[string]int
	drawn    int
}

func (t *placeTree) inside(place string, depth int) []treePlace {
	if depth == treeDepth {
		return nil
	}
	var out []treePlace
	for _, id := range t.topology.Inside(place) {
		if !t.sees(id) { // nor what lies inside it: who knows a place knows what is around it
			continue
		}
		if t.drawn++; t.drawn > treeMost {
			break
		}
		p := treePlace{
			Name: t.topology.Catalog.LocationName(id, t.say.Lang), Href: mapAddress(t.q.layer, id), Wrong: t.wrong[id], Here: id == t.q.at,
			Inside: t.inside(id, depth+1),
		}
		p.Open = p.Here
		for _, in := range p.Inside {
			p.Open = p.Open || in.Open
		}
		out = append(out, p)
	}
	return out
}
