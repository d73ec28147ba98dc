package maintenance

import (
	"slices"
	"strings"
	"unicode"

	"headstart"
)

// scope is what a window covers.
type scope struct{ assets, services, locations []string }

// index finds what the catalog names in a text: whole ids, names and aliases,
// nothing that merely resembles them.
type index struct {
	phrases map[string][]mention // of words in lower case, joined by a space
	longest int                  // words of the longest phrase
}

type mention struct {
	kind byte // a(sset), s(ervice), l(ocation)
	id   string
}

// maxMentions bounds what one event may cover: a text that names more is a list
// of the stock, not a plan.
const maxMentions = 50

func newIndex(cat *headstart.Catalog) *index {
	x := &index{phrases: map[string][]mention{}}
	for i := range cat.Devices {
		d := &cat.Devices[i]
		x.add(mention{'a', d.ID}, d.Name, d.Aliases)
	}
	for i := range cat.Services {
		s := &cat.Services[i]
		x.add(mention{'s', s.ID}, s.Name, s.Aliases)
	}
	for i := range cat.Locations {
		l := &cat.Locations[i]
		x.add(mention{'l', l.ID}, l.Name, l.Aliases)
	}
	return x
}

func (x *index) add(m mention, name headstart.Names, aliases []string) {
	texts := append([]string{m.id}, aliases...)
	for _, n := range name {
		texts = append(texts, n)
	}
	for _, text := range texts {
		words := wordsOf(text)
		phrase := strings.Join(words, " ")
		// Two letters without a digit are a word of every language.
		if len(phrase) < 3 && !strings.ContainsFunc(phrase, unicode.IsDigit) || slices.Contains(x.phrases[phrase], m) {
			continue
		}
		x.phrases[phrase] = append(x.phrases[phrase], m)
		x.longest = max(x.longest, len(words))
	}
}

// find returns what texts name, each once, in the order of their ids. The longest
// name counts: "Gebouw Noord" is not also the "Noord" in it.
func (x *index) find(texts ...string) scope {
	found := map[mention]bool{}
	for _, text := range texts {
		words := wordsOf(text)
		for i := 0; i < len(words); {
			ms, n := x.at(words[i:])
			for _, m := range ms {
				found[m] = true
			}
			i += max(n, 1)
		}
	}
	if len(found) > maxMentions {
		return scope{}
	}
	return scopeOf(found)
}

// at is what the longest phrase at the beginning of words names, and how many
// words it has; 0: none.
func (x *index) at(words []string) ([]mention, int) {
	for n := min(x.longest, len(words)); n > 0; n-- {
		if ms := x.phrases[strings.Join(words[:n], " ")]; len(ms) > 0 {
			return ms, n
		}
	}
	return nil, 0
}

func scopeOf(found map[mention]bool) (s scope) {
	for m := range found {
		switch m.kind {
		case 'a':
			s.assets = append(s.assets, m.id)
		case 's':
			s.services = append(s.services, m.id)
		default:
			s.locations = append(s.locations, m.id)
		}
	}
	slices.Sort(s.assets)
	slices.Sort(s.services)
	slices.Sort(s.locations)
	return s
}

// wordsOf splits a text into words in lower case. Dots and dashes within a word
// belong to it, as in sw-n-2 and app.example.
func wordsOf(text string) []string {
	var words []string
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '.' && r != '_'
	}) {
		if w = strings.Trim(w, "-._"); w != "" {
			words = append(words, w)
		}
	}
	return words
}
