package headstart

import "slices"

// WhatIf is what would happen if some assets went down now, as the catalog says.
// It counts by the rules that an incident is counted by, so that the outage, when it
// comes, shows the same figures.
type WhatIf struct {
	Assets []string // that go down, sorted
	Lost   []string // what is out of reach then, Assets among it; sorted

	Stopped []string // services of which nothing works; the others of Services lose a part; sorted
	Reach
	Spared []Spared // what redundancy saves, by asset
}

// Spared is an asset that goes on: of a redundancy group it needs, some members are
// lost and some are not.
type Spared struct {
	Asset  string   `json:"asset"`
	Lost   []string `json:"lost"`    // sorted
	KeptBy []string `json:"kept_by"` // sorted, never empty
}

// AudiencesOf are those that the configuration lists and that these services, places
// and departments touch, else one for each place, else everybody. Nothing hit is
// nobody to tell.
func (c *LogConfig) AudiencesOf(services, locations, departments []string) []Audience {
	if len(services) == 0 && len(locations) == 0 && len(departments) == 0 {
		return nil // nothing the catalog knows: no user can be told anything
	}
	if len(c.Audiences) > 0 {
		var out []Audience
		for _, a := range c.Audiences {
			if touches(a.Services, services) && touches(a.Locations, locations) && touches(a.Departments, departments) {
				out = append(out, a)
			}
		}
		return out
	}
	if len(locations) == 0 {
		return []Audience{{ID: "all"}}
	}
	var out []Audience
	for _, l := range locations {
		out = append(out, Audience{ID: l, Locations: []string{l}})
	}
	return out
}

// Audiences are those that r would be told, by the configuration; nil without one.
func Audiences(c *LogConfig, r *Reach) []Audience {
	if c == nil {
		return nil
	}
	return c.AudiencesOf(r.Services, r.Locations, r.Departments)
}

// touches reports whether a filter lets what is hit pass. An empty filter lets
// all pass; a hit without any entry is everywhere.
func touches(filter, hit []string) bool {
	if len(filter) == 0 || len(hit) == 0 {
		return true
	}
	return slices.ContainsFunc(hit, func(h string) bool { return slices.Contains(filter, h) })
}
