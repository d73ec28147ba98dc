package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"headstart/lang"
	"headstart/probes/discover"
)

// reportFile is what became of everything that was imported, every thing by its name.
const reportFile = "report.txt"

// words returns the language of the report.
func (w *importing) words(configured string) (*lang.Words, error) {
	language := cmp.Or(w.lang, configured, "nl")
	if !slices.Contains(lang.Languages(), language) {
		return nil, &exit{2, fmt.Sprintf("--lang is %q; write nl or en", w.lang)}
	}
	return lang.New(language, nil), nil
}

// accountText says what became of each thing, those of one reason together. At most
// most of these are named on the line, all of them below it if most is zero.
func accountText(a *discover.Account, say *lang.Words, most int) string {
	var b strings.Builder
	fmt.Fprintln(&b, say.Say("import.title", "program", a.Program, "n", a.Things()))
	for _, part := range []struct {
		fate  discover.Fate
		title string
	}{
		{discover.Taken, say.Say("import.taken")},
		{discover.Less, say.Say("import.less")},
		{discover.Left, say.Say("import.left")},
		{discover.Supply, say.Say("import.supply")},
	} {
		groups := byReason(a, part.fate)
		if len(groups) > 0 {
			fmt.Fprintf(&b, "%s:\n", part.title)
		}
		for _, g := range groups {
			b.WriteString(reasonText(g, say, most))
		}
	}
	return b.String()
}

// reasonText is one line: how many, why, and which.
func reasonText(g []discover.Entry, say *lang.Words, most int) string {
	var parts []string
	if g[0].Fate != discover.Supply {
		parts = append(parts, say.Say("import.what."+g[0].What, "n", len(g)))
	}
	if g[0].Why != "" {
		parts = append(parts, say.Say("import.why."+g[0].Why, "it", g[0].It))
	}
	line := "  " + strings.Join(parts, ": ")
	var names []string
	for _, e := range g {
		name := e.Place
		if e.Name != "" && e.Name != e.Place {
			name = e.Name + " (" + e.Place + ")"
			if most > 0 {
				name = e.Name
			}
		}
		names = append(names, name)
	}
	switch {
	case g[0].Fate == discover.Supply && most > 0:
	case most == 0:
		line += "\n    " + strings.Join(names, "\n    ")
	case g[0].Fate == discover.Taken:
	case len(names) > most:
		line += " (" + strings.Join(names[:most], ", ") + ", " + say.Say("import.more", "n", len(names)-most, "file", reportFile) + ")"
	default:
		line += " (" + strings.Join(names, ", ") + ")"
	}
	return line + "\n"
}

// byReason puts entries of one fate and reason together, the most frequent first.
func byReason(a *discover.Account, fate discover.Fate) [][]discover.Entry {
	type reason struct{ what, why, it string }
	at := map[reason]int{}
	var groups [][]discover.Entry
	for _, e := range a.Entries {
		if e.Fate != fate {
			continue
		}
		r := reason{e.What, e.Why, e.It}
		i, ok := at[r]
		if !ok {
			i = len(groups)
			at[r], groups = i, append(groups, nil)
		}
		groups[i] = append(groups[i], e)
	}
	slices.SortStableFunc(groups, func(x, y []discover.Entry) int {
		return cmp.Or(len(y)-len(x), cmp.Compare(x[0].What, y[0].What), cmp.Compare(x[0].Why, y[0].Why), cmp.Compare(x[0].It, y[0].It))
	})
	return groups
}
