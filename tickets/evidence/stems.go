package evidence

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/dutch"
	"github.com/blevesearch/snowballstem/english"
)

// stems returns keyed hashes of the stems of tokens, sorted, each once. The same
// word meets itself in another ticket; without the key nobody can try words. Names
// of people leave none.
func (r *Reader) stems(tokens []string, lang string) []string {
	seen := map[string]bool{}
	var out []string
	for _, t := range tokens {
		if len(t) < 3 || stopwords[t] != "" || people[t] || strings.ContainsAny(t, "0123456789") {
			continue
		}
		s := stem(t, lang)
		if seen[s] || len(seen) >= maxStems {
			continue
		}
		seen[s] = true
		mac := hmac.New(sha256.New, r.key)
		mac.Write([]byte("stem\x00" + s))
		out = append(out, hex.EncodeToString(mac.Sum(nil)[:6]))
	}
	slices.Sort(out)
	return out
}

func stem(word, lang string) string {
	env := snowballstem.NewEnv(word)
	if lang == "en" {
		english.Stem(env)
	} else {
		dutch.Stem(env)
	}
	return env.Current()
}

// language guesses nl or en by the small words; "" if they do not say.
func language(tokens []string) string {
	n := map[string]int{}
	for _, t := range tokens {
		n[stopwords[t]]++
	}
	switch {
	case n["nl"] > n["en"]:
		return "nl"
	case n["en"] > n["nl"]:
		return "en"
	}
	return ""
}

// stopwords are words that carry no meaning alone, by language; "both" are words
// of either.
var stopwords = wordsOf(map[string]string{
	"nl":   "de het een en van ik je jij hij zij wij we ze u jullie mij mijn ons onze zijn haar hun dat die dit deze er hier daar niet geen wel ook nog al maar want of als dan toch om te voor naar bij met op aan uit over onder tot door heb hebt heeft hebben had ben bent was waren wordt worden kan kun kunnen kon moet moeten wil willen zou gaat gaan doet doen graag aub svp alvast bedankt hallo hoi beste goedemorgen goedemiddag groet mvg sinds vandaag gisteren vanmorgen vanochtend weer meer veel iets niets alles nu even omdat waar wie wat hoe wanneer",
	"en":   "the a an and i you he she they my your our their this these those there not any some but because if then to for from at with on about under through have has had am are were be been can could must should want would does did do please thanks hello hi dear morning since today yesterday again more much something nothing everything now when where who what how which it its is of",
	"both": "in is we me so no",
})

func wordsOf(lists map[string]string) map[string]string {
	out := map[string]string{}
	for lang, words := range lists {
		for w := range strings.FieldsSeq(words) {
			if _, twice := out[w]; twice {
				lang := "both"
				out[w] = lang
				continue
			}
			out[w] = lang
		}
	}
	return out
}
