package correlate

import (
	"math"
	"time"
)

// What a baseline rests on.
const (
	hoursAWeek = 168
	fade       = 0.875          // of what was learned, each week: eight weeks carry the weight
	learnAfter = 24 * time.Hour // a report is learned once people had a day to link it

	coldWeeks   = 4 // fewer weeks, or fewer reports, tell nothing about what is normal
	coldReports = 500
)

// profile is the one row of how many reports come in each hour of a week. All
// sums fade weekly, so that what is normal follows the organisation.
type profile struct {
	V       int                  `json:"v"`
	Since   time.Time            `json:"since,omitzero"` // start of the first whole week
	Week    int                  `json:"week,omitempty"` // number of the week being learned
	Weeks   float64              `json:"weeks"`          // before it, faded
	Total   float64              `json:"total"`          // reports learned, faded
	Learned int                  `json:"learned"`        // reports learned, all of them
	Hours   [hoursAWeek]float64  `json:"hours"`          // reports by hour of the week from Monday, faded
	Quiet   map[string]time.Time `json:"quiet,omitempty"`
}

// scope is what a surge is about: a service, a service at a location, or a
// location.
type scope struct{ Service, Location string }

// scopes returns those that a report counts for.
func scopes(service, location string) []scope {
	var out []scope
	if service != "" && location != "" {
		out = append(out, scope{service, location})
	}
	if service != "" {
		out = append(out, scope{service, ""})
	}
	if location != "" {
		out = append(out, scope{"", location})
	}
	return out
}

// within reports whether a report of service and location counts for k.
func (k scope) within(service, location string) bool {
	return (k.Service == "" || k.Service == service) && (k.Location == "" || k.Location == location)
}

// tally is the row of one scope: the reports learned for it, faded up to Week.
type tally struct {
	V     int     `json:"v"`
	Count float64 `json:"count"`
	Week  int     `json:"week"`
}

// weekOf numbers weeks that begin on Monday, on the clocks of the organisation.
func (s *State) weekOf(t time.Time) (week, hour int) {
	local := t.In(s.zone)
	days := local.Unix() // of the wall clock, counted as if it were UTC
	_, offset := local.Zone()
	days = (days+int64(offset))/86400 + 3 // 1970-01-01 was a Thursday
	return int(days / 7), int(days%7)*24 + local.Hour()
}

// roll moves the profile on to a week.
func (s *State) roll(week int) {
	x := &s.profile
	for n := 0; x.Week < week; n++ {
		x.Week++
		if n >= 200 {
			continue // nothing is left after four years
		}
		for h := range x.Hours {
			x.Hours[h] = thin(float64(x.Hours[h] * fade))
		}
		x.Weeks, x.Total = thin(float64((x.Weeks+1)*fade)), thin(float64(x.Total*fade)) // the week that ends fades with the others
	}
	s.dirtyProfile()
}

// thin keeps faded sums to six digits: rows stay short, and no machine differs.
func thin(x float64) float64 { return math.Round(x*1e6) / 1e6 }

// faded is the count of a scope as of the week being learned.
func (s *State) faded(k scope) float64 {
	x := s.tallies[k]
	if x == nil {
		return 0
	}
	count := x.Count
	for range min(s.profile.Week-x.Week, 200) {
		count = float64(count * fade)
	}
	return thin(count)
}

// learn takes one report into the baseline.
func (s *State) learn(r *report) {
	x := &s.profile
	week, hour := s.weekOf(r.At)
	if x.Since.IsZero() || r.At.Before(x.Since) {
		return
	}
	s.roll(week)
	x.Hours[hour]++
	x.Total++
	x.Learned++
	s.dirtyProfile()
	for _, k := range scopes(r.Service, r.Location) {
		s.tallies[k] = &tally{V: 1, Count: s.faded(k) + 1, Week: x.Week}
		s.dirtyTally(k)
	}
}

// cold reports whether too little was learned to know what is normal.
func (s *State) cold() bool {
	x := &s.profile
	return x.Since.IsZero() || s.now.Time().Before(x.Since.AddDate(0, 0, 7*coldWeeks)) || x.Learned < coldReports
}

// expected is how many reports of all kinds come from until at on such a day.
func (s *State) expected(from, until time.Time) float64 {
	x := &s.profile
	learnedWeek, learnedHour := s.weekOf(s.now.Add(-learnAfter).Time())
	total := 0.0
	for from.Before(until) {
		next := from.Truncate(time.Hour).Add(time.Hour) // zones are whole hours apart here, or nearly
		if next.After(until) {
			next = until
		}
		_, hour := s.weekOf(from)
		weeks := x.Weeks
		if learnedWeek == x.Week && hour < learnedHour {
			weeks++ // this week's is in as well
		}
		total += float64((x.Hours[hour] + 1) / max(weeks, 1) * next.Sub(from).Hours())
		from = next
	}
	return total
}

// predict returns mean and size of how many reports of a scope come within window
// before at: the share of the scope of what comes in all, on a quiet day less.
func (s *State) predict(k scope, at time.Time, window time.Duration) (mean, size float64) {
	count := s.faded(k)
	share := float64((count + .5) / (s.profile.Total + 10))
	mean = float64(share * s.expected(at.Add(-window), at) * s.quietness(at))
	return mean, min(math.Floor(count)+.5, mostSize)
}

// mostSize bounds the size: no day is as regular as a large count would say.
const mostSize = 8

// quietness is what a day has of what is expected of it, where that is clearly
// little: a holiday. It needs some twenty reports to tell, and is 1 otherwise.
func (s *State) quietness(at time.Time) float64 {
	y, m, d := at.In(s.zone).Date()
	midnight := time.Date(y, m, d, 0, 0, 0, 0, s.zone)
	expected := s.expected(midnight, at)
	if expected < 20 {
		return 1
	}
	share := float64(s.countSince(midnight, at) / expected)
	if share >= .5 {
		return 1
	}
	return max(share, .1)
}

// tail returns the decimal logarithm of the chance that a negative binomial with
// a mean and a size reaches n: four digits of it, so that no machine decides
// otherwise (ruling 10). Only size n, and n and a half, are asked for: their power
// is products and one square root, which are exact everywhere.
func tail(n int, mean, size float64) float64 {
	if n <= 0 {
		return 0
	}
	success := float64(size / (size + mean))
	failure := float64(mean / (size + mean))
	term := math.Sqrt(success)
	if size == math.Floor(size) {
		term = 1
	}
	for range int(size) {
		term = float64(term * success)
	}
	below := 0.0
	for k := range n {
		below += term
		term = float64(float64(term*failure) * float64((size+float64(k))/float64(k+1)))
	}
	above := 1 - below
	if below > .5 { // the difference would lose its digits: add up what is above
		above = 0
		for k := n; term > above*1e-12 && k < n+10_000; k++ {
			above += term
			term = float64(float64(term*failure) * float64((size+float64(k))/float64(k+1)))
		}
	}
	return math.Round(math.Log10(max(above, 1e-300))*1e4) / 1e4
}
