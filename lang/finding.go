package lang

import (
	"cmp"
	"slices"
	"strings"
)

// Finding says in this language what doctor found, or what to do about it. Doctor speaks
// English: the texts of en.txt under finding. What is none of these, such as a warning of
// a server, is not known and stays as it is; so do the words of an error within one.
func (w *Words) Finding(text string) (said string, known bool) {
	for _, f := range findings {
		if !strings.HasPrefix(text, f.begins) || !strings.HasSuffix(text, f.ends) {
			continue
		}
		if values := f.pattern.FindStringSubmatch(text); values != nil {
			return w.Say(f.key, f.vars(values)...), true
		}
	}
	return text, false
}

// findings begin with the most specific: "channel {name}: {why}" fits whatever is said of
// a channel.
var findings = mostSpecificFirst(readReasons(catalogue["en"], "finding."))

func mostSpecificFirst(list []reason) []reason {
	slices.SortStableFunc(list, func(a, b reason) int { return cmp.Compare(len(b.pattern.String()), len(a.pattern.String())) })
	return list
}
