package correlate

import (
	"strings"
	"testing"
)

// A list of words matches what its expression matches, and nothing else.
func TestWordsMatchAsTheirExpression(t *testing.T) {
	tries := []string{"", "a", "b", "A", "ab", "abc", "ac", "Down", "HostDown", "NodeDown", "HostUnreachable", "Host", "downtown", "\xff", "\uFFFD", "x1", "x2", "x9"}
	for expression, list := range map[string]bool{
		"": true, "a": true, "a|b": true, "(a|ab)(c|)": true, "(Host|Node)?(Down|Unreachable)": true, "x[0-3]": true, "(?:a)b?c?": true,
		"(?i)a": false, ".*": false, "a+": false, "^a$": false, "[^a]": false, "a{1,3}": false, "\\x{FFFD}": false, "\\bDown": false,
		strings.Repeat("(a|b)", 12): false,
	} {
		m, err := newMatcher("l", expression, true, true)
		if err != nil {
			t.Fatal(err)
		}
		if (m.words != nil) != list {
			t.Errorf("%q is a list of words: %t; want %t", expression, m.words != nil, list)
		}
		for _, s := range tries {
			if got, want := m.matches(map[string]string{"l": s}), m.re.MatchString(s); got != want {
				t.Errorf("%q matches %q: %t; its expression says %t", expression, s, got, want)
			}
		}
	}
}
