package configs

import (
	"maps"
	"slices"
	"strings"

	"headstart"
)

// checkCircles reports assets that need themselves and locations that lie in
// themselves: below such a circle nothing can be a cause, or everything.
func (c *catalog) checkCircles() {
	needs := map[string][]string{}
	c.each(func(list string, i int, id string) {
		var on headstart.Dependencies
		switch list {
		case "services":
			on = c.Services[i].DependsOn
		case "devices":
			on = c.Devices[i].DependsOn
		}
		for _, group := range on {
			needs[id] = append(needs[id], group...)
		}
	})
	inside := map[string][]string{}
	for i := range c.Locations {
		if l := &c.Locations[i]; l.Parent != "" {
			inside[l.ID] = []string{l.Parent}
		}
	}
	for _, chain := range circles(needs) {
		c.sayAt(chain[0], "depends_on", "depends_on: "+strings.Join(chain, " needs ")+"; remove one of these")
	}
	for _, chain := range circles(inside) {
		c.sayAt(chain[0], "parent", "parent: "+strings.Join(chain, " lies in ")+"; remove one of these")
	}
}

// sayAt reports text at key of the member id names.
func (c *catalog) sayAt(id, key, text string) {
	c.each(func(list string, i int, other string) {
		if other == id {
			c.say(list, i, key, "%s", text)
		}
	})
}

// circles returns each circle of the graph as a chain that ends where it
// starts, at its smallest name. A circle found twice is returned once.
func circles(to map[string][]string) [][]string {
	const onPath, done = 1, 2
	state := map[string]int{}
	var path []string
	var found [][]string
	seen := map[string]bool{}
	var visit func(id string)
	visit = func(id string) {
		state[id] = onPath
		path = append(path, id)
		for _, next := range to[id] {
			switch state[next] {
			case onPath:
				chain := turned(path[slices.Index(path, next):])
				if key := strings.Join(chain, "\n"); !seen[key] {
					seen[key] = true
					found = append(found, append(chain, chain[0]))
				}
			case done:
			default:
				visit(next)
			}
		}
		path = path[:len(path)-1]
		state[id] = done
	}
	for _, id := range slices.Sorted(maps.Keys(to)) {
		if state[id] == 0 {
			visit(id)
		}
	}
	return found
}

// turned returns ring starting at its smallest name.
func turned(ring []string) []string {
	i := slices.Index(ring, slices.Min(ring))
	return append(slices.Clone(ring[i:]), ring[:i]...)
}
