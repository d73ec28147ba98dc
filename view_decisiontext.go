package headstart

import (
	"encoding/json"
	"time"
)

// decisionText is the row of a decision as its text says it: there are eight of them to an
// incident, and a start reads them all. The texts are parts of the row.
type decisionText struct {
	v             int
	at            time.Time
	rule, outcome []byte
	by, subject   []byte
	facts         []saidPair
	reasoned      bool // there is a list of facts, however short
	incident      []byte
}

// packDecisionText is packDecision for a row in the form in which rows are written; false,
// and nothing written, for any other.
func packDecisionText(p *packer, room *packRoom, val json.RawMessage) bool {
	x, r := &room.decision, rowReader{b: val}
	defer x.clear()
	if !x.read(&r) || r.at != len(val) {
		return false
	}
	x.pack(p)
	return true
}

// clear forgets the row, of which nothing may be held, and keeps the room.
func (x *decisionText) clear() {
	clear(x.facts)
	*x = decisionText{facts: x.facts[:0]}
}

// read goes over the members in the order of Decision.
func (x *decisionText) read(r *rowReader) bool {
	var n int
	ok := r.take(`{"v":`) && r.saidInt(&x.v) && r.take(`,"n":`) && r.saidInt(&n) && n >= 0 &&
		r.take(`,"at":`) && r.saidTime(&x.at) && r.take(`,"rule":`) && r.said(&x.rule) && r.take(`,"outcome":`) && r.said(&x.outcome)
	if ok && r.take(`,"by":`) {
		ok = r.said(&x.by)
	}
	if ok && r.take(`,"subject":`) {
		ok = r.said(&x.subject)
	}
	if ok && r.take(`,"facts":`) {
		x.reasoned, ok = true, r.saidFacts(&x.facts)
	}
	if ok && r.take(`,"incident":`) {
		ok = r.said(&x.incident)
	}
	return ok && r.take("}")
}

// pack writes what packDecision does.
func (x *decisionText) pack(p *packer) {
	number(p, &x.v)
	p.moment(&x.at)
	p.saidWord(x.rule)
	p.saidWord(x.outcome)
	p.saidWord(x.by)
	p.saidPhrase(x.subject)
	p.saidWords(x.facts, x.reasoned)
	p.saidWord(x.incident)
}

func (r *rowReader) saidInt(to *int) bool {
	n, ok := r.integer()
	*to = int(n)
	return ok && int64(*to) == n
}

func (r *rowReader) saidFacts(to *[]saidPair) bool {
	return r.saidAll('[', ']', func() bool {
		var x saidPair
		ok := r.take(`{"name":`) && r.said(&x.name) && r.take(`,"value":`) && r.said(&x.value) && r.take("}")
		*to = append(*to, x)
		return ok
	})
}
