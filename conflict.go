package headstart

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

// ConflictKind says what planned work meets.
type ConflictKind string

// The kinds of conflict.
const (
	MeetsIncident ConflictKind = "incident" // what it touches is part of an incident that is open
	MeetsWork     ConflictKind = "work"     // other work touches the same at the same time
	MeetsSpare    ConflictKind = "spare"    // with other work it takes away all members of a redundancy group
	MeetsClosed   ConflictKind = "closed"   // a place it touches is closed then: nobody is there to let in, or to test
)

// Conflict is something about planned work that a person should look at. It decides
// nothing: it is worked out anew from what is known whenever somebody looks.
type Conflict struct {
	Kind     ConflictKind `json:"kind"`
	Window   string       `json:"window"`             // MaintenanceWindow.ID
	Other    string       `json:"other,omitempty"`    // the other window
	Incident IncidentID   `json:"incident,omitempty"` //
	Period   string       `json:"period,omitempty"`   // name of the closed period, else its first day
	On       []string     `json:"on"`                 // assets, services or places that both touch; the redundancy group; the closed place
	From     time.Time    `json:"from"`               // while both last
	To       time.Time    `json:"to"`
}

// mostConflicts bounds what one look finds: beyond it nobody reads on.
const mostConflicts = 200

// aheadOfIncidents is how soon work begins that an incident of now matters to.
const aheadOfIncidents = 24 * time.Hour

// Conflicts returns what planned work that is not over meets, by when the work begins.
func (v *View) Conflicts(now time.Time) []Conflict {
	config := v.Config()
	var calendar *Calendar
	zone := time.UTC
	if config != nil {
		calendar, zone = config.Calendar, zoneOf(config)
	}
	windows := slices.DeleteFunc(v.Maintenance(), func(w MaintenanceWindow) bool { return w.Over(now) })
	if len(windows) == 0 {
		return nil
	}
	var live []Incident
	for shared := range v.EachIncident() {
		if shared.Live() {
			i := *shared
			v.mu.RLock()
			v.fillAssets(&i)
			v.mu.RUnlock()
			live = append(live, i)
		}
	}
	c := newConflicts(v.Catalog(), windows)
	c.incidents(live, now)
	c.pairs()
	c.spares()
	if calendar != nil {
		c.closed(calendar, zone)
	}
	slices.SortStableFunc(c.found, func(a, b Conflict) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Window, b.Window)) })
	return c.found
}

// conflicts looks for what windows meet.
type conflicts struct {
	windows  []MaintenanceWindow
	touches  []touched
	catalog  *Catalog
	devices  map[string]*Device
	parent   map[string]string // of locations
	covering map[string][]int  // asset: numbers of the windows that cover it, remembered
	found    []Conflict
}

// touched is what one window names, and what its devices are for.
type touched struct {
	named    []string // assets, services and places, sorted
	services []string // of its devices, with those it names
	places   []string // where it is done
}

func newConflicts(cat *Catalog, windows []MaintenanceWindow) *conflicts {
	c := &conflicts{
		windows: windows, catalog: cat, touches: make([]touched, len(windows)), devices: make(map[string]*Device, len(cat.Devices)),
		parent: make(map[string]string, len(cat.Locations)), covering: map[string][]int{},
	}
	for i := range cat.Devices {
		c.devices[cat.Devices[i].ID] = &cat.Devices[i]
	}
	for i := range cat.Locations {
		c.parent[cat.Locations[i].ID] = cat.Locations[i].Parent
	}
	for n := range windows {
		w := &windows[n]
		t := touched{named: slices.Concat(w.Assets, w.Services, w.Locations), services: slices.Clone(w.Services), places: slices.Clone(w.Locations)}
		for _, id := range w.Assets {
			if d := c.devices[id]; d != nil {
				t.services = append(t.services, d.Services...)
				t.places = append(t.places, d.Location)
			} else {
				t.services = append(t.services, id)
			}
		}
		c.touches[n] = t
	}
	return c
}

func (c *conflicts) add(x Conflict) {
	if len(c.found) < mostConflicts {
		c.found = append(c.found, x)
	}
}

// incidents finds work that runs, or begins within a day, on what fails already.
func (c *conflicts) incidents(live []Incident, now time.Time) {
	for n := range c.windows {
		w, t := &c.windows[n], &c.touches[n]
		if w.StartsAt.After(now.Add(aheadOfIncidents)) {
			continue
		}
		for k := range live {
			i := &live[k]
			if on := c.meets(w, t, i); len(on) > 0 {
				c.add(Conflict{Kind: MeetsIncident, Window: w.ID, Incident: i.ID, On: on, From: Later(w.StartsAt, now), To: w.EndsAt})
			}
		}
	}
}

// meets names what work and an incident share: an asset, else a service at the same
// place, else a whole place.
func (c *conflicts) meets(w *MaintenanceWindow, t *touched, i *Incident) []string {
	assets := append(append([]string{i.Cause.Asset}, i.Cause.Also...), i.Alerts.FiringAssets...)
	if on := both(t.named, assets); len(on) > 0 {
		return on
	}
	here := len(t.places) == 0 || len(i.Locations) == 0 || slices.ContainsFunc(i.Locations, func(at string) bool { return c.lies(at, t.places) })
	if on := both(t.services, i.Services); len(on) > 0 && here {
		return on
	}
	return slices.DeleteFunc(slices.Clone(i.Locations), func(at string) bool { return !c.lies(at, w.Locations) })
}

// lies reports whether a place is one of places or lies in one.
func (c *conflicts) lies(at string, places []string) bool {
	for range 12 { // levels of a catalog; it refuses cycles
		if at == "" || slices.Contains(places, at) {
			break
		}
		at = c.parent[at]
	}
	return at != ""
}

// pairs finds work at the same time on the same.
func (c *conflicts) pairs() {
	for a := range c.windows {
		for b := a + 1; b < len(c.windows) && c.windows[b].StartsAt.Before(c.windows[a].EndsAt); b++ { // by start
			if on := c.same(a, b); len(on) > 0 {
				c.meet(MeetsWork, a, b, on)
			}
		}
	}
}

// same names what two windows both touch: what both name, and what one names at a
// place that the other takes whole.
func (c *conflicts) same(a, b int) []string {
	on := both(c.touches[a].named, c.touches[b].named)
	for _, of := range [][2]int{{a, b}, {b, a}} {
		for _, id := range c.windows[of[0]].Assets {
			if d := c.devices[id]; d != nil && c.lies(d.Location, c.windows[of[1]].Locations) {
				on = append(on, id)
			}
		}
	}
	slices.Sort(on)
	return slices.Compact(on)
}

func (c *conflicts) meet(kind ConflictKind, a, b int, on []string) {
	x, y := &c.windows[a], &c.windows[b]
	c.add(Conflict{Kind: kind, Window: x.ID, Other: y.ID, On: on, From: Later(x.StartsAt, y.StartsAt), To: Sooner(x.EndsAt, y.EndsAt)})
}

// spares finds work that only together takes away all members of a redundancy group.
// One window that covers it alone was meant to.
func (c *conflicts) spares() {
	if len(c.windows) < 2 {
		return
	}
	for _, group := range redundant(c.catalog) {
		some := c.coverSome(group)
		for i, a := range some {
			for _, b := range some[i+1:] {
				if overlapping(&c.windows[a], &c.windows[b]) && c.together(group, a, b) {
					c.meet(MeetsSpare, a, b, group)
				}
			}
		}
	}
}

// coverSome are the windows, by number, that cover a member of group, but not all.
func (c *conflicts) coverSome(group []string) []int {
	covered := map[int]int{}
	for _, member := range group {
		for _, n := range c.cover(member) {
			covered[n]++
		}
	}
	maps.DeleteFunc(covered, func(_, members int) bool { return members == len(group) })
	return slices.Sorted(maps.Keys(covered))
}

// cover are the windows, by number, that name an asset or where it stands.
func (c *conflicts) cover(asset string) []int {
	if known, ok := c.covering[asset]; ok {
		return known
	}
	var out []int
	for n := range c.windows {
		w := &c.windows[n]
		named := slices.Contains(w.Assets, asset) || slices.Contains(w.Services, asset)
		if d := c.devices[asset]; named || d != nil && c.lies(d.Location, w.Locations) {
			out = append(out, n)
		}
	}
	c.covering[asset] = out
	return out
}

// together reports whether two windows cover all of group.
func (c *conflicts) together(group []string, a, b int) bool {
	return !slices.ContainsFunc(group, func(m string) bool {
		by := c.cover(m)
		return !slices.Contains(by, a) && !slices.Contains(by, b)
	})
}

// closed finds work on a day on which a place it touches is closed.
func (c *conflicts) closed(calendar *Calendar, zone *time.Location) {
	for n := range c.windows {
		w := &c.windows[n]
		places := slices.Clone(c.touches[n].places)
		slices.Sort(places)
		for _, at := range slices.Compact(places) {
			for day := w.StartsAt.In(zone); at != "" && day.Before(w.EndsAt); day = nextMidnight(day) {
				h := calendar.Closed(day, at)
				if h == nil {
					continue
				}
				c.add(Conflict{
					Kind: MeetsClosed, Window: w.ID, Period: cmp.Or(h.Name, h.From), On: []string{at},
					From: day.UTC(), To: Sooner(w.EndsAt, nextMidnight(day)).UTC(),
				})
				break // once for each place
			}
		}
	}
}

func nextMidnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, t.Location())
}

// redundant are the redundancy groups of more than one member, each once, in the
// order of the catalog.
func redundant(cat *Catalog) [][]string {
	var out [][]string
	seen := map[string]bool{}
	add := func(on Dependencies) {
		for _, group := range on {
			if key := strings.Join(group, "\n"); len(group) > 1 && !seen[key] {
				seen[key] = true
				out = append(out, group)
			}
		}
	}
	for i := range cat.Devices {
		add(cat.Devices[i].DependsOn)
	}
	for i := range cat.Services {
		add(cat.Services[i].DependsOn)
	}
	return out
}

// both are the ids that two lists share, sorted.
func both(a, b []string) []string {
	var out []string
	for _, id := range a {
		if id != "" && slices.Contains(b, id) && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

func overlapping(a, b *MaintenanceWindow) bool {
	return a.StartsAt.Before(b.EndsAt) && b.StartsAt.Before(a.EndsAt)
}
