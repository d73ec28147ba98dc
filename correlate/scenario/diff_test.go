package scenario

import (
	"slices"
	"strings"
	"testing"
)

// A difference names lines that changed, and no other.
func TestDiff(t *testing.T) {
	for name, c := range map[string]struct {
		want, have string
		diff       []string
	}{
		"equal":       {"a\nb\n", "a\nb\n", nil},
		"both empty":  {"", "", nil},
		"one is gone": {"a\nb\nc\n", "a\nc\n", []string{"- b"}},
		"one is new":  {"a\nc\n", "a\nb\nc\n", []string{"+ b"}},
		"one changed": {"a\nb\nc\n", "a\nx\nc\n", []string{"- b", "+ x"}},
		"moved":       {"a\nb\nc\n", "b\nc\na\n", []string{"- a", "+ a"}},
		"all":         {"", "a\n", []string{"+ a"}},
	} {
		if got := Diff(c.want, c.have); !slices.Equal(got, c.diff) {
			t.Errorf("%s: %q, want %q", name, got, c.diff)
		}
	}
	long := strings.Repeat("x\n", 3000)
	if got := Diff("a\n"+long+"b\n", "c\n"+strings.Repeat("y\n", 3000)+"d\n"); len(got) != 6004 {
		t.Errorf("two long texts differ in %d lines, want all 6004", len(got))
	}
}
