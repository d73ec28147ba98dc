package headstart

import "strings"

// Words says a decision in lang, nl or en. Only facts are stored and hashed, so
// that a better wording changes no replay. A word in braces is a fact's name;
// {subject} is the decision's subject.
func (d *Decision) Words(lang string) string {
	t, ok := decisionWords[d.Rule+" "+d.Outcome]
	if !ok {
		t = decisionWords[d.Outcome]
	}
	text := t[0]
	if lang == "en" {
		text = t[1]
	}
	if text == "" {
		text = d.Outcome + " {subject}"
		for _, f := range d.Facts {
			text += "; " + f.Name + " " + f.Value
		}
	}
	pairs := []string{"{subject}", d.Subject, "{by}", d.By}
	for _, f := range d.Facts {
		pairs = append(pairs, "{"+f.Name+"}", f.Value)
	}
	return strings.TrimSpace(strings.NewReplacer(pairs...).Replace(text))
}

// decisionWords maps "RULE outcome", or an outcome alone, to Dutch and English.
// Packages correlate and incidents list theirs here, so that timeline, API and
// `explain` say the same.
var decisionWords = map[string][2]string{
	"opened": {"{subject} faalt en niets erboven faalt: eigen storing.", "{subject} fails and nothing above it does: an incident of its own."},
}
