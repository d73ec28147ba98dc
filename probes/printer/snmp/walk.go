package snmp

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/gosnmp/gosnmp"
)

// Bounds on what one answer may cost. A real printer has at most some thirty
// supplies and trays; a device that counts on for ever is read no further.
const (
	columnsAtOnce = 8
	rowsAtOnce    = 8
	mostRows      = 128 // of one column
	mostPackets   = 400 // version 1 needs one packet per eight cells
)

// reader reads columns of tables, many at once.
type reader struct {
	get  func(oids []string) (*gosnmp.SnmpPacket, error)
	bulk func(oids []string) (*gosnmp.SnmpPacket, error) // nil: version 1
	v1   bool

	packets int
}

// column is what one column of a table holds, by the index of its rows.
type column struct {
	root   string
	cells  []cell // in order of the walk
	cursor string // the last OID seen
	done   bool
}

type cell struct {
	index string // what follows the column's own OID
	value gosnmp.SnmpPDU
}

// walk fills columns, or says why not: ErrCut once something was heard.
func (r *reader) walk(columns []*column) error {
	for _, c := range columns {
		c.cursor = c.root
	}
	most := columnsAtOnce
	for r.packets < mostPackets {
		live := slices.DeleteFunc(slices.Clone(columns), func(c *column) bool { return c.done })
		if len(live) == 0 {
			return nil
		}
		live = live[:min(len(live), most)]
		answer, err := r.next(live)
		if err != nil {
			if r.packets > 0 {
				return errors.Join(ErrCut, err)
			}
			return err
		}
		r.packets++
		if answer.Error != gosnmp.NoError {
			most = r.refusal(answer, live, most)
			continue
		}
		take(answer.Variables, live)
	}
	return nil
}

// next asks for the rows after those seen.
func (r *reader) next(live []*column) (*gosnmp.SnmpPacket, error) {
	oids := make([]string, len(live))
	for i, c := range live {
		oids[i] = c.cursor
	}
	if r.bulk == nil {
		return r.get(oids)
	}
	return r.bulk(oids)
}

// refusal takes in that a packet was answered with an error. Version 1 says so
// where a table ends, and names the one that did; too much at once is asked for in
// smaller lots.
func (r *reader) refusal(answer *gosnmp.SnmpPacket, live []*column, most int) int {
	if answer.Error == gosnmp.TooBig && len(live) > 1 {
		return len(live) / 2
	}
	i := int(answer.ErrorIndex) - 1
	if r.v1 && answer.Error == gosnmp.NoSuchName && i >= 0 && i < len(live) {
		live[i].done = true
		return most
	}
	if len(live) > 1 {
		return len(live) / 2
	}
	live[0].done = true
	return most
}

// take sorts the variables of one answer into the columns they were asked for.
// They come row by row; an answer cut short just ends early.
func take(variables []gosnmp.SnmpPDU, live []*column) {
	for i, v := range variables {
		live[i%len(live)].add(v)
	}
	for i, c := range live {
		if i >= len(variables) {
			c.done = len(variables) == 0 // nothing at all came: it would not the next time either
		}
	}
}

// add takes the next cell in; anything else ends the column: the end of the table,
// a row that goes back, which would never end, and one too many.
func (c *column) add(v gosnmp.SnmpPDU) {
	if c.done {
		return
	}
	oid := strings.TrimPrefix(v.Name, ".")
	index, inside := strings.CutPrefix(oid, c.root+".")
	if !inside || ending(v.Type) || compare(oid, c.cursor) <= 0 || len(c.cells) == mostRows {
		c.done = true
		return
	}
	c.cursor = oid
	c.cells = append(c.cells, cell{index, v})
}

func ending(t gosnmp.Asn1BER) bool {
	return t == gosnmp.EndOfMibView || t == gosnmp.NoSuchObject || t == gosnmp.NoSuchInstance
}

// compare orders OIDs as a walk does: number by number.
func compare(a, b string) int {
	return slices.CompareFunc(strings.Split(a, "."), strings.Split(b, "."), func(x, y string) int {
		m, _ := strconv.ParseUint(x, 10, 32)
		n, _ := strconv.ParseUint(y, 10, 32)
		return int(int64(m) - int64(n))
	})
}

// number returns an integer of any of SNMP's kinds; ok is false for anything else.
func (c cell) number() (n int, ok bool) {
	switch v := c.value.Value.(type) {
	case int:
		return v, true
	case uint:
		return int(min(v, 1<<53)), true
	case uint32:
		return int(v), true
	case uint64:
		return int(min(v, 1<<53)), true
	}
	return 0, false
}

// text returns the bytes of an octet string as they came; of another kind, none.
func (c cell) text() string {
	b, _ := c.value.Value.([]byte)
	return string(b)
}
