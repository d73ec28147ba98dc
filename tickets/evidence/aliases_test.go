package evidence

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
)

var aliasCatalog = &headstart.Catalog{
	Organisation: "Havenstad",
	Services: []headstart.Service{
		{ID: "print", Name: headstart.Names{"nl": "Printen"}, Aliases: []string{"afdrukken"}},
		{ID: "roster", Name: headstart.Names{"nl": "Nexus roosterplanning"}, Aliases: []string{"nexus"}},
	},
	Devices:   []headstart.Device{{ID: "prn-n2-04", Kind: "printer", Location: "noord", Services: []string{"print"}}},
	Locations: []headstart.Location{{ID: "noord", Name: headstart.Names{"nl": "Gebouw Noord"}}},
}

var firstDay = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// toldOf are n tickets with a title, of so many requesters on so many days.
func toldOf(title string, n, requesters, days int, about ...string) []Told {
	var out []Told
	for i := range n {
		out = append(out, Told{
			Key: fmt.Sprintf("rt/%s-%s-%d", title, strings.Join(about, ","), i), Title: title, About: about,
			Requester: headstart.Requester{ID: fmt.Sprint("u", i%requesters)}, Since: firstDay.AddDate(0, 0, i%days),
		})
	}
	return out
}

// wordsFor are the words a search finds, with their assets.
func wordsFor(t *testing.T, told []Told, others ...string) []string {
	t.Helper()
	r := New(aliasCatalog, []byte("a key of sixteen bytes or more"))
	out := []string{}
	for _, a := range r.Aliases(told, others, nil, time.UTC) {
		word, _, _, _ := r.Reread(&a, told, time.UTC)
		out = append(out, a.Asset+"="+word)
	}
	return out
}

// A word is proposed from five requesters on three days on, shared ones aside, where
// it is four times as frequent as elsewhere.
func TestAliasesAtTheEdges(t *testing.T) {
	elsewhere := toldOf("muis kwijt", 40, 10, 5)
	shared := toldOf("toverbord", 6, 6, 3, "roster")
	shared[0].Requester.Shared, shared[1].Requester.Shared = true, true
	perhaps := toldOf("toverbord", 20, 5, 3)
	for i := range perhaps {
		perhaps[i].Perhaps = []string{"roster"}
	}
	for name, c := range map[string]struct {
		told []Told
		want string
	}{
		"five people on three days": {toldOf("toverbord", 5, 5, 3, "roster"), "[roster=toverbord]"},
		"four people":               {toldOf("toverbord", 8, 4, 3, "roster"), "[]"},
		"two days":                  {toldOf("toverbord", 8, 5, 2, "roster"), "[]"},
		"shared accounts":           {shared, "[]"},
		"people linked none":        {toldOf("toverbord", 9, 9, 5), "[]"},
		"nobody judged the others":  {slices.Concat(toldOf("toverbord", 5, 5, 3, "roster"), perhaps), "[roster=toverbord]"},
		// 5 of 5 there; 9.5 of 50 elsewhere is 5.3 times, 14.5 of 55 is 3.8 times.
		"nine tickets elsewhere":     {slices.Concat(toldOf("toverbord", 5, 5, 3, "roster"), toldOf("toverbord", 9, 9, 3)), "[roster=toverbord]"},
		"fourteen tickets elsewhere": {slices.Concat(toldOf("toverbord", 5, 5, 3, "roster"), toldOf("toverbord", 14, 9, 3)), "[]"},
		"said of another asset too":  {slices.Concat(toldOf("toverbord", 5, 5, 3, "roster"), toldOf("toverbord", 14, 9, 3, "print")), "[print=toverbord]"},
		"another ending":             {slices.Concat(toldOf("toverborden", 3, 3, 3, "roster"), toldOf("toverbord", 2, 1, 1, "roster")), "[]"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := fmt.Sprint(wordsFor(t, slices.Concat(c.told, elsewhere))); got != c.want {
				t.Errorf("proposed %s, want %s", got, c.want)
			}
		})
	}
	if got := wordsFor(t, toldOf("toverbord", 9, 9, 5, "roster")); len(got) != 0 {
		t.Errorf("proposed %v though no other ticket tells what is special", got)
	}
}

// Words that name no thing, or that are known, are never proposed; nor is anybody's
// name, of our list or of an account.
func TestNoAliases(t *testing.T) {
	elsewhere := toldOf("muis kwijt", 60, 10, 5)
	for _, word := range []string{
		"vandaag", "storing", "kapot", "hoe werkt", "wachtwoord", "graag", "aanvragen", // of our lists
		"Jansen", "janssens", "Annemarie", "Jansen's", "fenna.koudijs", "Koudijs", // people
		"Nexus", "roosterplanning", "roosterplaning", "wifi", "outlook", "rooster", "Noord", "Havenstad", // known
		"systeem", "per mail", "kt", "06-55598765", "T4711", "", "?!", // nothing
	} {
		told := slices.Concat(toldOf(word, 9, 9, 5, "roster"), elsewhere)
		if got := wordsFor(t, told, "fenna.koudijs"); len(got) != 0 {
			t.Errorf("%q: proposed %v, want nothing", word, got)
		}
	}
}

// What stands in the catalog by now is proposed no more.
func TestAliasTakenOver(t *testing.T) {
	told := slices.Concat(toldOf("toverbord weg", 9, 9, 5, "roster"), toldOf("muis kwijt", 60, 10, 5))
	if got := wordsFor(t, told); !slices.Contains(got, "roster=toverbord") {
		t.Fatalf("proposed %v, want toverbord", got)
	}
	taken := *aliasCatalog
	taken.Services = slices.Clone(taken.Services)
	taken.Services[1].Aliases = []string{"nexus", "toverbord"}
	if got := New(&taken, []byte("a key of sixteen bytes or more")).Aliases(told, nil, nil, time.UTC); len(got) != 0 {
		t.Errorf("proposed %d, want none: the catalog has it", len(got))
	}
}

// Of a pair and its words the one is proposed that people use.
func TestAliasOfTwoWords(t *testing.T) {
	elsewhere := toldOf("muis kwijt", 60, 10, 5)
	pair := wordsFor(t, slices.Concat(toldOf("blauwe gaatje", 9, 9, 5, "roster"), elsewhere))
	if fmt.Sprint(pair) != "[roster=blauwe gaatje]" {
		t.Errorf("proposed %v, want the pair: its words never stand alone", pair)
	}
	word := wordsFor(t, slices.Concat(toldOf("blauwe toverbord", 5, 5, 5, "roster"), toldOf("toverbord", 9, 9, 5, "roster"), elsewhere))
	if fmt.Sprint(word) != "[roster=toverbord]" {
		t.Errorf("proposed %v, want toverbord alone", word)
	}
	device := wordsFor(t, slices.Concat(toldOf("bordes printer", 9, 9, 5, "prn-n2-04"), elsewhere))
	if fmt.Sprint(device) != "[prn-n2-04=bordes printer]" {
		t.Errorf("proposed %v, want what sets this printer apart", device)
	}
}

// What was rejected leaves its place to others: at most eight are proposed.
func TestRejectedAliasesLeaveRoom(t *testing.T) {
	r := New(aliasCatalog, []byte("a key of sixteen bytes or more"))
	told := toldOf("muis kwijt", 60, 10, 5)
	for n := range mostAliases + 2 {
		told = append(told, toldOf("quux"+strings.Repeat("z", n+1), 20-n, 9, 5, "roster")...)
	}
	all := r.Aliases(told, nil, nil, time.UTC)
	rest := r.Aliases(told, nil, func(id string) bool { return id == all[0].ID || id == all[1].ID || id == all[2].ID }, time.UTC)
	if len(all) != mostAliases || len(rest) != mostAliases-1 || rest[0].ID != all[3].ID {
		t.Errorf("proposed %d, and %d when three are rejected; want %d and %d", len(all), len(rest), mostAliases, mostAliases-1)
	}
}

// What is kept from one night to the next holds no word. The word comes from titles
// that are still kept, and goes with them.
func TestAliasesHoldNoWords(t *testing.T) {
	r := New(aliasCatalog, []byte("a key of sixteen bytes or more"))
	told := slices.Concat(toldOf("Tòverbord", 6, 6, 3, "roster"), toldOf("muis kwijt", 60, 10, 5))
	for i := range told {
		told[i].Key = fmt.Sprint("rt/", i)
	}
	found := r.Aliases(told, nil, nil, time.UTC)
	if len(found) != 1 {
		t.Fatalf("found %d, want one", len(found))
	}
	kept, err := json.Marshal(found)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(strings.ToLower(string(kept)), "toverb") || found[0].Tickets[0] != "rt/0" {
		t.Errorf("kept %s, want hashes and numbers", kept)
	}
	if other := New(aliasCatalog, []byte("another key of sixteen bytes")).Aliases(told, nil, nil, time.UTC); other[0].ID == found[0].ID {
		t.Error("the hash does not depend on the installation's key")
	}
	word, tickets, requesters, days := r.Reread(&found[0], told[:5], time.UTC)
	if word != "toverbord" || tickets != 5 || requesters != 5 || days != 3 {
		t.Errorf("of five titles that are left: %q in %d of %d on %d days", word, tickets, requesters, days)
	}
	if word, _, requesters, _ := r.Reread(&found[0], nil, time.UTC); word != "" || requesters != 0 {
		t.Errorf("without titles there is still %q", word)
	}
	if !slices.EqualFunc(found, r.Aliases(told, nil, nil, time.UTC), func(a, b Alias) bool { return a.ID == b.ID }) {
		t.Error("the same tickets gave others")
	}
}

// No title brings the search down, and none yields what is longer than a word.
func FuzzAliases(f *testing.F) {
	for _, title := range []string{"Toverbord doet het niet", "per mail?", "Één\x00\xff", strings.Repeat("a", 300), "jansen's jansens s"} {
		f.Add(title)
	}
	r := New(aliasCatalog, []byte("a key of sixteen bytes or more"))
	f.Fuzz(func(t *testing.T, title string) {
		told := slices.Concat(toldOf(title, 5, 5, 3, "roster"), toldOf("muis kwijt", 60, 10, 5))
		for _, a := range r.Aliases(told, nil, nil, time.UTC) {
			word, n, _, _ := r.Reread(&a, told, time.UTC)
			if word == "" || n < 5 || len(word) > 2*maxWord+1 {
				t.Errorf("%q in %d tickets", word, n)
			}
		}
	})
}

// BenchmarkReread is what a look at the board costs at most: eight words of fifty
// tickets each.
func BenchmarkReread(b *testing.B) {
	r := New(aliasCatalog, []byte("a key of sixteen bytes or more"))
	told := toldOf("Sinds vanmorgen doet het toverbord op de afdeling het niet meer", 400, 20, 5, "roster")
	a := r.Aliases(slices.Concat(told, toldOf("muis kwijt", 60, 10, 5)), nil, nil, time.UTC)
	for b.Loop() {
		again := slices.Clone(told)
		for range mostAliases {
			if word, _, _, _ := r.Reread(&a[0], again, time.UTC); word != "toverbord" {
				b.Fatal(word)
			}
		}
	}
}
