package headstart

import (
	"slices"
	"strings"
)

// IsolatedReplicas names the replicas of this service that say that they reach nothing
// themselves (see Check.Prober); the empty name is of one that was alone.
func (v *View) IsolatedReplicas() []string {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var names []string
	for key := range v.problems.rows { // by keys: to make each problem takes longer
		name, is := strings.CutPrefix(string(key), "prober//")
		if !is && key != "prober" {
			continue
		}
		if p, _ := v.problems.get(key); p.Asset == "" && p.State != ProblemHealthy {
			if !is {
				name = ""
			}
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
