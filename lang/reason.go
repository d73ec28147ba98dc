package lang

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Reason says in this language why a check is as it is. Probes give their
// reasons in fixed English words: the texts of en.txt under reason. What is none
// of these was written by a device or a person and stays as it is.
func (w *Words) Reason(text string) string {
	for _, r := range reasons {
		if !strings.HasPrefix(text, r.begins) { // most do not, and a pattern takes its time to say so
			continue
		}
		if values := r.pattern.FindStringSubmatch(text); values != nil {
			return w.Say(r.key, r.vars(values)...)
		}
	}
	return text
}

// reason recognises a text of en.txt by what stands around its variables.
type reason struct {
	key     string
	begins  string // what stands before its first variable
	pattern *regexp.Regexp
}

var reasons = readReasons(catalogue["en"])

func readReasons(texts map[string]string) []reason {
	var out []reason
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		if !strings.HasPrefix(key, "reason.") {
			continue
		}
		pattern := strings.ReplaceAll(regexp.QuoteMeta(texts[key]), `\{n\}`, `(?P<n>\d+)`)
		pattern = strings.ReplaceAll(pattern, `\{words\}`, `(?P<words>[^;]+)`)
		pattern = quotedVariable.ReplaceAllString(pattern, `(?P<$1>\S+)`)
		base := strings.TrimSuffix(strings.TrimSuffix(key, ".one"), ".other")
		begins, _, _ := strings.Cut(texts[key], "{")
		out = append(out, reason{key: base, begins: begins, pattern: regexp.MustCompile("^" + pattern + "$")})
	}
	return out
}

var quotedVariable = regexp.MustCompile(`\\\{([a-z]+)\\\}`)

// vars names the values of a match as Say takes them, a number under n as one.
func (r *reason) vars(values []string) []any {
	var out []any
	for i, name := range r.pattern.SubexpNames()[1:] {
		var v any = values[i+1]
		if n, err := strconv.Atoi(values[i+1]); name == "n" && err == nil {
			v = n
		}
		out = append(out, name, v)
	}
	return out
}
