package correlate

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"headstart"
)

// tree is a core with three distribution switches, each with three access
// switches, each with four printers.
func tree() *headstart.Catalog {
	c := &headstart.Catalog{Services: []headstart.Service{{ID: "print"}}, Devices: []headstart.Device{{ID: "core"}}}
	for d := range 3 {
		dist := fmt.Sprintf("dist-%d", d)
		c.Devices = append(c.Devices, headstart.Device{ID: dist, DependsOn: headstart.Dependencies{{"core"}}})
		for a := range 3 {
			acc := fmt.Sprintf("acc-%d%d", d, a)
			c.Devices = append(c.Devices, headstart.Device{ID: acc, DependsOn: headstart.Dependencies{{dist}}})
			for p := range 4 {
				c.Devices = append(c.Devices, headstart.Device{
					ID: fmt.Sprintf("prn-%d%d%d", d, a, p), Kind: "printer", Services: []string{"print"}, DependsOn: headstart.Dependencies{{acc}},
				})
			}
		}
	}
	return c
}

// outage is what falls silent when some assets of tree go down, as far as anybody
// watches it: printers always, switches sometimes.
func outage(rt *rapid.T) []string {
	topo := newTopology(tree())
	var network, down []string
	for _, d := range topo.catalog.Devices {
		if d.Kind == "" {
			network = append(network, d.ID)
		}
	}
	causes := rapid.SliceOfNDistinct(rapid.SampledFrom(network), 1, 3, rapid.ID[string]).Draw(rt, "causes")
	for _, d := range topo.catalog.Devices {
		hit := slices.Contains(causes, d.ID) || slices.ContainsFunc(topo.nodes[d.ID].above, func(up string) bool { return slices.Contains(causes, up) })
		if hit && (d.Kind == "printer" || rapid.IntRange(0, 9).Draw(rt, "watched") < 5) {
			down = append(down, d.ID)
		}
	}
	return down
}

// C-08 climbs level by level: in whatever order the symptoms of an outage come
// within 30 to 120 seconds, after a settle time of 60 the same failures stand
// under the same causes.
func TestSuspicionInAnyOrder(t *testing.T) {
	climbs, suspicions := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		down := outage(rt)
		spread := time.Duration(rapid.IntRange(30, 120).Draw(rt, "spread")) * time.Second
		var want []string
		for n := range 3 {
			p := newPlayer(rt, false)
			p.apply(configEvent(day, tree(), ""))
			at := day.Add(8 * time.Hour)
			for i, id := range rapid.Permutation(down).Draw(rt, "order") {
				t := at.Add(spread * time.Duration(i) / time.Duration(len(down)))
				p.apply(alertOf(id, "prom-a", t, t, t.Add(time.Hour)))
			}
			p.fireUntil(at.Add(10 * time.Minute))
			if got := pictured(p.s); n == 0 {
				want = got
			} else if !slices.Equal(got, want) {
				rt.Fatalf("order %d gives\n%v, the first gave\n%v", n, got, want)
			}
			for _, c := range p.all {
				switch c.Rule + " " + c.Outcome {
				case "C-08 suspected":
					suspicions++
				case "C-08 late":
					climbs++
				}
			}
		}
	})
	if suspicions == 0 || climbs == 0 {
		t.Errorf("%d suspicions, %d late ones: the outages drawn are too small to show anything", suspicions, climbs)
	}
}

// pictured is which failure stands under which cause, and how sure that is.
func pictured(s *State) []string {
	var out []string
	for key, p := range s.problems {
		if g := s.live(p.Group); g != nil && p.State == problemOpen {
			out = append(out, fmt.Sprintf("%s %s%v %s", key, g.Cause.Asset, g.Cause.Also, g.Cause.Kind))
		}
	}
	slices.Sort(out)
	return out
}

// The window of C-08 exceeds the spread of the symptoms: where our slowest probe
// needs four minutes to notice, what fell silent three minutes apart is one event;
// where two minutes suffice, it is not.
func TestSuspicionWaitsForSlowProbes(t *testing.T) {
	for name, c := range map[string]struct {
		notices int
		want    headstart.CauseKind
	}{
		"probes need four minutes": {240, headstart.CauseSuspected},
		"probes need one minute":   {60, headstart.CauseObserved},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlayer(t, true)
			ev := configEvent(day, tree(), `{"group":{"assets":9}}`)
			ev.Config.Notices = map[string]int{"prn-000": c.notices}
			p.apply(ev)
			at := day.Add(8 * time.Hour)
			for i := range 3 {
				t := at.Add(time.Duration(i) * 90 * time.Second)
				p.apply(alertOf(fmt.Sprintf("prn-00%d", i), "prom-a", t, t, t.Add(time.Hour)))
			}
			p.fireUntil(at.Add(10 * time.Minute))
			if got := p.s.Group(1).Cause.Kind; got != c.want {
				t.Errorf("the cause of the first group is %s, want %s", got, c.want)
			}
		})
	}
}
