package correlate

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"headstart"
)

// matcher is one condition on a label, in Alertmanager's syntax and semantics:
// an absent label equals the empty string, an expression must match whole.
type matcher struct {
	name  string
	value string
	re    *regexp.Regexp // nil for = and !=
	words words          // all that re matches, where that is a list; nil: it is none
	equal bool           // = and =~
}

// parseMatcher reads name="value" with one of = != =~ !~; quotes may be left out
// where the value holds nothing that needs them.
func parseMatcher(s string) (matcher, error) {
	s = strings.TrimSpace(s)
	n := strings.IndexAny(s, "=!")
	if n <= 0 {
		return matcher{}, fmt.Errorf(`matcher %q; write it as name="value", with = != =~ or !~`, s)
	}
	name := strings.TrimSpace(s[:n])
	if !validName(name) {
		return matcher{}, fmt.Errorf("matcher %q: %q is no label name", s, name)
	}
	rest := s[n:]
	for _, op := range []string{"=~", "!~", "!=", "="} {
		if raw, ok := strings.CutPrefix(rest, op); ok {
			value, err := unquote(strings.TrimSpace(raw))
			if err != nil {
				return matcher{}, fmt.Errorf("matcher %q: %w", s, err)
			}
			return newMatcher(name, value, strings.HasSuffix(op, "~"), op[0] == '=')
		}
	}
	return matcher{}, fmt.Errorf(`matcher %q; write it as name="value", with = != =~ or !~`, s)
}

func newMatcher(name, value string, regex, equal bool) (matcher, error) {
	m := matcher{name: name, value: value, equal: equal}
	if !regex {
		return m, nil
	}
	// On its own first: "a)|(b" compiles inside the parentheses only, and would
	// not be anchored.
	re, err := regexp.Compile(value)
	if err == nil {
		re, err = regexp.Compile("^(?s:" + value + ")$")
	}
	if err != nil {
		return matcher{}, fmt.Errorf("matcher on %s: %w", name, err)
	}
	m.re, m.words = re, wordsOf(value)
	return m, nil
}

func (m matcher) matches(labels map[string]string) bool {
	v := labels[m.name]
	if m.words != nil {
		return m.words.has(v) == m.equal
	}
	if m.re != nil {
		return m.re.MatchString(v) == m.equal
	}
	return (v == m.value) == m.equal
}

// matchers must all match; an empty list matches nothing, so that a rule
// somebody left unfinished does not catch every alert.
type matchers []matcher

func (ms matchers) all(labels map[string]string) bool {
	for _, m := range ms {
		if !m.matches(labels) {
			return false
		}
	}
	return len(ms) > 0
}

// any reports whether one of alternatives matches.
func (ms matchers) any(labels map[string]string) bool {
	for _, m := range ms {
		if m.matches(labels) {
			return true
		}
	}
	return false
}

func parseMatchers(list []string) (matchers, error) {
	var ms matchers
	var errs []error
	for _, s := range list {
		m, err := parseMatcher(s)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		ms = append(ms, m)
	}
	return ms, errors.Join(errs...)
}

// silenceMatchers reads those of a silence. One that cannot be read makes the
// silence match nothing: muting too little is the safe mistake.
func silenceMatchers(list []headstart.Matcher) matchers {
	var ms matchers
	for _, m := range list {
		x, err := newMatcher(m.Name, m.Value, m.IsRegex, m.IsEqual)
		if err != nil {
			return nil
		}
		ms = append(ms, x)
	}
	return ms
}

func validName(s string) bool {
	for _, r := range s {
		if r <= ' ' || strings.ContainsRune(`"{},~=!`, r) || r == utf8.RuneError {
			return false
		}
	}
	return s != ""
}

func unquote(s string) (string, error) {
	if strings.HasPrefix(s, `"`) {
		v, err := strconv.Unquote(s)
		if err != nil {
			return "", fmt.Errorf("value %s is not closed or escaped as in Go; write it between double quotes", s)
		}
		return v, nil
	}
	if strings.ContainsAny(s, "\"'`{},") {
		return "", fmt.Errorf("value %s; write it between double quotes", s)
	}
	return s, nil
}
