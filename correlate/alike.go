package correlate

import (
	"slices"
	"strings"
	"time"

	"headstart"
)

// alike is what failures share that no topology joins (G-09): where they are,
// what they are about and which service suffers. What cannot be reached has the
// place alone as its key, since a printer and a camera behind one unknown switch
// have no service in common.
type alike struct {
	Location string          `json:"location"`
	Floor    string          `json:"floor,omitempty"` // "3"; empty: the location as a whole
	Class    headstart.Class `json:"class,omitempty"`
	Service  string          `json:"service,omitempty"`
}

// alikes returns the keys of a failing problem, the narrowest first. None: it
// has no place, or things hang on its asset, and then topology says more.
func (s *State) alikes(p *problem) []alike {
	n := s.topo.nodes[p.Asset]
	if p.Location == "" || p.Class == headstart.UserReport || n == nil || n.device == nil || len(n.kids) > 0 {
		return nil
	}
	whole := alike{Location: p.Location, Class: p.Class}
	if p.Class == headstart.Reachability {
		if floor := floorOf(n.device); floor != "" {
			return []alike{{Location: p.Location, Floor: floor, Class: p.Class}, whole}
		}
		return []alike{whole}
	}
	whole.Service = p.Service
	if whole.Service == "" && len(n.device.Services) > 0 {
		whole.Service = n.device.Services[0]
	}
	if whole.Service == "" {
		return nil
	}
	return []alike{whole}
}

func floorOf(d *headstart.Device) string {
	if d.Floor == nil {
		return ""
	}
	return itoa(*d.Floor)
}

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
		if n.device == nil || len(n.kids) > 0 || n.device.Location == "" {
			continue
		}
		at := n.device.Location
		keys := []alike{{Location: at}}
		if floor := floorOf(n.device); floor != "" {
			keys = append(keys, alike{Location: at, Floor: floor})
		}
		for _, service := range slices.Compact(slices.Sorted(slices.Values(n.device.Services))) {
			keys = append(keys, alike{Location: at, Service: service})
		}
		for _, k := range keys {
			count[kindred{k, ""}]++
			if n.device.Kind != "" {
				count[kindred{k, n.device.Kind}]++
			}
		}
	}
	return count
}

// among is how many assets of a kind the catalog has for a key.
func (s *State) among(k alike, kind string) int {
	k.Class = ""
	return s.topo.population[kindred{k, kind}]
}

// needed is how many distinct assets of a key must fail to be one thing: never
// fewer than group.assets, and group.share of those that the catalog has.
func (s *State) needed(k alike) int {
	share := float64(s.cfg.Group.Share * float64(s.among(k, "")))
	need := int(share)
	if float64(need) < share-1e-9 {
		need++
	}
	return max(need, s.cfg.Group.Assets)
}

// alone marks that p is open without anything of the catalog that explains it,
// or that it no longer is.
func (s *State) alone(p *problem, is bool) {
	if p.Mem.Alone == is {
		return
	}
	s.scatter(p)
	p.Mem.Alone = is
	s.crowd(p)
	s.dirtyMemory(p)
}

// crowd files a failing problem under its keys while nothing explains it, and,
// once open, under its asset and all above it, where a late cause looks for it.
// scatter takes it out again.
func (s *State) crowd(p *problem)   { s.filed(p, true) }
func (s *State) scatter(p *problem) { s.filed(p, false) }

func (s *State) filed(p *problem, in bool) {
	alone := p.State == headstart.ProblemOpen && p.Mem.Alone
	if !alone && p.State != headstart.ProblemPending {
		return
	}
	for _, k := range s.alikes(p) {
		if in {
			put(s.near, k, p.Key)
		} else {
			drop(s.near, k, p.Key)
		}
	}
	if !alone || p.Asset == "" {
		return
	}
	above := []string{p.Asset}
	if n := s.topo.nodes[p.Asset]; n != nil {
		above = append(above, n.above...)
	}
	for _, asset := range above {
		if in {
			put(s.loose, asset, p.Key)
		} else {
			drop(s.loose, asset, p.Key)
		}
	}
}

// recrowd makes the indexes of a new catalog.
func (s *State) recrowd() {
	clear(s.near)
	clear(s.loose)
	clear(s.likes)
	for _, p := range s.problems {
		s.crowd(p)
	}
	for _, g := range s.groups {
		s.fileLike(g)
	}
}

// alikeTo returns what fails for the reason p may fail for, p among it, by key;
// nil when that is not enough to be one thing.
func (s *State) alikeTo(p *problem, k alike) []*problem {
	if len(s.near[k]) < s.needed(k) || s.among(k, "") == 0 {
		return nil
	}
	found := s.alikeAt(k, p.Onset)
	if len(assetsIn(found)) < s.needed(k) {
		return nil
	}
	return found
}

// alikeAt returns what has a key, began within group.gap of onset, and stands
// alone, by key. What only waits to join its cause does not.
func (s *State) alikeAt(k alike, onset time.Time) []*problem {
	gap := time.Duration(s.cfg.Group.Gap)
	var found []*problem
	for key := range s.near[k] { // sorted below, so map order decides nothing
		q := s.problems[key]
		switch {
		case onset.Sub(q.Onset).Abs() > gap:
			if s.now.Sub(q.Onset) > gap+time.Duration(s.cfg.Group.Max) {
				drop(s.near, k, key) // it never counts again: who joins began later
			}
		case q.State == headstart.ProblemOpen || !s.willJoin(q):
			found = append(found, q)
		}
	}
	slices.SortFunc(found, func(a, b *problem) int { return strings.Compare(string(a.Key), string(b.Key)) })
	return found
}

// willJoin reports whether a pending problem only waits to join its cause, known
// or to be suspected (T-07, C-08).
func (s *State) willJoin(p *problem) bool {
	return s.causes(p) != nil || s.top(p.Asset) == p && s.climb(p.Asset, p.Onset) != nil
}

func assetsIn(list []*problem) map[string]struct{} {
	assets := map[string]struct{}{}
	for _, p := range list {
		assets[p.Asset] = struct{}{}
	}
	return assets
}
