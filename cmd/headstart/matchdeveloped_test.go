package main

import (
	"slices"
	"testing"
)

// developed are the weeks, each with its name, of organisations on which the
// matcher may be developed: their tickets may be opened, read and tuned on, so their
// figures promise nothing about others. Folder, name.
var developed = [][2]string{
	{"testdata/matching-dev-insurer", "insurance company, to develop on"},
	{"testdata/matching-dev-hospital", "hospital, to develop on"},
	{"testdata/matching-dev-housing", "housing association, to develop on"},
}

func among(weeks [][2]string, dir string) bool {
	return slices.ContainsFunc(weeks, func(w [2]string) bool { return w[0] == dir })
}

// held is what holds of links at an organisation to develop on, by folder: below
// what the release wants (see targets) while the matcher errs there, and to be
// raised with each improvement.
var held = map[string]struct{ precision, falseRate float64 }{
	"testdata/matching-dev-insurer":  {.97, .015},
	"testdata/matching-dev-hospital": {.97, .015},
	"testdata/matching-dev-housing":  {.97, .015},
}

// What is won in recall on these may not be paid for in wrong links.
func TestReplayMatchesDeveloped(t *testing.T) {
	for _, w := range developed {
		want, ok := held[w[0]]
		if !ok {
			t.Fatalf("%s: held says nothing of it", w[0])
		}
		replayWeek(t, w[0]).atLeast(t, w[0], want.precision, 0, 0, want.falseRate)
	}
}
