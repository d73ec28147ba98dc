package lang

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Reason says in this language why a check is as it is. Probes give their
// reasons in fixed English words: the texts of en.txt under reason, one or several with
// commas or semicolons between them, each with details in brackets. What is none
// of these was written by a device or a person and stays as it is.
func (w *Words) Reason(text string) string {
	if said, ok := w.oneReason(text); ok {
		return said
	}
	if said, ok := w.reasonsOf(text); ok {
		return said
	}
	return text
}

func (w *Words) oneReason(text string) (string, bool) {
	for _, r := range reasons {
		if !strings.HasPrefix(text, r.begins) || !strings.HasSuffix(text, r.ends) { // most do not, and a pattern takes its time to say so
			continue
		}
		if values := r.pattern.FindStringSubmatch(text); values != nil {
			return w.Say(r.key, r.vars(values)...), true
		}
	}
	return "", false
}

// reasonsOf says several reasons, if each is one.
func (w *Words) reasonsOf(text string) (string, bool) {
	var b strings.Builder
	for text != "" {
		part, between, rest := nextReason(text)
		said, ok := w.oneReason(part)
		if !ok {
			said, ok = w.withDetails(part)
		}
		if !ok {
			return "", false
		}
		b.WriteString(said + between)
		text = rest
	}
	return b.String(), true
}

// withDetails says a reason with something in brackets behind it.
func (w *Words) withDetails(text string) (string, bool) {
	head, details, found := strings.Cut(text, " (")
	if !found || !strings.HasSuffix(details, ")") {
		return "", false
	}
	said, ok := w.oneReason(head)
	var b strings.Builder
	for details = strings.TrimSuffix(details, ")"); details != ""; {
		part, between, rest := nextReason(details)
		asked, answer, found := strings.Cut(part, ": ") // by which protocol
		if !found {
			asked, answer = "", part
		} else {
			asked += ": "
		}
		b.WriteString(asked + w.Reason(answer) + between)
		details = rest
	}
	return said + " (" + b.String() + ")", ok
}

// nextReason cuts text behind its first reason: at a comma or semicolon outside brackets.
func nextReason(text string) (part, between, rest string) {
	depth := 0
	for i, c := range text {
		switch {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case depth == 0 && (c == ',' || c == ';') && strings.HasPrefix(text[i+1:], " "):
			return text[:i], text[i : i+2], text[i+2:]
		}
	}
	return text, "", ""
}

// reason recognises a text of en.txt by what stands around its variables.
type reason struct {
	key     string
	begins  string // what stands before its first variable
	ends    string // what stands behind its last one
	pattern *regexp.Regexp
}

var reasons = readReasons(catalogue["en"], "reason.")

// readReasons reads the texts whose keys begin with prefix, in the order of their keys.
func readReasons(texts map[string]string, prefix string) []reason {
	var out []reason
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		if !strings.HasPrefix(key, prefix) {
			continue
		}
		pattern := strings.ReplaceAll(regexp.QuoteMeta(texts[key]), `\{n\}`, `(?P<n>\d+)`)
		pattern = strings.ReplaceAll(pattern, `\{words\}`, `(?P<words>[^;]+)`)
		pattern = strings.ReplaceAll(pattern, `\{why\}`, `(?P<why>.+)`)
		pattern = quotedVariable.ReplaceAllString(pattern, `(?P<$1>\S+)`)
		base := strings.TrimSuffix(strings.TrimSuffix(key, ".one"), ".other")
		begins, _, _ := strings.Cut(texts[key], "{")
		ends := texts[key][strings.LastIndexByte(texts[key], '}')+1:]
		out = append(out, reason{key: base, begins: begins, ends: ends, pattern: regexp.MustCompile("^" + pattern + "$")})
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
