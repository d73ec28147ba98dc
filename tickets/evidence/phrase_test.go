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
		"another ending":           {"rare melding", "Allemaal rare meldingen", "", true},
		"half of it":               {"papier kreukt", "papier is op", "", false},
		"English":                  {"paper jams", "My paper jammed and the paper is jamming again", "", true},
		"small words count not":    {"het is de wifi", "wifi weg", "", true},
		"another thing":            {"wifi valt weg", "mail komt niet aan", "", false},
	} {
		stems := r.Read(c.title, c.body).Stems
		got := slices.ContainsFunc(r.Phrase(c.phrase), func(form []string) bool {
			return !slices.ContainsFunc(form, func(s string) bool { return !slices.Contains(stems, s) })
		})
		if got != c.want {
			t.Errorf("%s: %q in %q: %v; want %v", name, c.phrase, c.title+" "+c.body, got, c.want)
		}
	}
	if forms := r.Phrase("de het van"); forms != nil {
		t.Errorf("a phrase without meaning has %v; it would be found in every text", forms)
	}
	other := New(nil, []byte("another key"))
	if slices.Equal(r.Phrase("papier")[0], other.Phrase("papier")[0]) {
		t.Error("two keys give one stem; nobody without the key may try words")
	}
}
