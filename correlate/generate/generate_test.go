package generate

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
)

var monday = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

func small() *Story {
	p := DefaultPlan()
	p.Scenes, p.Noise = 60, 0.05
	return New(7, DefaultShape()).Story(7, monday, p)
}

// Equal seeds give equal organisations, stories and logs; others give others.
func TestSeedDecidesAll(t *testing.T) {
	a, b := small(), small()
	if !reflect.DeepEqual(a, b) {
		t.Error("the same seed made two stories")
	}
	for _, d := range []Delivery{ByProbes(), ByAlerts()} {
		if !reflect.DeepEqual(a.Log(d), b.Log(d)) {
			t.Errorf("the same story gave two logs (%+v)", d)
		}
	}
	for _, q := range []Quality{Ideal, Noisy, Bad, None} {
		if !reflect.DeepEqual(a.Org.Catalog(q), b.Org.Catalog(q)) {
			t.Errorf("the same organisation gave two %s catalogs", q.Name)
		}
	}
	if reflect.DeepEqual(New(8, DefaultShape()).Truth, a.Org.Truth) {
		t.Error("two seeds made the same organisation")
	}
}

// What is drawn spans what methods must cope with (trap 11): every level breaks,
// causes nobody monitors among them, small outages and large ones, spread over the
// whole interval of the probes.
func TestDistribution(t *testing.T) {
	s := small()
	t.Log("\n" + s.Describe(s.Log(ByAlerts())))
	levels, unseen, noise, both, least, most := map[level]int{}, 0, 0, 0, 1000, 0
	var spread time.Duration
	for _, x := range s.Scenes {
		for _, f := range x.Faults {
			if f.Noise {
				noise++
				continue
			}
			levels[s.Org.things[f.Assets[0]].level]++
			if !s.Org.Monitored(f.Assets[0]) {
				unseen++
			}
			if len(f.Assets) > 1 {
				both++
			}
			least, most = min(least, len(f.Symptoms)), max(most, len(f.Symptoms))
			if len(f.Symptoms) > 10 {
				spread = max(spread, f.spread())
			}
		}
	}
	for _, m := range mix {
		if levels[m.level] == 0 {
			t.Errorf("no cause is a %s", m.level)
		}
	}
	if unseen < 5 || noise < 20 || both == 0 || least != 1 || most < 200 || spread < 50*time.Second {
		t.Errorf("%d causes unseen, %d single failures, %d pairs, %d to %d symptoms up to %s apart", unseen, noise, both, least, most, spread)
	}
}

// Everything that has no other way up fails with its cause, and nothing else.
func TestHit(t *testing.T) {
	o := New(1, DefaultShape())
	at := slices.IndexFunc(o.byLevel[pair], func(id string) bool { return strings.HasPrefix(id, "rt-") })
	if at < 0 {
		t.Fatal("no site has two routers")
	}
	half, both := o.Hit(o.byLevel[pair][at]), o.Hit(o.byLevel[pair][at:at+2]...)
	if len(half) != 1 || len(both) < devicesPerSite/2 {
		t.Errorf("one of two routers takes %d things down, both %d; want itself alone, and a site", len(half), len(both))
	}
	if all := o.Hit("core"); len(all) != len(o.ids) {
		t.Errorf("the core takes %d of %d down", len(all), len(o.ids))
	}
	if hit := o.Hit("srv-app-001"); !slices.Equal(hit, []string{"srv-app-001", "app-001"}) {
		t.Errorf("a server takes %v down, want itself and its service", hit)
	}
}

// A catalog has the mistakes its quality says, and the sizes asked for come out.
func TestCatalogs(t *testing.T) {
	for _, assets := range []int{1000, 3000, 10_000} {
		o := New(3, Shape{Assets: assets, Pairs: 0.25, Unmonitored: 0.2})
		if n := len(o.Truth.Devices); n < assets*8/10 || n > assets*12/10 {
			t.Errorf("%d devices, asked for %d", n, assets)
		}
	}
	o := New(3, DefaultShape())
	if !reflect.DeepEqual(o.Catalog(Ideal), o.Truth) {
		t.Error("the ideal catalog is not the truth")
	}
	edges := func(c *headstart.Catalog) map[string]string {
		out := map[string]string{}
		for _, d := range c.Devices {
			if len(d.DependsOn) == 1 && len(d.DependsOn[0]) == 1 {
				out[d.ID] = d.DependsOn[0][0]
			}
		}
		return out
	}
	truth, bad := edges(o.Truth), edges(o.Catalog(Bad))
	missing, wrong := 0, 0
	for id, up := range truth {
		switch bad[id] {
		case "":
			missing++
		case up:
		default:
			wrong++
		}
	}
	if share := float64(missing) / float64(len(truth)); share < 0.25 || share > 0.35 {
		t.Errorf("%.2f of the edges are missing, want 0.3", share)
	}
	if share := float64(wrong) / float64(len(truth)); share < 0.04 || share > 0.1 {
		t.Errorf("%.2f of the edges are wrong, want 0.1 of those written down", share)
	}
	if n := len(edges(o.Catalog(None))); n != 0 {
		t.Errorf("a catalog without topology has %d edges", n)
	}
}

// Every line of a generated log is one that a log file may hold.
func TestLogIsALog(t *testing.T) {
	s := small()
	for _, d := range []Delivery{ByProbes(), ByAlerts()} {
		last := time.Time{}
		for _, ev := range append([]headstart.Event{s.Config(s.Org.Truth, "")}, s.Log(d)[:500]...) {
			b, err := json.Marshal(headstart.FileLine{At: ev.At, Line: ev.Line})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := headstart.DecodeFileLine(b); err != nil {
				t.Fatalf("%s: %v", b, err)
			}
			if ev.At.Before(last) {
				t.Fatalf("the log goes back from %s to %s", last, ev.At)
			}
			last = ev.At
		}
	}
}
