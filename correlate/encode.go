package correlate

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"headstart"
)

// rowWriter writes one row as encoding/json would, byte for byte, and without
// looking at types again for each of the thousands of rows a storm changes.
// TestRowsAreWrittenAsJSON compares the two. Every row begins with its version,
// so each further member follows a comma.
type rowWriter struct {
	b    []byte // rows, one after the other
	keys []byte // those of their keys that had to be put together
	cuts []cut

	written written // what the last group hits

	day  uint64   // since 1970, of the time written last; zero: none was
	date [12]byte // that day as a row has it, from the quote up to the T
}

// cut is where a row ends, and its key.
type cut struct{ key, val int }

// cut ends a row.
func (w *rowWriter) cut() { w.cuts = append(w.cuts, cut{len(w.keys), len(w.b)}) }

// longRows is how large the buffers of rows may stay, in bytes.
const longRows = 1 << 18

// reset forgets all rows.
func (w *rowWriter) reset() {
	if cap(w.b) > longRows {
		w.b, w.keys, w.cuts = nil, nil, nil // of a row such as the configuration's, which nobody writes again soon
	}
	if cap(w.written.text) > longRows {
		w.written = written{}
	}
	w.b, w.keys, w.cuts = w.b[:0], w.keys[:0], w.cuts[:0]
}

// key begins the key of the next row.
func (w *rowWriter) key(prefix, rest string) { w.keys = append(append(w.keys, prefix...), rest...) }

func (w *rowWriter) timerKey(n uint64) { w.keys = appendPadded(w.keys, n, 16) }

func (w *rowWriter) memberKey(at *seated) {
	w.keys = headstart.AppendMemberKey(w.keys, at.group, at.n)
}

// begin opens a row of version v.
func (w *rowWriter) begin(v int) {
	w.b = strconv.AppendInt(append(w.b, `{"v":`...), int64(v), 10)
}

// end closes a row, or an object in it.
func (w *rowWriter) end() { w.b = append(w.b, '}') }

// name begins a member: a comma, its name in quotes, and a colon. The names of our own
// rows need no escapes, and a storm writes fifty of them an event, so they come whole.
func (w *rowWriter) name(name string) { w.b = append(w.b, name...) }

// text writes a member, empty or not; someText only one that says something.
func (w *rowWriter) text(name, value string) {
	w.name(name)
	w.quote(value)
}

func (w *rowWriter) someText(name, value string) {
	if value != "" {
		w.text(name, value)
	}
}

// flag writes a member that is true, always the value whatever it is.
func (w *rowWriter) flag(name string, on bool) {
	if on {
		w.always(name, on)
	}
}

func (w *rowWriter) always(name string, on bool) {
	w.name(name)
	w.b = strconv.AppendBool(w.b, on)
}

// number writes a member, zero or not; someNumber only one that is not zero.
func (w *rowWriter) number(name string, n uint64) {
	w.name(name)
	w.b = strconv.AppendUint(w.b, n, 10)
}

func (w *rowWriter) someNumber(name string, n uint64) {
	if n != 0 {
		w.number(name, n)
	}
}

// integer writes a member that may be below zero, a duration among them.
func (w *rowWriter) integer(name string, n int64) {
	w.name(name)
	w.b = strconv.AppendInt(w.b, n, 10)
}

// someInteger writes one only if it is not zero.
func (w *rowWriter) someInteger(name string, n int) {
	if n != 0 {
		w.integer(name, int64(n))
	}
}

// object writes a member of a kind that is rare or short.
func (w *rowWriter) object(name string, x any) {
	w.name(name)
	w.b = append(w.b, encode(x)...)
}

// time writes a member, zero or not; someTime only one that is not zero.
func (w *rowWriter) time(name string, t instant) {
	w.name(name)
	w.moment(t)
}

func (w *rowWriter) someTime(name string, t instant) {
	if t != 0 {
		w.time(name, t)
	}
}

// moment writes a time as encoding/json does. Nearly all times of a storm are of one
// day, so its date is kept; and of whole milliseconds, a dozen an event, so these are
// written in one piece.
func (w *rowWriter) moment(t instant) {
	if t <= 0 { // none, or before 1970
		w.b = append(t.Time().AppendFormat(append(w.b, '"'), time.RFC3339Nano), '"')
		return
	}
	second, nanos := uint64(t)/uint64(time.Second), uint32(uint64(t)%uint64(time.Second)) //nolint:gosec // below 1e9
	if day := second / secondsOfDay; day != w.day || day == 0 {
		t.Time().AppendFormat(append(w.date[:0], '"'), "2006-01-02T")
		w.day = day
	}
	x := [26]byte{14: ':', 17: ':', 20: '.', 24: 'Z', 25: '"'}
	copy(x[:], w.date[:])
	second %= secondsOfDay
	two(x[12:], uint32(second/3600))
	two(x[15:], uint32(second/60%60))
	two(x[18:], uint32(second%60))
	milli := nanos / 1_000_000
	if nanos%1_000_000 == 0 && milli%10 != 0 {
		x[21] = byte('0' + milli/100)
		two(x[22:], milli%100)
		w.b = append(w.b, x[:]...)
		return
	}
	w.b = append(w.b, x[:20]...)
	if nanos > 0 {
		w.b = append(w.b, '.')
	}
	for unit := uint32(100_000_000); nanos > 0; unit /= 10 {
		w.b = append(w.b, byte('0'+nanos/unit))
		nanos %= unit
	}
	w.b = append(w.b, 'Z', '"')
}

const secondsOfDay = 24 * 60 * 60

// two writes a number below a hundred with two digits.
func two(to []byte, n uint32) { to[0], to[1] = byte('0'+n/10), byte('0'+n%10) }

// texts, times and numbers write a list that is not empty.
func (w *rowWriter) texts(name string, list []string)  { someList(w, name, list, w.quote) }
func (w *rowWriter) times(name string, list []instant) { someList(w, name, list, w.moment) }
func (w *rowWriter) numbers(name string, list []int64) {
	someList(w, name, list, func(n int64) { w.b = strconv.AppendInt(w.b, n, 10) })
}

func someList[T any](w *rowWriter, name string, list []T, one func(T)) {
	if len(list) == 0 {
		return
	}
	w.name(name)
	for i, x := range list {
		w.b = append(w.b, separator(i, '['))
		one(x)
	}
	w.b = append(w.b, ']')
}

// someMap writes a map that is not empty, by key.
func someMap[V any](w *rowWriter, name string, m map[string]V, one func(V)) {
	if len(m) == 0 {
		return
	}
	w.name(name)
	writeMap(w, m, one)
}

func writeMap[V any](w *rowWriter, m map[string]V, one func(V)) {
	var room [16]entry[V] // more labels than an alert has
	for i, e := range sortedInto(room[:0], m) {
		w.b = append(w.b, separator(i, '{'))
		w.quote(e.key)
		w.b = append(w.b, ':')
		one(e.value)
	}
	w.end()
}

// entry is one of a map.
type entry[V any] struct {
	key   string
	value V
}

// sortedInto appends the entries of a map by key.
func sortedInto[V any](room []entry[V], m map[string]V) []entry[V] {
	for k, v := range m {
		room = append(room, entry[V]{k, v})
	}
	slices.SortFunc(room, func(a, b entry[V]) int { return strings.Compare(a.key, b.key) })
	return room
}

func separator(i int, first byte) byte {
	if i == 0 {
		return first
	}
	return ','
}

func (w *rowWriter) quote(s string) { w.b = headstart.AppendText(w.b, s) }

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("correlate: encode row: %v", err)) // types of ours, times within bounds: a programmer's error
	}
	return b
}
