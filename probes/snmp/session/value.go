package session

import (
	"fmt"
	"iter"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gosnmp/gosnmp"
)

// Table is what a walk brought.
type Table struct {
	columns map[string]*column
	whole   bool
}

// Whole reports whether nothing was cut off by the bounds.
func (t *Table) Whole() bool { return t.whole }

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

// valueOf is v as an int64; a uint32 or uint64 of what counts up, stands for time or
// has no sign, as wide as on the wire, so that a difference of two wraps as the
// counter does; a float64; the []byte of an octet string, raw; the string of an OID,
// without its leading dot; or nil for anything else.
func valueOf(v gosnmp.SnmpPDU) any {
	switch n := v.Value.(type) {
	case int:
		return int64(n)
	case uint:
		if n > math.MaxUint32 {
			return nil
		}
		return uint32(n)
	case uint32:
		return n
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

// Number is value as a number: an octet string too that holds one and nothing else,
// as many sensors send it. ok is false for anything else.
func Number(value any) (f float64, ok bool) {
	switch n := value.(type) {
	case int64:
		return float64(n), true
	case uint32:
		return float64(n), true
	case uint64:
		return float64(n), true
	case float64:
		return n, true
	case []byte:
		f, err := strconv.ParseFloat(strings.TrimSpace(string(n)), 64)
		return f, err == nil && finite(f) != nil
	}
	return 0, false
}

// Text is value as people read it: one line of at most 80 bytes, whatever the device
// sent.
func Text(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case []byte:
		return line(string(v), 80)
	default:
		return fmt.Sprint(v)
	}
}

// Line makes words that hold what a device said fit for a reason: one line of at
// most 200 bytes.
func Line(s string) string { return line(s, 200) }

func line(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	s = strings.Join(strings.Fields(s), " ")
	if len(s) <= most {
		return s
	}
	cut := most - len("…")
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
