package headstart

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// Heard is when a source was last heard by this process.
type Heard struct {
	Source string
	At     time.Time     // zero: not since this process started
	Every  time.Duration // at which it is usually heard; zero: it speaks when there is something
}

// Ears remember when sources were heard. The zero Ears are ready, and safe for
// concurrent use.
type Ears struct {
	mu    sync.Mutex
	heard map[string]Heard
}

// Hear takes note of a source that spoke, or was asked and answered.
func (e *Ears) Hear(source string, at time.Time, every time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.heard == nil {
		e.heard = map[string]Heard{}
	}
	if was := e.heard[source]; was.At.After(at) {
		at = was.At
	}
	e.heard[source] = Heard{Source: source, At: at, Every: every}
}

// All returns what was heard, by name.
func (e *Ears) All() []Heard {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := make([]Heard, 0, len(e.heard))
	for _, h := range e.heard {
		out = append(out, h)
	}
	slices.SortFunc(out, func(a, b Heard) int { return cmp.Compare(a.Source, b.Source) })
	return out
}
