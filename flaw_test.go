package headstart

import (
	"encoding/json"
	"testing"
	"time"
)

// An edge that the catalog no longer has is no flaw of it any more; what a source
// does wrong has nothing to do with the catalog.
func TestFlawsOfTheCatalogAsItIs(t *testing.T) {
	v := NewView()
	at := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	set := func(table, key string, val any) {
		t.Helper()
		raw, err := json.Marshal(val)
		if err != nil {
			t.Fatal(err)
		}
		if err := v.set(FeedOp{Table: table, Row: Row{Key: key, Val: raw}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range []Flaw{
		{V: 1, Kind: Skewed, Subject: "prom-a", First: at, Last: at, Times: 1, OffsetSeconds: -7200},
		{V: 1, Kind: Contradicted, Subject: "prn-2", Other: "sw-1", First: at, Last: at, Times: 2},
		{V: 1, Kind: Contradicted, Subject: "intranet", Other: "srv", First: at, Last: at, Times: 1},
	} {
		set(TableFlaws, f.Key(), f)
	}
	catalog := &Catalog{
		Devices:  []Device{{ID: "sw-1"}, {ID: "sw-2"}, {ID: "prn-2", DependsOn: Dependencies{{"sw-1"}}}},
		Services: []Service{{ID: "intranet", DependsOn: Dependencies{{"srv"}}}},
	}
	set(TableConfig, "current", LogConfig{Engine: 1, Catalog: catalog})
	if got := v.Flaws(); len(got) != 3 || got[0].Subject != "intranet" || got[2].OffsetSeconds != -7200 {
		t.Errorf("flaws are %+v; want the two edges by name, then the source", got)
	}
	catalog.Devices[2].DependsOn = Dependencies{{"sw-2"}}
	set(TableConfig, "current", LogConfig{Engine: 1, Catalog: catalog})
	if got := v.Flaws(); len(got) != 2 || got[0].Subject != "intranet" || got[1].Subject != "prom-a" {
		t.Errorf("after the edge was corrected flaws are %+v; want it gone", got)
	}
}
