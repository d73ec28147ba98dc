package correlate

import (
	"regexp/syntax"
	"slices"
	"unicode/utf8"
)

// words are all strings an expression matches, sorted. Most expressions people write
// about alerts are such lists, (Host|Node)?Down, and each alert is compared with all
// of them.
type words []string

// mostListed bounds how long a list may be to stand for its expression.
const mostListed = 256

func (w words) has(s string) bool {
	_, has := slices.BinarySearch(w, s)
	return has
}

// wordsOf returns what a valid expression matches as a whole, or nil when that is
// no short list.
func wordsOf(expression string) words {
	re, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return nil
	}
	list, all := expand(re)
	if !all {
		return nil
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// expand lists what re matches; false: not all of it.
func expand(re *syntax.Regexp) ([]string, bool) {
	switch re.Op {
	case syntax.OpEmptyMatch:
		return []string{""}, true
	case syntax.OpLiteral:
		// Any byte that is no text matches the replacement character.
		if re.Flags&syntax.FoldCase != 0 || slices.Contains(re.Rune, utf8.RuneError) {
			return nil, false
		}
		return []string{string(re.Rune)}, true
	case syntax.OpCapture:
		return expand(re.Sub[0])
	case syntax.OpQuest:
		list, all := expand(re.Sub[0])
		return append(list, ""), all
	case syntax.OpAlternate:
		return expandEither(re.Sub)
	case syntax.OpConcat:
		return expandOneAfterOther(re.Sub)
	case syntax.OpCharClass:
		return expandClass(re.Rune)
	default:
		return nil, false
	}
}

func expandEither(subs []*syntax.Regexp) ([]string, bool) {
	var out []string
	for _, sub := range subs {
		list, all := expand(sub)
		if out = append(out, list...); !all || len(out) > mostListed {
			return nil, false
		}
	}
	return out, true
}

func expandOneAfterOther(subs []*syntax.Regexp) ([]string, bool) {
	out := []string{""}
	for _, sub := range subs {
		list, all := expand(sub)
		if !all || len(out)*len(list) > mostListed {
			return nil, false
		}
		var longer []string
		for _, head := range out {
			for _, tail := range list {
				longer = append(longer, head+tail)
			}
		}
		out = longer
	}
	return out, true
}

// expandClass lists the characters of ranges, each given by its first and its last.
func expandClass(ranges []rune) ([]string, bool) {
	var out []string
	for i := 0; i < len(ranges); i += 2 {
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			if out = append(out, string(r)); len(out) > mostListed || r == utf8.RuneError {
				return nil, false
			}
		}
	}
	return out, true
}
