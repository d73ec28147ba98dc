package figures

import (
	"math"
	"slices"
	"strings"
)

// definition is how one figure is computed.
type definition struct {
	key  string
	unit Unit
	of   func(*cases, *Figure)
	by   []Dimension // where it is of nothing, since its cases know nothing of it
}

// Keys lists the figures in their order.
func Keys() []string {
	out := make([]string, len(definitions))
	for n := range definitions {
		out[n] = definitions[n].key
	}
	return out
}

var definitions = slices.Concat(
	[]definition{
		{"incidents", Count, (*cases).incidentCount, []Dimension{ByCategory}},
		{"tickets_reported", Count, func(c *cases, f *Figure) { f.count(len(c.reported)) }, nil},
		{"tickets_solved", Count, func(c *cases, f *Figure) { f.count(len(c.solved)) }, nil},
		{"head_start_median", Seconds, headStart(median), []Dimension{ByCategory}},
		{"head_start_positive", Ratio, headStart(positive), []Dimension{ByCategory}},
		{"head_start_phone_left_out", Count, (*cases).phoneLeftOut, []Dimension{ByCategory}},
		{"reaction_mean", Seconds, reaction(mean), nil},
		{"reaction_p50", Seconds, reaction(median), nil},
		{"reaction_p90", Seconds, reaction(p90), nil},
	},
	resolutions(),
	[]definition{
		{"telephone_calls", Count, telephone(func(s *sums) float64 { return float64(s.calls) }), everyPlace},
		{"telephone_answered", Count, telephone(func(s *sums) float64 { return float64(s.answered) }), everyPlace},
		{"telephone_abandoned", Count, telephone(func(s *sums) float64 { return float64(s.abandoned) }), everyPlace},
		{"telephone_wait_mean", Seconds, (*cases).telephoneWait, everyPlace},
		{"first_contact", Ratio, (*cases).firstContact, nil},
		{"escalated", Ratio, (*cases).escalated, nil},
		{"reopened", Ratio, (*cases).reopened, nil},
		{"satisfaction_mean", Score, satisfaction(mean), nil},
		{"satisfaction_good", Ratio, satisfaction(good), nil},
		{"satisfaction_response", Ratio, (*cases).satisfactionResponse, nil},
		{"time_spent_sum", Minutes, timeSpent(sum), nil},
		{"time_spent_mean", Minutes, timeSpent(mean), nil},
		{"promises_made", Count, (*cases).promisesMade, []Dimension{ByCategory}},
		{"promises_kept", Ratio, (*cases).promisesKept, []Dimension{ByCategory}},
		{"outage_people_minutes", PeopleMinutes, outage(func(h *happened) int64 { return h.working }), []Dimension{ByCategory}},
		{"outage_people_minutes_clock", PeopleMinutes, outage(func(h *happened) int64 { return h.clock }), []Dimension{ByCategory}},
		{"alerts_per_incident", Each, (*cases).alertsEach, []Dimension{ByCategory}},
	},
)

// everyPlace are the dimensions that the telephone knows nothing of.
var everyPlace = []Dimension{ByService, ByCategory, ByDepartment, ByLocation}

// resolutions are the figures of each priority.
func resolutions() (out []definition) {
	for _, p := range []string{"P1", "P2", "P3", "P4"} {
		add := func(which string, clock bool) {
			for _, s := range []struct {
				name string
				of   statistic
			}{{"mean", mean}, {"p50", median}, {"p90", p90}} {
				key := "resolution_" + strings.ToLower(p) + which + "_" + s.name
				out = append(out, definition{key, Seconds, resolution(p, clock, s.of), nil})
			}
		}
		add("", false)
		if p == "P1" {
			add("_clock", true)
		}
	}
	return out
}

// measure computes every figure of c, which was cut by a dimension.
func measure(c *cases, by Dimension) []Figure {
	out := make([]Figure, len(definitions))
	for n, d := range definitions {
		f := &out[n]
		f.Key, f.Unit = d.key, d.unit
		if slices.Contains(d.by, by) {
			f.Missing = NotBy
			continue
		}
		d.of(c, f)
		if f.Value == nil && f.Missing == "" {
			f.Missing = NoCases
		}
	}
	return out
}

// A statistic is one number of values in ascending order; there is one at least.
type statistic func(sorted []float64) float64

func sum(v []float64) float64 {
	s := 0.0
	for _, x := range v {
		s += x
	}
	return s
}

func mean(v []float64) float64   { return sum(v) / float64(len(v)) }
func median(v []float64) float64 { return quantile(v, .5) }
func p90(v []float64) float64    { return quantile(v, .9) }

// quantile interpolates between the two values it lies between, as spreadsheets do.
func quantile(v []float64, q float64) float64 {
	at := q * float64(len(v)-1)
	low := int(math.Floor(at))
	if low+1 == len(v) {
		return v[low]
	}
	return v[low] + (at-float64(low))*(v[low+1]-v[low])
}

// positive is the share above zero, good the share of four and more.
func positive(v []float64) float64 { return share(v, func(x float64) bool { return x > 0 }) }
func good(v []float64) float64     { return share(v, func(x float64) bool { return x >= 4 }) }

func share(v []float64, is func(float64) bool) float64 {
	n := 0
	for _, x := range v {
		if is(x) {
			n++
		}
	}
	return float64(n) / float64(len(v))
}

// take makes f a statistic of values.
func (f *Figure) take(values []float64, of statistic) {
	f.Cases = len(values)
	if len(values) == 0 {
		return
	}
	slices.Sort(values)
	f.set(of(values))
}

// set rounds to four decimals: what differs beyond them is the order of a sum.
func (f *Figure) set(x float64) {
	x = math.Round(x*1e4) / 1e4
	f.Value = &x
}

// count makes f a number of cases. Nothing is a value too: zero.
func (f *Figure) count(n int) {
	f.Cases = n
	f.set(float64(n))
}

// share makes f the share n of all.
func (f *Figure) share(n, all int) {
	if f.Cases = all; all > 0 {
		f.set(float64(n) / float64(all))
	}
}

func (f *Figure) leave(why Reason, n int) {
	if n > 0 {
		f.LeftOut = append(f.LeftOut, LeftOut{why, n})
	}
}
