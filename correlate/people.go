package correlate

import (
	"maps"
	"slices"
)

// departments returns which departments are hit, and counts their people. A
// department is hit where it sits, or when a service it uses does not work at
// all. People are counted once per location: the most that one service loses
// there, or the departments that use what is hit where devices tell no number or
// the whole service is gone.
func (s *State) departments(g *group) []string {
	i := g.impact
	hit := map[string]struct{}{}
	if g.Own.Said != nil {
		for _, d := range g.Own.Said.Departments {
			hit[d] = struct{}{}
		}
	}
	i.byUse = map[string]int{}
	for n := range s.topo.catalog.Departments {
		d := &s.topo.catalog.Departments[n]
		at, here := firstIn(d.Locations, i.locations)
		_, uses := firstIn(d.Uses, i.services)
		gone := slices.ContainsFunc(d.Uses, func(id string) bool { return i.hits(s.topo.nodes[id]) })
		_, named := hit[d.ID]
		if here || gone || uses && len(i.locations) == 0 || named {
			hit[d.ID] = struct{}{}
		}
		if uses && (here || gone || len(i.locations) == 0) || named {
			i.byUse[at] += d.People
		}
	}
	i.recount()
	return sorted(hit)
}

// lose counts people of a device, once per location: the most that one service
// loses there.
func (i *impact) lose(at spot, people int) {
	i.people[at] += people
	if n, known := i.byDevices[at.location]; !known || i.people[at] > n {
		i.total -= i.at(at.location)
		i.byDevices[at.location] = i.people[at]
		i.total += i.at(at.location)
	}
}

// recount counts the people of all locations anew.
func (i *impact) recount() {
	i.total = 0
	for at := range i.byDevices {
		i.total += i.at(at)
	}
	for at := range i.byUse {
		if _, counted := i.byDevices[at]; !counted {
			i.total += i.at(at)
		}
	}
}

// at is how many people are hit at a location.
func (i *impact) at(location string) int {
	n, devices := i.byDevices[location]
	use, uses := i.byUse[location]
	if uses && (!devices || i.whole || n == 0) {
		return max(n, use)
	}
	return n
}

func (i *impact) hits(n *node) bool {
	if n == nil {
		return false
	}
	_, in := i.affected[n.n]
	return in
}

func firstIn(ids, set []string) (string, bool) {
	for _, id := range ids {
		if _, in := slices.BinarySearch(set, id); in {
			return id, true
		}
	}
	return "", false
}

func sorted(set map[string]struct{}) []string { return slices.Sorted(maps.Keys(set)) }
