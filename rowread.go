package headstart

import (
	"cmp"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// ReadRow reads a row into x, a pointer to a zero value. It makes of it what json.Unmarshal
// does, at a fraction of the cost: a start may read a million rows. What it knows is the form in
// which rows are written, members in the order of their struct and nothing between them; a
// row of any other form, as another version may have written, is left to json.Unmarshal.
func ReadRow(row []byte, x any) error {
	return (&rowReader{b: row}).into(x)
}

// readRowOnce is ReadRow for who soon lets go of x: its texts are parts of one.
func readRowOnce(row []byte, x any) error {
	return (&rowReader{b: row, all: string(row)}).into(x)
}

func (r *rowReader) into(x any) error {
	v := reflect.ValueOf(x).Elem()
	if rowShapeOf(v.Type())(r, v) && r.at == len(r.b) {
		return nil
	}
	v.SetZero()
	return json.Unmarshal(r.b, x)
}

// rowShape reads a value of one type. False: it may not have the form of a row, and part
// of v may be set.
type rowShape func(r *rowReader, v reflect.Value) bool

// rowShapes are made once for each type.
var rowShapes struct {
	sync.Map // reflect.Type: rowShape
	making   sync.Mutex
}

func rowShapeOf(t reflect.Type) rowShape {
	if s, known := rowShapes.Load(t); known {
		return s.(rowShape)
	}
	rowShapes.making.Lock()
	defer rowShapes.making.Unlock()
	s := shaping{}.of(t)
	rowShapes.Store(t, s)
	return s
}

// shaping makes the shape of a type; a type that holds itself finds its own.
type shaping map[reflect.Type]*rowShape

func (m shaping) of(t reflect.Type) rowShape {
	if s := m[t]; s != nil {
		return func(r *rowReader, v reflect.Value) bool { return (*s)(r, v) }
	}
	s := new(rowShape)
	m[t] = s
	*s = m.shape(t)
	return *s
}

func (m shaping) shape(t reflect.Type) rowShape {
	if own := ownShape(t); own != nil {
		return own
	}
	switch t.Kind() {
	case reflect.String:
		return readText
	case reflect.Bool:
		return readFlag
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return readInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return readUint
	case reflect.Pointer:
		return orAbsent(m.pointed(t.Elem()))
	case reflect.Slice:
		if t.Elem().Kind() != reflect.Uint8 { // bytes are written as base64
			return orAbsent(m.list(t))
		}
	case reflect.Map:
		if t.Key().Kind() == reflect.String && ownShape(t.Key()) == nil {
			return orAbsent(m.mapping(t))
		}
	case reflect.Struct:
		if members, plain := membersOf(t); plain {
			return m.object(members)
		}
	default:
	}
	return readOther
}

// orAbsent is a shape, or null, which leaves the zero value.
func orAbsent(read rowShape) rowShape {
	return func(r *rowReader, v reflect.Value) bool { return r.take("null") || read(r, v) }
}

func (m shaping) pointed(t reflect.Type) rowShape {
	read := m.of(t)
	return func(r *rowReader, v reflect.Value) bool {
		x := reflect.New(t)
		v.Set(x)
		return read(r, x.Elem())
	}
}

func (m shaping) list(t reflect.Type) rowShape {
	read := m.of(t.Elem())
	return func(r *rowReader, v reflect.Value) bool {
		if r.take("[]") {
			v.Set(reflect.MakeSlice(t, 0, 0))
			return true
		}
		if !r.take("[") {
			return false
		}
		for n := 0; ; n++ {
			v.Grow(1)
			v.SetLen(n + 1)
			if !read(r, v.Index(n)) {
				return false
			}
			if !r.take(",") {
				return r.take("]")
			}
		}
	}
}

func (m shaping) mapping(t reflect.Type) rowShape { return pairs{t, m.of(t.Elem())}.from }

// pairs is a map, and how its values are read.
type pairs struct {
	of   reflect.Type
	read rowShape
}

func (m pairs) from(r *rowReader, v reflect.Value) bool {
	x := reflect.MakeMap(m.of)
	v.Set(x)
	if r.take("{}") {
		return true
	}
	if !r.take("{") {
		return false
	}
	for {
		key, plain := r.text()
		if !plain || !r.take(":") {
			return false
		}
		val := reflect.New(m.of.Elem()).Elem()
		if !m.read(r, val) {
			return false
		}
		x.SetMapIndex(reflect.ValueOf(string(key)).Convert(m.of.Key()), val)
		if !r.take(",") {
			return r.take("}")
		}
	}
}

// member is one of a struct's.
type member struct {
	name  string // as it stands in a row: in quotes, with the colon
	index []int
	of    reflect.Type
	read  rowShape
}

// membersOf are those of t in the order they are written. A struct is not plain if
// encoding/json would have to choose between some.
func membersOf(t reflect.Type) (all []member, plain bool) {
	all, plain = membersUnder(t, nil)
	seen := map[string]bool{}
	for _, x := range all {
		plain = plain && !seen[x.name]
		seen[x.name] = true
	}
	return all, plain
}

// membersUnder are those of t and of what it embeds, where t is the field at index.
func membersUnder(t reflect.Type, index []int) (all []member, plain bool) {
	for n := range t.NumField() {
		f := t.Field(n)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		at := append(slices.Clone(index), n)
		switch {
		case name == "-" && options == "":
		case f.Anonymous && name == "":
			if f.Type.Kind() != reflect.Struct || ownShape(f.Type) != nil {
				return nil, false
			}
			inner, plain := membersUnder(f.Type, at)
			if !plain {
				return nil, false
			}
			all = append(all, inner...)
		case !f.IsExported():
		case strings.Contains(options, "string"):
			return nil, false
		default:
			all = append(all, member{name: `"` + cmp.Or(name, f.Name) + `":`, index: at, of: f.Type})
		}
	}
	return all, true
}

func (m shaping) object(members []member) rowShape {
	for n := range members {
		members[n].read = m.of(members[n].of)
	}
	return object(members).from
}

// object is a struct. Each name is looked for after the one before it, so that none comes
// twice; those that the struct does not have are passed at its end.
type object []member

func (members object) from(r *rowReader, v reflect.Value) bool {
	if r.take("{}") {
		return true
	}
	if !r.take("{") {
		return false
	}
	for n := 0; ; n++ {
		for n < len(members) && !r.take(members[n].name) {
			n++
		}
		if n < len(members) {
			if !members[n].read(r, v.FieldByIndex(members[n].index)) {
				return false
			}
		} else if !r.pass(members) {
			return false
		}
		if !r.take(",") {
			return r.take("}")
		}
	}
}

// pass goes over a member that none of these is, as encoding/json compares names.
func (r *rowReader) pass(members []member) bool {
	from := r.at
	_, plain := r.text()
	if !plain || !r.take(":") {
		return false
	}
	for n := range members {
		if strings.EqualFold(members[n].name, string(r.b[from:r.at])) {
			return false
		}
	}
	_, valid := r.whole()
	return valid
}
