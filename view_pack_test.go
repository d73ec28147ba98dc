package headstart

import (
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
)

// TestPackedRows: a row comes out of a View as it went in, whichever of its fields say
// something; and once it is gone, so are its words.
func TestPackedRows(t *testing.T) {
	t.Run("alert", func(t *testing.T) { packs(t, &packedAlerts) })
	t.Run("problem", func(t *testing.T) { packs(t, &packedProblems) })
	t.Run("member", func(t *testing.T) { packs(t, &packedMembers) })
	t.Run("decision", func(t *testing.T) { packs(t, &packedDecisions) })
}

func packs[K cmp.Ordered, T any](t *testing.T, how *packing[K, T]) {
	words := newLexicon()
	table := packedRows(words, how)
	var room packRoom
	put := func(what string, x *T) {
		t.Helper()
		row, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		var want T
		if err := json.Unmarshal(row, &want); err != nil {
			t.Fatal(err)
		}
		key := *how.name(&want)
		if err := table.set(key, row, &room); err != nil {
			t.Fatal(err)
		}
		if got, has := table.get(key); !has || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: the row is otherwise; add the field to what is packed:\n%s", what, gocmp.Diff(want, got))
		}
	}
	var none, all T
	put("nothing", &none)
	full := reflect.ValueOf(&all).Elem()
	for n := range full.NumField() {
		var one T
		name := full.Type().Field(n).Name
		fill(reflect.ValueOf(&one).Elem().Field(n), name)
		put("only "+name, &one)
		fill(full.Field(n), name)
	}
	put("everything", &all)
	again := all
	put("the same again", &again)
	for key := range table.rows {
		if err := table.set(key, nil, &room); err != nil {
			t.Fatal(err)
		}
	}
	if len(table.rows) != 0 || len(words.numbers) != 0 || len(words.free) != len(words.texts) {
		t.Errorf("%d rows are left, and %d words of %d", len(table.rows), len(words.texts)-len(words.free), len(words.texts))
	}
}

// fill gives a field something to say, of which name is a part.
func fill(x reflect.Value, name string) {
	switch x.Interface().(type) {
	case time.Time:
		x.Set(reflect.ValueOf(time.Date(2026, 11, 23, 8, 0, len(name), 1_000_000, time.UTC)))
		return
	case map[string]time.Time:
		x.Set(reflect.ValueOf(map[string]time.Time{name: time.Date(1971, 1, 1, 0, 0, 0, 7, time.UTC), "webhook": {}}))
		return
	}
	switch x.Kind() {
	case reflect.String:
		x.SetString("the/" + name + "/itself")
	case reflect.Bool:
		x.SetBool(true)
	case reflect.Int:
		x.SetInt(-300)
	case reflect.Uint64:
		x.SetUint(1 << 63)
	case reflect.Slice:
		x.Set(reflect.MakeSlice(x.Type(), 2, 2))
		for n := range x.Len() {
			fill(x.Index(n), fmt.Sprint(name, n))
		}
	case reflect.Map:
		x.Set(reflect.ValueOf(map[string]string{name: "value", "empty": ""}))
	case reflect.Pointer:
		x.Set(reflect.New(x.Type().Elem()))
		fill(x.Elem(), name)
	case reflect.Struct:
		for n := range x.NumField() {
			fill(x.Field(n), x.Type().Field(n).Name)
		}
	default:
		panic("what a field of kind " + x.Kind().String() + " may say is not known here; add it")
	}
}

// TestViewSharesWords: what rows say alike a View holds once.
func TestViewSharesWords(t *testing.T) {
	v := NewView()
	for n := range 100 {
		key := fmt.Sprint("sw-", n)
		row := `{"v":1,"fingerprint":"` + key + `","labels":{"alertname":"Down","instance":"sw-1","empty":""},"generator":"http://prom","origins":{"prom":"2026-11-23T08:00:00Z"},"problem":"sw-1/Down"}`
		if err := v.set(FeedOp{TableAlerts, Row{key, json.RawMessage(row)}}); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(v.lexicon.numbers); got != 7 { // alertname Down instance sw-1 empty http://prom prom
		t.Errorf("a hundred alerts that say the same have %d words, want 7", got)
	}
	if got := len(v.alerts.rows["sw-9"]); got > 40 {
		t.Errorf("an alert whose words are known takes %d bytes, want at most 40", got)
	}
}

// BenchmarkPackedAlerts is what a page costs that asks for all of many alerts.
func BenchmarkPackedAlerts(b *testing.B) {
	v := NewView()
	for n := range 10_000 {
		key := fmt.Sprintf("%016x", n)
		row := fmt.Sprintf(`{"v":1,"fingerprint":%q,"labels":{"alertname":"Down","instance":"sw-%d","job":"snmp","severity":"critical"},"annotations":{"summary":"sw-%[2]d is down"},"origins":{"prom":"2026-11-23T08:00:00Z"},"problem":"sw-%[2]d/Down"}`, key, n)
		if err := v.set(FeedOp{TableAlerts, Row{key, json.RawMessage(row)}}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		v.Alerts()
	}
}
