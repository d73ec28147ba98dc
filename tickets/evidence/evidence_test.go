package evidence

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"headstart"
)

var key = []byte("a key of an installation, 32 byte")

func college() *headstart.Catalog {
	return &headstart.Catalog{
		Organisation: "Voorbeeld College",
		Locations: []headstart.Location{
			{ID: "noord", Name: headstart.Names{"": "Gebouw Noord"}, Aliases: []string{"Noord", "de nieuwbouw"}},
			{ID: "zuid", Name: headstart.Names{"": "Gebouw Zuid"}, Aliases: []string{"Zuidvleugel"}},
		},
		Departments: []headstart.Department{{ID: "fin", Name: headstart.Names{"": "Financiën"}, Aliases: []string{"crediteuren"}}},
		Services: []headstart.Service{
			{ID: "print", Name: headstart.Names{"nl": "Printen", "en": "Printing"}, Aliases: []string{"FollowMe"}},
			{ID: "wlan", Name: headstart.Names{"": "CollegeWifi"}},
			{ID: "net", Name: headstart.Names{"": "Netwerk"}},
			{ID: "mail", Name: headstart.Names{"": "E-mail"}, Aliases: []string{"Outlook"}},
			{ID: "sis", Name: headstart.Names{"": "Osiris"}, Aliases: []string{"studentenvolgsysteem"}},
		},
		Devices: []headstart.Device{{ID: "prn-n2-04", Kind: "printer", Name: headstart.Names{"": "N2-04"}, Location: "noord", Aliases: []string{"printer bij de trap"}}},
	}
}

// said writes evidence in a line: what it names, how strongly, and the cues.
func said(ev *headstart.Evidence) string {
	var b strings.Builder
	for _, list := range [][]headstart.Mention{ev.Assets, ev.Locations, ev.Departments} {
		for _, m := range list {
			fmt.Fprintf(&b, "%s:%g ", m.ID, m.Strength)
		}
		b.WriteString("| ")
	}
	for _, cue := range []string{"malfunction", "several", "howto", "request", "works_again", "supplies", "one_person", "password", "question"} {
		if n := ev.Cues[cue]; n > 0 {
			fmt.Fprintf(&b, "%s ", cue)
		}
	}
	return b.String() + "| " + ev.Language
}

func TestRead(t *testing.T) {
	r := New(college(), key)
	for name, tt := range map[string]struct{ title, body, want string }{
		"a service by its name":            {"printen", "", "print:1.1 | | | | "},
		"by an alias, several words":       {"De printer bij de trap is stuk", "", "prn-n2-04:1.1 print:1 | | | malfunction | nl "},
		"a device by its name with dashes": {"N2-04 offline", "", "prn-n2-04:1.1 net:0.3 wlan:0.3 | | | malfunction | "},
		"a hyphen more or less":            {"geen email sinds vanmorgen", "", "mail:1.1 | | | malfunction | nl "},
		"a typing error":                   {"studentenvolgsysteen doet het niet", "", "sis:0.99 | | | malfunction | nl "},
		"two letters swapped":              {"Outloko hangt", "", "mail:0.99 | | | malfunction | "},
		"inside a longer word":             {"netwerkstoring?", "", "net:0.9 wlan:0.54 | | | malfunction question | "},
		"wifi is what people call network": {"wifi werkt niet", "", "wlan:1 net:0.6 | | | malfunction | nl"},
		"accents and capitals":             {"FINANCIEN KAN NIET MAILEN", "", "mail:1 | | fin:1.1 | malfunction | nl "},
		"a location of two words":          {"in de nieuwbouw ligt alles plat", "", "net:0.6 | noord:1.1 | | malfunction | nl "},
		"English":                          {"Cannot print since this morning", "my colleagues have the same problem", "print:1 | | | malfunction several | en"},
		"it works again":                   {"printer", "Hij doet het weer, melding mag dicht. Bedankt!", "print:1 | | | works_again | nl"},
		"how to":                           {"vraag", "Hoe stel ik mijn handtekening in Outlook in?", "mail:1.1 | | | howto one_person question | nl "},
		"a request":                        {"nieuwe medewerker", "Graag een account met mailbox", "mail:1 | | | request | nl"},
		"supplies":                         {"toner op", "de printer op zuid vraagt om toner", "print:1.15 | zuid:1.1 | | supplies | nl "},
		"a password":                       {"wachtwoord vergeten", "", " | | | password | "},
		"one person":                       {"outlook", "Alleen bij mij loopt outlook vast, bij collega's niet", "mail:1.1 | | | malfunction one_person | nl "},
		"a signature names a place only":   {"wifi weg", "Niemand heeft wifi.\n\nMet vriendelijke groet,\nJ. de Vries\nFinanciën, Gebouw Noord\nOutlook: j@voorbeeld.nl", "wlan:1 net:0.6 | noord:1.1 | fin:1.1 | malfunction several | nl "},
		"quoted mail keeps the symptom":    {"FW: printen", "zie onder\nVan: outlook@voorbeeld.nl\nOnderwerp: mail\nEr komt niks uit de printer", "print:1.4 | | | malfunction | nl "},
		"nothing":                          {"", "", "| | | | "},
		"only a question mark":             {"?", "", "| | | question | "},
	} {
		t.Run(name, func(t *testing.T) {
			got := said(r.Read(tt.title, tt.body))
			norm := func(s string) string { return strings.Join(strings.Fields(s), " ") }
			if norm(got) != norm(tt.want) {
				t.Errorf("%q\ngot  %s\nwant %s", tt.title+" / "+tt.body, got, tt.want)
			}
		})
	}
}

// Ruling 7: whatever a user writes, evidence shows only the catalog's words and
// our own.
func TestEvidenceShowsNoWordOfTheText(t *testing.T) {
	const planted = "geheimwoord"
	ev := New(college(), key).Read("printer "+planted, "mijn "+planted+" en "+strings.ToUpper(planted)+"s outlook 0612345678 jan.jansen")
	b, err := json.Marshal(ev)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{planted, "jansen", "0612345678", "mijn"} {
		if bytes.Contains(bytes.ToLower(b), []byte(word)) {
			t.Errorf("evidence %s holds %q of the text", b, word)
		}
	}
	own := map[string]bool{}
	for _, list := range [][]headstart.Mention{ev.Assets, ev.Locations, ev.Departments} {
		for _, m := range list {
			own[m.Word] = true
		}
	}
	if diff := cmp.Diff(map[string]bool{"printer": true, "Outlook": true}, own); diff != "" {
		t.Errorf("words shown (-want +got)\n%s", diff)
	}
}

func TestStemsMeetAndNeedTheKey(t *testing.T) {
	one := New(college(), key).Read("de beamers flikkeren", "")
	two := New(college(), key).Read("", "het flikkeren van beamers")
	if diff := cmp.Diff(one.Stems, two.Stems); diff != "" || len(one.Stems) != 2 {
		t.Errorf("the same words have other stems (-one +two)\n%s", diff)
	}
	other := New(college(), []byte("another installation's own key .")).Read("de beamers flikkeren", "")
	if other.Stems[0] == one.Stems[0] || other.Stems[1] == one.Stems[1] {
		t.Error("another key gives the same hashes; want others")
	}
}

// Ruling 34: nothing is learned from names of people, so they leave no hash.
func TestNamesOfPeopleLeaveNoStem(t *testing.T) {
	r := New(college(), key)
	with := r.Read("beamer flikkert", "Els Janssens en Mohamed de Vries bellen Sofie")
	without := r.Read("beamer flikkert", "en de bellen")
	if diff := cmp.Diff(without.Stems, with.Stems); diff != "" {
		t.Errorf("names of people left stems (-without +with)\n%s", diff)
	}
}

func TestCatalogIsNamed(t *testing.T) {
	a, b := New(college(), key), New(&headstart.Catalog{}, key)
	if x, y := a.Read("x", ""), b.Read("x", ""); x.Catalog == y.Catalog || x.Catalog == "" || x.Version != Version {
		t.Errorf("catalogs %q and %q, version %d; want two names and %d", x.Catalog, y.Catalog, x.Version, Version)
	}
}

func TestFill(t *testing.T) {
	r := New(college(), key)
	ticket := headstart.Ticket{ID: "T-1", Title: "printer", Body: "stuk"}
	r.Fill(&ticket)
	if ticket.Title != "" || ticket.Body != "" || ticket.Evidence == nil || ticket.Evidence.Assets[0].ID != "print" {
		t.Errorf("filled %+v; want evidence and no text", ticket)
	}
	kept := ticket.Evidence
	r.Fill(&ticket)
	if ticket.Evidence != kept {
		t.Error("a ticket without text lost its evidence")
	}
}

func TestLongTextsAreBounded(t *testing.T) {
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, "woord%c%c printer storing ", 'a'+i%26, 'a'+i/26%26)
	}
	ev := New(college(), key).Read("é", b.String())
	if ev.Length > maxTokens || len(ev.Stems) > maxStems || ev.Cues["malfunction"] > maxCue {
		t.Errorf("length %d, stems %d, malfunction %d; want at most %d, %d, %d", ev.Length, len(ev.Stems), ev.Cues["malfunction"], maxTokens, maxStems, maxCue)
	}
}

// Upper case, a typing error and a signature change little.
func TestParaphrase(t *testing.T) {
	r := New(college(), key)
	plain := said(r.Read("printer", "de printer op gebouw noord doet het niet, iedereen heeft het"))
	loud := said(r.Read("PRINTER", "DE PRINTER OP GEBOUW NOORD DOET HET NIET, IEDEREEN HEEFT HET\n\nMvg\nPiet Outlook"))
	if plain != loud {
		t.Errorf("plain %s\nloud  %s", plain, loud)
	}
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int // 3: more than two
	}{
		{"outlook", "outlook", 0},
		{"outlook", "outlok", 1},
		{"outlook", "outloook", 1},
		{"outlook", "outlokk", 1},
		{"outlook", "uotlook", 1},
		{"outlook", "otlok", 2},
		{"thuiswerkportaal", "thuiswrekpotraal", 2},
		{"abc", "cba", 2},
		{"abcd", "dcba", 3},
		{"a", "", 1},
		{"", "abc", 3},
		{strings.Repeat("a", 300), strings.Repeat("a", 300), 3},
	} {
		for _, x := range [][2]string{{tt.a, tt.b}, {tt.b, tt.a}} {
			if got := distance(x[0], x[1], 2); got != tt.want {
				t.Errorf("distance(%q, %q) = %d, want %d", x[0], x[1], got, tt.want)
			}
		}
	}
}

func TestFloors(t *testing.T) {
	for text, want := range map[string]string{
		"printer op de 3e verdieping":              "[3]",
		"op de derde doet hij het niet":            "[3]",
		"het 2de verdiep":                          "[2]",
		"verdieping 4, en ook op het gelijkvloers": "[0 4]",
		"begane grond":                             "[0]",
		"printer on the third floor":               "[3]",
		"floor 12":                                 "[12]",
		"ground floor":                             "[0]",
		"voor de 2e keer":                          "[]",
		"de 3e melding op de tweede plaats":        "[]",
		"wifi 2e verd doet het niet":               "[2]",
		"3 printers, 4 mensen, kamer 312":          "[]",
		"verdieping 4000":                          "[]",
	} {
		if got := fmt.Sprint(floors(tokenize(text))); got != want {
			t.Errorf("%q: floors %s, want %s", text, got, want)
		}
	}
}

// TestOnWrittenWeek reads invented tickets of an organisation: of those that
// belong to an incident most name one of its services and say that something is
// broken; of the others, most show that they want something else. A larger week
// of another organisation is read too if it lies beside the repository.
func TestOnWrittenWeek(t *testing.T) {
	dirs := []string{"testdata"}
	if beside := filepath.Join("..", "..", "..", "shared", "data", "matching"); exists(beside) {
		dirs = append(dirs, beside)
	}
	for _, dir := range dirs {
		week, err := readWeek(dir)
		if err != nil {
			t.Fatal(err)
		}
		belongs, named, broken, others, apart := week.judge(New(week.catalog, key))
		t.Logf("%s: of %d tickets of incidents %d name a service of it, %d a malfunction; of %d others %d look like something else", dir, belongs, named, broken, others, apart)
		if belongs == 0 || others == 0 || named*100 < belongs*80 || broken*100 < belongs*70 || apart*100 < others*70 {
			t.Errorf("%s: of %d: %d named, %d malfunction; of %d others %d told apart; want at least 80, 70 and 70 %%", dir, belongs, named, broken, others, apart)
		}
	}
}

func exists(dir string) bool { _, err := os.Stat(dir); return err == nil }

func (w *week) judge(r *Reader) (belongs, named, broken, others, apart int) {
	for _, tk := range w.tickets {
		ev := r.Read(tk.Title, tk.Body)
		services := w.services[w.incident[tk.ID]]
		if services == nil {
			others++
			c := ev.Cues
			if c["malfunction"] == 0 || c["howto"]+c["request"]+c["works_again"]+c["supplies"]+c["one_person"]+c["password"] > 0 {
				apart++
			}
			continue
		}
		belongs++
		if ev.Cues["malfunction"] > 0 {
			broken++
		}
		for _, m := range ev.Assets {
			if services[m.ID] {
				named++
				break
			}
		}
	}
	return belongs, named, broken, others, apart
}

type week struct {
	catalog  *headstart.Catalog
	tickets  []headstart.Ticket
	incident map[string]string          // by ticket
	services map[string]map[string]bool // by incident
}

func readWeek(dir string) (*week, error) {
	w := &week{catalog: &headstart.Catalog{}, incident: map[string]string{}, services: map[string]map[string]bool{}}
	b, err := os.ReadFile(filepath.Join(dir, "catalog.yaml"))
	if err != nil {
		return nil, err
	}
	if err := yaml.Unmarshal(b, w.catalog); err != nil {
		return nil, err
	}
	err = eachLine(filepath.Join(dir, "tickets.jsonl"), func(line []byte) error {
		var tk headstart.Ticket
		w.tickets = append(w.tickets, tk)
		return json.Unmarshal(line, &w.tickets[len(w.tickets)-1])
	})
	if err != nil {
		return nil, err
	}
	err = eachLine(filepath.Join(dir, "incidents.jsonl"), func(line []byte) error {
		var inc struct {
			ID       string
			Services []string
		}
		if err := json.Unmarshal(line, &inc); err != nil {
			return err
		}
		w.services[inc.ID] = map[string]bool{}
		for _, s := range inc.Services {
			w.services[inc.ID][s] = true
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return w, eachLine(filepath.Join(dir, "labels.csv"), func(line []byte) error {
		if f := strings.Split(string(line), ","); len(f) > 1 {
			w.incident[f[0]] = f[1]
		}
		return nil
	})
}

func eachLine(file string, fn func([]byte) error) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if err := fn(lines.Bytes()); err != nil {
			return err
		}
	}
	return lines.Err()
}

func FuzzRead(f *testing.F) {
	f.Add("printer stuk", "Van: x\n-- \ncollega's ook?")
	f.Add("\xff\xfe", strings.Repeat("é", 9000))
	r := New(college(), key)
	f.Fuzz(func(t *testing.T, title, body string) {
		ev := r.Read(title, body)
		if ev.Length > maxTokens || len(ev.Stems) > maxStems {
			t.Fatalf("length %d, stems %d", ev.Length, len(ev.Stems))
		}
		if diff := cmp.Diff(ev, r.Read(title, body)); diff != "" {
			t.Fatalf("read twice, two answers:\n%s", diff)
		}
		for _, m := range ev.Assets {
			if m.Strength <= 0 || m.Strength > mostSaid || m.Word == "" {
				t.Fatalf("mention %+v", m)
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	r := New(college(), key)
	b.ReportAllocs()
	for b.Loop() {
		r.Read("printer doet het niet", "Goedemorgen, sinds vanmorgen komt er niks meer uit de printer op gebouw noord. Collega's hebben het ook. Mvg Joke")
	}
}
