package figures

import (
	"cmp"
	"slices"
	"time"
)

// Cause is a probable cause that came back in a period, with the evidence for looking
// behind it.
type Cause struct {
	Asset    string
	Services []string // hit by any of its incidents, sorted

	Incidents     []Incident // oldest first
	Minutes       int64      // working minutes of outage
	PeopleMinutes int64
	Tickets       int

	// Hour is the hour of the local day within which most began, at least half of
	// them; -1: there is none. Weekday is the same of the day of the week.
	Hour, Weekday int

	Candidate bool // correlation.recurrence called it a problem candidate
}

// minRecurring is how often a cause comes back in a period to be listed.
const minRecurring = 3

// mostCauses is how many are listed.
const mostCauses = 20

// recurring lists the causes of incidents that opened in p, what cost people most
// first.
func (w *work) recurring(f *Facts, p Period) []Cause {
	byAsset := map[string][]*Incident{}
	for n := range f.Incidents {
		i := &f.Incidents[n]
		switch {
		case i.Asset == "" || !p.holds(i.Opened):
		case i.Confidential && !w.scope.Confidential, w.scope.Sees != nil && !w.scope.Sees(i.Locations):
		default:
			byAsset[i.Asset] = append(byAsset[i.Asset], i)
		}
	}
	out := []Cause{}
	for asset, list := range byAsset {
		if len(list) >= minRecurring {
			out = append(out, w.cause(asset, list))
		}
	}
	slices.SortFunc(out, func(a, b Cause) int {
		return cmp.Or(cmp.Compare(b.PeopleMinutes, a.PeopleMinutes), cmp.Compare(len(b.Incidents), len(a.Incidents)), cmp.Compare(a.Asset, b.Asset))
	})
	return out[:min(len(out), mostCauses)]
}

func (w *work) cause(asset string, list []*Incident) Cause {
	c := Cause{Asset: asset}
	slices.SortFunc(list, func(a, b *Incident) int { return cmp.Or(cmp.Compare(a.Opened, b.Opened), cmp.Compare(a.ID, b.ID)) })
	var hours [24]int
	var days [7]int
	seconds, people := int64(0), int64(0)
	for _, i := range list {
		to := i.Ended
		if to == 0 {
			to = w.now
		}
		working := w.clock.anywhere(i.Started, to, i.Locations)
		seconds, people = seconds+working, people+working*int64(i.People)
		began := time.Unix(i.Started, 0).In(w.clock.zone)
		hours[began.Hour()]++
		days[began.Weekday()]++
		c.Incidents = append(c.Incidents, *i)
		c.Services = append(c.Services, i.Services...)
		c.Tickets += i.Linked
		c.Candidate = c.Candidate || i.Candidate
	}
	slices.Sort(c.Services)
	c.Services = slices.Compact(c.Services)
	c.Minutes, c.PeopleMinutes = seconds/60, people/60
	c.Hour, c.Weekday = most(hours[:], len(list)), most(days[:], len(list))
	return c
}

// most is the one that holds at least half of all, the first of equals; -1: none does.
func most(counts []int, all int) int {
	best := 0
	for n, k := range counts {
		if k > counts[best] {
			best = n
		}
	}
	if 2*counts[best] < all {
		return -1
	}
	return best
}
