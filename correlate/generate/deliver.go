package generate

import (
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"

	"headstart"
)

// Delivery says how failures reach the log.
type Delivery struct {
	// Probed: our own probes notice, and can be asked. Else a pair of Prometheus
	// does, each of which posts every alert.
	Probed bool

	Duplicates float64       // share of posts that arrive twice
	Late       float64       // share of posts that arrive up to LateBy later
	LateBy     time.Duration // by a queue that was stuck
}

// ByProbes is failures as our own probes report them.
func ByProbes() Delivery { return Delivery{Probed: true, Duplicates: 0.02} }

// ByAlerts is failures as a pair of Prometheus reports them: both post, up to
// five seconds apart, some twice, a few late, and once a minute again.
func ByAlerts() Delivery {
	return Delivery{Duplicates: 0.05, Late: 0.01, LateBy: 90 * time.Second}
}

// How Prometheus sends: each minute, promising four.
const (
	resend   = time.Minute
	promises = 4 * time.Minute
	apart    = 5 * time.Second // the two of a pair
)

// Config is the first line of a log of s: a catalog, and settings (the key
// correlation as JSON; empty: the defaults).
func (s *Story) Config(catalog *headstart.Catalog, settings string) headstart.Event {
	c := &headstart.LogConfig{Engine: headstart.EngineVersion, Catalog: catalog}
	if settings != "" {
		c.Correlation = []byte(settings)
	}
	return event(s.began(), headstart.Line{Config: c})
}

// began is a minute before anything breaks.
func (s *Story) began() time.Time { return s.Scenes[0].Began.Add(-time.Minute) }

// Log returns the story as events of a log, in order of time. Where probes watch,
// each asset first answers once, so that it can be asked.
func (s *Story) Log(d Delivery) []headstart.Event {
	var events []headstart.Event
	for _, id := range s.Org.ids {
		if d.Probed && s.Org.Monitored(id) {
			events = append(events, s.check(s.began(), id, headstart.OK, false))
		}
	}
	rng := rand.New(rand.NewPCG(s.seed, 3))
	for _, x := range s.Scenes {
		n := len(events)
		for _, f := range x.Faults {
			for _, y := range f.Symptoms {
				events = append(events, s.deliver(d, y, rng)...)
			}
		}
		slices.SortStableFunc(events[n:], func(a, b headstart.Event) int { return a.At.Compare(b.At) })
	}
	return events
}

// deliver returns what one symptom sends: its failure, that it goes on, its end.
func (s *Story) deliver(d Delivery, y Symptom, rng *rand.Rand) []headstart.Event {
	var out []headstart.Event
	send := func(at time.Time, l headstart.Line) {
		if rng.Float64() < d.Late {
			at = at.Add(within(rng, d.LateBy))
		}
		out = append(out, event(at, l))
		if rng.Float64() < d.Duplicates {
			out = append(out, event(at.Add(within(rng, apart)), l))
		}
	}
	if d.Probed || s.Org.things[y.Asset].level == service {
		send(y.Failed, s.check(y.Failed, y.Asset, headstart.Down, false).Line)
		send(y.Back, s.check(y.Back, y.Asset, headstart.OK, false).Line)
		return out
	}
	labels := map[string]string{"alertname": "HostDown", "instance": y.Asset + ":9100", "severity": "critical"}
	fingerprint := (&headstart.Alert{Labels: labels}).Fingerprint()
	for _, origin := range []string{"prom-a", "prom-b"} {
		lag := within(rng, apart)
		began, back := y.Failed.Add(lag), y.Back.Add(lag)
		a := headstart.Alert{
			Source: origin, GeneratorURL: "http://" + origin + ":9090/graph", StartsAt: began, EndsAt: began.Add(promises),
			Labels: labels,
		}
		send(began, headstart.Line{Alert: &a})
		for at := began.Add(resend); at.Before(back); at = at.Add(resend) {
			out = append(out, event(at, headstart.Line{Refresh: []headstart.Refresh{{Fingerprint: fingerprint, Source: origin + ":9090", EndsAt: at.Add(promises)}}}))
		}
		end := a
		end.EndsAt = back
		send(back, headstart.Line{Alert: &end})
	}
	return out
}

func event(at time.Time, l headstart.Line) headstart.Event {
	return headstart.Event{At: at, Received: at, Line: l}
}

// check is what a probe of ours says of an asset.
func (s *Story) check(at time.Time, id string, v headstart.Verdict, asked bool) headstart.Event {
	c := &headstart.Check{Probe: "ping", Kind: "icmp", Asset: id, Verdict: v, Asked: asked}
	if s.Org.things[id].level == service {
		c = &headstart.Check{Probe: "http", Kind: "http", Service: id, Verdict: v, Asked: asked}
	}
	return event(at, headstart.Line{Check: c})
}

// Key is the problem that a symptom of an asset becomes.
func (s *Story) Key(d Delivery, asset string) headstart.ProblemKey {
	switch {
	case s.Org.things[asset].level == service:
		return headstart.ProblemKey(asset + "/http")
	case d.Probed:
		return headstart.ProblemKey(asset + "/ping")
	}
	return headstart.ProblemKey(asset + "/HostDown")
}

// slowest is how long a probe that is asked takes at most.
const slowest = 5 * time.Second

// answer is what a probe says that was asked at at, within five seconds; false
// when nobody monitors the asset.
func (s *Story) answer(id string, at time.Time) (headstart.Event, bool) {
	if !s.Org.Monitored(id) {
		return headstart.Event{}, false
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(id + at.String())) // a hash never fails
	rng := rand.New(rand.NewPCG(s.seed, h.Sum64()))
	when := at.Add(time.Second + within(rng, slowest-time.Second))
	v := headstart.OK
	if s.down(id, when) {
		v = headstart.Down
	}
	return s.check(when, id, v, true), true
}

// down reports whether an asset truly fails at at.
func (s *Story) down(id string, at time.Time) bool {
	for _, x := range s.Scenes {
		if at.Before(x.Began) {
			return false
		}
		for _, f := range x.Faults {
			if !at.Before(f.Began) && at.Before(f.Ended) && slices.ContainsFunc(f.Symptoms, func(y Symptom) bool { return y.Asset == id }) {
				return true
			}
		}
	}
	return false
}
