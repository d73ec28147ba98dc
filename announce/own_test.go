package announce

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"headstart"
)

// Each mistake in an organisation's own lines is named with its line and remedy.
func TestOwnLinesAreChecked(t *testing.T) {
	const investigating, printer = "phases: {investigating: {nl: {%s}}}", "kinds: {printer: {nl: {%s}}}"
	for name, tc := range map[string]struct{ yaml, want string }{
		"good":                       {fmt.Sprintf(printer, `dont: "Loop naar een andere printer."`), ""},
		"a line left out":            {`phases: {resolved: {nl: {body: {thanks: ""}}}}`, ""},
		"if and with":                {fmt.Sprintf(investigating, `body: {we: "{{if .Attended}}{{.Doing}}{{else}}Dit is net gemeld.{{with .LookFrom}} Wij kijken vanaf {{.}}.{{end}}{{end}}"}`), ""},
		"a question":                 {`labels: {nl: {ref: "Noem dit nummer"}}`, ""},
		"misspelt":                   {"phases:\n  investigating:\n    nl:\n      tilte: x", `own.yml:4: phases.investigating.nl: unknown key "tilte"; write body, short or title`},
		"another phase":              {"phases: {solved: {}}", "unknown key \"solved\"; write"},
		"a list":                     {"kinds: [printer]", "kinds: holds no keys; write application, fileshare"},
		"no text":                    {"kinds:\n  printer:\n    nl:\n      dont:", "own.yml:4: kinds.printer.nl.dont holds no text"},
		"twice":                      {"labels: {nl: {ref: A, ref: B}}", "stands twice"},
		"an alias":                   {"labels: &a {nl: {ref: A}}\nphone: *a", "phone: holds no keys"},
		"not YAML":                   {"labels: {nl", "this is not YAML"},
		"call":                       {fmt.Sprintf(printer, `dont: "{{call .Name}}"`), "{{call .Name}} is not allowed; use only"},
		"a loop":                     {fmt.Sprintf(printer, `dont: "{{range 1000000000}}x{{end}}"`), "is not allowed; use only"},
		"a definition":               {fmt.Sprintf(printer, `dont: "{{define \"x\"}}{{template \"x\"}}{{end}}x"`), "is not allowed; use only"},
		"printf":                     {fmt.Sprintf(printer, `dont: "{{printf \"%999999999d\" 1}}"`), "is not allowed; use only"},
		"an open if":                 {fmt.Sprintf(printer, `dont: "{{if .Name}}x"`), "close every"},
		"a field of a word":          {fmt.Sprintf(printer, `dont: "{{with .Name}}{{.Where}}{{end}}"`), "stands inside {{with}}; write {{.}}"},
		"an unknown variable":        {fmt.Sprintf(printer, `dont: "Bel {{.Phone}}."`), "{{.Phone}} is no variable here; write Also, Attended"},
		"a circle":                   {fmt.Sprintf(printer, `dont: "{{.Dont}}"`), "{{.Dont}} is no variable here"},
		"a variable in a question":   {`labels: {nl: {ref: "{{.Ref}}"}}`, "a question takes no variables"},
		"without its promise":        {fmt.Sprintf(investigating, `body: {next: "Later."}`), "lacks {{.NextUpdate}}"},
		"without its number":         {fmt.Sprintf(investigating, `body: {ref: ""}`), "lacks {{.Ref}}"},
		"without the urgent contact": {fmt.Sprintf(investigating, `body: {report: "Bellen hoeft niet."}`), "lacks {{.UrgentContact}}"},
		"over without proof":         {`phases: {resolved: {nl: {title: "Opgelost: {{.Subject}}"}}}`, "lacks {{.NotSeen}}"},
		"an application unnamed":     {`kinds: {application: {nl: {title: {down: "Iets werkt niet"}}}}`, "lacks {{.Name}}"},
		"empty":                      {fmt.Sprintf(printer, `works: ""`), "is empty and cannot be left out"},
		"what may be empty":          {fmt.Sprintf(investigating, `title: "{{.Title}} {{.Where}}"`), "{{.Where}} may be empty there"},
		"jargon":                     {fmt.Sprintf(printer, `dont: "De printserver is stuk."`), `"printserver": a word of our trade, not of users; write instead: printen`},
		"jargon on one side":         {fmt.Sprintf(investigating, `body: {we: "{{if .Attended}}Wij herstellen de uplink.{{else}}Dit is gemeld.{{end}}"}`), `"uplink"`},
		"a host":                     {fmt.Sprintf(printer, `dont: "Wacht op core7."`), `"core7" is an internal name of the catalog`},
		"a long sentence":            {fmt.Sprintf(printer, `dont: "een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien"`), "a sentence of 16 words; at most 15"},
		"a long short form":          {fmt.Sprintf(investigating, `short: "{{.Title}}. Het spijt ons heel erg. Probeer het straks nog een keer. Of bel ons even op. Wij helpen. Wij kijken. Nieuws om {{.NextUpdate}}. {{with .UrgentContact}}{{.}}{{end}} {{.Ref}}"`), "at most 160"},
		"a claim":                    {fmt.Sprintf(investigating, `body: {we: "Er wordt aan gewerkt."}`), "says that somebody is on it"},
		"long on the telephone":      {`phone: {nl: {one: "{{.Title}}. ` + strings.Repeat("Dit is een zin van zes woorden. ", 7) + `{{.NextUpdate}}.{{with .UrgentContact}} {{.}}{{end}}"}}`, "words on the telephone"},
		"two spaces":                 {fmt.Sprintf(printer, `dont: "Wacht  even."`), "two spaces"},
		"too large":                  {"# " + strings.Repeat("x", MaxOwn), "64 KiB"},
	} {
		t.Run(name, func(t *testing.T) {
			lines, faults := ParseLines("own.yml", []byte(tc.yaml))
			faults = append(faults, CheckLines(office(), "u", lines)...)
			var said []string
			for _, f := range faults {
				said = append(said, fmt.Sprintf("%s:%d: %s", f.File, f.At, f.Text))
				if f.At < 1 || !strings.Contains(f.Text, ";") {
					t.Errorf("%+v names no line or no remedy", f)
				}
			}
			if all := strings.Join(said, "\n"); tc.want == "" && all != "" || !strings.Contains(all, tc.want) {
				t.Errorf("said:\n%s\nwant: %s", all, tc.want)
			}
		})
	}
}

// What is not named stays ours, in every message and each language.
func TestOwnLinesReplaceOnlyThemselves(t *testing.T) {
	loc := amsterdam(t)
	own := map[string]string{
		"phases.resolved.nl.body.thanks": "Fijn dat u even wachtte.", "kinds.printer.nl.title.down": "{{with .Name}}{{.}} doet niets{{else}}Printen kan niet{{end}}",
		"phone.nl.close": "", "labels.nl.ref": "Noem dit nummer",
		"phases.gone.nl.title": "x", "kinds.printer.nl.dont": "{{call .Name}}", // of a log by another version: ours
	}
	ours, theirs := New(nil, "u", nil), New(nil, "u", own)
	replaced := map[string]int{}
	undo := strings.NewReplacer("Fijn dat u even wachtte.", "Onze excuses voor het ongemak. Bedankt voor uw geduld.", "rinter N2-04 doet niets", "rinter N2-04 werkt niet", "Printen kan niet", "Printen lukt niet", "Noem dit nummer", "Nummer")
	for _, c := range trials(templates()) {
		if c.voice.address != "u" || c.form != "attended" {
			continue
		}
		in := c.wording(templates(), loc)
		was, is := ours.Compose(in).Text, theirs.Compose(in).Text
		for _, pair := range [][2]string{{was.Title, is.Title}, {was.Short, is.Short}, {was.Body, is.Body}, {was.Subject, is.Subject}, {was.Phone, is.Phone}} {
			if pair[0] != pair[1] {
				replaced[c.voice.lang+" "+string(c.kind)]++
			}
			back := undo.Replace(pair[1])
			if back != pair[0] && back+" U hoeft dit niet te melden." != pair[0] {
				t.Fatalf("%s: %q became %q", c, pair[0], pair[1])
			}
		}
	}
	if replaced["nl printer"] == 0 || replaced["nl mail"] == 0 || replaced["en printer"] != 0 {
		t.Errorf("replaced %v; want printers and mail in Dutch, nothing in English", replaced)
	}
	if got, want := theirs.Title(headstart.KindPrinter, "down", "printer N2-04", "nl"), "Printer N2-04 doet niets"; got != want {
		t.Errorf("title %q, want %q", got, want)
	}
}

// A name of a machine in a line of the organisation's is caught in every message:
// only our own words are let through.
func TestOwnLinesLetNoNameThrough(t *testing.T) {
	w := New(office(), "u", map[string]string{"kinds.mail.nl.dont": "Wacht op core7."})
	got := w.Compose(headstart.Wording{Phase: headstart.Investigating, Kind: headstart.KindMail, Lang: "nl", Vars: map[string]string{"Ref": "HS-1"}})
	if !slices.ContainsFunc(got.Hits, func(h headstart.Hit) bool { return h.Word == "core7" }) {
		t.Errorf("hits %v, want core7", got.Hits)
	}
}

// All our own lines pass as an organisation's, in both forms of address.
func TestOurLinesPassTheCheck(t *testing.T) {
	for _, address := range Addresses {
		var lines []Line
		for key, p := range shipped(address).places() {
			lines = append(lines, Line{Key: key, Text: p.line.src, File: "ours", At: 1})
		}
		slices.SortFunc(lines, func(a, b Line) int { return strings.Compare(a.Key, b.Key) })
		if faults := CheckLines(office(), address, lines); len(faults) > 0 {
			t.Errorf("%s: %v", address, faults)
		}
		if len(lines) < 500 {
			t.Errorf("%d lines may be worded; want all", len(lines))
		}
	}
}

// Whatever a file holds, its check ends, names lines that are in it, and what
// passes renders.
func FuzzOwnLines(f *testing.F) {
	for _, seed := range []string{"", "phases: {resolved: {nl: {body: {thanks: x}}}}", `kinds: {printer: {nl: {dont: "{{with .Name}}{{.}}{{end}}"}}}`, "a: &a [*a]", "phone: {nl: {one: '{{if .Title}}'}}", "\xff", "labels: {nl: {ref: 3}}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		lines, faults := ParseLines("own.yml", []byte(src))
		own := Own(lines)
		for key := range maps.Keys(own) {
			if _, known := templates().places()[key]; !known {
				t.Errorf("%s is no line of ours", key)
			}
		}
		faults = append(faults, CheckLines(nil, "u", lines)...)
		for _, fault := range faults {
			if fault.At < 1 || fault.At > strings.Count(src, "\n")+strings.Count(src, "\r")+2 {
				t.Errorf("%+v names a line that is not there", fault)
			}
		}
		New(nil, "u", own).Compose(headstart.Wording{Phase: headstart.Solved, Kind: headstart.KindPrinter, Lang: "nl"})
	})
}
