package main

import (
	"testing"

	"headstart"
)

// The exit code is that of the worst result: down, then unknown, since what was
// not asked may be down, then warn.
func TestCheckExitsWithTheWorst(t *testing.T) {
	for name, tc := range map[string]struct {
		verdicts []headstart.Verdict
		want     int
	}{
		"all well":              {[]headstart.Verdict{headstart.OK, headstart.OK}, 0},
		"a warning":             {[]headstart.Verdict{headstart.OK, headstart.Warn}, 1},
		"unknown is no warning": {[]headstart.Verdict{headstart.Unknown, headstart.Warn}, 3},
		"down is worst":         {[]headstart.Verdict{headstart.Down, headstart.Unknown, headstart.Warn}, 2},
	} {
		report := &checkReport{Summary: map[headstart.Verdict]int{}}
		for _, v := range tc.verdicts {
			report.Summary[v]++
		}
		if got := worst(report); got != tc.want {
			t.Errorf("%s: exit code %d, want %d", name, got, tc.want)
		}
	}
}
