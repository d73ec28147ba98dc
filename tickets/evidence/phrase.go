package evidence

// Phrase returns the stems that a text leaves which says phrase, once for each language
// it may be read in: a known error's symptom is found in tickets by these, without
// anybody's text (ruling 7). Words that carry no meaning alone leave none.
func (r *Reader) Phrase(phrase string) [][]string {
	tokens := tokenize(bound(phrase))
	var out [][]string
	for _, lang := range []string{"nl", "en"} {
		if stems := r.stems(tokens, lang); len(stems) > 0 {
			out = append(out, stems)
		}
	}
	return out
}
