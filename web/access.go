package web

import (
	"slices"

	"headstart"
)

// viewer is what a person may see and do, beyond the scope of a route.
type viewer struct {
	confidential bool     // approvers and admins (ruling 30)
	locations    []string // where they may act; empty: everywhere
}

func viewerOf(id headstart.Identity) viewer {
	return viewer{
		confidential: id.Role == "approver" || id.Role == "admin" || id.Has(headstart.ScopeAdmin),
		locations:    id.Locations,
	}
}

// sees reports whether v may read what the incident is about. Who may not,
// learns that there is one, and that it is confidential.
func (v viewer) sees(i *headstart.Incident) bool { return !i.Confidential || v.confidential }

// acts reports whether v may change the incident.
func (v viewer) acts(i *headstart.Incident) bool {
	if !v.sees(i) {
		return false
	}
	return len(v.locations) == 0 || len(i.Locations) == 0 ||
		slices.ContainsFunc(i.Locations, func(l string) bool { return slices.Contains(v.locations, l) })
}
