package lang

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var variable = regexp.MustCompile(`\{[a-z]+\}`)

func TestBothLanguagesSayTheSameThings(t *testing.T) {
	nl, en := catalogue["nl"], catalogue["en"]
	for key, text := range nl {
		other, ok := en[key]
		if !ok {
			t.Errorf("en.txt lacks %s", key)
			continue
		}
		a, b := variable.FindAllString(text, -1), variable.FindAllString(other, -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(slices.Compact(a), slices.Compact(b)) {
			t.Errorf("%s has variables %v in Dutch and %v in English", key, a, b)
		}
	}
	for key := range en {
		if _, ok := nl[key]; !ok {
			t.Errorf("nl.txt lacks %s", key)
		}
		base, plural := strings.CutSuffix(key, ".one")
		if _, ok := en[base+".other"]; plural && !ok {
			t.Errorf("%s has no .other", base)
		}
	}
}

// Every key is said somewhere, and everything said is a key: as a whole literal
// or by a literal that ends in a dot.
func TestEveryKeyIsUsed(t *testing.T) {
	source := sources(t)
	for _, key := range slices.Sorted(maps.Keys(catalogue["nl"])) {
		base := strings.TrimSuffix(strings.TrimSuffix(key, ".one"), ".other")
		dot := strings.LastIndex(base, ".")
		if !strings.Contains(source, `"`+base+`"`) && !strings.Contains(source, `"`+base[:dot+1]+`"`) && !strings.Contains(source, `"`+base[:dot+1]+`%s"`) {
			t.Errorf("nothing says %s; remove it", key)
		}
	}
	for _, m := range regexp.MustCompile(`(?:\bt |Say\(|refuse\()"([a-z0-9_.]+[a-z0-9_])"`).FindAllStringSubmatch(source, -1) {
		if _, one := catalogue["nl"][m[1]]; !one {
			if _, many := catalogue["nl"][m[1]+".other"]; !many {
				t.Errorf("%s is said, but no key", m[1])
			}
		}
	}
}

// sources is everything that may say a message, but the tests.
func sources(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, dir := range []string{"../web", "../report", "../cmd", "../notify", "../incidents", "../subscriptions", "."} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") || (!strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, ".html")) {
				return err
			}
			b, err := os.ReadFile(path) //nolint:gosec // our own sources
			all.Write(b)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}

func TestSay(t *testing.T) {
	w := New("nl", nil)
	for name, c := range map[string]struct{ got, want string }{
		"one":                           {w.Say("time.days", "n", 1), "1 dag"},
		"none is many":                  {w.Say("time.days", "n", 0), "0 dagen"},
		"many":                          {w.Say("time.days", "n", 3), "3 dagen"},
		"an unknown language is Dutch":  {New("fr", nil).Say("nav.now"), "Nu"},
		"English":                       {New("en", nil).Say("nav.now"), "Now"},
		"a variable is not a variable":  {w.Say("did.refused", "why", "{why}"), "Niet gedaan: {why}"},
		"a word that is a key":          {w.SayOr("effect.", "slow", "?"), "Langzaam"},
		"a word that is no key":         {w.SayOr("effect.", "<b>", "?"), "?"},
		"a word that is a plural's key": {w.SayOr("kind.", "printer", "?", "n", 2), "2 printers"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", name, c.got, c.want)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("an unknown key did not panic")
		}
	}()
	w.Say("no.such.key")
}

func TestTimes(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	nl, en := New("nl", zone), New("en", zone)
	at := time.Date(2026, 11, 23, 6, 41, 0, 0, time.UTC)
	march := time.Date(2027, 3, 1, 8, 5, 0, 0, zone)
	for name, c := range map[string]struct{ got, want string }{
		"clock":                         {nl.Clock(at), "07:41"},
		"stamp nl":                      {nl.Stamp(at), "ma 23 nov 07:41"},
		"stamp en":                      {en.Stamp(at), "Mon 23 Nov 07:41"},
		"date nl":                       {nl.Date(at), "maandag 23 november 2026"},
		"date en":                       {en.Date(at), "Monday 23 November 2026"},
		"maart is mrt":                  {nl.Day(march), "ma 1 mrt"},
		"March is Mar":                  {en.Day(march), "Mon 1 Mar"},
		"when today":                    {nl.When(at, at.Add(time.Hour)), "07:41"},
		"when yesterday":                {nl.When(at, at.Add(24*time.Hour)), "ma 23 nov 07:41"},
		"when another year":             {nl.When(at, march), "ma 23 nov 2026 07:41"},
		"when today, but not in UTC":    {nl.When(time.Date(2026, 11, 22, 23, 30, 0, 0, time.UTC), at), "00:30"},
		"span nl":                       {nl.Span(98 * time.Minute), "1 uur en 38 minuten"},
		"span en":                       {en.Span(98 * time.Minute), "1 hour and 38 minutes"},
		"span of whole hours":           {nl.Span(2 * time.Hour), "2 uur"},
		"span of days keeps two units":  {nl.Span(49*time.Hour + 5*time.Minute), "2 dagen en 1 uur"},
		"span keeps neighbouring units": {nl.Span(48*time.Hour + 5*time.Minute), "2 dagen"},
		"span of nothing":               {nl.Span(30 * time.Second), "minder dan een minuut"},
		"span backwards":                {nl.Span(-2 * time.Minute), "2 minuten"},
		"a weekend in hours":            {nl.Hours(62*time.Hour + 30*time.Minute), "62 uur en 30 minuten"},
		"a weekend in whole hours":      {en.Hours(62 * time.Hour), "62 hours"},
		"less than an hour in hours":    {nl.Hours(5 * time.Minute), "5 minuten"},
		"brief minutes":                 {nl.Brief(43 * time.Minute), "43 min"},
		"brief hours":                   {nl.Brief(2 * time.Hour), "2 u"},
		"brief hours and minutes":       {en.Brief(98 * time.Minute), "1 h 38 min"},
		"brief days":                    {nl.Brief(51 * time.Hour), "2 d 3 u"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", name, c.got, c.want)
		}
	}
}

func TestParseNamesTheLine(t *testing.T) {
	for text, want := range map[string]string{"a = b\nc": "line 2", "a = b\n\na = c": "line 3"} {
		if _, err := parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// TestFill: names in braces become values, once; braces that name nothing stay.
func TestFill(t *testing.T) {
	for _, text := range []string{"", "plain", "{a}", "x {a} y {n}{a}", "{a", "{a{n}", "{{n}}", "{b} {}", "}{", "{a} {b {n}"} {
		want := strings.NewReplacer("{a}", "{n}", "{n}", "7").Replace(text)
		if got := fill(text, []any{"a", "{n}", "n", 7}); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func BenchmarkSay(b *testing.B) {
	w := New("nl", nil)
	for b.Loop() {
		_ = w.Say("report.linked", "n", 3, "suggested", 2)
	}
}
