package correlate

import (
	"slices"
	"time"

	"headstart/correlate/generate"
)

// The methods below are models of what people use now, not the programs: they see
// the same symptoms at the same times, without loss or repeats.

// everyAlert tells of each symptom.
func everyAlert(all []trial, _ generate.Quality) figures {
	var f figures
	for _, x := range all {
		for _, scene := range x.Scenes {
			for n := range scene.Faults {
				if f.enroll(&scene.Faults[n]) {
					f.messages += len(scene.Faults[n].Symptoms)
				}
				f.opened += len(scene.Faults[n].Symptoms)
				f.delays = append(f.delays, 0)
			}
		}
	}
	return f
}

// enroll counts a true cause; it reports whether users would be told of it.
func (f *figures) enroll(x *generate.Fault) bool {
	if x.Noise {
		return false
	}
	f.causes++
	if len(x.Symptoms) == 1 {
		return false
	}
	f.wide++
	f.told++
	return true
}

// oneLabel groups what fails at one location, and names no cause.
func oneLabel(all []trial, _ generate.Quality) figures {
	var f figures
	for _, x := range all {
		for _, scene := range x.Scenes {
			places := map[string]bool{}
			for n := range scene.Faults {
				if !f.enroll(&scene.Faults[n]) {
					continue
				}
				for _, y := range scene.Faults[n].Symptoms {
					places[x.Org.Location(y.Asset)] = true
				}
			}
			f.messages += len(places)
			f.opened += len(places)
		}
	}
	return f
}

// How the model of Alertmanager sends.
const (
	groupWait     = 30 * time.Second
	groupInterval = 5 * time.Minute
)

// inhibiting is a model of Alertmanager: it groups by location, and inhibits what
// has anything above it firing, by the edges the desk wrote down. A group is
// flushed groupWait after its first alert and then each groupInterval.
func inhibiting(all []trial, q generate.Quality) figures {
	var f figures
	for _, x := range all {
		topo := newTopology(x.Org.Catalog(q))
		for i := range x.Scenes {
			f.inhibit(x, &x.Scenes[i], topo)
		}
	}
	return f
}

func (f *figures) inhibit(x trial, scene *generate.Scene, topo *topology) {
	fired := map[string]time.Time{}
	first := map[string]time.Time{} // by location
	places := map[string][]string{}
	of := map[string]*generate.Fault{}
	for n := range scene.Faults {
		fault := &scene.Faults[n]
		for _, y := range fault.Symptoms {
			at := x.Org.Location(y.Asset)
			fired[y.Asset], of[y.Asset] = y.Failed, fault
			places[at] = append(places[at], y.Asset)
			if t, has := first[at]; !has || y.Failed.Before(t) {
				first[at] = y.Failed
			}
		}
	}
	sent := map[string]bool{}
	for at, assets := range places {
		for flush := first[at].Add(groupWait); flush.Before(scene.Judge); flush = flush.Add(groupInterval) {
			opened, wide := false, false
			for _, id := range assets {
				if fired[id].After(flush) || sent[id] || inhibited(id, flush, fired, topo) {
					continue
				}
				sent[id] = true
				opened = opened || !of[id].Noise
				wide = wide || !of[id].Noise && len(of[id].Symptoms) > 1
			}
			if opened {
				f.opened++
			}
			if wide {
				f.messages++
			}
		}
	}
	for n := range scene.Faults {
		fault := &scene.Faults[n]
		f.enroll(fault)
		if !fault.Noise && onlyCauseSent(fault, sent) {
			f.exact++
		}
	}
	f.delays = append(f.delays, groupWait)
}

func inhibited(id string, at time.Time, fired map[string]time.Time, topo *topology) bool {
	n := topo.nodes[id]
	return n != nil && slices.ContainsFunc(n.above, func(up string) bool {
		t, fires := fired[up]
		return fires && !t.After(at)
	})
}

// onlyCauseSent reports whether people were told of the cause and of nothing else.
func onlyCauseSent(f *generate.Fault, sent map[string]bool) bool {
	for _, id := range f.Assets {
		if !sent[id] {
			return false
		}
	}
	return !slices.ContainsFunc(f.Symptoms, func(y generate.Symptom) bool { return sent[y.Asset] && !slices.Contains(f.Assets, y.Asset) })
}
