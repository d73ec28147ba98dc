package headstart

import "time"

// Later is the later of two moments; of the zero Time and another, the other.
func Later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Sooner is the earlier of two moments; the zero Time is earlier than any.
func Sooner(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
