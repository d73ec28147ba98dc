package web

import (
	"slices"
	"strings"
	"time"

	"headstart"
	"headstart/lang"
)

// clash is two pieces of planned work that together take away everything one of
// which something needs: a redundancy group whose members are worked on at once.
type clash struct {
	A, B    string // texts of the windows
	Members string
	When    string
}

const clashMost = 20 // listed

// clashes finds pairs of windows that overlap and that cover a whole redundancy
// group of the catalog only together. One that covers it alone was meant to.
func clashes(cat *headstart.Catalog, windows []headstart.MaintenanceWindow, say *lang.Words) []clash {
	if len(windows) < 2 {
		return nil
	}
	c := coverage{cat: cat, by: map[string][]int{}, windows: windows}
	var out []clash
	seen := map[string]bool{}
	for _, group := range redundant(cat) {
		for _, pair := range c.pairs(group) {
			a, b := &windows[pair[0]], &windows[pair[1]]
			members := joined(group, func(id string) string { return assetName(cat, id, say.Lang) })
			key := a.ID + "\n" + b.ID + "\n" + members
			if seen[key] || len(out) == clashMost {
				continue
			}
			seen[key] = true
			from, to := later(a.StartsAt, b.StartsAt), sooner(a.EndsAt, b.EndsAt)
			out = append(out, clash{A: windowName(a, say), B: windowName(b, say), Members: members, When: stretch(from, to, say)})
		}
	}
	return out
}

func windowName(w *headstart.MaintenanceWindow, say *lang.Words) string {
	if t := w.Summary.In(say.Lang); t != "" {
		return t
	}
	return w.ID
}

// redundant are the redundancy groups of more than one member, each once, in the
// order of the catalog.
func redundant(cat *headstart.Catalog) [][]string {
	var out [][]string
	seen := map[string]bool{}
	add := func(on headstart.Dependencies) {
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

// coverage says which windows cover an asset.
type coverage struct {
	cat     *headstart.Catalog
	windows []headstart.MaintenanceWindow
	by      map[string][]int // asset: windows, remembered
}

// of are the windows, by number, that name an asset or where it stands.
func (c *coverage) of(asset string) []int {
	if known, ok := c.by[asset]; ok {
		return known
	}
	names := []string{asset}
	if d := c.cat.DeviceByID(asset); d != nil {
		for at, up := d.Location, 0; at != "" && up < 12; up++ {
			names = append(names, at)
			l := c.cat.LocationByID(at)
			if l == nil {
				break
			}
			at = l.Parent
		}
	}
	var out []int
	for n := range c.windows {
		w := &c.windows[n]
		if slices.ContainsFunc(names, func(id string) bool {
			return slices.Contains(w.Assets, id) || slices.Contains(w.Services, id) || slices.Contains(w.Locations, id)
		}) {
			out = append(out, n)
		}
	}
	c.by[asset] = out
	return out
}

// pairs are the windows that overlap and cover group only together.
func (c *coverage) pairs(group []string) [][2]int {
	var touch []int // windows that cover any member, in their order
	covered := map[int]int{}
	for _, member := range group {
		for _, n := range c.of(member) {
			if covered[n]++; covered[n] == 1 {
				touch = append(touch, n)
			}
		}
	}
	slices.Sort(touch)
	var out [][2]int
	touch = slices.DeleteFunc(touch, func(n int) bool { return covered[n] == len(group) })
	for i, a := range touch {
		for _, b := range touch[i+1:] {
			if overlapping(&c.windows[a], &c.windows[b]) && c.together(group, a, b) {
				out = append(out, [2]int{a, b})
			}
		}
	}
	return out
}

// together reports whether two windows cover all of group.
func (c *coverage) together(group []string, a, b int) bool {
	return !slices.ContainsFunc(group, func(m string) bool {
		by := c.of(m)
		return !slices.Contains(by, a) && !slices.Contains(by, b)
	})
}

func overlapping(a, b *headstart.MaintenanceWindow) bool {
	return a.StartsAt.Before(b.EndsAt) && b.StartsAt.Before(a.EndsAt)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func sooner(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
