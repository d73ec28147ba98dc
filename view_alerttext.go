package headstart

import (
	"bytes"
	"encoding/json"
	"time"
)

// alertText is the row of an alert as its text says it, without the maps of AlertState: each
// word that an alert still fires writes the whole row, and nearly all of it says what the row
// before it said. The texts are parts of the row.
type alertText struct {
	v                   int
	labels, annotations []saidPair
	labelled, annotated bool // there is a list, however short
	generator           []byte
	starts, updated     time.Time
	origins             []saidOrigin
	held                bool
	firing, expired     bool
	ended               time.Time
	problem             []byte
	silenced            [][]byte
	muted               bool

	address address // the last generator that had escapes
}

// address is one as a row has it, in quotes, and what that says. The alerts of a commit are
// mostly of a few rules.
type address struct{ raw, plain []byte }

type saidPair struct{ name, value []byte }

type saidOrigin struct {
	name  []byte
	until time.Time
}

// packAlertText is packAlert for a row in the form in which rows are written; false, and
// nothing written, for any other.
func packAlertText(p *packer, room *packRoom, val json.RawMessage) bool {
	x, r := &room.alert, rowReader{b: val}
	defer x.clear()
	if !x.read(&r) || r.at != len(val) {
		return false
	}
	x.pack(p)
	return true
}

// clear forgets the row, of which nothing may be held, and keeps the room.
func (x *alertText) clear() {
	clear(x.labels)
	clear(x.annotations)
	clear(x.origins)
	clear(x.silenced)
	*x = alertText{labels: x.labels[:0], annotations: x.annotations[:0], origins: x.origins[:0], silenced: x.silenced[:0], address: x.address}
}

// read goes over the members in the order of AlertState.
func (x *alertText) read(r *rowReader) bool {
	return r.take(`{"v":`) && x.readSent(r) && x.readState(r) && r.take("}")
}

// readSent reads what the sender says of the alert.
func (x *alertText) readSent(r *rowReader) bool {
	v, ok := r.integer()
	x.v = int(v)
	ok = ok && r.take(`,"fingerprint":`) && r.said(new([]byte)) && r.take(`,"labels":`)
	if ok && !r.take("null") {
		x.labelled, ok = true, r.saidPairs(&x.labels)
	}
	if ok && r.take(`,"annotations":`) {
		x.annotated, ok = true, r.saidPairs(&x.annotations)
	}
	if ok && r.take(`,"generator":`) {
		ok = x.address.said(r, &x.generator)
	}
	return ok && r.take(`,"starts_at":`) && r.saidTime(&x.starts)
}

// readState reads how it is with the alert.
func (x *alertText) readState(r *rowReader) bool {
	ok := r.take(`,"updated_at":`) && r.saidTime(&x.updated)
	if ok && r.take(`,"origins":`) {
		x.held, ok = true, r.saidOrigins(&x.origins)
	}
	ok = ok && r.take(`,"firing":`) && r.saidFlag(&x.firing)
	if ok && r.take(`,"expired":`) {
		ok = r.saidFlag(&x.expired)
	}
	if ok && r.take(`,"ended_at":`) {
		ok = r.saidTime(&x.ended)
	}
	if ok && r.take(`,"problem":`) {
		ok = r.said(&x.problem)
	}
	if ok && r.take(`,"silenced":`) {
		x.muted, ok = true, r.saidList(&x.silenced)
	}
	return ok
}

// pack writes what packAlert does.
func (x *alertText) pack(p *packer) {
	p.flags(&x.firing, &x.expired)
	p.size(len(x.silenced), x.muted)
	for _, id := range x.silenced {
		p.saidWord(id)
	}
	number(p, &x.v)
	p.saidWords(x.labels, x.labelled)
	p.saidWords(x.annotations, x.annotated)
	p.saidWord(x.generator)
	p.moment(&x.starts)
	p.moment(&x.updated)
	p.size(len(x.origins), x.held)
	for n := range x.origins {
		p.saidWord(x.origins[n].name)
		p.moment(&x.origins[n].until)
	}
	p.moment(&x.ended)
	p.saidPhrase(x.problem)
}

// saidPhrase is phrase, to write one.
func (p *packer) saidPhrase(s []byte) {
	a, b, two := bytes.Cut(s, []byte("/"))
	p.flags(&two)
	if p.saidWord(a); two {
		p.saidWord(b)
	}
}

// saidWord is word, to write one.
func (p *packer) saidWord(s []byte) {
	n := uint64(0)
	if len(s) > 0 {
		n = uint64(p.words.takeText(s)) + 1
	}
	count(p, &n)
}

func (p *packer) saidWords(list []saidPair, there bool) {
	p.size(len(list), there)
	for _, x := range list {
		p.saidWord(x.name)
		p.saidWord(x.value)
	}
}

// said passes a text. One with escapes, such as an address with several parameters, is left
// to encoding/json.
func (r *rowReader) said(to *[]byte) (ok bool) {
	from := r.at
	if *to, ok = r.text(); ok {
		return true
	}
	r.at = from
	var s string
	val, valid := r.whole()
	ok = valid && val[0] == '"' && json.Unmarshal(val, &s) == nil
	*to = []byte(s)
	return ok
}

// said passes an address.
func (x *address) said(r *rowReader, to *[]byte) bool {
	from := r.at
	if len(x.raw) > 0 && bytes.HasPrefix(r.b[from:], x.raw) {
		r.at += len(x.raw)
		*to = x.plain
		return true
	}
	if !r.said(to) {
		return false
	}
	if raw := r.b[from:r.at]; len(raw) != len(*to)+len(`""`) {
		x.raw, x.plain = append(x.raw[:0], raw...), append(x.plain[:0], *to...)
	}
	return true
}

// saidKey passes the name of one of several, up to its value.
func (r *rowReader) saidKey(to *[]byte) (plain bool) {
	*to, plain = r.text()
	return plain && r.take(":")
}

func (r *rowReader) saidTime(to *time.Time) bool {
	from := r.at
	_, plain := r.text()
	return plain && to.UnmarshalJSON(r.b[from:r.at]) == nil
}

func (r *rowReader) saidFlag(to *bool) bool {
	*to = r.take("true")
	return *to || r.take("false")
}

// saidPairs, saidOrigins and saidList pass an object or a list.
func (r *rowReader) saidPairs(to *[]saidPair) bool {
	return r.saidAll('{', '}', func() bool {
		var x saidPair
		ok := r.saidKey(&x.name) && r.said(&x.value)
		*to = append(*to, x)
		return ok
	})
}

func (r *rowReader) saidOrigins(to *[]saidOrigin) bool {
	return r.saidAll('{', '}', func() bool {
		var x saidOrigin
		ok := r.saidKey(&x.name) && r.saidTime(&x.until)
		*to = append(*to, x)
		return ok
	})
}

func (r *rowReader) saidList(to *[][]byte) bool {
	return r.saidAll('[', ']', func() bool {
		var x []byte
		ok := r.said(&x)
		*to = append(*to, x)
		return ok
	})
}

// saidAll passes what stands between open and close, of which one passes each.
func (r *rowReader) saidAll(open, shut byte, one func() bool) bool {
	if !r.takeByte(open) {
		return false
	}
	if r.takeByte(shut) {
		return true
	}
	for {
		if !one() {
			return false
		}
		if !r.takeByte(',') {
			return r.takeByte(shut)
		}
	}
}

func (r *rowReader) takeByte(c byte) bool {
	if r.at >= len(r.b) || r.b[r.at] != c {
		return false
	}
	r.at++
	return true
}
