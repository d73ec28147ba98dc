package correlate

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

// twoCores is two cores, a switch that hangs on both, one that hangs on the first
// alone, and what stands behind them.
func twoCores() *headstart.Catalog {
	return &headstart.Catalog{
		Locations: []headstart.Location{{ID: "noord"}, {ID: "zuid"}},
		Departments: []headstart.Department{
			{ID: "fin", Locations: []string{"noord"}, Uses: []string{"print", "erp"}, People: 40},
			{ID: "hr", Locations: []string{"zuid"}, Uses: []string{"erp"}, People: 12},
		},
		Services: []headstart.Service{{ID: "print"}, {ID: "erp", DependsOn: headstart.Dependencies{{"srv-1", "srv-2"}}}},
		Devices: []headstart.Device{
			{ID: "core-a"},
			{ID: "core-b"},
			{ID: "sw-n", Location: "noord", DependsOn: headstart.Dependencies{{"core-a", "core-b"}}},
			{ID: "sw-z", Location: "zuid", DependsOn: headstart.Dependencies{{"core-a"}}},
			{ID: "prn-n", Kind: "printer", Location: "noord", Services: []string{"print"}, People: 25, DependsOn: headstart.Dependencies{{"sw-n"}}},
			{ID: "prn-z", Kind: "printer", Location: "zuid", Services: []string{"print"}, People: 8, DependsOn: headstart.Dependencies{{"sw-z"}}},
			{ID: "srv-1", DependsOn: headstart.Dependencies{{"sw-n"}}},
			{ID: "srv-2", DependsOn: headstart.Dependencies{{"sw-z"}}},
		},
	}
}

func TestWhatIf(t *testing.T) {
	o := NewOutlook(twoCores())
	for name, c := range map[string]struct {
		down []string
		want headstart.WhatIf
	}{
		"one core of two: its own switch falls, the other is kept up": {[]string{"core-a"}, headstart.WhatIf{
			Assets: []string{"core-a"}, Lost: []string{"core-a", "prn-z", "srv-2", "sw-z"},
			Reach:  headstart.Reach{Services: []string{"print"}, Locations: []string{"zuid"}, Departments: []string{"hr"}, People: 8},
			Spared: []headstart.Spared{{Asset: "erp", Lost: []string{"srv-2"}, KeptBy: []string{"srv-1"}}, {Asset: "sw-n", Lost: []string{"core-a"}, KeptBy: []string{"core-b"}}},
		}},
		"both cores, named twice: everything, and who uses the service that stopped": {[]string{"core-b", "core-a", "core-b"}, headstart.WhatIf{
			Assets: []string{"core-a", "core-b"}, Lost: []string{"core-a", "core-b", "erp", "prn-n", "prn-z", "srv-1", "srv-2", "sw-n", "sw-z"}, Stopped: []string{"erp"},
			Reach: headstart.Reach{Services: []string{"erp", "print"}, Locations: []string{"noord", "zuid"}, Departments: []string{"fin", "hr"}, People: 52},
		}},
		"a printer takes itself": {[]string{"prn-n"}, headstart.WhatIf{
			Assets: []string{"prn-n"}, Lost: []string{"prn-n"},
			Reach: headstart.Reach{Services: []string{"print"}, Locations: []string{"noord"}, Departments: []string{"fin"}, People: 25},
		}},
		"what the catalog lacks takes nothing": {[]string{"x"}, headstart.WhatIf{}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, o.WhatIf(c.down...)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What a core would take if it went down is what planned work on it is told to
// touch: one rule, not two.
func TestWhatIfIsWhatPlannedWorkTouches(t *testing.T) {
	at := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	for seed := range uint64(40) {
		c := randomCatalog(rand.New(rand.NewPCG(seed, 7)))
		s := NewState()
		s.Apply(headstart.Event{At: at, Line: headstart.Line{Config: &headstart.LogConfig{Catalog: c}}})
		w := &headstart.MaintenanceWindow{ID: "W", Assets: []string{c.Devices[0].ID, c.Devices[1].ID}, StartsAt: at.Add(time.Hour), EndsAt: at.Add(2 * time.Hour)}
		s.Apply(headstart.Event{At: at, Line: headstart.Line{Maintenance: w}})
		if diff := cmp.Diff(s.Reach("W"), NewOutlook(c).WhatIf(w.Assets...).Reach); diff != "" {
			t.Fatalf("seed %d (-work +what if):\n%s", seed, diff)
		}
	}
}

// On any catalog the answer is that of a look at everything.
func TestWhatIfOnRandomCatalogs(t *testing.T) {
	for seed := range uint64(400) {
		rng := rand.New(rand.NewPCG(seed, 3))
		c := randomCatalog(rng)
		o := NewOutlook(c)
		for range 3 {
			var down []string
			for range 1 + rng.IntN(2) {
				down = append(down, c.Devices[rng.IntN(len(c.Devices))].ID)
			}
			if diff := cmp.Diff(everything(c, down), o.WhatIf(down...)); diff != "" {
				t.Fatalf("seed %d, down %v (-look at everything +got):\n%s\n%+v", seed, down, diff, *c)
			}
		}
	}
}

func randomCatalog(rng *rand.Rand) *headstart.Catalog {
	c := &headstart.Catalog{Locations: []headstart.Location{{ID: "l0"}, {ID: "l1"}, {ID: "l2"}}}
	ids := []string{}
	needs := func() (out headstart.Dependencies) {
		for range rng.IntN(3) {
			group := []string{}
			for range 1 + rng.IntN(2) {
				if len(ids) > 0 && rng.IntN(12) > 0 {
					group = append(group, ids[rng.IntN(len(ids))])
				}
			}
			if slices.Sort(group); len(group) > 0 {
				out = append(out, slices.Compact(group))
			}
		}
		return out
	}
	for n := range 10 {
		d := headstart.Device{ID: fmt.Sprintf("d%d", n), DependsOn: needs(), People: 5 * rng.IntN(4)}
		if at := rng.IntN(4); at < 3 {
			d.Location = c.Locations[at].ID
		}
		for _, s := range rng.Perm(3)[:rng.IntN(3)] {
			d.Services = append(d.Services, fmt.Sprintf("s%d", s))
		}
		c.Devices, ids = append(c.Devices, d), append(ids, d.ID)
	}
	for n := range 3 {
		c.Services = append(c.Services, headstart.Service{ID: fmt.Sprintf("s%d", n), DependsOn: needs(), Confidential: rng.IntN(5) == 0})
		d := headstart.Department{ID: fmt.Sprintf("a%d", n), People: 30 * rng.IntN(3)}
		for _, at := range rng.Perm(3)[:rng.IntN(3)] {
			d.Locations = append(d.Locations, c.Locations[at].ID)
		}
		for _, s := range rng.Perm(3)[:rng.IntN(3)] {
			d.Uses = append(d.Uses, fmt.Sprintf("s%d", s))
		}
		c.Departments = append(c.Departments, d)
	}
	return c
}

// everything answers by the words of the contract alone: again and again over the
// whole catalog, with no index and nothing kept.
func everything(c *headstart.Catalog, down []string) (out headstart.WhatIf) {
	needs, known, lost := map[string]headstart.Dependencies{}, map[string]bool{}, map[string]bool{}
	for _, d := range c.Devices {
		needs[d.ID], known[d.ID] = d.DependsOn, true
	}
	for _, s := range c.Services {
		needs[s.ID], known[s.ID] = s.DependsOn, true
	}
	for _, id := range down {
		lost[id] = true
	}
	out.Assets = slices.Sorted(maps.Keys(lost))
	for again := true; again; {
		again = false
		for id, groups := range needs {
			all := func(g []string) bool { return !slices.ContainsFunc(g, func(up string) bool { return !lost[up] }) }
			if !lost[id] && slices.ContainsFunc(groups, all) {
				lost[id], again = true, true
			}
		}
	}
	out.Lost = slices.Sorted(maps.Keys(lost))
	for _, id := range slices.Sorted(maps.Keys(known)) {
		for _, g := range needs[id] {
			s := headstart.Spared{Asset: id}
			for _, up := range g {
				if lost[up] {
					s.Lost = append(s.Lost, up)
				} else {
					s.KeptBy = append(s.KeptBy, up)
				}
			}
			if !lost[id] && len(s.Lost) > 0 {
				out.Spared = append(out.Spared, s)
			}
		}
	}
	slices.SortStableFunc(out.Spared, func(a, b headstart.Spared) int {
		if c := slices.Compare([]string{a.Asset}, []string{b.Asset}); c != 0 {
			return c
		}
		return slices.Compare(a.Lost, b.Lost)
	})
	people(c, lost, &out)
	return out
}

// people counts once per place: the most that one service loses there by its
// devices, or by the departments that use what is hit where devices tell no number
// or a whole service is gone.
func people(c *headstart.Catalog, lost map[string]bool, out *headstart.WhatIf) {
	services, places, byService := map[string]bool{}, map[string]bool{}, map[[2]string]int{}
	counted := map[string]bool{} // places where a device has something to say
	for _, d := range c.Devices {
		if !lost[d.ID] {
			continue
		}
		out.Confidential = out.Confidential || d.Confidential
		if d.Location != "" {
			places[d.Location] = true
		}
		for _, s := range d.Services {
			services[s], counted[d.Location] = true, true
			byService[[2]string{d.Location, s}] += d.People
		}
		if len(d.Services) == 0 && d.People > 0 {
			counted[d.Location] = true
			byService[[2]string{d.Location, ""}] += d.People
		}
	}
	for _, s := range c.Services {
		if lost[s.ID] {
			services[s.ID] = true
			out.Stopped = append(out.Stopped, s.ID)
		}
		out.Confidential = out.Confidential || services[s.ID] && s.Confidential
	}
	using := map[string]int{}
	for _, d := range c.Departments {
		at := slices.IndexFunc(d.Locations, func(l string) bool { return places[l] })
		uses := slices.ContainsFunc(d.Uses, func(s string) bool { return services[s] })
		gone := slices.ContainsFunc(d.Uses, func(s string) bool { return lost[s] })
		if at < 0 && !gone && (!uses || len(places) > 0) {
			continue
		}
		out.Departments = append(out.Departments, d.ID)
		if uses && d.People > 0 {
			place := ""
			if at >= 0 {
				place = d.Locations[at]
			}
			using[place] += d.People
		}
	}
	for _, place := range append([]string{""}, "l0", "l1", "l2") {
		n := 0
		for key, sum := range byService {
			if key[0] == place {
				n = max(n, sum)
			}
		}
		if use := using[place]; use > 0 && (!counted[place] || len(out.Stopped) > 0 || n == 0) {
			n = max(n, use)
		}
		out.People += n
	}
	out.Services, out.Locations = slices.Sorted(maps.Keys(services)), slices.Sorted(maps.Keys(places))
}
