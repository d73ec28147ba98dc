package evidence

import "slices"

// Phrase returns, once for each language it may be read in, the words of phrase that mean
// something, each as the stems that say it: a known error's symptom is found in tickets
// whose stems have one of every word, without anybody's text (ruling 7). Words that carry
// no meaning alone are left out.
func (r *Reader) Phrase(phrase string) [][][]string {
	tokens := tokenize(bound(phrase))
	var out [][][]string
	for _, lang := range []string{"nl", "en"} {
		if words := r.meaning(tokens, lang); len(words) > 0 {
			out = append(out, words)
		}
	}
	return out
}

// meaning returns each word of tokens that means something in a language, once, as the
// stems that say it.
func (r *Reader) meaning(tokens []string, lang string) [][]string {
	var words [][]string
	for _, t := range tokens {
		own := r.stems([]string{t}, lang)
		if len(own) == 0 {
			continue
		}
		if lang == "nl" {
			own = r.stems(conjugated(t), lang)
		}
		if !slices.ContainsFunc(words, func(w []string) bool { return slices.Equal(w, own) }) {
			words = append(words, own)
		}
	}
	return words
}
