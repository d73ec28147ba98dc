package store

import (
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

// A backend opens stores for the contract in conformance_test.go. What is opened
// again with the same place holds the same.
type backend struct {
	name string
	open func(t testing.TB, place string) Store
}

// each runs f on every backend.
func each(t *testing.T, f func(t *testing.T, b backend)) {
	for _, b := range backends() {
		t.Run(b.name, func(t *testing.T) { f(t, b) })
	}
}

func boltBackend() backend {
	dirs := map[string]string{}
	return backend{name: "bbolt", open: func(t testing.TB, place string) Store {
		if dirs[place] == "" {
			dirs[place] = t.TempDir()
		}
		st, err := OpenBolt(filepath.Join(dirs[place], "headstart.db"), BoltOptions{NoSync: true})
		must(t, err)
		return st
	}}
}

// places remembers its tests, so that no two of them are ever at one address.
var places sync.Map

// place names a store that only this run of this test uses.
func place(t testing.TB) string {
	name, _ := places.LoadOrStore(t, strings.NewReplacer("/", "-", "#", "-").Replace(t.Name())+"-"+random())
	return name.(string)
}

func must(t interface{ Fatal(...any) }, err error) {
	if h, ok := t.(interface{ Helper() }); ok {
		h.Helper()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// recs makes records that say who they are: alerts, so that room applies to them.
func recs(names ...string) []headstart.Append {
	out := make([]headstart.Append, len(names))
	for i, n := range names {
		out[i].Data = headstart.NewRecord(time.UnixMilli(1), headstart.Line{
			Alert: &headstart.Alert{Source: n, Labels: map[string]string{"alertname": n}},
		}).Encode()
	}
	return out
}

func sources(t testing.TB, entries []headstart.Entry) []string {
	t.Helper()
	names := []string{}
	for _, e := range entries {
		r, err := headstart.DecodeRecord(e.Data)
		must(t, err)
		for _, l := range r.Lines {
			names = append(names, l.Alert.Source)
		}
	}
	return names
}

func want(t testing.TB, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("%s (-want +got):\n%s", what, d)
	}
}

func wantErr(t testing.TB, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Fatalf("%s: got error %v, want %v", what, got, want)
	}
}

func acquire(t testing.TB, st Store, owner string) headstart.Token {
	t.Helper()
	tok, ok, err := st.Acquire(t.Context(), owner, time.Minute)
	must(t, err)
	if !ok {
		t.Fatalf("%s did not get the lease nobody holds", owner)
	}
	return tok
}

func put(table, key, val string) headstart.Op {
	return headstart.Op{Kind: headstart.Put, Table: table, Key: key, Val: []byte(val)}
}

func at(off headstart.Offset) headstart.Cursor { return headstart.Cursor{Off: off} }
