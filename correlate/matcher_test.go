package correlate

import (
	"strings"
	"testing"

	"headstart"
)

func TestMatcher(t *testing.T) {
	labels := map[string]string{"alertname": "HostDown", "job": "node", "instance": "sw-1:9100", "note": "a\"b\nc"}
	for name, tc := range map[string]struct {
		matcher string
		want    bool
	}{
		"equal":                              {`alertname="HostDown"`, true},
		"equal without quotes":               {`alertname=HostDown`, true},
		"spaces around the operator":         {` alertname = "HostDown" `, true},
		"not equal":                          {`job!="node"`, false},
		"expression must match whole":        {`alertname=~"Host"`, false},
		"expression with alternatives":       {`alertname=~"Host|HostDown"`, true},
		"negated expression":                 {`alertname!~"Kube.*"`, true},
		"absent label equals the empty text": {`severity=""`, true},
		"absent label is not something":      {`severity!="page"`, true},
		"absent label against an expression": {`severity=~".+"`, false},
		"escaped quote and line break":       {`note="a\"b\nc"`, true},
		"a dot matches a line break":         {`note=~"a.b.c"`, true},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := parseMatcher(tc.matcher)
			if err != nil {
				t.Fatal(err)
			}
			if got := m.matches(labels); got != tc.want {
				t.Errorf("%s on %v is %v, want %v", tc.matcher, labels, got, tc.want)
			}
		})
	}
}

func TestMatcherMistakes(t *testing.T) {
	for text, remedy := range map[string]string{
		``:                       `write it as name="value"`,
		`alertname`:              `write it as name="value"`,
		`="x"`:                   `write it as name="value"`,
		`a b="x"`:                "no label name",
		`alertname="HostDown`:    "between double quotes",
		`alertname=Host"Down`:    "between double quotes",
		`alertname=~"("`:         "missing closing",
		`alertname=~"a)|(b"`:     "unexpected )",
		`alertname=='x'`:         "between double quotes",
		`{alertname="HostDown"}`: "no label name",
	} {
		_, err := parseMatcher(text)
		if err == nil || !strings.Contains(err.Error(), remedy) {
			t.Errorf("parseMatcher(%q): error %v, want one that says %q", text, err, remedy)
		}
	}
}

// A silence whose expression cannot be read mutes nothing, nor does an empty one.
func TestSilenceThatCannotBeRead(t *testing.T) {
	for _, list := range [][]headstart.Matcher{nil, {{Name: "a", Value: "(", IsRegex: true, IsEqual: true}}} {
		if silenceMatchers(list).all(map[string]string{"a": "("}) {
			t.Errorf("%v matches; want nothing", list)
		}
	}
}

func FuzzMatcher(f *testing.F) {
	for _, s := range []string{`alertname="HostDown"`, `a=~"b|c"`, `a!~".*"`, `a!=b`, `a="\x00"`, `{a="b"}`, `a=~"(?i)x"`} {
		f.Add(s, "HostDown")
	}
	f.Fuzz(func(t *testing.T, text, value string) {
		m, err := parseMatcher(text)
		if err != nil {
			return
		}
		if m.name == "" {
			t.Fatalf("%q gives a matcher without a label", text)
		}
		if m.words != nil && m.words.has(value) != m.re.MatchString(value) {
			t.Fatalf("%q is not the list %q: they differ on %q", text, m.words, value)
		}
		opposite := m
		opposite.equal = !m.equal
		labels := map[string]string{m.name: value}
		if m.matches(labels) == opposite.matches(labels) {
			t.Fatalf("%q and its opposite agree on %q", text, value)
		}
	})
}
