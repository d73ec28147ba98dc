package announce

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"headstart"
)

// office is a catalog with internal and public names.
func office() *headstart.Catalog {
	return &headstart.Catalog{
		Locations: []headstart.Location{{ID: "noord", Name: headstart.Names{"": "Gebouw Noord"}}},
		Services:  []headstart.Service{{ID: "erp", Name: headstart.Names{"nl": "Roosterplanner", "en": "Roster planner"}, Kind: headstart.KindApplication}},
		Devices: []headstart.Device{
			{ID: "core7", Kind: "switch", Name: headstart.Names{"": "Kern zeven"}, Address: "10.1.2.3", Aliases: []string{"KERN-7.noord.example", "de kast bij de trap"}},
			{ID: "N2-04", Kind: "printer", Name: headstart.Names{"": "N2-04"}, Address: "fd00::4"},
			{ID: "mail", Kind: "server", Address: "mx9.example.org:25"},
		},
	}
}

func TestGateCatchesJargon(t *testing.T) {
	w := New(nil, "u", nil)
	for lang, texts := range map[string][]string{
		"nl": {
			"De switch in de kelder is kapot.", "DNS werkt niet.", "De uplink is weg.", "Node 3 is uit.", "U krijgt HTTP 502.",
			"Wij lossen het zo spoedig mogelijk op.", "Storing op nl-sw-04.", "10.20.1.4 is weg.", "Prio 1.", "Wij hebben uw ticket geëscaleerd.",
		},
		"en": {
			"The switches are down.", "DNS fails.", "Uplink lost.", "A node died.", "HTTP 502 errors.",
			"We will fix it as soon as possible.", "fs01.corp is down.", "Latency is 250 ms.", "SEV1 outage.", "We apologise for any inconvenience.",
		},
	} {
		for _, text := range texts {
			if len(w.Gate(lang, text)) == 0 {
				t.Errorf("%s: not caught: %s", lang, text)
			}
		}
	}
}

func TestGateLeavesPlainWords(t *testing.T) {
	w := New(office(), "u", nil)
	for _, text := range []string{
		"Sla uw werk op.", "Thuiswerken (VPN) lukt niet.", "Noem nummer HS-1042.", "Gebruik printer N2-04.", "U kunt geen mail sturen.",
		"Open uw mail via outlook.office.com.", "De kast bij de trap is open.", "Gebouw Noord", "Printerpapier is er genoeg.",
	} {
		if h := w.Gate("nl", text); len(h) > 0 {
			t.Errorf("%s: %v, want nothing", text, h)
		}
	}
}

// Ids, addresses and machine-like aliases of the catalog are needles; the names
// users read, and words of our own texts, are not.
func TestGateNeedles(t *testing.T) {
	w := New(office(), "u", nil)
	for text, word := range map[string]string{
		"Kern zeven, ook core7, is uit.":       "core7",
		"CORE7: uit.":                          "core7",
		"Het ligt aan core7/poort 3.":          "core7",
		"Storing (fd00::4).":                   "fd00::4",
		"Wij wachten op kern-7.noord.example.": "kern-7.noord.example",
		"mx9 doet niets.":                      "mx9",
	} {
		hits := w.Gate("nl", text)
		if !slices.ContainsFunc(hits, func(h headstart.Hit) bool { return h.Word == word && h.Why != "" }) {
			t.Errorf("%q: %v, want %s", text, hits, word)
		}
	}
	if h := w.Gate("nl", "scorebord core70 encore7"); len(h) > 0 {
		t.Errorf("parts of words are caught: %v", h)
	}
}

// A hit names the word, what to write instead and why, whatever the value.
func TestComposeHits(t *testing.T) {
	w := New(office(), "u", nil)
	in := headstart.Wording{Phase: headstart.Investigating, Kind: headstart.KindNetwork, Lang: "nl", Vars: map[string]string{
		"Ref": "HS-1", "Cause": "De switch core7 is stuk", "Contact": "helpdesk.intern",
	}}
	got := map[string]string{}
	for _, h := range w.Compose(in).Hits {
		got[h.Word] = h.Plain
		if h.Why == "" || h.Lang != "nl" {
			t.Errorf("%+v lacks language or reason", h)
		}
	}
	if _, ok := got["core7"]; !ok || got["switch"] != "apparaat" || len(got) != 2 {
		t.Errorf("hits %v, want the switch and its id though no line of this phase prints a cause, and not how to reach us", got)
	}
}

func TestGateSentenceLimits(t *testing.T) {
	w := New(nil, "u", nil)
	long := strings.Repeat("woord ", 16) + "einde."
	if h := w.Gate("nl", long); len(h) != 1 || !strings.Contains(h[0].Why, "17 words") {
		t.Errorf("a sentence of 17 words: %v", h)
	}
	if h := w.Gate("nl", strings.Repeat("een twee drie vier vijf zes zeven acht negen tien elf. ", 4)); len(h) != 1 || !strings.Contains(h[0].Why, "44 words in 4 sentences") {
		t.Errorf("a mean of 11 words: %v", h)
	}
	if h := w.Gate("nl", "Ga naar www.voorbeeld.nl/a.b. Daar staat het."); len(h) != 0 {
		t.Errorf("an address ends a sentence: %v", h)
	}
}

// Public names that the gate would stop are named before they do (config check).
func TestCheckNames(t *testing.T) {
	cat := office()
	w := New(cat, "u", nil)
	if got := w.CheckNames(cat); len(got) != 0 {
		t.Errorf("good names are refused: %q", got)
	}
	cat.Services[0].Name = headstart.Names{"": "ERP server"}
	if got := w.CheckNames(cat); len(got) != 1 || !strings.Contains(got[0], "service erp") {
		t.Errorf("%q, want the server named, once for both languages", got)
	}
}

// A name with which a text message is too long is named too, and none that is short
// enough to fit whatever is told of it.
func TestCheckNamesThatAreTooLong(t *testing.T) {
	cat := office()
	for i, kind := range slices.Sorted(maps.Keys(shipped("u").Kinds)) {
		cat.Services = append(cat.Services, headstart.Service{ID: fmt.Sprintf("s-%d", i), Kind: kind, Name: headstart.Names{"": strings.Repeat("naam ", 5)[:shortestWorry]}})
	}
	for _, address := range []string{"u", "je"} {
		w := New(cat, address, nil)
		for i := range cat.Services {
			s := &cat.Services[i]
			for _, lang := range []string{"nl", "en"} {
				if name := s.Name.In(lang); len(name) == shortestWorry && w.overlong(s.Kind, lang, name) {
					t.Errorf("%s %s %s: a name of %d characters does not fit", address, s.Kind, lang, shortestWorry)
				}
			}
		}
		if got := w.CheckNames(cat); len(got) != 0 {
			t.Errorf("%s: %q", address, got)
		}
	}
	cat.Services = append(cat.Services, headstart.Service{ID: "long", Kind: headstart.KindApplication, Name: headstart.Names{"": strings.Repeat("Inschrijven ", 10)}})
	if got := New(cat, "u", nil).CheckNames(cat); len(got) != 1 || !strings.Contains(got[0], "service long") || !strings.Contains(got[0], "160 characters") {
		t.Errorf("%q, want the long one named", got)
	}
}

func BenchmarkCompose(b *testing.B) {
	cat := office()
	for i := range 10_000 {
		cat.Devices = append(cat.Devices, headstart.Device{ID: fmt.Sprintf("dev-%05d", i), Address: fmt.Sprintf("10.2.%d.%d", i/250, i%250)})
	}
	w := New(cat, "u", nil)
	in := headstart.Wording{Phase: headstart.Investigating, Kind: headstart.KindPrinter, Lang: "nl", Vars: map[string]string{"Name": "N2-04", "Ref": "HS-1"}}
	b.ReportAllocs()
	for b.Loop() {
		w.Compose(in)
	}
}
