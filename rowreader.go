package headstart

import (
	"bytes"
	"encoding"
	"encoding/json"
	"reflect"
	"time"
	"unicode/utf8"
)

// rowReader goes over the text of a row.
type rowReader struct {
	b   []byte
	at  int
	all string // b, of which texts are parts; empty: each is its own
}

// take passes s if it is what comes next.
func (r *rowReader) take(s string) bool {
	if len(r.b)-r.at < len(s) || string(r.b[r.at:r.at+len(s)]) != s {
		return false
	}
	r.at += len(s)
	return true
}

// text passes a string and returns it without its quotes; not plain is one with escapes, or
// that is no text at all.
func (r *rowReader) text() (s []byte, plain bool) {
	if !r.take(`"`) {
		return nil, false
	}
	end := bytes.IndexByte(r.b[r.at:], '"')
	if end < 0 {
		return nil, false
	}
	s = r.b[r.at : r.at+end]
	r.at += end + 1
	return s, plainJSON(s)
}

// plainJSON reports whether s is what it stands for.
func plainJSON(s []byte) bool {
	ascii := true
	for _, c := range s {
		if c < ' ' || c == '\\' {
			return false
		}
		ascii = ascii && c < utf8.RuneSelf
	}
	return ascii || utf8.Valid(s)
}

// whole passes any value and returns its text, if that is JSON.
func (r *rowReader) whole() (val []byte, valid bool) {
	val = r.span()
	return val, json.Valid(val)
}

// span passes any value and returns its text, whose parts nobody has looked at; nil if it
// has no end.
func (r *rowReader) span() []byte {
	from, depth := r.at, 0
	for r.at < len(r.b) {
		switch c := r.b[r.at]; c {
		case '"':
			if r.at++; !r.closeQuote() {
				return nil
			}
			continue
		case '{', '[':
			depth++
		case '}', ']', ',':
			if depth == 0 {
				return r.b[from:r.at]
			}
			if c != ',' {
				depth--
			}
		}
		r.at++
	}
	return r.b[from:r.at]
}

// closeQuote passes the rest of a string.
func (r *rowReader) closeQuote() bool {
	for {
		end := bytes.IndexByte(r.b[r.at:], '"')
		if end < 0 {
			r.at = len(r.b)
			return false
		}
		escape := bytes.IndexByte(r.b[r.at:r.at+end], '\\')
		if escape < 0 {
			r.at += end + 1
			return true
		}
		r.at += escape + 2
	}
}

// integer passes a number without a fraction, of as many digits as never overflow.
func (r *rowReader) integer() (n int64, ok bool) {
	minus := r.take("-")
	from := r.at
	for r.at < len(r.b) && r.b[r.at]-'0' < 10 {
		n = 10*n + int64(r.b[r.at]-'0')
		r.at++
	}
	digits := r.at - from
	if minus {
		n = -n
	}
	return n, digits == 1 || digits > 1 && digits <= 18 && r.b[from] != '0' // JSON has no leading zeros
}

func readText(r *rowReader, v reflect.Value) bool {
	from := r.at
	s, plain := r.text()
	if !plain {
		r.at = from
		return readOther(r, v)
	}
	if r.all == "" {
		v.SetString(saidText(s))
	} else {
		v.SetString(r.all[from+1 : r.at-1])
	}
	return true
}

func readFlag(r *rowReader, v reflect.Value) bool {
	on := r.take("true")
	v.SetBool(on)
	return on || r.take("false")
}

func readInt(r *rowReader, v reflect.Value) bool {
	n, ok := r.integer()
	if !ok || v.OverflowInt(n) {
		return false
	}
	v.SetInt(n)
	return true
}

func readUint(r *rowReader, v reflect.Value) bool {
	n, ok := r.integer()
	if !ok || n < 0 || v.OverflowUint(uint64(n)) {
		return false
	}
	v.SetUint(uint64(n))
	return true
}

// readOther leaves one value to encoding/json.
func readOther(r *rowReader, v reflect.Value) bool {
	val, valid := r.whole()
	return valid && json.Unmarshal(val, v.Addr().Interface()) == nil
}

// ownShape is that of types that say themselves how they are read; nil: t does not.
func ownShape(t reflect.Type) rowShape {
	switch p := reflect.PointerTo(t); {
	case t == reflect.TypeFor[time.Time]():
		return readTime
	case t == reflect.TypeFor[Names]():
		return readNames
	case t.Kind() == reflect.Pointer, t.Kind() == reflect.Interface: // what it points to says so
		return nil
	case p.Implements(reflect.TypeFor[json.Unmarshaler]()):
		return readItself
	case p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return readOther
	}
	return nil
}

// readItself has the type read its value, as encoding/json does.
func readItself(r *rowReader, v reflect.Value) bool {
	val, valid := r.whole()
	if !valid {
		return false
	}
	u, is := reflect.TypeAssert[json.Unmarshaler](v.Addr())
	return is && u.UnmarshalJSON(val) == nil
}

func readNames(r *rowReader, v reflect.Value) bool {
	if r.b[min(r.at, len(r.b)-1)] != '{' {
		return readItself(r, v)
	}
	n, from := v.Addr().Interface().(*Names), r.at
	if told, same := saidNames(r.b[from:]); same {
		*n = told.names
		r.at += len(told.row)
		return true
	}
	if !rowShapeOf(reflect.TypeFor[map[string]string]())(r, reflect.ValueOf((*map[string]string)(n)).Elem()) || n.check(nil) != nil {
		return false
	}
	sayNames(r.b[from:r.at], *n)
	return true
}

func readTime(r *rowReader, v reflect.Value) bool {
	val, valid := r.text()
	if !valid {
		return false
	}
	t := v.Addr().Interface().(*time.Time)
	return t.UnmarshalJSON(r.b[r.at-len(val)-2:r.at]) == nil
}
