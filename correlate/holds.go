package correlate

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

// hold is until when an origin holds an alert alive; the zero time: until it says
// otherwise.
type hold struct {
	origin string
	until  instant
}

// holds are AlertState.Origins as correlation keeps them: nearly always one, for
// which a map is ten times as large. Sorted by origin; nil when nobody does.
type holds []hold

// holdsOf takes over what a row says.
func holdsOf(origins map[string]time.Time) holds {
	var h holds
	for _, o := range slices.Sorted(maps.Keys(origins)) {
		h = append(h, hold{o, instantOf(origins[o])})
	}
	return h
}

func (h holds) find(origin string) (int, bool) {
	return slices.BinarySearchFunc(h, origin, func(x hold, o string) int { return strings.Compare(x.origin, o) })
}

// until returns until when an origin holds the alert; false: it does not.
func (h holds) until(origin string) (instant, bool) {
	n, has := h.find(origin)
	if !has {
		return 0, false
	}
	return h[n].until, true
}

func (h *holds) set(origin string, until instant) {
	n, has := h.find(origin)
	if has {
		(*h)[n].until = until
		return
	}
	*h = slices.Insert(*h, n, hold{origin, until})
}

// release lets go of those that end, and reports whether there were any.
func (h *holds) release(ends func(hold) bool) bool {
	left := slices.DeleteFunc(*h, ends)
	gone := len(left) < len(*h)
	*h = orNone(left)
	return gone
}

func (h *holds) drop(origin string) {
	h.release(func(x hold) bool { return x.origin == origin })
}

// latest is the latest time until which an origin named an end.
func (h holds) latest() instant {
	if len(h) == 0 {
		return 0
	}
	return slices.MaxFunc(h, func(a, b hold) int { return cmp.Compare(a.until, b.until) }).until
}

func (w *rowWriter) origins(h holds) {
	if len(h) == 0 {
		return
	}
	w.name(`,"origins":`)
	for i, x := range h {
		w.b = append(w.b, separator(i, '{'))
		w.quote(x.origin)
		w.b = append(w.b, ':')
		w.moment(x.until)
	}
	w.end()
}
