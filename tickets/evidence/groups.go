package evidence

import (
	"maps"
	"slices"
	"strings"

	"headstart"
)

// group is what people call one kind of service, whatever the organisation named
// its own. A service belongs to a group when one of the anchors occurs in its id,
// name or aliases. An anchor with "=" is a word of its own; the others also count
// inside a word, since organisations call things WaterWifi. One with "+" counts at
// its end only: a netwerkschijf is no network.
type group struct {
	pack    string                // of a trade; empty: of any organisation
	kind    headstart.ServiceKind // services of this kind that no anchor claims are of the group
	anchors string
	less    string // anchors of services to which its words hardly apply: a label printer is seldom "the printer"
	nl, en  words
}

// words are lists of expressions, with commas between: such as name the service,
// symptoms of it or what people take for it, and weak ones that could be much else.
type words struct{ names, strong, weak string }

// Strengths of what the text says (matching.md section 3).
const (
	ownName    = 1.1 // a name or alias of the catalog that nothing else has
	groupName  = 1
	strongWord = .6
	weakWord   = .3
)

// of returns the lists by strength.
func (w words) of() map[float64]string {
	return map[float64]string{groupName: w.names, strongWord: w.strong, weakWord: w.weak}
}

func list(s string) []string {
	var out []string
	for x := range strings.SplitSeq(s, ",") {
		if x = strings.TrimSpace(x); x != "" {
			out = append(out, x)
		}
	}
	return out
}

// addGroups gives a service the words of every group it belongs to.
func (x *index) addGroups(s *headstart.Service, o Options) {
	id, called := s.ID, []string{s.ID}
	for _, lang := range slices.Sorted(maps.Keys(s.Name)) {
		called = append(called, s.Name[lang])
	}
	var tokens []string
	for _, c := range append(called, s.Aliases...) {
		tokens = append(tokens, tokenize(c)...)
	}
	groups := o.groups()
	claimed := false
	for i := range groups {
		if g := &groups[i]; holds(g.anchors, tokens) {
			x.addGroup(id, g, o, holds(g.less, tokens))
			claimed = true
		}
	}
	for i := range groups {
		if g := &groups[i]; !claimed && g.of(s.Kind) {
			x.addGroup(id, g, o, false)
		}
	}
}

// of reports whether services of a kind belong to g.
func (g *group) of(kind headstart.ServiceKind) bool {
	if kind == headstart.KindM365 {
		return g.kind == headstart.KindMail || g.kind == headstart.KindFileshare
	}
	return g.kind != "" && g.kind == kind
}

// addGroup adds the words of g; less: a step weaker.
func (x *index) addGroup(id string, g *group, o Options, less bool) {
	for _, w := range o.speaks(g.nl, g.en) {
		for strength, expressions := range w.of() {
			if less {
				strength = weaker[strength]
			}
			for _, e := range list(expressions) {
				if strength > 0 {
					x.add(id, e, strength)
				}
			}
		}
	}
}

// weaker is the next strength below; what is weak already says nothing then.
var weaker = map[float64]float64{groupName: strongWord, strongWord: weakWord}

// minAnchor is how long an anchor must be to count inside a word.
const minAnchor = 4

// holds reports whether one of anchors occurs among the tokens of what a service is
// called.
func holds(anchors string, tokens []string) bool {
	for _, a := range list(anchors) {
		plain := strings.TrimLeft(a, "=+")
		words := strings.Fields(plain)
		for i, t := range tokens {
			switch {
			case hasPrefix(tokens[i:], words), a[0] == '+' && strings.HasSuffix(t, plain):
				return true
			case a == plain && len(a) >= minAnchor && strings.Contains(t, a):
				return true
			}
		}
	}
	return false
}

// Options leave parts of the word lists out, to measure what each is good for.
// The zero value reads with all of them.
type Options struct {
	NoPacks  bool   // without the words of trades
	NoGroups bool   // without any group: names and aliases of the catalog alone
	Language string // nl or en: the lists of that language alone
}

func (o Options) groups() []group {
	switch {
	case o.NoGroups:
		return nil
	case o.NoPacks:
		return basics
	}
	return slices.Concat(basics, packs, trades)
}

// speaks returns what is to be read of a list in two languages.
func (o Options) speaks(nl, en words) []words {
	switch o.Language {
	case "nl":
		return []words{nl}
	case "en":
		return []words{en}
	}
	return []words{nl, en}
}
