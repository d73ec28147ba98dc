package correlate

import "slices"

// kindred is a key of population: assets of a kind, all of them where it is empty.
type kindred struct {
	alike
	kind string
}

// population is how many assets a catalog has for each key, leaving out class:
// those that nothing hangs on, since only they are counted (see alikes).
func population(t *topology) map[kindred]int {
	count := map[kindred]int{}
	for _, n := range t.nodes {
		switch {
		case len(n.kids) > 0:
		case n.service != nil:
			count[kindred{alike{Service: anyService}, ""}]++
		case n.device.Location != "":
			keys := t.placesOf(n.device.Location, floorOf(n.device))
			for _, service := range slices.Compact(slices.Sorted(slices.Values(n.device.Services))) {
				keys = append(keys, alike{Location: n.device.Location, Service: service})
			}
			for _, k := range keys {
				count[kindred{k, ""}]++
				if n.device.Kind != "" {
					count[kindred{k, n.device.Kind}]++
				}
			}
		}
	}
	return count
}

// placesOf returns where something at a location, and on a floor of it, is: the
// whole organisation, each place around it from the widest, the floor.
func (t *topology) placesOf(location, floor string) []alike {
	keys := []alike{{}}
	var around []string
	for at := location; at != "" && len(around) < maxDepth; {
		around = append(around, at)
		l := t.places[at]
		if l == nil {
			break
		}
		at = l.Parent
	}
	for _, at := range slices.Backward(around) {
		keys = append(keys, alike{Location: at})
	}
	if floor != "" {
		keys = append(keys, alike{Location: location, Floor: floor})
	}
	return keys
}
