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
	by    *holder
	until instant
}

// holds are AlertState.Origins as correlation keeps them: nearly always one, for
// which a map is ten times as large. Sorted by origin.
type holds struct{ short[hold] }

// holder is an origin that holds alerts. Those that it holds name the same one, unless
// it was forgotten meanwhile.
type holder struct {
	name  string
	alone []string // it and no other, as the list of who held an alert
}

// holders are those that were asked for last. They are no part of what is decided.
type holders map[string]*holder

// mostHolders bounds how many are looked for; alerts keep theirs.
const mostHolders = 1000

func (x holders) of(origin string) *holder {
	h := x[origin]
	if h == nil {
		if len(x) >= mostHolders {
			clear(x)
		}
		h = &holder{name: origin, alone: []string{origin}}
		x[origin] = h
	}
	return h
}

// all returns a list of origins to keep and never change; nil: there are none.
func (x holders) all(origins []string) *[]string {
	switch len(origins) {
	case 0:
		return nil
	case 1:
		return &x.of(origins[0]).alone
	}
	return &origins
}

// load takes over what a row says.
func (h *holds) load(origins map[string]time.Time, from holders) {
	var list []hold
	for _, o := range slices.Sorted(maps.Keys(origins)) {
		list = append(list, hold{from.of(o), instantOf(origins[o])})
	}
	h.set(list)
}

func (h *holds) find(origin string) (int, bool) {
	return slices.BinarySearchFunc(h.list(), origin, func(x hold, o string) int { return strings.Compare(x.by.name, o) })
}

// until returns until when an origin holds the alert; false: it does not.
func (h *holds) until(origin string) (instant, bool) {
	n, has := h.find(origin)
	if !has {
		return 0, false
	}
	return h.list()[n].until, true
}

// hold notes until when an origin holds the alert.
func (h *holds) hold(by *holder, until instant) {
	n, has := h.find(by.name)
	if has {
		h.list()[n].until = until
		return
	}
	h.set(slices.Insert(h.list(), n, hold{by, until}))
}

// release lets go of those that end, and reports whether there were any.
func (h *holds) release(ends func(hold) bool) bool {
	all := h.list()
	left := slices.DeleteFunc(all, ends)
	h.set(left)
	return len(left) < len(all)
}

func (h *holds) drop(origin string) {
	h.release(func(x hold) bool { return x.by.name == origin })
}

// latest is the latest time until which an origin named an end.
func (h *holds) latest() instant {
	list := h.list()
	if len(list) == 0 {
		return 0
	}
	return slices.MaxFunc(list, func(a, b hold) int { return cmp.Compare(a.until, b.until) }).until
}

func (w *rowWriter) origins(h *holds) {
	list := h.list()
	if len(list) == 0 {
		return
	}
	w.name(`,"origins":`)
	for i, x := range list {
		w.b = append(w.b, separator(i, '{'))
		w.quote(x.by.name)
		w.b = append(w.b, ':')
		w.moment(x.until)
	}
	w.end()
}
