package headstart

import (
	"encoding/json"
	"testing"
)

// An entry of the catalog with the number of a record that was made here is not shown,
// however it writes that number: the engine and the desk's notice go by it so.
func TestAnOwnRecordKeepsItsNumber(t *testing.T) {
	row := func(table, key string, val any) FeedOp {
		b, err := json.Marshal(val)
		if err != nil {
			t.Fatal(err)
		}
		return FeedOp{Table: table, Row: Row{Key: key, Val: b}}
	}
	v := NewView()
	if err := v.Reset(Cursor{}, Offset{}, []FeedOp{
		row(TableConfig, "current", LogConfig{Catalog: &Catalog{KnownErrors: []KnownError{{ID: "ke-8", Fix: "anders"}, {ID: "ke-9", Fix: "klep dicht"}}}}),
		row(TableKnown, "KE-8", KnownRecord{V: 1, Own: true, KnownError: KnownError{ID: "KE-8", Fix: "rol vervangen"}}),
		row(TableKnown, "ke-9", KnownRecord{V: 1, KnownError: KnownError{ID: "ke-9"}, Used: 2}),
	}); err != nil {
		t.Fatal(err)
	}
	if all := v.KnownErrors(); len(all) != 2 || all[0].Fix != "rol vervangen" || all[1].Fix != "klep dicht" || all[1].Used != 2 {
		t.Errorf("known errors %+v, want KE-8 of the desk and ke-9 of the catalog", all)
	}
}
