package session

import (
	"iter"
	"math"
	"strings"

	"github.com/gosnmp/gosnmp"
)

// Table is what a walk brought.
type Table struct{ columns map[string]*column }

// Column yields the values of a column by the index of their row, in the order of
// the device.
func (t *Table) Column(root string) iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		c := t.columns[root]
		if c == nil {
			return
		}
		for _, cell := range c.cells {
			if !yield(cell.index, cell.value) {
				return
			}
		}
	}
}

// valueOf is v as an int64, or a uint64 of what only counts up or stands for time;
// a float64; the []byte of an octet string, raw; the string of an OID, without its
// leading dot; or nil for anything else.
func valueOf(v gosnmp.SnmpPDU) any {
	switch n := v.Value.(type) {
	case int:
		return int64(n)
	case uint:
		return uint64(n)
	case uint32:
		return uint64(n)
	case uint64:
		return n
	case float32:
		return finite(float64(n))
	case float64:
		return finite(n)
	case []byte:
		return n
	case string:
		if v.Type == gosnmp.ObjectIdentifier {
			return strings.TrimPrefix(n, ".")
		}
	}
	return nil
}

// finite is f, or nil of what is no number.
func finite(f float64) any {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil
	}
	return f
}
