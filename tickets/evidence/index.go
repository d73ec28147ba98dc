package evidence

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"headstart"
)

// index finds the names of things in a text. The zero value is empty.
type index struct {
	byFirst map[string][]*entry // by first token
	byBase  map[string][]*entry // of one token, by that without its ending
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

// minPart is how long a word must be to be looked for inside longer ones.
const minPart = 5

func (x *index) add(id, word string, strength float64) {
	tokens, word := tokenize(word), strings.TrimSpace(word)
	if len(strings.Join(tokens, "")) < 2 {
		return
	}
	if x.byFirst == nil {
		x.byFirst, x.byBase, x.fuzzy = map[string][]*entry{}, map[string][]*entry{}, map[byte][]*entry{}
	}
	e := &entry{tokens: tokens, word: word, id: id, strength: strength}
	x.byFirst[tokens[0]] = append(x.byFirst[tokens[0]], e)
	if len(tokens) == 1 && len(tokens[0]) >= minFuzzy && strength >= groupName {
		x.fuzzy[tokens[0][0]] = append(x.fuzzy[tokens[0][0]], e)
	}
	if len(tokens) == 1 && len(tokens[0]) >= minStem && strength >= partOfName {
		for _, b := range bases(tokens[0]) {
			x.byBase[b] = append(x.byBase[b], e)
		}
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
		x.addName(id, names[lang])
	}
	for _, a := range aliases {
		x.addName(id, a)
	}
}

// addName adds a name as the catalog has it, and without what it says between
// brackets, which is a name of its own: "Printen (FollowMe)".
func (x *index) addName(id, name string) {
	x.add(id, name, ownName)
	if before, rest, ok := strings.Cut(name, "("); ok {
		inside, _, _ := strings.Cut(rest, ")")
		x.add(id, before, ownName)
		x.add(id, inside, ownName)
	}
}

// seal must be called once, after the last add: a name of the catalog that only
// one thing has says more than one that several share.
func (x *index) seal() {
	owners := map[string]map[string]struct{}{}
	all := slices.Concat(slices.Collect(maps.Values(x.byFirst))...)
	for _, e := range all {
		name := strings.Join(e.tokens, " ")
		if owners[name] == nil {
			owners[name] = map[string]struct{}{}
		}
		owners[name][e.id] = struct{}{}
	}
	for _, e := range all {
		if e.strength == ownName && len(owners[strings.Join(e.tokens, " ")]) > 1 {
			e.strength = groupName
		}
	}
}

// mentions returns what tokens name, strongest first.
func (x *index) mentions(tokens []string) []headstart.Mention {
	found := map[string]*named{}
	for i, t := range tokens {
		exact := x.exactly(tokens[i:], i, found)
		if !exact && len(t) >= minStem && stopwords[t] == "" {
			x.nearly(t, i, found)
		}
	}
	return strongest(found)
}

// exactly looks for names that tokens begin with, also where a word was written as
// two: hand terminal.
func (x *index) exactly(tokens []string, at int, found map[string]*named) bool {
	exact := false
	for _, e := range x.byFirst[tokens[0]] {
		if hasPrefix(tokens, e.tokens) {
			exact = true
			note(found, e, e.strength, at)
		}
	}
	if len(tokens) < 2 || min(len(tokens[0]), len(tokens[1])) < minStem {
		return exact
	}
	for _, e := range x.byFirst[tokens[0]+tokens[1]] {
		if len(e.tokens) == 1 {
			note(found, e, e.strength, at)
		}
	}
	return exact
}

// begins reports whether tokens begin with what names a thing, or what people take
// for it.
func (x *index) begins(tokens []string) bool {
	return len(tokens) > 0 && slices.ContainsFunc(x.byFirst[tokens[0]], func(e *entry) bool { return e.strength >= strongWord && hasPrefix(tokens, e.tokens) })
}

// nearly looks for t with another ending, with a typing error, and for names inside
// t.
func (x *index) nearly(t string, at int, found map[string]*named) {
	if len(t) <= minStem || generalWords[t] {
		return
	}
	for _, b := range bases(t) {
		for _, e := range x.byBase[b] {
			note(found, e, e.strength, at)
		}
	}
	if len(t) < minPart || otherWords[t] {
		return
	}
	for _, e := range x.fuzzy[t[0]] {
		if mistyped(t, e.tokens[0]) {
			note(found, e, e.strength*typo, at)
		}
	}
	for _, e := range x.parts {
		if p := e.tokens[0]; len(t) >= len(p)+3 && (strings.HasPrefix(t, p) || strings.HasSuffix(t, p)) {
			note(found, e, e.strength*compound, at)
		}
	}
}

// mistyped reports whether t is a name with a typing error, or two in a long one.
func mistyped(t, name string) bool {
	most := 1
	if len(name) >= minFuzzier {
		most = 2
	}
	return len(t) >= minFuzzy-1 && distance(t, name, most) <= most
}

func hasPrefix(tokens, prefix []string) bool {
	return len(tokens) >= len(prefix) && slices.Equal(tokens[:len(prefix)], prefix)
}

// named is how one id was named so far.
type named struct {
	best headstart.Mention
	said []saying
}

// saying is one expression, and which token of the text it began with.
type saying struct {
	word     string
	at, upTo int
}

// What further words for the same thing add, at most three of them, and the most
// that a text can say (matching.md section 4).
const (
	perFurther  = .15
	mostFurther = 3
	mostSaid    = 1.6
)

// note keeps the strongest way each id was named, and the others that are no part
// of it. Of equals the first word by alphabet is shown, so that the order of a
// text decides nothing.
func note(found map[string]*named, e *entry, strength float64, at int) {
	n := found[e.id]
	if n == nil {
		n = &named{best: headstart.Mention{ID: e.id}}
		found[e.id] = n
	}
	if strength > n.best.Strength || strength == n.best.Strength && e.word < n.best.Word {
		n.best.Strength, n.best.Word = strength, e.word
	}
	n.said = append(n.said, saying{e.word, at, at + len(e.tokens)})
}

// mention sums up how an id was named: its strongest word, and a little for each
// further one.
func (n *named) mention() headstart.Mention {
	slices.SortFunc(n.said, func(a, b saying) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(b.upTo, a.upTo), cmp.Compare(a.word, b.word))
	})
	words, upTo := map[string]struct{}{}, 0
	for _, s := range n.said {
		if s.at >= upTo {
			words[s.word] = struct{}{}
			upTo = s.upTo
		}
	}
	m := n.best
	further := min(len(words)-1, mostFurther)
	m.Strength = math.Round(min(m.Strength+float64(perFurther*float64(further)), mostSaid)*1e4) / 1e4
	return m
}
