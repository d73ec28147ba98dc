package main

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestRead folds what `go test -json` writes for a pass, a failure, a skip, a
// package that does not build, and one that ran out of time.
func TestRead(t *testing.T) {
	stream := `{"Action":"run","Package":"headstart/store","Test":"TestA"}
{"Action":"pass","Package":"headstart/store","Test":"TestA","Elapsed":0.5}
{"Action":"output","Package":"headstart/store","Test":"TestB","Output":"    b_test.go:3: lost an entry\n"}
{"Action":"fail","Package":"headstart/store","Test":"TestB","Elapsed":0.5}
{"Action":"fail","Package":"headstart/store","Elapsed":1.5}
{"Action":"output","Package":"headstart/web/door","Test":"TestC","Output":"    c_test.go:4: no browser\n"}
{"Action":"skip","Package":"headstart/web/door","Test":"TestC"}
{"Action":"pass","Package":"headstart/web/door","Elapsed":0.25}
{"ImportPath":"headstart/web [headstart/web.test]","Action":"build-output","Output":"x.go:1: undefined: y\n"}
{"ImportPath":"headstart/web [headstart/web.test]","Action":"build-fail"}
{"Action":"fail","Package":"headstart/web","Elapsed":0}
{"Action":"output","Package":"headstart/cmd/headstart","Output":"panic: test timed out after 9m0s\n"}
{"Action":"fail","Package":"headstart/cmd/headstart","Elapsed":540}
`
	suites, err := read(strings.NewReader(stream), []string{"headstart/store", "headstart/web", "headstart/web/door", "headstart/cmd/headstart"})
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		name, says string
		tally
	}{
		{"store", "lost an entry", tally{passed: 1, failed: 1}},
		{"web", "undefined: y", tally{failed: 1, skipped: 1}},
		{"cmd", "timed out", tally{failed: 1}},
	}
	for i, w := range want {
		var out bytes.Buffer
		suites[i].print(&out)
		if suites[i].name != w.name || suites[i].tally != w.tally || !strings.Contains(out.String(), w.says) {
			t.Errorf("suite %d is %s %+v saying %q; want %s %+v and %q", i, suites[i].name, suites[i].tally, out.String(), w.name, w.tally, w.says)
		}
	}
}

// TestEveryPackageIsInOneRound guards against a folder nobody tests, or tests twice.
func TestEveryPackageIsInOneRound(t *testing.T) {
	packages := []string{"headstart", "headstart/incidents", "headstart/store", "headstart/tickets/evidence", "headstart/new", "headstart/cmd/headstart"}
	seen := map[string]int{}
	for i, r := range rounds {
		if r.only != "" {
			continue // some tests of a package once more
		}
		for _, p := range r.members(packages, rounds[:i], rounds[i+1:]) {
			seen[p]++
		}
	}
	for _, r := range rounds {
		if r.only == "" && len(r.folders) == 0 {
			if got := r.members([]string{"headstart/announce", "headstart/store", "headstart/notify", "headstart/web", "headstart/web/door"}); !slices.Equal(got, []string{"headstart/web", "headstart/web/door", "headstart/store", "headstart/announce", "headstart/notify"}) {
				t.Errorf("the round of all others runs %v; want the longest first", got)
			}
		}
	}
	for _, p := range packages {
		if seen[p] != 1 {
			t.Errorf("%s is in %d rounds, want 1", p, seen[p])
		}
	}
}

// TestInMemory: a folder that is offered is one in which programs run, and it goes.
func TestInMemory(t *testing.T) {
	folder, remove := inMemory()
	defer remove()
	if folder == "" {
		t.Log("no room in memory here; suites write to " + os.TempDir())
		return
	}
	if !runs(folder) {
		t.Error("no program may run in " + folder)
	}
	if remove(); runs(folder) {
		t.Error(folder + " is not removed")
	}
}
