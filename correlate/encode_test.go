package correlate

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"headstart"
)

// Every member of a frequent row is written, and as encoding/json writes it: a
// member added to one of these types without its line fails here.
func TestRowsAreWrittenAsJSON(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, of := range []any{
		&headstart.Problem{}, &memoryRow{}, &groupRow{}, &headstart.AlertState{}, &traceRow{}, &headstart.Member{}, &assetRow{}, &timer{}, &clock{},
	} {
		for range 2_000 {
			row := of
			fill(rnd, reflect.ValueOf(row).Elem())
			want, err := json.Marshal(row)
			if err != nil {
				t.Fatal(err)
			}
			var w rowWriter
			if a, is := row.(*headstart.AlertState); is {
				x := &alert{}
				x.load(*a)
				row = x
			}
			if r, is := row.(*memoryRow); is {
				m := r.memory()
				row = &m
			}
			if r, is := row.(*traceRow); is {
				x := r.trace()
				row = &x
			}
			if r, is := row.(*assetRow); is {
				row = r.asset("")
			}
			if g, is := row.(*groupRow); is {
				row = &group{Group: g.Group, Own: g.Own}
			}
			if w.write(row); string(w.b) != string(want) {
				t.Fatalf("%T is written as\n%s; want\n%s", row, w.b, want)
			}
		}
	}
}

// odd are strings that JSON, or its use in pages, has escapes for.
var odd = []string{"", "sw-1/Down", "a\"b\\c", "<b>&", "tab\tline\n\x01", "caf\u00e9 \u2028", "bad \xff utf-8", "\u007f"}

// fill gives every member of x a random value, none at all among them.
func fill(rnd *rand.Rand, x reflect.Value) {
	if !x.CanSet() {
		return // a member that no row has
	}
	if _, is := reflect.TypeAssert[time.Time](x); is {
		x.Set(reflect.ValueOf(randomTime(rnd)))
		return
	}
	switch x.Kind() {
	case reflect.Uint8:
		x.SetUint(rnd.Uint64N(uint64(timerKinds)))
	case reflect.Struct:
		for _, member := range x.Fields() {
			fill(rnd, member)
		}
	case reflect.String:
		x.SetString(odd[rnd.IntN(len(odd))])
	case reflect.Bool:
		x.SetBool(rnd.IntN(2) == 0)
	case reflect.Int, reflect.Int16, reflect.Int64:
		x.SetInt(rnd.Int64N(3) * rnd.Int64N(10_000))
	case reflect.Uint64:
		x.SetUint(rnd.Uint64N(3) * rnd.Uint64N(1_000_000))
	case reflect.Pointer:
		if x.SetZero(); rnd.IntN(2) == 0 {
			x.Set(reflect.New(x.Type().Elem()))
			fill(rnd, x.Elem())
		}
	case reflect.Slice:
		x.Set(reflect.MakeSlice(x.Type(), rnd.IntN(4), 4))
		for i := range x.Len() {
			fill(rnd, x.Index(i))
		}
	case reflect.Map:
		x.Set(reflect.MakeMap(x.Type()))
		for range rnd.IntN(4) {
			key, val := reflect.New(x.Type().Key()).Elem(), reflect.New(x.Type().Elem()).Elem()
			fill(rnd, key)
			fill(rnd, val)
			x.SetMapIndex(key, val)
		}
	default:
		panic("a kind of member that no row had: " + x.Kind().String())
	}
}

func randomTime(rnd *rand.Rand) time.Time {
	switch rnd.IntN(3) {
	case 0:
		return time.Time{}
	case 1:
		return day.Add(time.Duration(rnd.Int64N(1e9)) * time.Second)
	}
	return day.Add(time.Duration(rnd.Int64N(1e18)))
}
