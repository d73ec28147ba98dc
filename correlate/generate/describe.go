package generate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"headstart"
)

// Describe says in words what a story and its log hold. A test is as good as its
// generator: what was never drawn was never tested.
func (s *Story) Describe(log []headstart.Event) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d devices and %d services at %d locations, %d of them monitored\n",
		len(s.Org.Truth.Devices), len(s.Org.Truth.Services), len(s.Org.Truth.Locations), s.Org.monitored())
	counts, unseen := map[level]int{}, 0
	noise := 0
	var sizes []int
	var spread time.Duration
	for _, x := range s.Scenes {
		for _, f := range x.Faults {
			if f.Noise {
				noise++
				continue
			}
			counts[s.Org.things[f.Assets[0]].level]++
			if !s.Org.Monitored(f.Assets[0]) {
				unseen++
			}
			sizes = append(sizes, len(f.Symptoms))
			spread = max(spread, f.spread())
		}
	}
	slices.Sort(sizes)
	causes, symptoms := len(sizes), 0
	for _, n := range sizes {
		symptoms += n
	}
	fmt.Fprintf(&b, "%d causes in %d scenes", causes, len(s.Scenes))
	for _, m := range mix {
		fmt.Fprintf(&b, ", %s %d", m.level, counts[m.level])
	}
	fmt.Fprintf(&b, "; %d of them unseen; %d single failures beside them\n", unseen, noise)
	if causes > 0 {
		fmt.Fprintf(&b, "%d symptoms, for a cause %d at least, %d at the median, %d at most, up to %s apart\n", symptoms, sizes[0], sizes[causes/2], sizes[causes-1], spread.Round(time.Second))
	}
	kinds := map[string]int{}
	for i := range log {
		kinds[log[i].Kind()]++
	}
	fmt.Fprintf(&b, "%d events: %d alerts, %d refreshes, %d checks\n", len(log), kinds["alert"], kinds["refresh"], kinds["check"])
	return b.String()
}

// monitored is how many things somebody would notice failing.
func (o *Organisation) monitored() int {
	n := 0
	for _, seen := range o.seen {
		if seen {
			n++
		}
	}
	return n
}

// spread is the time between the first and the last symptom.
func (f *Fault) spread() time.Duration {
	first, last := f.Symptoms[0].Failed, f.Symptoms[0].Failed
	for _, y := range f.Symptoms {
		if y.Failed.Before(first) {
			first = y.Failed
		}
		if y.Failed.After(last) {
			last = y.Failed
		}
	}
	return last.Sub(first)
}
