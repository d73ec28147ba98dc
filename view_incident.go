package headstart

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Find returns the incident id names: HS-12, hs-12, 12, or the ref it was opened with.
func (v *View) Find(id string) (Incident, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if id == "" {
		return Incident{}, false
	}
	if i := v.incidents[IncidentID(id)]; i != nil { // as pages ask, thousands of times
		return *i, true
	}
	for _, try := range []string{strings.ToUpper(id), "HS-" + id} {
		if i := v.incidents[IncidentID(try)]; i != nil {
			return *i, true
		}
	}
	for _, i := range v.incidents {
		if i.Ref == id {
			return *i, true
		}
	}
	return Incident{}, false
}

// Incident returns one incident whole: with its announcements, the timeline in
// lang, and its assets in order of joining.
func (v *View) Incident(id IncidentID, lang string) (Incident, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	p := v.incidents[id]
	if p == nil {
		return Incident{}, false
	}
	i := *p
	v.fillAssets(&i)
	i.Announcements = []Announcement{}
	for _, a := range v.announcements {
		if a.About(id) {
			i.Announcements = append(i.Announcements, *a)
		}
	}
	slices.SortFunc(i.Announcements, func(a, b Announcement) int { return cmp.Compare(a.ID, b.ID) })
	i.Timeline = []TimelineEntry{}
	if decisions := v.timeline[i.Seq]; decisions != nil {
		for _, d := range decisions.sorted() {
			i.Timeline = append(i.Timeline, d.Entry(lang, v.zone))
		}
	}
	return i, true
}

// Timeline returns the decisions on one incident, oldest first.
func (v *View) Timeline(id IncidentID) []Decision {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if i := v.incidents[id]; i != nil && v.timeline[i.Seq] != nil {
		return v.timeline[i.Seq].sorted()
	}
	return nil
}

// Decided is how many decisions the timeline of an incident holds.
func (v *View) Decided(id IncidentID) int {
	v.mu.RLock()
	defer v.mu.RUnlock()
	i := v.incidents[id]
	if i == nil || v.timeline[i.Seq] == nil {
		return 0
	}
	return len(v.timeline[i.Seq].rows)
}

// Concerning returns the decisions that are about an asset or a problem, or name
// it, in all incidents in order, told in lang.
func (v *View) Concerning(of, lang string) []TimelineEntry {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var found []Decision
	for _, decisions := range v.timeline {
		for _, d := range decisions.each {
			if d.Concerns(of) {
				found = append(found, *d)
			}
		}
	}
	slices.SortFunc(found, func(a, b Decision) int { return cmp.Compare(a.N, b.N) })
	out := make([]TimelineEntry, len(found))
	for n, d := range found {
		out[n] = d.Entry(lang, v.zone)
		out[n].Incident = d.Incident
	}
	return out
}

// TimelineKey is the key of decision n of the incident with number seq.
func TimelineKey(seq int, n uint64) string {
	var room [24]byte // of the usual key
	b := appendPadded(room[:0], uint64(max(seq, 0)), 8)
	return string(appendPadded(append(b, '/'), n, 12))
}

// ParseTimelineKey returns what TimelineKey was made of.
func ParseTimelineKey(key string) (seq int, n uint64, err error) {
	of, number, found := strings.Cut(key, "/")
	if !found {
		return 0, 0, fmt.Errorf("timeline key %q has no slash", key)
	}
	if seq, err = strconv.Atoi(of); err == nil {
		n, err = strconv.ParseUint(number, 10, 64)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("timeline key %q: %w", key, err)
	}
	return seq, n, nil
}

func (v *View) fillAssets(i *Incident) {
	i.Alerts.Assets, i.Alerts.FiringAssets = []string{}, []string{}
	seen, firing := map[string]bool{}, map[string]bool{}
	for _, m := range v.sortedMembers(i.Group) {
		if m.Asset == "" {
			continue
		}
		if !seen[m.Asset] {
			seen[m.Asset] = true
			i.Alerts.Assets = append(i.Alerts.Assets, m.Asset)
		}
		if firing[m.Asset] {
			continue
		}
		if p, known := v.problems.get(m.Problem); known && p.State == ProblemOpen && p.Group == i.Group {
			firing[m.Asset] = true
			i.Alerts.FiringAssets = append(i.Alerts.FiringAssets, m.Asset)
		}
	}
}

// Members returns the problems of an incident with how they joined, in order.
func (v *View) Members(id GroupID) ([]Member, []Problem) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	members := v.sortedMembers(id)
	var problems []Problem
	for n := range members {
		m := &members[n]
		p, known := v.problems.get(m.Problem)
		if !known {
			p = Problem{Key: m.Problem, Asset: m.Asset}
		}
		problems = append(problems, p)
	}
	return members, problems
}
