package headstart

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"time"
)

// rowText writes an object as encoding/json would, byte for byte and without looking at
// types again: each commit of a storm writes the same two large rows anew, and they were
// a tenth of its time. A name is written as it stands in the row, after the comma or
// brace before it: `,"people":`. What begins with some leaves out what is empty.
type rowText struct{ b []byte }

func (w *rowText) name(name string) { w.b = append(w.b, name...) }

func (w *rowText) text(name, value string) {
	w.name(name)
	w.b = AppendText(w.b, value)
}

func (w *rowText) someText(name, value string) {
	if value != "" {
		w.text(name, value)
	}
}

func (w *rowText) number(name string, n int) {
	w.name(name)
	w.b = strconv.AppendInt(w.b, int64(n), 10)
}

func (w *rowText) someNumber(name string, n int) {
	if n != 0 {
		w.number(name, n)
	}
}

func (w *rowText) flag(name string, on bool) {
	w.name(name)
	w.b = strconv.AppendBool(w.b, on)
}

func (w *rowText) someFlag(name string, on bool) {
	if on {
		w.flag(name, on)
	}
}

func (w *rowText) time(name string, t time.Time) {
	w.name(name)
	w.b = append(t.AppendFormat(append(w.b, '"'), time.RFC3339Nano), '"')
}

func (w *rowText) someTime(name string, t time.Time) {
	if !t.IsZero() {
		w.time(name, t)
	}
}

// timeOrNull writes null for nil.
func (w *rowText) timeOrNull(name string, t *time.Time) {
	if t == nil {
		w.name(name)
		w.null()
		return
	}
	w.time(name, *t)
}

func (w *rowText) someTimeAt(name string, t *time.Time) {
	if t != nil {
		w.time(name, *t)
	}
}

func (w *rowText) null() { w.b = append(w.b, "null"...) }

// texts writes a list, of nil null.
func (w *rowText) texts(name string, list []string) {
	w.name(name)
	w.b = AppendTexts(w.b, list)
}

func (w *rowText) someTexts(name string, list []string) {
	if len(list) > 0 {
		w.texts(name, list)
	}
}

// AppendTexts appends a list of strings as JSON, the bytes encoding/json gives.
func AppendTexts(b []byte, list []string) []byte {
	if list == nil {
		return append(b, "null"...)
	}
	size := len("[]")
	for _, s := range list {
		size += len(s) + len(`"",`)
	}
	b = append(slices.Grow(b, size), '[')
	for n, s := range list {
		if n > 0 {
			b = append(b, ',')
		}
		b = AppendText(b, s)
	}
	return append(b, ']')
}

// texted writes a map of strings, of nil null.
func (w *rowText) texted(name string, m map[string]string) {
	writeMap(w, name, m, func(s string) { w.b = AppendText(w.b, s) })
}

func (w *rowText) someTexted(name string, m map[string]string) {
	if len(m) > 0 {
		w.texted(name, m)
	}
}

// writeMap writes a map by key, of nil null.
func writeMap[V any](w *rowText, name string, m map[string]V, one func(V)) {
	w.name(name)
	if m == nil {
		w.null()
		return
	}
	var room [24]string // more than a basis has variables
	w.b = append(w.b, '{')
	keys := slices.AppendSeq(room[:0], maps.Keys(m))
	slices.Sort(keys)
	for n, key := range keys {
		if n > 0 {
			w.b = append(w.b, ',')
		}
		w.b = append(AppendText(w.b, key), ':')
		one(m[key])
	}
	w.end()
}

// writeList writes a list, of nil null.
func writeList[T any](w *rowText, name string, list []T, one func(*T)) {
	w.name(name)
	if list == nil {
		w.null()
		return
	}
	w.b = append(w.b, '[')
	for n := range list {
		if n > 0 {
			w.b = append(w.b, ',')
		}
		one(&list[n])
	}
	w.b = append(w.b, ']')
}

// object writes what is rare or short; only types of ours, which can be written.
func (w *rowText) object(name string, x any) {
	w.name(name)
	b, err := json.Marshal(x)
	if err != nil {
		panic("headstart: write row: " + err.Error()) // a programmer's error
	}
	w.b = append(w.b, b...)
}

// end closes an object.
func (w *rowText) end() { w.b = append(w.b, '}') }
