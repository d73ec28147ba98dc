package headstart

import (
	"cmp"
	"slices"
	"time"
)

// DeadLetter is a message that was given up: a row of TableDead under the key of its
// Notice. It stays until it is sent again, dismissed, pointless because its place was
// told something newer, or a month old.
type DeadLetter struct {
	V      int       `json:"v"`
	At     time.Time `json:"at"`            // when it was given up
	Why    string    `json:"why,omitempty"` // what the place said, without secrets
	Notice Notice    `json:"notice"`
}

// Place is the name of the channel, receiver or ticket system that did not take it.
func (l *DeadLetter) Place() string {
	return cmp.Or(l.Notice.Channel, l.Notice.Receiver, l.Notice.Source)
}

// DeadCount is how many messages were given up and wait for a person.
func (v *View) DeadCount() int { v.mu.RLock(); defer v.mu.RUnlock(); return len(v.dead) }

// DeadLetters returns what was given up, newest first.
func (v *View) DeadLetters() []DeadLetter {
	v.mu.RLock()
	defer v.mu.RUnlock()
	out := make([]DeadLetter, 0, len(v.dead))
	for _, l := range v.dead {
		out = append(out, *l)
	}
	slices.SortFunc(out, func(a, b DeadLetter) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Notice.Key, b.Notice.Key))
	})
	return out
}
