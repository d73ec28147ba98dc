package session

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/gosnmp/gosnmp"
)

// Bounds on what one talk may cost. A real printer has at most some thirty supplies
// and trays; a device that counts on for ever is read no further.
const (
	fewRows       = 128 // of one column
	fewPackets    = 400 // version 1 needs one packet per eight cells
	columnsAtOnce = 8
	cellsAtOnce   = 64 // of one packet; an agent cuts short what it finds too long
	valuesAtOnce  = 24
)

// Session is one talk with a device.
type Session struct {
	get, next func(oids []string) (*gosnmp.SnmpPacket, error)
	bulk      func(oids []string, rows uint32) (*gosnmp.SnmpPacket, error) // nil: version 1
	v1        bool

	rows, packets int // the most
	heard         int // packets so far
}

// column is what one column of a table holds, by the index of its rows.
type column struct {
	root   string
	cells  []cell // in order of the walk
	cursor string // the last OID seen
	done   bool
	cut    bool // there was more
}

type cell struct {
	index string // what follows the column's own OID
	value any
}

// Walk reads columns of tables, all of them together. A column that a device does
// not have is empty, and one that is longer than the bounds is cut there; then the
// table is not whole.
func (s *Session) Walk(roots ...string) (*Table, error) {
	columns := make([]*column, len(roots))
	t := &Table{columns: map[string]*column{}}
	for i, root := range roots {
		columns[i] = &column{root: root, cursor: root}
		t.columns[root] = columns[i]
	}
	most := columnsAtOnce
	for s.heard < s.packets {
		live := slices.DeleteFunc(slices.Clone(columns), func(c *column) bool { return c.done })
		if len(live) == 0 {
			t.whole = !slices.ContainsFunc(columns, func(c *column) bool { return c.cut })
			return t, nil
		}
		live = live[:min(len(live), most)]
		answer, err := s.after(live)
		if err != nil {
			return nil, s.broken(err)
		}
		s.heard++
		if answer.Error != gosnmp.NoError {
			most = s.refusal(answer, live, most)
			continue
		}
		s.take(answer.Variables, live)
	}
	return t, nil
}

// broken is err, or ErrCut once something was heard.
func (s *Session) broken(err error) error {
	if s.heard > 0 {
		return errors.Join(ErrCut, err)
	}
	return err
}

// after asks for the rows after those seen.
func (s *Session) after(live []*column) (*gosnmp.SnmpPacket, error) {
	oids := make([]string, len(live))
	for i, c := range live {
		oids[i] = c.cursor
	}
	if s.bulk == nil {
		return s.next(oids)
	}
	return s.bulk(oids, uint32(cellsAtOnce/len(live)))
}

// refusal takes in that a packet was answered with an error. Version 1 says so
// where a table ends, and names the one that did; too much at once is asked for in
// smaller lots.
func (s *Session) refusal(answer *gosnmp.SnmpPacket, live []*column, most int) int {
	if answer.Error == gosnmp.TooBig && len(live) > 1 {
		return len(live) / 2
	}
	i := int(answer.ErrorIndex) - 1
	if s.v1 && answer.Error == gosnmp.NoSuchName && i >= 0 && i < len(live) {
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
func (s *Session) take(variables []gosnmp.SnmpPDU, live []*column) {
	for i, v := range variables {
		live[i%len(live)].add(v, s.rows)
	}
	for i, c := range live {
		if i >= len(variables) {
			c.done = len(variables) == 0 // nothing at all came: it would not the next time either
		}
	}
}

// add takes the next cell in; anything else ends the column: the end of the table,
// a row that goes back, which would never end, and one more than most.
func (c *column) add(v gosnmp.SnmpPDU, most int) {
	if c.done {
		return
	}
	oid := strings.TrimPrefix(v.Name, ".")
	index, inside := strings.CutPrefix(oid, c.root+".")
	if !inside || ending(v.Type) || compare(oid, c.cursor) <= 0 {
		c.done = true
		return
	}
	if len(c.cells) == most {
		c.done, c.cut = true, true
		return
	}
	c.cursor = oid
	c.cells = append(c.cells, cell{index, valueOf(v)})
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
