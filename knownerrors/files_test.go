package knownerrors

import (
	"bytes"
	"encoding/csv"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"headstart"

	"pgregory.net/rapid"
)

// format is one of the two files.
type format struct {
	name   string
	encode func(io.Writer, []Entry) error
	decode func([]byte) ([]Entry, []Mistake)
}

var formats = []format{{"csv", EncodeCSV, DecodeCSV}, {"markdown", EncodeMarkdown, DecodeMarkdown}}

// said compares what entries say, wherever in a file they stand.
var said = cmp.Options{cmpopts.IgnoreFields(Entry{}, "Line", "Said"), cmpopts.EquateEmpty()}

// goesRound writes entries and reads them again.
func goesRound(t interface{ Fatalf(string, ...any) }, f format, entries []Entry) {
	var want []Entry
	for i := range entries {
		want = append(want, tidied(&entries[i]))
	}
	var b bytes.Buffer
	if err := f.encode(&b, entries); err != nil {
		t.Fatalf("%s: %v", f.name, err)
	}
	got, wrong := f.decode(b.Bytes())
	if diff := cmp.Diff(want, got, said); diff != "" || len(wrong) > 0 {
		t.Fatalf("%s comes back otherwise (-want +got), mistakes %v:\n%s\nthe file:\n%s", f.name, wrong, diff, b.String())
	}
}

// TestFilesGoRound: what is written comes back, whatever it says: separators, formulas,
// headings, quotes, backslashes, several lines.
func TestFilesGoRound(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var entries []Entry
		for range rapid.IntRange(1, 4).Draw(rt, "entries") {
			entries = append(entries, drawn(rt))
		}
		for _, f := range formats {
			goesRound(rt, f, entries)
		}
	})
}

// drawn is an entry of awkward words.
func drawn(rt *rapid.T) Entry {
	word := rapid.SampledFrom([]string{"papier", "=SUM(A1)", "+31 6", "-1", "@joris", "'t Gooi", "''", `a;b\c\;`, `\`, ";", "# kop", "## KE-1", "### fix", "- kb: x", `\# x`, "een\ntwee\n\n# drie", "\"aan\"", "é€", " rand ", "a, b", "\tx", "ja\r\nnee"})
	text := func(name string) string {
		return strings.Join(rapid.SliceOfN(word, 0, 3).Draw(rt, name), rapid.SampledFrom([]string{" ", "\n", ""}).Draw(rt, "between"))
	}
	list := func(name string) []string { return rapid.SliceOfN(word, 0, 3).Draw(rt, name) }
	e := Entry{Retired: rapid.Bool().Draw(rt, "retired"), KnownError: headstart.KnownError{
		ID: rapid.SampledFrom([]string{"KE-1", "KE-22", "ke", ""}).Draw(rt, "id"), Services: list("services"), Assets: list("assets"), Locations: list("locations"), Checks: list("checks"),
		Cause: text("cause"), Fix: text("fix"), Prevention: text("prevention"), KB: text("kb"), SupplierCase: text("supplier"), Problem: text("problem"), ReviewBy: text("review"), Article: text("article"),
		Confidential: rapid.Bool().Draw(rt, "confidential"), Title: headstart.Names{"nl": text("title"), "en": text("title_en")}, Workaround: headstart.Names{"": text("workaround")},
		Symptoms: map[string][]string{"nl": list("nl"), "en": list("en")},
	}}
	if rapid.Bool().Draw(rt, "says something") { // else all may be empty, and CSV has no such line
		e.Fix += "x"
	} else {
		e.ID += "KE-3"
	}
	return e
}

// Ruling 44: no cell of a written list is a formula of a spreadsheet.
func TestCSVHoldsNoFormula(t *testing.T) {
	e := Entry{KnownError: headstart.KnownError{ID: "=1+1", Fix: "@SUM(A1)", Cause: "-2", Prevention: "+3", KB: "=HYPERLINK(\"x\")", Services: []string{"=1"}}}
	var b bytes.Buffer
	if err := EncodeCSV(&b, []Entry{e}); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				t.Errorf("cell %q is a formula", cell)
			}
		}
	}
}

// What people make of a file is read, and what is wrong is told with its line while the
// rest is kept.
func TestDecode(t *testing.T) {
	for name, c := range map[string]struct {
		f     format
		file  string
		want  []Entry
		wrong string
	}{
		"semicolons and Windows-1252": {formats[0], "ID;Title_NL;confidential\nKE-8;Caf\xe9;ja\n", []Entry{{KnownError: headstart.KnownError{ID: "KE-8", Title: headstart.Names{"nl": "Café"}, Confidential: true}}}, ""},
		"an apostrophe of a person":   {formats[0], "id,title\n,'t Gooi\n", []Entry{{KnownError: headstart.KnownError{Title: headstart.Names{"": "'t Gooi"}}}}, ""},
		"counts are passed over":      {formats[0], "id,helped,fix\nKE-8,3,x\n", []Entry{{KnownError: headstart.KnownError{ID: "KE-8", Fix: "x"}}}, ""},
		"blank lines":                 {formats[0], "id,fix\n,\n\nKE-8,x\n , \n", []Entry{{KnownError: headstart.KnownError{ID: "KE-8", Fix: "x"}}}, ""},
		"a column misspelt":           {formats[0], "id,fixx\nKE-8,x\n", nil, `line 1: column "fixx" is not known`},
		"a column twice":              {formats[0], "id,fix,Fix\nKE-8,x,y\n", nil, `line 1: column "fix" stands twice`},
		"one line wrong":              {formats[0], "id,retired\nKE-8,misschien\nKE-9,nee\n", []Entry{{KnownError: headstart.KnownError{ID: "KE-9"}}}, `line 2: retired is "misschien"; write yes or no`},
		"too many cells":              {formats[0], "id,fix\nKE-8,x,y\n", nil, "line 2: the line has 3 cells"},
		"an empty file":               {formats[0], "", nil, "the file is empty"},
		"a spreadsheet itself":        {formats[0], "PK\x03\x04\x00", nil, "this is a workbook"},
		"Markdown of a person": {
			formats[1], "# Lijst\n\nWat wij weten.\n\n## Papier kreukt\n- services: print; lan\n- symptoms_nl: papier kreukt\n\n### fix\nklep\n\ndicht\n\n## KE-8 · Wifi\n\n- Review_By: 2027-01-01\n",
			[]Entry{
				{KnownError: headstart.KnownError{Title: headstart.Names{"": "Papier kreukt"}, Services: []string{"print", "lan"}, Symptoms: map[string][]string{"nl": {"papier kreukt"}}, Fix: "klep\n\ndicht"}},
				{KnownError: headstart.KnownError{ID: "KE-8", ReviewBy: "2027-01-01"}},
			},
			"",
		},
		"Markdown, a fact misspelt":   {formats[1], "## KE-8\n- fixx: y\n## KE-9\n- kb: z\n", []Entry{{KnownError: headstart.KnownError{ID: "KE-9", KB: "z"}}}, `line 2: "fixx" is not known`},
		"Markdown, words of nothing":  {formats[1], "## KE-8\nzomaar\n", nil, `line 2: "zomaar" belongs to nothing`},
		"Markdown, a heading unknown": {formats[1], "## KE-8\n### fixx\nx\n", nil, `line 2: "fixx" is not known`},
	} {
		t.Run(name, func(t *testing.T) {
			got, wrong := c.f.decode([]byte(c.file))
			if diff := cmp.Diff(c.want, got, said); diff != "" {
				t.Errorf("entries (-want +got):\n%s", diff)
			}
			var told strings.Builder
			for _, m := range wrong {
				told.WriteString(m.Error() + "\n")
			}
			if (c.wrong == "") != (told.String() == "") || !strings.Contains(told.String(), c.wrong) {
				t.Errorf("told %q; want %q", told.String(), c.wrong)
			}
		})
	}
}

// A file of nothing but mistakes is not told of without end.
func TestMistakesAreBounded(t *testing.T) {
	for _, f := range []struct {
		format
		file string
	}{{formats[0], "id,retired\n" + strings.Repeat("a,maybe\n", 20_000)}, {formats[1], "## KE-8\n" + strings.Repeat("- x\n", 20_000)}} {
		if entries, wrong := f.decode([]byte(f.file)); len(entries) != 0 || len(wrong) != mostEntries+1 {
			t.Errorf("%s: %d entries and %d mistakes; want %d", f.name, len(entries), len(wrong), mostEntries+1)
		}
	}
}

// TestCompare says what a file would change, and of what it says nothing nothing.
func TestCompare(t *testing.T) {
	retired := headstart.KnownRecord{Own: true, KnownError: headstart.KnownError{ID: "KE-10", Title: headstart.Names{"nl": "Oud"}}}
	retired.RetiredAt = &retired.MadeAt
	have := []headstart.KnownRecord{
		{KnownError: headstart.KnownError{ID: "KE-7", Services: []string{"print"}, Fix: "spooler"}},
		{Own: true, KnownError: headstart.KnownError{ID: "KE-8", Title: headstart.Names{"nl": "Papier kreukt"}, Services: []string{"print"}, Fix: "klep dicht", Checks: []string{"jam"}, Symptoms: map[string][]string{"nl": {"kreukt"}}}},
		retired,
	}
	for name, c := range map[string]struct {
		file string
		want string // what it does, with its id and keys
	}{
		"nothing":                            {"id,fix\nKE-8,klep dicht\n", "same KE-8 "},
		"another fix":                        {"id,fix\nke-8,rol vervangen\n", "edit KE-8 fix"},
		"an emptied list":                    {"id,checks\nKE-8,\n", "edit KE-8 checks"},
		"two symptoms":                       {"id,symptoms_nl\nKE-8,kreukt; scheurt\n", "edit KE-8 symptoms"},
		"a new one":                          {"title_nl,services\nWifi weg,wifi\n", "make  "},
		"one without an id that is there":    {"title_nl,services,fix\nPapier kreukt,print,x\n", "edit KE-8 fix"},
		"one with the id of another list":    {"id,title_nl,services,fix\nKE-99,Papier kreukt,print,klep dicht\n", "same KE-8 "},
		"one of the catalog, unchanged":      {"id,fix\nKE-7,spooler\n", "same KE-7 "},
		"one of the catalog, changed":        {"id,fix\nKE-7,anders\n", "refused KE-7 fix"},
		"one that goes out of use":           {"id,retired\nKE-8,yes\n", "retire KE-8 "},
		"one that comes back":                {"id,retired,fix\nKE-10,no,x\n", "edit+restore KE-10 fix"},
		"one that never was, and is retired": {"title,retired\nWeg,yes\n", "refused  "},
		"one that says nothing":              {"id,fix\nKE-99,\n", "refused  "},
	} {
		entries, wrong := DecodeCSV([]byte(c.file))
		if len(wrong) > 0 {
			t.Fatalf("%s: %v", name, wrong)
		}
		x := Compare(have, entries)[0]
		if got := strings.Join(x.Do, "+") + " " + x.ID + " " + strings.Join(x.Keys, ","); got != c.want {
			t.Errorf("%s: %q; want %q (%s)", name, got, c.want, x.Why)
		}
		if name == "an emptied list" {
			if diff := cmp.Diff(map[string]any{"checks": []any{}}, x.Body); diff != "" {
				t.Errorf("%s sends (-want +got):\n%s", name, diff)
			}
		}
	}
}

// FuzzDecodeCSV and FuzzDecodeMarkdown: what is read from anything can be written, and
// comes back as it was read.
func FuzzDecodeCSV(f *testing.F) {
	f.Add([]byte("id;title_nl;services;confidential\nKE-8;'=x;a\\;b;ja\n"))
	f.Add([]byte("id,fix\n\"KE-8\",\"a\nb\"\n'',''\n"))
	f.Add([]byte("\xef\xbb\xbfid\tfix\nKE\x80\t\"x\n"))
	f.Fuzz(func(t *testing.T, data []byte) { readable(t, formats[0], data) })
}

func FuzzDecodeMarkdown(f *testing.F) {
	f.Add([]byte("## KE-8 · x\n\n- services: a; b\n\n### article\n\n\\# kop\n\\\\x\n"))
	f.Add([]byte("## (new)\n### fix\n\n\n### fix\nx\n## \n- retired: x\n"))
	f.Fuzz(func(t *testing.T, data []byte) { readable(t, formats[1], data) })
}

func readable(t *testing.T, f format, data []byte) {
	if len(data) > 1<<16 {
		return
	}
	entries, _ := f.decode(data)
	for _, other := range formats {
		var whole []Entry
		for _, e := range entries {
			if x := tidied(&e); !cmp.Equal(x, Entry{}, said) {
				whole = append(whole, x)
			}
		}
		goesRound(t, other, whole)
	}
	Compare(nil, entries)
}
