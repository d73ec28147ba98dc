package main

import (
	"strings"
	"testing"
)

// TestReadStoryWhole: a log longer than a scenario may be is read to its last line,
// also when it does not begin with a brace.
func TestReadStoryWhole(t *testing.T) {
	const line = `{"at":"2026-11-02T08:00:00Z"}` + "\n"
	n := longestScenario/len(line) + 100
	lines, err := readStory(strings.NewReader("\n"+strings.Repeat(line, n)), "night.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if len(lines) != n {
		t.Errorf("%d lines read of %d", len(lines), n)
	}
}
