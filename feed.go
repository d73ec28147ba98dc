package headstart

import (
	"encoding/json"
	"slices"
	"strconv"
)

// FeedEntry is what one commit tells readers: rows of viewed tables, and asks
// to probes, which may be lost (ruling 21).
type FeedEntry struct {
	V      int      `json:"v"`
	Cursor Cursor   `json:"cursor"`
	At     int64    `json:"at"` // log clock, Unix milliseconds
	Rows   []FeedOp `json:"rows,omitempty"`
	Asks   []Ask    `json:"asks,omitempty"`
}

// FeedOp is one changed row; without a value the row is gone.
type FeedOp struct {
	Table string `json:"t"`
	Row
}

// Append appends f to b as encoding/json would write it, whose values are JSON
// without spaces already: a commit of a storm would be read through once more otherwise.
func (f *FeedEntry) Append(b []byte) []byte {
	size := 128
	for n := range f.Rows {
		size += len(f.Rows[n].Table) + len(f.Rows[n].Key) + len(f.Rows[n].Val) + len(`{"t":"","k":"","d":},`)
	}
	b = strconv.AppendInt(append(slices.Grow(b, size), `{"v":`...), int64(f.V), 10)
	b = AppendText(append(b, `,"cursor":`...), f.Cursor.String())
	b = strconv.AppendInt(append(b, `,"at":`...), f.At, 10)
	for n := range f.Rows {
		b = append(b, listed(n, `,"rows":[`)...)
		b = AppendText(append(b, `{"t":`...), f.Rows[n].Table)
		b = AppendText(append(b, `,"k":`...), f.Rows[n].Key)
		if val := f.Rows[n].Val; len(val) > 0 {
			b = append(append(b, `,"d":`...), val...)
		}
		b = append(b, '}')
	}
	if len(f.Rows) > 0 {
		b = append(b, ']')
	}
	if len(f.Asks) > 0 {
		asks, _ := json.Marshal(f.Asks) // plain texts: they always can be
		b = append(append(b, `,"asks":`...), asks...)
	}
	return append(b, '}')
}

// listed is what stands before entry n of a list that begins with first.
func listed(n int, first string) string {
	if n == 0 {
		return first
	}
	return ","
}
