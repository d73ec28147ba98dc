package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"headstart"
)

// print tells a comparison with the configuration other to people.
func (c *comparison) print(w io.Writer, other string) {
	if c.Equal {
		fmt.Fprintf(w, "%s decides the same: %d incidents, %d messages to users, %d pages\n", other, c.Incidents[0], c.Told[0].Messages, c.Told[0].Pages)
		return
	}
	for _, d := range c.Differences {
		fmt.Fprintf(w, "%s %s\n", d.Kind, arrow(joined(d.Log), joined(d.Other)))
		for _, f := range d.Fields {
			fmt.Fprintf(w, "  %-9s %s\n", f.What, arrow(f.Log, f.Other))
		}
		if d.Won != nil && *d.Won != 0 {
			fmt.Fprintf(w, "  %-9s %s\n", "lead", won(*d.Won))
		}
	}
	fmt.Fprintf(w, "%-18s %6s %6s\n", "", "log", "other")
	for _, x := range []struct {
		what       string
		log, other int
	}{
		{"incidents", c.Incidents[0], c.Incidents[1]},
		{"messages to users", c.Told[0].Messages, c.Told[1].Messages},
		{"drafts", c.Told[0].Drafts, c.Told[1].Drafts},
		{"pages", c.Told[0].Pages, c.Told[1].Pages},
	} {
		fmt.Fprintf(w, "%-18s %6d %6d%s\n", x.what, x.log, x.other, saved(x.log-x.other))
	}
	if c.Won != 0 {
		fmt.Fprintf(w, "head start: %s in all\n", won(c.Won))
	}
}

func arrow(log, other string) string {
	return cmp.Or(log, "nothing") + " -> " + cmp.Or(other, "nothing")
}

func joined(list []headstart.IncidentID) string {
	out := make([]string, len(list))
	for n, id := range list {
		out[n] = string(id)
	}
	return strings.Join(out, ", ")
}

func saved(n int) string {
	switch {
	case n > 0:
		return fmt.Sprintf("  %d saved", n)
	case n < 0:
		return fmt.Sprintf("  %d more", -n)
	}
	return ""
}

// won says by how much users hear earlier, or later.
func won(seconds int64) string {
	d := time.Duration(seconds) * time.Second
	if d < 0 {
		return (-d).String() + " lost"
	}
	return d.String() + " won"
}
