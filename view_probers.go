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
	for key, p := range v.problems.each {
		if p.Asset != "" || p.State == ProblemHealthy {
			continue
		}
		switch name, is := strings.CutPrefix(string(key), "prober//"); {
		case is:
			names = append(names, name)
		case key == "prober":
			names = append(names, "")
		}
	}
	slices.Sort(names)
	return names
}
