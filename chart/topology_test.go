package chart

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func campus() *Topology {
	return &Topology{
		Label: "NRD-SW-02 is stuk " + evil, Links: "Naar de vakjes " + evil,
		Things: []Thing{
			{ID: "core-a", Text: "Kern A", Word: "werkt", Level: Fine, Href: "/a/core-a"},
			{ID: "core-b", Text: "Kern B", Word: "gepland werk", Level: Planned, Mark: "plan", Href: "/a/core-b"},
			{ID: "nrd", Text: "NRD-SW-02", Word: "stuk · Gebouw Noord", Level: Broken, Cause: true, Mark: "mute", Href: "/a/nrd"},
			{ID: "zui", Text: "Gebouw Zuid", Word: "werkt", Level: Fine},
			{ID: "aps", Text: "14 wifi-punten", Word: "13 stuk", Level: Broken},
			{ID: "prn", Text: "een naam die veel te lang is voor zo'n vakje", Word: "let op", Level: Partly},
			{ID: "wifi", Text: evil, Word: evil, Level: Unsure, Href: `/a/"><script>`},
			{ID: "vpn", Text: "Thuiswerken", Word: "onbekend", Level: Unsure},
		},
		Lines: []Arrow{
			{"core-a", "nrd", true},
			{"core-b", "nrd", false},
			{"core-a", "zui", false},
			{"nrd", "aps", true},
			{"nrd", "prn", false},
			{"aps", "wifi", true},
			{"core-a", "wifi", false},
			{"core-b", "vpn", false},
			{"nowhere", "wifi", true},
			{"wifi", "wifi", false},
		},
	}
}

// A catalog has no circle; a picture of one that has must end all the same.
func circle() *Topology {
	return &Topology{
		Label:  "een kring",
		Things: []Thing{{ID: "a", Text: "a"}, {ID: "b", Text: "b"}, {ID: "c", Text: "c"}, {ID: "d", Text: "d"}},
		Lines:  []Arrow{{"a", "b", false}, {"b", "c", false}, {"c", "a", true}, {"c", "d", false}, {"a", "b", false}},
	}
}

func TestATopologyOfNothingIsNothing(t *testing.T) {
	if got := (&Topology{Label: "leeg", Links: "x"}).Draw(); got != "" {
		t.Errorf("drew %s", got)
	}
}

// random is a graph of n things whose lines lead from lower to higher numbers.
func random(rng *rand.Rand, n int) *Topology {
	g := &Topology{Label: "x"}
	for k := range n {
		g.Things = append(g.Things, Thing{ID: fmt.Sprintf("t%02d", k), Text: strings.Repeat("w", 1+rng.IntN(30)), Word: strings.Repeat("x", rng.IntN(2))})
		for range rng.IntN(3) {
			if k > 0 {
				g.Lines = append(g.Lines, Arrow{fmt.Sprintf("t%02d", rng.IntN(k)), fmt.Sprintf("t%02d", k), false})
			}
		}
	}
	return g
}

// The same picture comes of the same topology in any order; nothing covers anything,
// and everything stands to the right of what it hangs on.
func TestTopologiesAreTidy(t *testing.T) {
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 1))
		g := random(rng, 1+rng.IntN(60))
		want := g.Draw()
		rng.Shuffle(len(g.Things), func(i, j int) { g.Things[i], g.Things[j] = g.Things[j], g.Things[i] })
		rng.Shuffle(len(g.Lines), func(i, j int) { g.Lines[i], g.Lines[j] = g.Lines[j], g.Lines[i] })
		if g.Draw() != want {
			t.Fatalf("seed %d: another order draws another picture", seed)
		}
		things, lines := g.sorted()
		places, _, edges, _, width, height := arrange(things, lines, rankGap)
		for i, a := range places {
			if a.x < 0 || a.y < 0 || a.x+a.w > width || a.y+a.h > height {
				t.Fatalf("seed %d: %s stands outside %.1f x %.1f: %+v", seed, things[i].ID, width, height, a)
			}
			for k, b := range places[:i] {
				if a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h {
					t.Fatalf("seed %d: %s covers %s", seed, things[i].ID, things[k].ID)
				}
			}
		}
		for _, e := range edges {
			if e[0] >= 0 && places[e[0]].x+places[e[0]].w > places[e[1]].x {
				t.Fatalf("seed %d: %s is not left of %s", seed, things[e[0]].ID, things[e[1]].ID)
			}
		}
	}
}

func BenchmarkTopology(b *testing.B) {
	g := random(rand.New(rand.NewPCG(1, 1)), 60)
	for b.Loop() {
		g.Draw()
	}
}
