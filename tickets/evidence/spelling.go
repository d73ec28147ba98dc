package evidence

import (
	"slices"
	"strings"
)

// spelling knows words of our lists and forgives typing errors in long ones.
type spelling struct {
	known   map[string]bool
	byFirst map[byte][]string
}

// minFuzzy is how long a word must be for a typing error to be forgiven; below,
// one letter makes another word. From minFuzzier on, two are.
const (
	minFuzzy   = 6
	minFuzzier = 9
)

// minCue is how long a word of a cue must be; below minFuzzy only two letters that
// changed places are forgiven (wekrt), since weken and werken are both words.
const minCue = 5

func (s *spelling) add(words ...string) {
	if s.known == nil {
		s.known, s.byFirst = map[string]bool{}, map[byte][]string{}
	}
	for _, w := range words {
		if s.known[w] {
			continue
		}
		s.known[w] = true
		if len(w) >= minCue && !strings.ContainsAny(w, "*~") {
			s.byFirst[w[0]] = append(s.byFirst[w[0]], w)
		}
	}
}

// otherWords are right as they are, though one letter makes a word of ours of them.
var otherWords = set("klopte klopten kloppen stappen storten folder fields telling points pointed pointer prikken geprikt inprikken uitprikken aangevuld technische technisch taking making making")

// correct returns tokens with those that are a known word with one typing error
// put right. The first letter is right; nearly all people get that.
func (s *spelling) correct(tokens []string) []string {
	out, copied := tokens, false
	for i, t := range tokens {
		if len(t) < minCue || s.known[t] || otherWords[t] || stopwords[t] != "" {
			continue
		}
		for _, w := range s.byFirst[t[0]] {
			if misspelt(t, w) {
				if !copied {
					out, copied = slices.Clone(tokens), true
				}
				out[i] = w
				break
			}
		}
	}
	return out
}

func misspelt(t, w string) bool {
	if len(t) >= minFuzzy && len(w) >= minFuzzy {
		return distance(t, w, 1) == 1
	}
	return len(t) == len(w) && swapped(t, w)
}

// swapped reports whether a and b, equally long, differ by two neighbours that
// changed places.
func swapped(a, b string) bool {
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

// distance is the Damerau-Levenshtein distance of a and b in letters put in, left
// out, replaced or swapped with their neighbour (optimal string alignment); more
// than most when it is more.
func distance(a, b string, most int) int {
	if d := len(a) - len(b); d > most || -d > most || len(a) > maxWord || len(b) > maxWord {
		return most + 1
	}
	var rows [3][maxWord + 1]int
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := range len(a) {
		if nextRow(a, b, i, before, last, row) > most {
			return most + 1
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// nextRow fills in the distances of a up to its letter i from each start of b, and
// returns the least of them.
func nextRow(a, b string, i int, before, last, row *[maxWord + 1]int) int {
	row[0] = i + 1
	least := row[0]
	for j := range len(b) {
		cost := 1
		if a[i] == b[j] {
			cost = 0
		}
		d := min(last[j+1]+1, row[j]+1, last[j]+cost)
		if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
			d = min(d, before[j-1]+1)
		}
		row[j+1] = d
		least = min(least, d)
	}
	return least
}

// maxWord bounds what is compared letter by letter.
const maxWord = 40
