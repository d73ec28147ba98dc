package generate

import (
	"math/rand/v2"
	"slices"
	"time"
)

// Plan says how outages are drawn. The zero value is not useful; start from
// DefaultPlan.
type Plan struct {
	Scenes   int           // times at which something breaks
	Together int           // true causes in each
	Every    time.Duration // from one scene to the next; long enough for all to be over
	Within   time.Duration // in which the causes of a scene begin
	Jitter   time.Duration // until a probe notices: its interval

	// Noise is how many leaves fail for reasons of their own, for each symptom of
	// the true causes of the scene.
	Noise float64
}

// DefaultPlan is one scene each two hours with three causes that begin within 90
// seconds, seen by probes that ask once a minute.
func DefaultPlan() Plan {
	return Plan{Scenes: 20, Together: 3, Every: 2 * time.Hour, Within: 90 * time.Second, Jitter: time.Minute}
}

// Fault is one true cause and what became of it.
type Fault struct {
	Assets []string  // the true cause: one asset, or both halves of a pair
	Began  time.Time // when it truly failed
	Ended  time.Time // when it truly worked again
	Noise  bool      // a single failure beside the outages

	// Symptoms are what somebody noticed because of it, in the order of the catalog.
	Symptoms []Symptom
}

// Symptom is one thing that was seen failing.
type Symptom struct {
	Asset  string
	Failed time.Time // first seen failing
	Back   time.Time // first seen well again
}

// Scene is a stretch of a story in which something breaks, and is repaired.
type Scene struct {
	Began  time.Time
	Judge  time.Time // all has failed, nothing is repaired yet
	Faults []Fault
}

// Story is what befalls an organisation.
type Story struct {
	Org    *Organisation
	Plan   Plan
	Scenes []Scene

	seed uint64
}

// Repairs take between shortest and shortest + spread, so that at Judge, which is
// shortest after the last cause, all has failed and all still fails.
const (
	shortest = 15 * time.Minute
	spread   = 15 * time.Minute
)

// Story draws what befalls o from began on. Equal arguments give equal stories.
func (o *Organisation) Story(seed uint64, began time.Time, p Plan) *Story {
	s := &Story{Org: o, Plan: p, seed: seed}
	for n := range p.Scenes {
		rng := rand.New(rand.NewPCG(seed, 100+uint64(n)))
		s.Scenes = append(s.Scenes, s.scene(began.Add(time.Duration(n)*p.Every), rng))
	}
	return s
}

func (s *Story) scene(began time.Time, rng *rand.Rand) Scene {
	x := Scene{Began: began, Judge: began.Add(shortest)}
	hit := map[string]bool{}
	symptoms := 0
	for tries := 0; len(x.Faults) < s.Plan.Together && tries < 100; tries++ {
		down := s.Org.cause(rng)
		cut := s.Org.Hit(down...)
		if f, ok := s.fault(down, cut, hit, began, rng); ok {
			x.Faults = append(x.Faults, f)
			symptoms += len(f.Symptoms)
		}
	}
	leaves := s.Org.byLevel[leaf]
	for range int(float64(symptoms)*s.Plan.Noise + rng.Float64()) {
		id := leaves[rng.IntN(len(leaves))]
		if f, ok := s.fault([]string{id}, []string{id}, hit, began, rng); ok {
			f.Noise = true
			x.Faults = append(x.Faults, f)
		}
	}
	return x
}

// mix is how often each level breaks, in parts of 100.
var mix = []struct {
	level level
	parts int
}{{leaf, 30}, {access, 35}, {floor, 12}, {router, 6}, {pair, 5}, {server, 12}}

// cause draws what breaks: one asset, or both halves of a pair.
func (o *Organisation) cause(rng *rand.Rand) []string {
	n := rng.IntN(100)
	for _, m := range mix {
		if n -= m.parts; n >= 0 {
			continue
		}
		ids := o.byLevel[m.level]
		if len(ids) == 0 {
			break
		}
		at := rng.IntN(len(ids))
		if m.level == pair {
			at -= at % 2
			return slices.Clone(ids[at : at+2])
		}
		return ids[at : at+1 : at+1]
	}
	ids := o.byLevel[leaf]
	at := rng.IntN(len(ids))
	return ids[at : at+1 : at+1]
}

// fault lets down fail, unless another fault of the scene hit the same, or nobody
// would notice anything.
func (s *Story) fault(down, cut []string, hit map[string]bool, began time.Time, rng *rand.Rand) (Fault, bool) {
	if slices.ContainsFunc(cut, func(id string) bool { return hit[id] }) || !slices.ContainsFunc(cut, s.Org.Monitored) {
		return Fault{}, false
	}
	f := Fault{Assets: down, Began: began.Add(within(rng, s.Plan.Within))}
	f.Ended = began.Add(shortest + s.Plan.Within).Add(within(rng, spread))
	for _, id := range cut {
		hit[id] = true
		if s.Org.Monitored(id) {
			f.Symptoms = append(f.Symptoms, Symptom{
				Asset: id, Failed: f.Began.Add(within(rng, s.Plan.Jitter)), Back: f.Ended.Add(within(rng, s.Plan.Jitter)),
			})
		}
	}
	return f, true
}

// within draws a time below d, in whole milliseconds as the log's clock has them.
func within(rng *rand.Rand, d time.Duration) time.Duration {
	if d < time.Millisecond {
		return 0
	}
	return time.Duration(rng.Int64N(int64(d/time.Millisecond))) * time.Millisecond
}
