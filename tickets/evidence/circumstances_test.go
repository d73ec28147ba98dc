package evidence

import (
	"slices"
	"strings"
	"testing"
)

// What surrounds the trouble, in either language; other texts show none of it.
func TestCircumstances(t *testing.T) {
	r := New(college(), key)
	for text, want := range map[string]string{
		"sinds vanmorgen geen verbinding":             "malfunction recent",
		"it worked yesterday, suddenly it is frozen":  "malfunction recent software",
		"doet het al weken niet goed":                 "lasting malfunction",
		"has been like that since the last release":   "lasting",
		"mijn naam staat verkeerd op de site":         "content",
		"the wrong address is on the form":            "content",
		"mijn laptop start traag op":                  "malfunction own_device software",
		"my monitor stays black":                      "own_device",
		"opslaan lukt niet in het systeem":            "malfunction software",
		"we doen alles op papier":                     "by_hand",
		"taking orders on paper":                      "by_hand",
		"verdachte mail, ik heb niet geklikt":         "bulletin",
		"unsubscribe from this newsletter":            "bulletin",
		"de vergadering is om drie uur in zaal noord": "",
	} {
		var got []string
		cues := r.Read(text, "").Cues
		for _, cue := range []string{"bulletin", "by_hand", "content", "lasting", "malfunction", "own_device", "recent", "software"} {
			if cues[cue] > 0 {
				got = append(got, cue)
			}
		}
		slices.Sort(got)
		if g := strings.Join(got, " "); g != want {
			t.Errorf("%q shows %q, want %q", text, g, want)
		}
	}
}

// An expression says one thing: a second one in the same list, or with a capital or
// an accent, is never found or counts twice.
func TestExpressionsAreFolded(t *testing.T) {
	for _, kind := range []map[string]cueWords{cues, circumstances} {
		for cue, w := range kind {
			for lang, text := range map[string]string{"nl": w.nl, "en": w.en} {
				seen := map[string]bool{}
				for _, e := range list(text) {
					plain := strings.NewReplacer("*", "", "~", "", "?", "").Replace(e)
					if folded := strings.Join(tokenize(plain), " "); folded != strings.Join(strings.Fields(plain), " ") {
						t.Errorf("%s, %s: a text never has %q; write %q", cue, lang, e, folded)
					}
					if seen[e] {
						t.Errorf("%s, %s: %q stands twice", cue, lang, e)
					}
					seen[e] = true
				}
			}
		}
	}
}
