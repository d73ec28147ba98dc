package headstart

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
)

// packedRow is a row as a View holds those of which there are a hundred thousand: its
// fields one after the other, most texts by their number in a lexicon. It is a tenth of what
// its struct and the maps in it take, and the collector has nothing to look at in it.
// Whoever asks for the row is given a struct made of it.
type packedRow string

// packed are the rows of one table, by what they are asked for by.
type packed[K cmp.Ordered, T any] struct {
	rows  map[K]packedRow
	words *lexicon
	*packing[K, T]
}

// packing is how the rows of a table are packed.
type packing[K cmp.Ordered, T any] struct {
	name   func(*T) *K       // the field that is the key, which says it
	fields func(*packer, *T) // goes over all others of a row, to write them or to read them

	// text writes what fields does, straight from a row that is JSON; false: it wrote nothing,
	// since it knows the usual form alone. Nil: there is no such way.
	text func(*packer, *packRoom, json.RawMessage) bool
}

// packRoom is what rows pass through on their way into tables of one View.
type packRoom struct {
	row      []byte
	alert    alertText
	decision decisionText
}

func packedRows[K cmp.Ordered, T any](words *lexicon, how *packing[K, T]) packed[K, T] {
	return packed[K, T]{rows: map[K]packedRow{}, words: words, packing: how}
}

// set puts a row that is JSON, or takes it away; room is for what is packed.
func (t *packed[K, T]) set(key K, val json.RawMessage, room *packRoom) error {
	now, err := t.replace(t.words, t.rows[key], val, room)
	switch {
	case err != nil:
		return err
	case val == nil:
		delete(t.rows, key)
	default:
		t.rows[key] = now
	}
	return nil
}

// replace packs a row that is JSON, nil for none, in place of what was there, "" for nothing.
func (how *packing[K, T]) replace(words *lexicon, was packedRow, val json.RawMessage, room *packRoom) (now packedRow, err error) {
	if val != nil {
		p := packer{does: writing, words: words, b: room.row[:0]}
		if err := how.write(&p, room, val); err != nil {
			return "", err
		}
		room.row = p.b
		now = packedRow(p.b)
	}
	if was != "" { // now, so that what both say keeps its number
		var gone T
		how.fields(&packer{does: dropping, words: words, from: was}, &gone)
	}
	return now, nil
}

// write packs a row that is JSON.
func (how *packing[K, T]) write(p *packer, room *packRoom, val json.RawMessage) error {
	if how.text != nil && how.text(p, room, val) {
		return nil
	}
	var x T
	if err := readRowOnce(val, &x); err != nil {
		return err
	}
	how.fields(p, &x)
	return nil
}

// get returns the row of key, or false.
func (t *packed[K, T]) get(key K) (x T, has bool) {
	row, has := t.rows[key]
	if has {
		t.read(key, row, &x)
	}
	return x, has
}

// read makes a row's struct.
func (t *packed[K, T]) read(key K, row packedRow, to *T) { t.packing.read(t.words, key, row, to) }

func (how *packing[K, T]) read(words *lexicon, key K, row packedRow, to *T) {
	var fresh T
	*to = fresh
	*how.name(to) = key
	how.fields(&packer{does: reading, words: words, from: row}, to)
}

// sorted are all rows by their keys.
func (t *packed[K, T]) sorted() []T {
	keys := slices.Sorted(maps.Keys(t.rows))
	out := make([]T, len(keys))
	for n, key := range keys {
		t.read(key, t.rows[key], &out[n])
	}
	return out
}

// each ranges over the rows, in no order; the struct it yields is used again for the next.
func (t *packed[K, T]) each(yield func(K, *T) bool) {
	var x T
	for key, row := range t.rows {
		t.read(key, row, &x)
		if !yield(key, &x) {
			return
		}
	}
}
