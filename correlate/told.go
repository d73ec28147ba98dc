package correlate

import (
	"encoding/binary"
	"strings"
)

// told is what an alert's author says of it: labels, annotations, and where it came from.
// The alerts of one rule say most of that alike, so each keeps only what it says otherwise
// than the first of them did. The zero value says nothing.
type told struct {
	like *mould
	rest string // value by value: its length and one more, and itself; zero: as of the mould
}

// mould is what the first alert of a rule said. It never changes.
type mould struct {
	labels, annotations []entry[string] // by name; nil: it has none
	generator           string
	next                *mould // of alerts of the same name that have others
}

// nothing reports whether there are no labels at all, not even none.
func (t told) nothing() bool { return t.like == nil || t.like.labels == nil }

// label returns the value of a label, or "".
func (t told) label(name string) string {
	if t.like == nil {
		return ""
	}
	rest := t.rest
	for n := range t.like.labels {
		var value string
		if value, rest = nextTold(rest, t.like.labels[n].value); t.like.labels[n].key == name {
			return value
		}
	}
	return ""
}

func (t told) generator() string {
	if t.like == nil {
		return ""
	}
	return t.like.generator
}

// share returns s as part of what t keeps, if it is, so that it is kept once.
func (t told) share(s string) string {
	if at := strings.Index(t.rest, s); at >= 0 {
		return t.rest[at : at+len(s)]
	}
	return s
}

// maps are the labels and annotations for those who keep them; nil: there are none.
func (t told) maps() (labels, annotations map[string]string) {
	if t.like == nil {
		return nil, nil
	}
	if t.like.labels != nil {
		labels = make(map[string]string, len(t.like.labels))
	}
	rest := fillTold(labels, t.like.labels, t.rest)
	if len(t.like.annotations) > 0 {
		annotations = make(map[string]string, len(t.like.annotations))
	}
	fillTold(annotations, t.like.annotations, rest)
	return labels, annotations
}

// fillTold puts into m what an alert says that usual is like, and returns what is left.
func fillTold(m map[string]string, usual []entry[string], rest string) string {
	for n := range usual {
		m[usual[n].key], rest = nextTold(rest, usual[n].value)
	}
	return rest
}

// nextTold returns the first value of rest, and what follows it.
func nextTold(rest, usual string) (value, then string) {
	size, from := int(rest[0]), 1
	if size >= 0x80 {
		var room [binary.MaxVarintLen64]byte
		n, used := binary.Uvarint(room[:copy(room[:], rest)])
		size, from = int(n), used //nolint:gosec // the length of a text
	}
	if size == 0 {
		return usual, rest[from:]
	}
	to := from + size - 1
	return rest[from:to], rest[to:]
}

// moulds are those of the alerts that came last. They are no part of what is decided: an
// alert says the same, whatever it is kept like.
type moulds struct {
	of   map[mouldName]*mould
	many int
	room []byte
}

// mouldName is what alerts of one rule have alike.
type mouldName struct{ alert, generator string }

// mostMoulds bounds how many are looked for; alerts keep theirs.
const mostMoulds = 2000

func newMoulds() moulds { return moulds{of: map[mouldName]*mould{}} }

// keep returns what an alert is told with.
func (x *moulds) keep(labels, annotations map[string]string, generator string) told {
	name := mouldName{labels["alertname"], generator}
	for m := x.of[name]; m != nil; m = m.next {
		if (m.labels == nil) == (labels == nil) && x.fits(m, labels, annotations) {
			return told{m, string(x.room)}
		}
	}
	if x.many >= mostMoulds {
		clear(x.of)
		x.many = 0
	}
	m := &mould{labels: sortedInto(nil, labels), annotations: sortedInto(nil, annotations), generator: generator, next: x.of[name]}
	if labels != nil && m.labels == nil {
		m.labels = []entry[string]{}
	}
	x.of[name] = m
	x.many++
	x.fits(m, labels, annotations)
	return told{m, string(x.room)}
}

// fits reports whether an alert says something under the names of m, and no others; then
// room is what it says otherwise.
func (x *moulds) fits(m *mould, labels, annotations map[string]string) bool {
	x.room = x.room[:0]
	return x.says(m.labels, labels) && x.says(m.annotations, annotations)
}

func (x *moulds) says(usual []entry[string], all map[string]string) bool {
	if len(usual) != len(all) {
		return false
	}
	for n := range usual {
		value, has := all[usual[n].key]
		if !has {
			return false
		}
		if value == usual[n].value {
			x.room = append(x.room, 0)
			continue
		}
		x.room = append(binary.AppendUvarint(x.room, uint64(len(value))+1), value...)
	}
	return true
}

// labelled is the labels of the alert that was asked of last, as those that match labels
// want them.
type labelled struct {
	of  told
	all map[string]string
}

// labels returns the labels of a until the next call; they must not be changed or kept.
func (s *State) labels(a *alert) map[string]string {
	x := &s.labelled
	if a.told != x.of || x.all == nil {
		if x.all == nil {
			x.all = map[string]string{}
		}
		clear(x.all)
		if x.of = a.told; x.of.like != nil {
			fillTold(x.all, x.of.like.labels, x.of.rest)
		}
	}
	return x.all
}

// says reports whether one of matchers matches a.
func (s *State) says(a *alert, any matchers) bool { return len(any) > 0 && any.any(s.labels(a)) }
