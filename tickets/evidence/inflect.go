package evidence

import "strings"

// minStem is how much must be left of a word without its ending.
const minStem = 3

// bases are what a word may be without what Dutch and English put behind it to make
// more of a thing, or a small one: poortjes, poorten and poort have one in common.
// They are no stems; words of other kinds may meet in one, so they are asked only
// of names of things.
func bases(word string) []string {
	out := []string{short(word)}
	for _, end := range [...]string{"etjes", "etje", "tjes", "tje", "jes", "je", "en", "es", "s"} {
		if rest, is := strings.CutSuffix(word, end); is && len(rest) >= minStem {
			out = append(out, tidy(rest))
		}
	}
	return out
}

// tidy undoes what Dutch spelling does when an ending comes: passen is pas, and
// kranen is kraan, here kran.
func tidy(word string) string {
	n := len(word)
	if n <= minStem || word[n-1] == 'e' {
		return word
	}
	if word[n-1] == word[n-2] && !isVowel(word[n-1]) {
		word = word[:n-1]
	}
	return short(word)
}

// short writes a long vowel before a last consonant once: kraan is kran here. A last
// consonant that stands twice stays in a whole word: tell is no tel.
func short(word string) string {
	n := len(word)
	if n > minStem && word[n-2] == word[n-3] && isVowel(word[n-2]) && !isVowel(word[n-1]) {
		return word[:n-2] + word[n-1:]
	}
	return word
}

func isVowel(b byte) bool { return strings.IndexByte("aeiou", b) >= 0 }

// conjugated are a word and, if it may be a Dutch verb, its other forms: who writes
// "papier kreukt" and who writes "gekreukt papier" say the same. The stemmer takes -en
// off and leaves -t and ge-, since both end many a noun. So they are asked only of what is
// looked for among other words, never of a ticket.
func conjugated(word string) []string {
	out := []string{word}
	verb, participle := strings.CutPrefix(word, "ge")
	if !participle || len(verb) <= minStem {
		verb = word
	}
	root, finite := strings.CutSuffix(verb, "t")
	switch {
	case !finite:
		root = stem(verb, "nl")
	case len(root) < minStem || isVowel(root[len(root)-1]): // internet is no form of intern
		return append(out, verb, "ge"+verb)
	default:
		out = append(out, verb, "ge"+verb) // print is geprint, and its t its own
	}
	if len(root) < minStem {
		return out
	}
	for _, r := range [...]string{root, tidy(root), long(root), root + root[len(root)-1:]} { // kreuk, lop of loop, val of vall
		out = append(out, r, r+"t", r+"d", "ge"+r, "ge"+r+"t", "ge"+r+"d")
	}
	return out
}

// long writes a short vowel before a last consonant twice: lop, of lopen, is loop here.
func long(word string) string {
	n := len(word)
	if n < minStem || !isVowel(word[n-2]) || isVowel(word[n-1]) || isVowel(word[n-3]) {
		return word
	}
	return word[:n-1] + word[n-2:]
}
