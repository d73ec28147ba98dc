package evidence

import (
	"maps"
	"slices"
	"strings"
)

// phrase is one expression, ready to compare.
type phrase struct {
	cue    string
	tokens []string // stars are kept on their tokens
}

// cueIndex finds the expressions of the cues in a text.
type cueIndex struct {
	byFirst map[string][]phrase
	open    []phrase // those that begin with an open word
	spelt   spelling // of the words in them
}

func newCueIndex(o Options) *cueIndex {
	x := &cueIndex{byFirst: map[string][]phrase{}}
	for _, kind := range []map[string]cueWords{cues, circumstances} {
		for _, cue := range slices.Sorted(maps.Keys(kind)) {
			for _, expressions := range o.expressions(kind[cue]) {
				x.add(cue, expressions)
			}
		}
	}
	return x
}

func (x *cueIndex) add(cue, expressions string) {
	for _, e := range list(expressions) {
		p := phrase{cue: cue, tokens: strings.Fields(e)}
		x.spelt.add(p.tokens...)
		if strings.Contains(p.tokens[0], "*") {
			x.open = append(x.open, p)
			continue
		}
		x.byFirst[p.tokens[0]] = append(x.byFirst[p.tokens[0]], p)
	}
}

func (o Options) expressions(w cueWords) []string {
	switch o.Language {
	case "nl":
		return []string{w.nl}
	case "en":
		return []string{w.en}
	}
	return []string{w.nl, w.en}
}

// absent are words that say a thing is not there.
var absent = set("geen no zonder without")

const malfunction = "malfunction"

// maxCue is where counting stops: more of the same says no more.
const maxCue = 9

// count counts expressions by cue; those that overlap count once. That something
// is not there, which names says begins at a token, is a malfunction: no wifi.
func (x *cueIndex) count(tokens []string, names func([]string) bool) map[string]int {
	tokens = x.spelt.correct(tokens)
	counts := map[string]int{}
	upTo := map[string]int{} // by cue: the first token not yet counted
	longest := map[string]int{}
	for i := range tokens {
		clear(longest)
		x.longest(tokens[i:], longest)
		if absent[tokens[i]] && names(tokens[i+1:]) {
			longest[malfunction] = max(longest[malfunction], 2)
		}
		for cue, n := range longest {
			if i >= upTo[cue] && counts[cue] < maxCue {
				counts[cue]++
			}
			upTo[cue] = max(upTo[cue], i+n)
		}
	}
	if len(counts) == 0 {
		return nil
	}
	return counts
}

// longest notes the cues that tokens begin with, and how many of them the longest
// expression of each takes. There is at least one token.
func (x *cueIndex) longest(tokens []string, longest map[string]int) {
	for _, candidates := range [2][]phrase{x.byFirst[tokens[0]], x.open} {
		for _, p := range candidates {
			if n := span(tokens, p.tokens); n > longest[p.cue] {
				longest[p.cue] = n
			}
		}
	}
}

// maxGap is how many words a tilde stands for at most: a Dutch verb and its "niet"
// stand that far apart.
const maxGap = 5

// span returns how many tokens the expression want takes at the start of tokens,
// or 0 if they do not begin with it.
func span(tokens, want []string) int {
	if len(tokens) == 0 || !same(tokens[0], want[0]) {
		return 0
	}
	if len(want) == 1 {
		return 1
	}
	if want[1] != "~" {
		return plus(span(tokens[1:], want[1:]), 1)
	}
	for gap := 0; gap <= maxGap && 1+gap < len(tokens); gap++ {
		if n := span(tokens[1+gap:], want[2:]); n > 0 {
			return plus(n, 1+gap)
		}
		if tokens[1+gap] == "?" {
			break
		}
	}
	return 0
}

// plus adds the tokens before a rest that matched.
func plus(n, more int) int {
	if n == 0 {
		return 0
	}
	return n + more
}

// same compares a token with one of an expression.
func same(token, want string) bool {
	if open, ok := strings.CutSuffix(want, "*"); ok {
		return strings.HasPrefix(token, open)
	}
	if open, ok := strings.CutPrefix(want, "*"); ok {
		return strings.HasSuffix(token, open)
	}
	return token == want
}
