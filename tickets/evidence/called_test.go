package evidence

import (
	"slices"
	"strings"
	"testing"

	"headstart"
)

// bare is an organisation whose catalog has names and not one alias.
func bare() *headstart.Catalog {
	return &headstart.Catalog{
		Organisation: "Voorbeeld Groep",
		Locations: []headstart.Location{
			{ID: "wzc-l", Name: headstart.Names{"": "Woonzorgcentrum De Linde"}},
			{ID: "rtd", Name: headstart.Names{"": "Vestiging Rotterdam"}},
			{ID: "els", Name: headstart.Names{"": "Huize Elisabeth"}},
		},
		Departments: []headstart.Department{{ID: "crm-team", Name: headstart.Names{"": "Planning Noord"}}},
		Services: []headstart.Service{
			{ID: "tms", Name: headstart.Names{"": "Nexus ritplanning"}},
			{ID: "poort", Name: headstart.Names{"": "Slagboomsysteem"}},
			{ID: "stock", Name: headstart.Names{"": "VoorraadWijs"}},
			{ID: "kluis", Name: headstart.Names{"": "De Kluis"}, Kind: headstart.KindFileshare},
			{ID: "print", Name: headstart.Names{"": "Kantoorprinters"}},
			{ID: "labels", Name: headstart.Names{"": "Etikettenprinters"}},
			{ID: "roepen", Name: headstart.Names{"": "Zusteroproepsysteem"}},
		},
	}
}

// People shorten what the catalog calls a thing, write it as two words, or say what
// such a thing is called anywhere.
func TestCatalogWithoutAliases(t *testing.T) {
	r := New(bare(), key)
	for text, want := range map[string]string{
		"nexus doet het niet":                  "tms:0.9",
		"de tms start niet op":                 "tms:1",
		"de slagboom blijft dicht":             "poort:1",
		"voorraad wijs geeft een fout":         "stock:1.1",
		"kan niet bij de bestanden":            "kluis:0.6",
		"de printer is stuk":                   "print:1 labels:0.6",
		"er komt geen etiket uit":              "labels:1",
		"call bells on the ward do not work":   "roepen:1",
		"de slag boom blijft dicht":            "poort:1",
		"ik zit in team noord, niets te doen":  "",
		"het systeem van de groep":             "",
		"kun je me bellen dat het weer werkt?": "",
	} {
		var got []string
		for m := range strings.FieldsSeq(strings.Split(said(r.Read(text, "")), "|")[0]) {
			got = append(got, m)
		}
		if g := strings.Join(got, " "); g != want {
			t.Errorf("%q names %q, want %q", text, g, want)
		}
	}
	for text, want := range map[string]string{
		"op de linde ligt alles plat":    "wzc-l:1.1",
		"in R'dam geen internet":         "rtd:1.1",
		"Elisabeth kan niet inloggen":    "",
		"huize elisabeth heeft storing":  "els:1.1",
		"het woonzorgcentrum is dicht":   "",
		"vestiging rotterdam is offline": "rtd:1.1",
	} {
		got := strings.TrimSpace(strings.Split(said(r.Read(text, "")), "|")[1])
		if got != want {
			t.Errorf("%q names the place %q, want %q", text, got, want)
		}
	}
}

// What a service's id, its alias without general words, and the capitals of a name
// written as one say.
func TestShortNames(t *testing.T) {
	r := New(&headstart.Catalog{
		Departments: []headstart.Department{{ID: "motor", Name: headstart.Names{"": "Motor claims"}}},
		Services: []headstart.Service{
			{ID: "handling", Name: headstart.Names{"": "StockPilot"}, Aliases: []string{"returns system"}},
			{ID: "doors", Name: headstart.Names{"": "Door access"}},
			{ID: "wander", Name: headstart.Names{"": "OpWeg"}},
		},
	}, key)
	for text, want := range map[string]string{
		"SP hangs on submit":           "handling:0.6",
		"the returns screen is frozen": "handling:0.6",
		"handling is down again":       "handling:0.6",
		"please give me access":        "",
		"de afspraak door de balie":    "",
		"the door will not open":       "doors:0.6",
		"op weg naar huis":             "wander:1.1",
		"ow doet het niet":             "wander:0.6",
	} {
		if got := strings.TrimSpace(strings.Split(said(r.Read(text, "")), "|")[0]); got != want {
			t.Errorf("%q names %q, want %q", text, got, want)
		}
	}
}

// How to reach somebody, and the parts of one's own machine, name no service.
func TestDecoysNameNothing(t *testing.T) {
	r := New(college(), key)
	for _, text := range []string{
		"Mail mij maar als het klaar is", "mijn harde schijf tikt", "send me an email", "mijn e-mailadres is gewijzigd",
		"Please consider the environment before printing this message",
	} {
		if got := r.Read(text, "").Assets; len(got) > 0 {
			t.Errorf("%q names %v; want nothing", text, got)
		}
	}
	if got := r.Read("de mail ligt eruit, bel mij maar", "").Assets; len(got) == 0 || got[0].ID != "mail" {
		t.Errorf("named %v; want mail", got)
	}
}

func TestBases(t *testing.T) {
	meet := func(a, b string) bool {
		return slices.ContainsFunc(bases(a), func(x string) bool { return slices.Contains(bases(b), x) })
	}
	for _, same := range [][]string{
		{"poort", "poorten", "poortje", "poortjes"},
		{"pas", "passen", "pasje", "pasjes"},
		{"kraan", "kranen", "kraantje"},
		{"badge", "badges"},
		{"lijn", "lijnen"},
		{"kassa", "kassas"},
		{"terminal", "terminals"},
	} {
		for _, w := range same[1:] {
			if !meet(w, same[0]) {
				t.Errorf("%q comes out as %q, %q as %q; want one in common", w, bases(w), same[0], bases(same[0]))
			}
		}
	}
	for _, apart := range [][2]string{{"bellen", "ballen"}, {"mail", "maal"}, {"deur", "duur"}, {"team", "term"}, {"tel", "tell"}} {
		if meet(apart[0], apart[1]) {
			t.Errorf("%q and %q meet", apart[0], apart[1])
		}
	}
}
