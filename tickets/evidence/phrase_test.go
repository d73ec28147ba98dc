package evidence

import (
	"slices"
	"testing"
)

// A symptom is found in what people write, with other endings and in either language,
// and not in what says only half of it.
func TestPhrase(t *testing.T) {
	r := New(nil, []byte("key"))
	for name, c := range map[string]struct {
		phrase, title, body string
		want                bool
	}{
		"as it stands":             {"papier kreukt", "Papier kreukt", "", true},
		"with other words between": {"papier kreukt", "Printer bij de trap", "Al het papier dat eruit komt is gekreukt? Nee, het kreukt.", true},
		"who does it":              {"printer print niet", "alle printers, het printen gaat niet", "", true},
		"one, and many":            {"verbinding valt weg", "De verbindingen vallen steeds weg", "", true},
		"many, and one":            {"verbindingen vallen weg", "mijn verbinding valt weg", "", true},
		"done":                     {"papier kreukt", "een gekreukt papier", "", true},
		"done, and doing":          {"gekreukt papier", "het papier kreukt", "", true},
		"a long vowel":             {"computer loopt vast", "computers lopen vast", "", true},
		"a short one":              {"computers lopen vast", "de computer loopt vast", "", true},
		"past":                     {"scherm flikkert", "schermen flikkerden, het scherm flikkerde", "", true},
		"an ending of its own":     {"internet weg", "intern nummer weg", "", false},
		"another verb":             {"papier kreukt", "papier kraakt", "", false},
		"another ending":           {"rare melding", "Allemaal rare meldingen", "", true},
		"half of it":               {"papier kreukt", "papier is op", "", false},
		"English":                  {"paper jams", "My paper jammed and the paper is jamming again", "", true},
		"small words count not":    {"het is de wifi", "wifi weg", "", true},
		"another thing":            {"wifi valt weg", "mail komt niet aan", "", false},
	} {
		stems := r.Read(c.title, c.body).Stems
		lacks := func(word []string) bool {
			return !slices.ContainsFunc(word, func(s string) bool { return slices.Contains(stems, s) })
		}
		got := slices.ContainsFunc(r.Phrase(c.phrase), func(form [][]string) bool { return !slices.ContainsFunc(form, lacks) })
		if got != c.want {
			t.Errorf("%s: %q in %q: %v; want %v", name, c.phrase, c.title+" "+c.body, got, c.want)
		}
	}
	if forms := r.Phrase("de het van"); forms != nil {
		t.Errorf("a phrase without meaning has %v; it would be found in every text", forms)
	}
	other := New(nil, []byte("another key"))
	if slices.Equal(r.Phrase("papier")[0][0], other.Phrase("papier")[0][0]) {
		t.Error("two keys give one stem; nobody without the key may try words")
	}
}
