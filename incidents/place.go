package incidents

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"

	"headstart"
)

// place is where the fold stands in the log: its row survives a restart inside
// a record (ruling 1).
type place struct {
	V         int              `json:"v"`
	Whole     headstart.Offset `json:"whole"` // last record applied whole
	Off       headstart.Offset `json:"off"`   // the record being applied; zero between records
	Line      int              `json:"line"`  // lines of it applied
	Part      uint32           `json:"part"`  // units of it applied
	Judged    bool             `json:"judged"`
	At        time.Time        `json:"at"`
	Decisions uint64           `json:"decisions"`
	Hash      digest           `json:"hash"` // chain over all decisions; while the fold goes on its chain has it

	// Engine is the version of the rules that made the last of them, zero in rows
	// of version 1; Rules is the hash of the configuration they went by (ruling 8).
	Engine int    `json:"engine,omitempty"`
	Rules  string `json:"rules,omitempty"`
}

// digest is a hash in hexadecimal; empty: of nothing yet. It is written over by the
// next decision.
type digest []byte

// MarshalText gives the hash of a row.
func (d digest) MarshalText() ([]byte, error) { return d, nil }

// UnmarshalText reads the hash of a row.
func (d *digest) UnmarshalText(b []byte) error { *d = append((*d)[:0], b...); return nil }

// placeKey is the fold's key in TableClock.
const placeKey = "engine"

// append appends p's row, as encoding/json writes it: each commit has one.
func (p *place) append(b []byte) []byte {
	b = strconv.AppendInt(append(b, `{"v":`...), int64(p.V), 10)
	b = appendOffset(append(b, `,"whole":`...), p.Whole)
	b = appendOffset(append(b, `,"off":`...), p.Off)
	b = strconv.AppendInt(append(b, `,"line":`...), int64(p.Line), 10)
	b = strconv.AppendUint(append(b, `,"part":`...), uint64(p.Part), 10)
	b = strconv.AppendBool(append(b, `,"judged":`...), p.Judged)
	b = p.At.AppendFormat(append(b, `,"at":"`...), time.RFC3339Nano)
	b = strconv.AppendUint(append(b, `","decisions":`...), p.Decisions, 10)
	b = append(append(append(b, `,"hash":"`...), p.Hash...), '"')
	if p.Engine != 0 {
		b = strconv.AppendInt(append(b, `,"engine":`...), int64(p.Engine), 10)
	}
	if p.Rules != "" {
		b = headstart.AppendText(append(b, `,"rules":`...), p.Rules)
	}
	return append(b, '}')
}

func appendOffset(b []byte, o headstart.Offset) []byte {
	b = strconv.AppendUint(append(b, `{"Ms":`...), o.Ms, 10)
	return append(strconv.AppendUint(append(b, `,"Seq":`...), o.Seq, 10), '}')
}

// chain is the hash over all decisions so far. Whoever writes rows goes on with it, in
// the order of commits.
type chain struct {
	hash digest
	room []byte // used again
}

// add makes the hash cover d too.
func (c *chain) add(d *headstart.Decision) {
	b := append(append(c.room[:0], c.hash...), '\n')
	b = d.AppendCanonical(b)
	sum := sha256.Sum256(b)
	c.hash = hex.AppendEncode(c.hash[:0], sum[:])
	c.room = b
}
