package probes

import (
	"slices"

	"headstart"
)

// Kinds returns by which kinds of probe each asset of a catalog is probed. An entry
// that does not fit the catalog counts for nothing.
func (c Config) Kinds(cat *headstart.Catalog) map[string][]string {
	kinds := map[string][]string{}
	specs, _, _ := c.expand(cat) // its mistakes are told when the configuration is checked
	for _, s := range specs {
		if s.asset != "" && !slices.Contains(kinds[s.asset], s.kind) {
			kinds[s.asset] = append(kinds[s.asset], s.kind)
		}
	}
	return kinds
}
