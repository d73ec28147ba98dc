package generate

import (
	"math/rand/v2"
	"slices"

	"headstart"
)

// Quality says how well a desk's catalog matches the truth.
type Quality struct {
	Name    string
	Missing float64 // share of edges nobody wrote down
	Wrong   float64 // share of edges that name another asset of the same kind
	None    bool    // no depends_on at all
	Noise   float64 // single failures beside the outages, for each symptom of one; see Plan
}

// The four catalogs methods are compared with.
var (
	Ideal = Quality{Name: "ideal"}
	Noisy = Quality{Name: "noisy", Wrong: 0.02, Noise: 0.05}
	Bad   = Quality{Name: "bad", Missing: 0.3, Wrong: 0.1}
	None  = Quality{Name: "none", None: true}
)

// Catalog returns what the desk believes: the truth with edges missing or wrong.
// Equal qualities give equal catalogs.
func (o *Organisation) Catalog(q Quality) *headstart.Catalog {
	rng := rand.New(rand.NewPCG(o.seed, 2))
	c := *o.Truth
	c.Devices, c.Services = slices.Clone(c.Devices), slices.Clone(c.Services)
	for i := range c.Devices {
		c.Devices[i].DependsOn = o.believed(c.Devices[i].DependsOn, q, rng)
	}
	for i := range c.Services {
		c.Services[i].DependsOn = o.believed(c.Services[i].DependsOn, q, rng)
	}
	return &c
}

// believed is what somebody wrote down of true needs. A group of which one edge
// is missing looks like a single way up.
func (o *Organisation) believed(truth headstart.Dependencies, q Quality, rng *rand.Rand) headstart.Dependencies {
	if q.None {
		return nil
	}
	var out headstart.Dependencies
	for _, group := range truth {
		var left []string
		for _, id := range group {
			lost, wrong, other := rng.Float64() < q.Missing, rng.Float64() < q.Wrong, rng.Uint64()
			if lost {
				continue
			}
			if wrong {
				peers := o.byLevel[o.things[id].level]
				id = peers[other%uint64(len(peers))]
			}
			if !slices.Contains(left, id) {
				left = append(left, id)
			}
		}
		if len(left) > 0 {
			out = append(out, left)
		}
	}
	return out
}
