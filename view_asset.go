package headstart

import (
	"cmp"
	"slices"
	"time"
)

// ProblemsOf returns what is known to fail, or to have failed, of an asset, by key.
func (v *View) ProblemsOf(asset string) []Problem {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var out []Problem
	for _, p := range v.problems.each {
		if p.Asset == asset && asset != "" {
			out = append(out, *p)
		}
	}
	slices.SortFunc(out, func(a, b Problem) int { return cmp.Compare(a.Key, b.Key) })
	return out
}

// IncidentsOf returns the incidents that began after since, or still run, and that a
// device, a service or a place was part of: as cause or member, or as what they hit.
// Newest first, without the lists that Incident adds.
func (v *View) IncidentsOf(id string, since time.Time) []Incident {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var out []Incident
	for _, i := range v.incidents {
		if (i.Live() || i.StartedAt.After(since)) && v.partOf(i, id) {
			out = append(out, *i)
		}
	}
	slices.SortFunc(out, func(a, b Incident) int { return cmp.Compare(b.Seq, a.Seq) })
	return out
}

// partOf reports whether an incident is about something.
func (v *View) partOf(i *Incident, id string) bool {
	if i.Cause.Asset == id || slices.Contains(i.Cause.Also, id) || slices.Contains(i.Services, id) || slices.Contains(i.Locations, id) {
		return true
	}
	for m := range v.eachMember(i.Group) {
		if m.Asset == id {
			return true
		}
	}
	return false
}

// IncidentOf returns the incident a group became, or false.
func (v *View) IncidentOf(group GroupID) (Incident, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if i := v.incidents[v.byGroup[group]]; i != nil {
		return *i, true
	}
	return Incident{}, false
}
