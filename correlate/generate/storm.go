package generate

import (
	"math/rand/v2"
	"time"

	"headstart"
)

// Storm returns what a failing core sends: every monitored device is reported by
// one Prometheus, in no order, over the time over, and the core last of all. The
// alerts hold for an hour.
func (o *Organisation) Storm(began time.Time, over time.Duration) []headstart.Event {
	var ids []string
	for _, id := range o.ids {
		if l := o.things[id].level; o.seen[id] && l != service && l != core {
			ids = append(ids, id)
		}
	}
	rng := rand.New(rand.NewPCG(o.seed, 4))
	rng.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	ids = append(ids, o.byLevel[core]...)
	events := make([]headstart.Event, len(ids))
	for i, id := range ids {
		at := began.Add((over * time.Duration(i) / time.Duration(len(ids))).Truncate(time.Millisecond))
		events[i] = event(at, headstart.Line{Alert: &headstart.Alert{
			Source: "prom-a", GeneratorURL: "http://prom-a:9090/graph", StartsAt: at, EndsAt: at.Add(time.Hour),
			Labels:      map[string]string{"alertname": "HostDown", "instance": id + ":9100", "job": "node", "severity": "critical"},
			Annotations: map[string]string{"summary": id + " does not answer"},
		}})
	}
	return events
}
