package announce

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"headstart"
)

// gateWords is the part `gate` of templates.yaml.
type gateWords struct {
	Acronyms  string
	Fold      map[string]string  `yaml:"sms_fold"`
	MaxWords  map[string]int     `yaml:"max_words_per_sentence"`
	MaxMean   map[string]float64 `yaml:"max_mean_words_per_sentence"`
	MaxShort  int                `yaml:"max_short_chars"`
	Allow     []string           `yaml:"allow_exact"`
	Patterns  []struct{ Re, Why string }
	Claims    map[string][]string          // language: what nobody is told while nobody attends, in small letters
	Blocklist map[string]map[string]string // language, word: what to write instead
}

// gate finds what does not belong in a message to users.
type gate struct {
	words    gateWords
	patterns []pattern
	blocked  map[string][]blocked // by language, in alphabetical order
	needles  needles
	people   []blocked // of the catalog, as it names who looks after a service
}

type pattern struct {
	re  *regexp.Regexp
	why string
}

// blocked is one word of the block-list.
type blocked struct {
	word    string // as listed
	find    string // as searched: folded unless an acronym
	acronym bool   // matched in capitals only: Dutch "Sla uw werk op" is not SLA
	plain   string
}

func newGate(b *book, cat *headstart.Catalog) *gate {
	g := &gate{words: b.Gate, blocked: map[string][]blocked{}, needles: newNeedles(b, cat), people: newPeople(b, cat)}
	for _, p := range b.Gate.Patterns {
		g.patterns = append(g.patterns, pattern{regexp.MustCompile("(?i)" + p.Re), p.Why})
	}
	for lang, words := range b.Gate.Blocklist {
		for _, w := range slices.Sorted(maps.Keys(words)) {
			acronym := w == strings.ToUpper(w)
			find := w
			if !acronym {
				find = strings.ToLower(w)
			}
			g.blocked[lang] = append(g.blocked[lang], blocked{w, find, acronym, words[w]})
		}
	}
	return g
}

// hits names each word once, however often the texts hold it, in a fixed order.
func (g *gate) hits(lang string, texts ...string) []headstart.Hit {
	out := g.sentences(lang, texts)
	text := strings.Join(texts, "\n")
	for _, a := range g.words.Allow {
		text = strings.ReplaceAll(text, a, "")
	}
	for _, p := range g.patterns {
		for _, word := range p.re.FindAllString(text, -1) {
			out = append(out, headstart.Hit{Lang: lang, Word: word, Why: p.why})
		}
	}
	lower := strings.ToLower(text)
	for _, w := range g.blocked[lang] {
		if w.in(text, lower) {
			out = append(out, headstart.Hit{Lang: lang, Word: w.word, Plain: w.plain, Why: "a word of our trade, not of users"})
		}
	}
	for _, word := range g.needles.in(lower) {
		out = append(out, headstart.Hit{Lang: lang, Word: word, Why: "an internal name of the catalog"})
	}
	for _, who := range g.people {
		if who.in(text, lower) {
			out = append(out, headstart.Hit{Lang: lang, Word: who.word, Why: "a person or a group that users do not know"})
		}
	}
	slices.SortFunc(out, func(a, b headstart.Hit) int { return cmp.Or(cmp.Compare(a.Word, b.Word), cmp.Compare(a.Why, b.Why)) })
	return slices.CompactFunc(out, func(a, b headstart.Hit) bool { return a.Word == b.Word })
}

// sentences names each sentence that is too long, and texts that are long-winded
// as a whole.
func (g *gate) sentences(lang string, texts []string) []headstart.Hit {
	var out []headstart.Hit
	count, total := 0, 0
	for _, text := range texts {
		for _, s := range split(text) {
			n := len(strings.Fields(s))
			count++
			total += n
			if limit := g.words.MaxWords[lang]; n > limit {
				out = append(out, headstart.Hit{Lang: lang, Word: s, Why: fmt.Sprintf("a sentence of %d words; at most %d", n, limit)})
			}
		}
	}
	if mean := g.words.MaxMean[lang]; count > 2 && float64(total) > float64(mean*float64(count)) {
		out = append(out, headstart.Hit{Lang: lang, Word: "…", Why: fmt.Sprintf("%d words in %d sentences; at most %.0f a sentence", total, count, mean)})
	}
	return out
}

// in reports whether the text holds w between letters of no word, alone or with
// a plural or verbal ending.
func (w blocked) in(text, lower string) bool {
	if !w.acronym {
		text = lower
	}
	for from := 0; ; {
		i := strings.Index(text[from:], w.find)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(w.find)
		before, _ := utf8.DecodeLastRuneInString(text[:start])
		if !unicode.IsLetter(before) && wordEnds(text[end:]) {
			return true
		}
		from = end
	}
}

// wordEnds reports whether nothing but an ending of the same word follows.
func wordEnds(rest string) bool {
	for _, suffix := range []string{"", "s", "es", "en", "'s"} {
		after, ok := strings.CutPrefix(rest, suffix)
		next, _ := utf8.DecodeRuneInString(after)
		if ok && !unicode.IsLetter(next) {
			return true
		}
	}
	return false
}

// split cuts text into sentences. A dot ends one only before a space, so that
// "outlook.office.com" is a word.
func split(text string) []string {
	var out []string
	start := 0
	for i, r := range text {
		if r != '.' && r != '!' && r != '?' {
			continue
		}
		if end := i + 1; end == len(text) || text[end] == ' ' || text[end] == '\n' {
			out = append(out, strings.TrimSpace(text[start:end]))
			start = end
		}
	}
	if rest := strings.TrimSpace(text[start:]); rest != "" {
		out = append(out, rest)
	}
	return out
}
