package correlate

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"headstart"
)

// Every member of a frequent row is written, and as encoding/json writes it, when the
// row was taken into its inner form before: a member added to one of these types
// without its line, there or here, fails.
func TestInnerForms(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, of := range []any{
		&headstart.Problem{}, &memoryRow{}, &groupRow{}, &headstart.AlertState{}, &traceRow{}, &headstart.Member{}, &assetRow{}, &timerRow{}, &clock{},
	} {
		for range 2_000 {
			fill(rnd, reflect.ValueOf(of).Elem())
			want, err := json.Marshal(of)
			if err != nil {
				t.Fatal(err)
			}
			var w rowWriter
			inner := innerOf(t, of)
			if w.write(inner); string(w.b) != string(want) {
				t.Fatalf("%T is written as\n%s; want\n%s", of, w.b, want)
			}
			back, err := json.Marshal(nounOf(inner))
			if err != nil {
				t.Fatal(err)
			}
			if string(back) != "null" && string(back) != string(want) {
				t.Fatalf("%T comes back as\n%s; want\n%s", of, back, want)
			}
		}
	}
}

// innerOf takes a row over, as Load does.
func innerOf(t *testing.T, row any) any {
	t.Helper()
	switch x := row.(type) {
	case *headstart.Problem:
		p := &problem{}
		if err := p.load(x, func(fp string) *alert { return &alert{Fingerprint: fp} }, settings{}); err != nil {
			t.Fatal(err)
		}
		return p
	case *memoryRow:
		m := &memory{}
		m.load(x)
		return m
	case *headstart.AlertState:
		a := &alert{}
		a.load(x, new(newMoulds()), holders{})
		return a
	case *traceRow:
		y := &trace{}
		y.load(x, holders{})
		return y
	case *headstart.Member:
		g := &group{Group: headstart.Group{ID: x.Group}}
		for range x.N {
			g.members.add(joinings{}.loaded(x))
		}
		return new(seat{g, x.N - 1}.seated())
	case *assetRow:
		return x.asset("")
	case *timerRow:
		return x.timer()
	case *groupRow:
		return &group{Group: x.Group, Own: x.Own}
	}
	return row
}

// nounOf gives readers back what they gave; nil for what only rows show. Origins are
// among that.
func nounOf(inner any) any {
	switch x := inner.(type) {
	case *problem:
		out := x.noun()
		return &out
	case *alert:
		out := x.noun()
		for _, h := range x.origins.list() {
			if out.Origins == nil {
				out.Origins = map[string]time.Time{}
			}
			out.Origins[h.by.name] = h.until.Time()
		}
		return &out
	}
	return nil
}

// odd are strings that JSON, or its use in pages, has escapes for.
var odd = []string{"", "sw-1/Down", "a\"b\\c", "<b>&", "tab\tline\n\x01", "caf\u00e9 \u2028", "bad \xff utf-8", "\u007f"}

// fill gives every member of x a random value, none at all among them.
func fill(rnd *rand.Rand, x reflect.Value) {
	if !x.CanSet() {
		return // a member that no row has
	}
	switch x.Interface().(type) {
	case time.Time:
		x.Set(reflect.ValueOf(randomTime(rnd)))
		return
	case instant:
		x.Set(reflect.ValueOf(instantOf(randomTime(rnd))))
		return
	case headstart.Class:
		x.Set(reflect.ValueOf(classWords[rnd.IntN(len(classWords))]))
		return
	case headstart.ProblemState:
		x.Set(reflect.ValueOf(stateWords[rnd.IntN(len(stateWords))]))
		return
	}
	switch x.Kind() {
	case reflect.Uint8:
		x.SetUint(rnd.Uint64N(uint64(timerKinds)))
	case reflect.Struct:
		for is, member := range x.Fields() {
			switch fill(rnd, member); is.Name {
			case "V": // every row of ours has the same
				member.SetInt(1)
			case "N": // numbers begin with one
				setLeast(member, 1)
			}
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

// setLeast keeps a number from being less.
func setLeast(x reflect.Value, least int64) {
	switch {
	case x.CanInt():
		x.SetInt(max(x.Int(), least))
	case x.CanUint():
		x.SetUint(max(x.Uint(), uint64(least)))
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
