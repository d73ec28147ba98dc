package folding

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

// building is a core with two switches, of which one fails with what is behind it.
func building() *headstart.Topology {
	c := &headstart.Catalog{
		Locations: []headstart.Location{{ID: "noord"}, {ID: "n2", Parent: "noord"}, {ID: "zuid"}},
		Services:  []headstart.Service{{ID: "erp", DependsOn: headstart.Dependencies{{"srv"}}}, {ID: "salaris", Confidential: true, DependsOn: headstart.Dependencies{{"srv"}}}, {ID: "wifi"}},
		Devices: []headstart.Device{
			{ID: "core", Kind: "switch"},
			{ID: "sw-n", Kind: "switch", Location: "noord", DependsOn: headstart.Dependencies{{"core"}}},
			{ID: "sw-z", Kind: "switch", Location: "zuid", DependsOn: headstart.Dependencies{{"core"}}},
			{ID: "srv", Kind: "server", DependsOn: headstart.Dependencies{{"core"}}},
			{ID: "prn", Kind: "printer", Location: "n2", DependsOn: headstart.Dependencies{{"sw-n"}}},
		},
	}
	for n := range 4 {
		c.Devices = append(c.Devices, headstart.Device{ID: fmt.Sprintf("ap-n-%d", n), Kind: "accesspoint", Location: "n2", Services: []string{"wifi"}, DependsOn: headstart.Dependencies{{"sw-n"}}})
		c.Devices = append(c.Devices, headstart.Device{ID: fmt.Sprintf("ap-z-%d", n), Kind: "accesspoint", Location: "zuid", Services: []string{"wifi"}, DependsOn: headstart.Dependencies{{"sw-z"}}})
	}
	return headstart.NewTopology(c)
}

// eyesFor see these fail and the rest work; who is not trusted sees nothing confidential.
func eyesFor(trusted bool, wrong ...string) Eyes {
	return Eyes{
		Look: func(n *Node) Look {
			if slices.Contains(wrong, n.ID) {
				return Look{State: headstart.Failing}
			}
			return Look{State: headstart.Working}
		},
		Shown: func(n *Node) bool { return trusted || !n.Confidential() },
	}
}

// drawn is a picture in words: "2 sw-n sw-z failing <- core".
func drawn(p Picture) string {
	name := func(n int) string { return p.Boxes[n].Members[0].ID }
	var out strings.Builder
	for n, b := range p.Boxes {
		fmt.Fprintf(&out, "%d %s %s", len(b.Members), name(n), b.Look.State)
		if b.Kept {
			out.WriteString(" kept")
		}
		for _, l := range p.Lines {
			if l[1] == n {
				out.WriteString(" <- " + name(l[0]))
			}
		}
		out.WriteString("\n")
	}
	return out.String()
}

func TestPictures(t *testing.T) {
	top := building()
	down := []string{"ap-n-0", "ap-n-1", "ap-n-2", "sw-n"}
	for name, c := range map[string]struct {
		choice func(Eyes) Choice
		limit  int
		eyes   Eyes
		want   string
	}{
		"what is wrong: the way to it, what it hits, and what works beside it": {
			func(e Eyes) Choice { return Wrong(top, down, e) }, Boxes, eyesFor(false, down...),
			"3 ap-n-0 failing <- sw-n\n1 ap-n-3 working <- sw-n\n1 core working\n1 prn working <- sw-n\n1 srv working <- core\n1 sw-n failing kept <- core\n1 sw-z working <- core\n1 wifi working <- ap-n-0 <- ap-n-3\n",
		},
		"one place with the way to it": {
			func(e Eyes) Choice { return Everything(top, "noord", e) }, Boxes, eyesFor(false),
			"4 ap-n-0 working <- sw-n\n1 core working\n1 prn working <- sw-n\n1 sw-n working <- core\n1 wifi working <- ap-n-0\n",
		},
		"one thing: all above, all below, and what works beside it": {
			func(e Eyes) Choice { return Around(top, []*Node{top.Node("srv")}, e) }, Boxes, eyesFor(true),
			"1 core working\n1 erp working <- srv\n1 salaris working <- srv\n1 srv working kept <- core\n2 sw-n working <- core\n",
		},
		"what is confidential is not there for others": {
			func(e Eyes) Choice { return Around(top, []*Node{top.Node("srv")}, e) }, Boxes, eyesFor(false),
			"1 core working\n1 erp working <- srv\n1 srv working kept <- core\n2 sw-n working <- core\n",
		},
		"everything in few boxes": {
			func(e Eyes) Choice { return Everything(top, "", e) }, 7, eyesFor(false),
			"8 ap-n-0 working <- sw-n\n1 core working\n1 erp working <- srv\n1 prn working <- sw-n\n1 srv working <- core\n2 sw-n working <- core\n1 wifi working <- ap-n-0\n",
		},
		"and in fewer": {
			func(e Eyes) Choice { return Everything(top, "", e) }, 3, eyesFor(false),
			"10 ap-n-0 working <- srv\n1 core working\n3 srv working <- core\n1 wifi working <- ap-n-0\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, drawn(Fold(c.choice(c.eyes), c.limit, c.eyes))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Whatever the catalog, circles among it: everything chosen is in one box, nothing
// else is, what looks different is apart, and there are few boxes.
func TestFoldOnRandomCatalogs(t *testing.T) {
	states := []headstart.StandingState{headstart.Working, headstart.Failing, headstart.Unwatched}
	for seed := range uint64(120) {
		rng := rand.New(rand.NewPCG(seed, 5))
		c := &headstart.Catalog{}
		n := 1 + rng.IntN(300)
		for k := range n {
			d := headstart.Device{ID: fmt.Sprintf("d%03d", k), Kind: fmt.Sprintf("k%d", rng.IntN(5))}
			for range rng.IntN(3) {
				d.DependsOn = append(d.DependsOn, []string{fmt.Sprintf("d%03d", rng.IntN(n))})
			}
			c.Devices = append(c.Devices, d)
		}
		top := headstart.NewTopology(c)
		var ids []string
		for _, d := range c.Devices {
			ids = append(ids, d.ID)
		}
		eyes := Eyes{Look: func(n *Node) Look { return Look{State: states[int(n.ID[3]-'0')%3]} }, Shown: func(*Node) bool { return true }}
		all := Everything(top, "", eyes)
		p := Fold(all, Boxes, eyes)
		if diff := cmp.Diff(drawn(p), drawn(Fold(Everything(top, "", eyes), Boxes, eyes))); diff != "" {
			t.Fatalf("seed %d: twice the same gives\n%s", seed, diff)
		}
		seen := map[*Node]int{}
		for k, b := range p.Boxes {
			for _, m := range b.Members {
				if _, twice := seen[m]; twice || eyes.Look(m) != b.Look {
					t.Fatalf("seed %d: %s is in a box of others", seed, m.ID)
				}
				seen[m] = k
			}
		}
		if len(seen) != n || len(p.Boxes) > Boxes {
			t.Fatalf("seed %d: %d of %d things in %d boxes", seed, len(seen), n, len(p.Boxes))
		}
		lines := map[[2]int]bool{}
		for m, k := range seen {
			for _, up := range m.Above {
				lines[[2]int{seen[up], k}] = seen[up] != k
			}
		}
		for _, l := range p.Lines {
			if !lines[l] {
				t.Fatalf("seed %d: line %v is of nothing", seed, l)
			}
			delete(lines, l)
		}
		for l, wanted := range lines {
			if wanted {
				t.Fatalf("seed %d: line %v is missing", seed, l)
			}
		}
		Fold(Around(top, top.Nodes()[:1], eyes), Boxes, eyes)
		Fold(Wrong(top, ids, eyes), Boxes, eyes)
	}
}
