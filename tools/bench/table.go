package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
)

// row is one line of the result.
type row struct {
	what     string
	measured string
	peer     string // with its name; empty if there is none
	ratio    string // empty if there is no peer
	target   target
	value    float64 // what the target bounds
}

// compare makes a row of the medians of two series taken side by side. Its ratio
// is the median of the ratios of each round: what disturbs a round, disturbs
// both.
func compare(what string, u unit, mine, peer []float64, name string, t target) row {
	ratios := make([]float64, min(len(mine), len(peer)))
	for i := range ratios {
		ratios[i] = mine[i] / peer[i]
	}
	r := median(ratios)
	t.unit = times
	return row{what: what, measured: u(median(mine)), peer: u(median(peer)) + " " + name, ratio: times(r), target: t, value: r}
}

// absolute makes a row without a peer; its target is in the same unit.
func absolute(what string, u unit, value float64, t target) row {
	t.unit = u
	return row{what: what, measured: u(value), target: t, value: value}
}

// unmeasured makes a row that a slow machine left no time for. It counts as not
// met.
func unmeasured(what string, t target, u unit) row {
	t.unit = u
	return row{what: what, measured: "no time", target: t, value: math.NaN()}
}

// target is a bound; the zero value bounds nothing.
type target struct {
	sign  string // ">=", "<=" or "<"
	bound float64
	unit  unit
}

var none target

func atLeast(v float64) target { return target{sign: ">=", bound: v} }
func atMost(v float64) target  { return target{sign: "<=", bound: v} }
func below(v float64) target   { return target{sign: "<", bound: v} }

func (t target) String() string {
	if t.sign == "" {
		return "-"
	}
	return t.sign + " " + t.unit(t.bound)
}

// met says yes, no, or - where there is nothing to meet.
func (r row) met() string {
	ok := false
	switch r.target.sign {
	case ">=":
		ok = r.value >= r.target.bound
	case "<=":
		ok = r.value <= r.target.bound
	case "<":
		ok = r.value < r.target.bound
	default:
		return "-"
	}
	if ok {
		return "yes"
	}
	return "no"
}

var columns = []string{"what", "measured", "peer", "ratio", "target", "met"}

func (r row) cells() []string {
	return []string{r.what, r.measured, r.peer, r.ratio, r.target.String(), r.met()}
}

func printTable(w io.Writer, rows []row) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, strings.Join(columns, "\t"))
	for _, r := range rows {
		fmt.Fprintln(tw, strings.Join(r.cells(), "\t"))
	}
	_ = tw.Flush()
}

// median of values, which it leaves as they are.
func median(values []float64) float64 {
	if len(values) == 0 {
		panic("bench: median of nothing")
	}
	s := slices.Sorted(slices.Values(values))
	if n := len(s); n%2 == 0 {
		return (s[n/2-1] + s[n/2]) / 2
	}
	return s[len(s)/2]
}

// unit writes a figure with its unit.
type unit func(float64) string

func times(v float64) string   { return fmt.Sprintf("%.2f x", v) }
func perSec(v float64) string  { return grouped(v) + "/s" }
func micros(v float64) string  { return fmt.Sprintf("%.1f µs", v*1e6) }
func millis(v float64) string  { return fmt.Sprintf("%.0f ms", v*1e3) }
func seconds(v float64) string { return fmt.Sprintf("%.2f s", v) }
func mega(v float64) string    { return fmt.Sprintf("%.1f MB", v/1e6) }
func percent(v float64) string { return fmt.Sprintf("%.1f %%", v) }
func kilo(v float64) string    { return fmt.Sprintf("%.2f kB", v/1e3) }

// grouped writes a count with a comma at each thousand.
func grouped(v float64) string {
	s := fmt.Sprintf("%.0f", v)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
