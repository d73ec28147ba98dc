package headstart

import (
	"bytes"
	"hash/maphash"
	"sync/atomic"
)

// A row says mostly what rows before it said: states, services, places, titles. A hundred
// thousand incidents would hold each of those a hundred thousand times. So a text that was
// read a moment ago is handed out again, to whoever reads; each has one place, by its hash,
// and the next one with that place takes it.
var heard struct {
	texts [1 << 15]atomic.Pointer[string]
	names [1 << 13]atomic.Pointer[toldNames]
}

var saidSeed = maphash.MakeSeed()

// Longer ones are not looked for: they are words about one thing.
const (
	longestSaid  = 64  // bytes of a text
	longestNames = 256 // of Names, as JSON
)

// saidText is b as a string.
func saidText(b []byte) string {
	if len(b) == 0 || len(b) > longestSaid {
		return string(b)
	}
	place := &heard.texts[maphash.Bytes(saidSeed, b)%uint64(len(heard.texts))]
	if s := place.Load(); s != nil && *s == string(b) {
		return *s
	}
	s := string(b)
	place.Store(&s)
	return s
}

// toldNames are Names and the JSON they were read from.
type toldNames struct {
	row   []byte
	names Names
}

// saidNames are those that the object at the beginning of b says, if they were said before;
// nobody may change them.
func saidNames(b []byte) (*toldNames, bool) {
	end := bytes.IndexByte(b[:min(len(b), longestNames)], '}') + 1
	told := placeOfNames(b[:end]).Load()
	return told, told != nil && bytes.Equal(told.row, b[:end])
}

// sayNames keeps what was read from row for those that say the same.
func sayNames(row []byte, n Names) {
	if len(row) > longestNames {
		return
	}
	placeOfNames(row).Store(&toldNames{bytes.Clone(row), n})
}

func placeOfNames(row []byte) *atomic.Pointer[toldNames] {
	return &heard.names[maphash.Bytes(saidSeed, row)%uint64(len(heard.names))]
}
