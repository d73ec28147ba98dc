package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"headstart"
)

// fineShown is how many checks that work are named in one group; of more only the
// number is, unless everything is asked for.
const fineShown = 5

// printChecks prints by service and location, worst first, and in each what fails
// first.
func printChecks(out io.Writer, report *checkReport, cat *headstart.Catalog, language string, all bool) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintf(w, "%s\n", counted(report.Summary))
	for _, g := range grouped(report.Results, cat, language) {
		fmt.Fprintf(w, "\n%s\n", g.name)
		for _, r := range g.results {
			if !all && r.Verdict == headstart.OK && g.fine > fineShown {
				break // they are the last
			}
			fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t%s\n", r.Verdict, cmp.Or(r.Asset, r.Probe), r.Kind, r.Target, strings.TrimSpace(said(r)+"  "+spark(r.Trend)))
		}
		if !all && g.fine > fineShown {
			fmt.Fprintf(w, "  %s\t%d more; -v names them\n", headstart.OK, g.fine)
		}
	}
	return w.Flush()
}

// counted sums up, worst first.
func counted(summary map[headstart.Verdict]int) string {
	total := 0
	var parts []string
	for _, v := range verdicts {
		if n := summary[v.Verdict]; n > 0 {
			total += n
			parts = append(parts, fmt.Sprintf("%d %s", n, v.Verdict))
		}
	}
	return fmt.Sprintf("%d checked: %s", total, strings.Join(parts, ", "))
}

// checkGroup is what serves one service at one place.
type checkGroup struct {
	name    string
	results []headstart.CheckResult
	fine    int // of them
}

func grouped(results []headstart.CheckResult, cat *headstart.Catalog, language string) []*checkGroup {
	byName := map[string]*checkGroup{}
	var groups []*checkGroup
	for _, r := range results {
		name := groupName(&r, cat, language)
		g := byName[name]
		if g == nil {
			g = &checkGroup{name: name}
			byName[name] = g
			groups = append(groups, g)
		}
		g.results = append(g.results, r)
		g.fine += one(r.Verdict == headstart.OK)
	}
	for _, g := range groups {
		slices.SortStableFunc(g.results, func(a, b headstart.CheckResult) int {
			return cmp.Or(cmp.Compare(badness(a.Verdict), badness(b.Verdict)), cmp.Compare(a.Probe, b.Probe), cmp.Compare(a.Asset, b.Asset))
		})
	}
	slices.SortFunc(groups, func(a, b *checkGroup) int {
		return cmp.Or(cmp.Compare(badness(a.results[0].Verdict), badness(b.results[0].Verdict)), cmp.Compare(a.name, b.name))
	})
	return groups
}

// badness orders verdicts, the worst first.
func badness(v headstart.Verdict) int {
	for i, x := range verdicts {
		if x.Verdict == v {
			return i
		}
	}
	return len(verdicts)
}

// groupName is the service and the place as people call them.
func groupName(r *headstart.CheckResult, cat *headstart.Catalog, language string) string {
	var parts []string
	if r.Service != "" {
		name := r.Service
		if s := cat.ServiceByID(r.Service); s != nil {
			name = cmp.Or(s.Name.In(language), name)
		}
		parts = append(parts, name)
	}
	if r.Location != "" {
		name := r.Location
		if l := cat.LocationByID(r.Location); l != nil {
			name = cmp.Or(l.Name.In(language), name)
		}
		parts = append(parts, name)
	}
	if len(parts) == 0 {
		return "(no service, no location)"
	}
	return strings.Join(parts, " – ")
}

// said is the reason of a result with what it found, on one line.
func said(r headstart.CheckResult) string {
	parts := []string{}
	if r.Reason != "" {
		parts = append(parts, r.Reason)
	}
	for _, c := range r.Conditions {
		if c.Effect != headstart.EffectNone {
			parts = append(parts, strings.TrimSpace(c.Name+" "+c.Detail))
		}
	}
	return strings.Join(parts, "; ")
}

// steps are the heights of a trend in a terminal.
var steps = []rune("▁▂▃▄▅▆▇█")

// spark draws how long the latest runs took, the longest of them full height; x is one
// that failed and ? one that could not be made.
func spark(trend []headstart.CheckSample) string {
	longest := 0.0
	for _, x := range trend {
		longest = max(longest, x.DurationSeconds)
	}
	var b strings.Builder
	for _, x := range trend {
		switch {
		case x.Verdict == headstart.Down:
			b.WriteByte('x')
		case x.Verdict == headstart.Unknown:
			b.WriteByte('?')
		case longest == 0:
			b.WriteRune(steps[0])
		default:
			b.WriteRune(steps[int(math.Round(x.DurationSeconds/longest*float64(len(steps)-1)))])
		}
	}
	return b.String()
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
