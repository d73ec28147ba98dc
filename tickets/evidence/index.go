package evidence

import (
	"maps"
	"slices"
	"strings"

	"headstart"
)

// index finds the names of things in a text. The zero value is empty.
type index struct {
	byFirst map[string][]*entry // by first token
	fuzzy   map[byte][]*entry   // of one long token, by first letter
	parts   []*entry            // looked for inside compounds: netwerkstoring
}

// entry is one way to say something.
type entry struct {
	tokens   []string
	word     string // as the catalog or our list writes it
	id       string
	strength float64
}

// What is left of a name's strength when the text has it with a typing error, or
// inside a longer word.
const (
	typo     = .9
	compound = .9
)

// minFuzzy is how long a word must be for a typing error to be forgiven; below,
// one letter makes another word.
const minFuzzy = 6

// minPart is how long a word must be to be looked for inside longer ones.
const minPart = 5

func (x *index) add(id, word string, strength float64) {
	tokens := tokenize(word)
	if len(strings.Join(tokens, "")) < 2 {
		return
	}
	if x.byFirst == nil {
		x.byFirst, x.fuzzy = map[string][]*entry{}, map[byte][]*entry{}
	}
	e := &entry{tokens: tokens, word: word, id: id, strength: strength}
	x.byFirst[tokens[0]] = append(x.byFirst[tokens[0]], e)
	if len(tokens) == 1 && len(tokens[0]) >= minFuzzy && strength == 1 {
		x.fuzzy[tokens[0][0]] = append(x.fuzzy[tokens[0][0]], e)
	}
	if len(tokens) == 1 && len(tokens[0]) >= minPart {
		x.parts = append(x.parts, e)
	}
	if len(tokens) > 1 && len(tokens) < 4 { // e-mail is also written email
		joined := &entry{tokens: []string{strings.Join(tokens, "")}, word: word, id: id, strength: strength}
		x.byFirst[joined.tokens[0]] = append(x.byFirst[joined.tokens[0]], joined)
	}
}

// addNames adds what the catalog calls id.
func (x *index) addNames(id string, names headstart.Names, aliases []string) {
	for _, lang := range slices.Sorted(maps.Keys(names)) {
		x.add(id, names[lang], 1)
	}
	for _, a := range aliases {
		x.add(id, a, 1)
	}
}

// mentions returns what tokens name, strongest first.
func (x *index) mentions(tokens []string) []headstart.Mention {
	found := map[string]headstart.Mention{}
	for i, t := range tokens {
		exact := false
		for _, e := range x.byFirst[t] {
			if hasPrefix(tokens[i:], e.tokens) {
				exact = true
				note(found, e, e.strength)
			}
		}
		if !exact && len(t) >= minPart {
			x.nearly(t, found)
		}
	}
	return strongest(found)
}

// nearly looks for t with a typing error, and for names inside t.
func (x *index) nearly(t string, found map[string]headstart.Mention) {
	for _, e := range x.fuzzy[t[0]] {
		if oneApart(t, e.tokens[0]) {
			note(found, e, e.strength*typo)
		}
	}
	for _, e := range x.parts {
		p := e.tokens[0]
		if len(t) >= len(p)+3 && (strings.HasPrefix(t, p) || strings.HasSuffix(t, p)) {
			note(found, e, e.strength*compound)
		}
	}
}

func hasPrefix(tokens, prefix []string) bool {
	return len(tokens) >= len(prefix) && slices.Equal(tokens[:len(prefix)], prefix)
}

// note keeps the strongest way each id was named; of equals, the first word by
// alphabet, so that the order of a text decides nothing.
func note(found map[string]headstart.Mention, e *entry, strength float64) {
	old, ok := found[e.id]
	if !ok || strength > old.Strength || strength == old.Strength && e.word < old.Word {
		found[e.id] = headstart.Mention{ID: e.id, Strength: float64(int(strength*1e4+.5)) / 1e4, Word: e.word}
	}
}

// oneApart reports whether a and b differ by one letter put in, left out or
// replaced, or by two neighbours swapped (Damerau-Levenshtein distance 1).
func oneApart(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 || a == b {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	return a[i+1:] == b[i+1:] ||
		i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}
