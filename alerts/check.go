package alerts

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Bounds of one alert, far above what a rule writes. They keep one sender from
// filling the log, and every reader's memory, with a single alert.
const (
	maxPairs = 256       // labels, and annotations
	maxBytes = 128 << 10 // of all names and values together
)

// resolveTimeout is how long an alert without an end is believed, as
// Alertmanager's resolve_timeout.
const resolveTimeout = 5 * time.Minute

// Dates outside these years are mistakes; some cannot even be written as JSON.
var (
	earliest = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

// complete fills in the times that were not sent, as Alertmanager does: the
// zero time stands for absent. But what is to end later has begun by now, where
// Alertmanager lets it begin when it ends: an end sent earlier, without a start
// either, would be one from before it began.
func (p *posted) complete(now time.Time) (startGiven bool) {
	startGiven = !p.startsAt.IsZero()
	if !startGiven {
		p.startsAt = p.endsAt
		if p.endsAt.IsZero() || p.endsAt.After(now) {
			p.startsAt = now
		}
	}
	if p.endsAt.IsZero() {
		p.endsAt = now.Add(resolveTimeout)
	}
	return startGiven
}

// check returns what is wrong with a completed alert, in Alertmanager's order
// and words; then come the bounds that are ours.
func (p *posted) check() error {
	switch {
	case p.endsAt.Before(p.startsAt):
		return errors.New("start time must be before end time")
	case len(p.labels) == 0:
		return errors.New("at least one label pair required")
	}
	if name, ok := emptyName(p.labels); ok {
		return fmt.Errorf("invalid label set: invalid name %q", name)
	}
	if name, ok := emptyName(p.annotations); ok {
		return fmt.Errorf("invalid annotations: invalid name %q", name)
	}
	return p.bounded()
}

func emptyName(ps []pair) (string, bool) {
	if len(ps) > 0 && ps[0].name == "" { // sorted: an empty name comes first
		return "", true
	}
	return "", false
}

func (p *posted) bounded() error {
	for _, t := range []struct {
		key string
		at  time.Time
	}{{"endsAt", p.endsAt}, {"startsAt", p.startsAt}} { // an absent start is the end: that was sent
		if t.at.Before(earliest) || !t.at.Before(latest) {
			return fmt.Errorf("%s is in the year %d; send a time between 1970 and 2199, or leave it out", t.key, t.at.Year())
		}
	}
	if len(p.labels) > maxPairs || len(p.annotations) > maxPairs {
		return fmt.Errorf("%d labels and %d annotations; send at most %d of each", len(p.labels), len(p.annotations), maxPairs)
	}
	n := len(p.generator)
	for _, ps := range [2][]pair{p.labels, p.annotations} {
		for _, l := range ps {
			n += len(l.name) + len(l.value)
		}
	}
	if n > maxBytes {
		return fmt.Errorf("labels and annotations of %d bytes; send at most %d", n, maxBytes)
	}
	return nil
}

// dropLabels removes the labels in which replicas differ.
func (p *posted) dropLabels(drop []string) {
	kept := p.labels[:0]
	for _, l := range p.labels {
		if !slices.Contains(drop, l.name) {
			kept = append(kept, l)
		}
	}
	p.labels = kept
}
