package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"headstart"
	"headstart/tickets/evidence"
)

var update = flag.Bool("update", false, "rewrite testdata/*.golden, and the figures of docs/matching.md, for which the shared data must lie beside the repository")

// altered is one way in which the tickets of a week are played otherwise.
type altered struct {
	name  string
	alter func(*matchWeek) func(*headstart.Ticket)
	only  func(*matchWeek) func(string) bool // nil: all tickets count
}

func plain(do func(*headstart.Ticket)) func(*matchWeek) func(*headstart.Ticket) {
	return func(*matchWeek) func(*headstart.Ticket) { return do }
}

func read(o evidence.Options) func(*matchWeek) func(*headstart.Ticket) {
	return func(w *matchWeek) func(*headstart.Ticket) { return w.reading(o) }
}

// readBare reads with the catalog of somebody who wrote down no alias yet.
func readBare(w *matchWeek) func(*headstart.Ticket) {
	bare := *w.config.Catalog
	bare.Services, bare.Locations, bare.Departments = slices.Clone(bare.Services), slices.Clone(bare.Locations), slices.Clone(bare.Departments)
	for i := range bare.Services {
		bare.Services[i].Aliases = nil
	}
	for i := range bare.Locations {
		bare.Locations[i].Aliases = nil
	}
	for i := range bare.Departments {
		bare.Departments[i].Aliases = nil
	}
	return evidence.New(&bare, evidenceKey("matching")).Fill
}

// ablations leave out one thing each, to show what it is good for.
var ablations = []altered{
	{name: "all", alter: plain(nil)},
	{name: "no location of the requester", alter: plain(func(t *headstart.Ticket) { t.Requester.Location = "" })},
	{name: "no department", alter: plain(func(t *headstart.Ticket) { t.Requester.Department = "" })},
	{name: "neither", alter: plain(func(t *headstart.Ticket) { t.Requester.Location, t.Requester.Department = "", "" })},
	{name: "no aliases in the catalog", alter: readBare},
	{name: "no words of trades", alter: read(evidence.Options{NoPacks: true})},
	{name: "no word groups at all", alter: read(evidence.Options{NoGroups: true})},
	{name: "Dutch lists alone", alter: read(evidence.Options{Language: "nl"})},
	{name: "English lists alone", alter: read(evidence.Options{Language: "en"})},
	{name: "tickets in English", alter: plain(nil), only: inLanguage("en")},
	{name: "tickets in Dutch", alter: plain(nil), only: inLanguage("nl")},
}

// inLanguage are the tickets that are written in a language; what cannot be told
// counts as Dutch.
func inLanguage(lang string) func(*matchWeek) func(string) bool {
	return func(w *matchWeek) func(string) bool {
		r := evidence.New(w.config.Catalog, evidenceKey("matching"))
		in := map[string]bool{}
		for _, t := range w.tickets {
			got := r.Read(t.Title, t.Body).Language
			in[t.ID] = (got == "en") == (lang == "en")
		}
		return func(id string) bool { return in[id] }
	}
}

// paraphrases say the same in another way.
var paraphrases = []altered{
	{name: "as written", alter: plain(nil)},
	{name: "upper case", alter: plain(func(t *headstart.Ticket) { t.Title, t.Body = strings.ToUpper(t.Title), strings.ToUpper(t.Body) })},
	{name: "a typing error in each six words", alter: plain(mistype)},
	{name: "a signature", alter: plain(func(t *headstart.Ticket) {
		t.Body += "\n\nMet vriendelijke groet,\nAnnemiek van Doorn\nAfdeling Inkoop, Postbus 12\nTel. 030 123 45 67, e-mail a.vandoorn@voorbeeld.example\nwww.voorbeeld.example"
	})},
	{name: "a quoted mail", alter: plain(func(t *headstart.Ticket) {
		t.Body = "Zie onder.\n\nVan: Annemiek van Doorn <a.vandoorn@voorbeeld.example>\nVerzonden: maandag 2 maart 2026 08:00\nAan: Servicedesk\nOnderwerp: " + t.Title + "\n\n> " + strings.ReplaceAll(t.Body, "\n", "\n> ")
	})},
}

// mistype swaps, drops or doubles a letter of one word in six, which one depends on
// the ticket alone.
func mistype(t *headstart.Ticket) {
	rng := rand.New(rand.NewPCG(uint64(len(t.Body)), uint64(len(t.Title))))
	for _, text := range []*string{&t.Title, &t.Body} {
		words := strings.Split(*text, " ")
		for n := rng.IntN(6); n < len(words); n += 6 {
			w := []rune(words[n])
			if len(w) < 4 {
				continue
			}
			at := 1 + rng.IntN(len(w)-2)
			switch rng.IntN(3) {
			case 0:
				w[at], w[at+1] = w[at+1], w[at]
			case 1:
				w = append(w[:at], w[at+1:]...)
			default:
				w = append(w[:at], append([]rune{w[at]}, w[at:]...)...)
			}
			words[n] = string(w)
		}
		*text = strings.Join(words, " ")
	}
}

// judged plays a week with each alteration.
func (w *matchWeek) judged(t *testing.T, list []altered) []verdict {
	t.Helper()
	var out []verdict
	for _, a := range list {
		var only func(string) bool
		if a.only != nil {
			only = a.only(w)
		}
		out = append(out, w.judge(w.play(t, played{alter: a.alter(w)}), only))
	}
	return out
}

// weeks are the written weeks that are there, with what each is.
func weeks(t *testing.T) (dirs, names []string) {
	t.Helper()
	all := [][2]string{{developmentWeek, "development week"}, {seenWeek, "logistics company"}}
	for _, w := range slices.Concat(all, developed, unseen) {
		if present(t, w[0]) {
			dirs, names = append(dirs, w[0]), append(names, w[1])
		}
	}
	return dirs, names
}

// However people write it, links are as right: precision moves by at most .02. Few
// links make a single one weigh more than that, so the weeks are taken together.
func TestParaphrasesMatchAlike(t *testing.T) {
	t.Parallel()
	sums := make([]verdict, len(paraphrases))
	dirs, _ := weeks(t)
	for _, dir := range dirs {
		addEach(sums, readMatchWeek(t, dir).judged(t, paraphrases))
	}
	for n, a := range paraphrases {
		t.Logf("%-34s %v", a.name, sums[n])
		if d := sums[n].precision() - sums[0].precision(); d < -.02 {
			t.Errorf("%s: precision %.3f, as written %.3f; want at most .02 less", a.name, sums[n].precision(), sums[0].precision())
		}
		if sums[n].auto*2 < sums[0].auto {
			t.Errorf("%s: %d automatic links, as written %d; want at least half", a.name, sums[n].auto, sums[0].auto)
		}
	}
}

const matchingDoc = "../../docs/matching.md"

// The figures in docs/matching.md are those of this program.
func TestMatchingFigures(t *testing.T) {
	t.Parallel()
	dirs, names := weeks(t)
	if !present(t, developmentWeek) {
		t.Logf("%s is absent: the figures of the document are not compared", developmentWeek)
		return
	}
	var b strings.Builder
	toDevelop, together := make([]verdict, len(ablations)), make([]verdict, len(ablations))
	for n, dir := range dirs {
		w := readMatchWeek(t, dir)
		fmt.Fprintf(&b, "\n### %s\n\n", strings.ToUpper(names[n][:1])+names[n][1:])
		got := w.judged(t, ablations)
		table(&b, ablations, got)
		switch {
		case among(developed, dir):
			addEach(toDevelop, got)
			if dir == developed[len(developed)-1][0] {
				fmt.Fprintf(&b, "\n### The %d organisations to develop on, together\n\n", len(developed))
				table(&b, ablations, toDevelop)
			}
		case among(unseen, dir):
			addEach(together, got)
		}
		if dir == developmentWeek {
			fmt.Fprintf(&b, "\nWith weights learned from people's verdicts on the other days: %v.\n", w.leaveOneDayOut(t))
			auto, shown := w.realTickets(t)
			fmt.Fprintf(&b, "\nOf %d real English tickets of another company (CC0), placed at random moments of that week: linked without a person %s, shown beside an incident %s.\n",
				sample, share(auto, sample), share(shown, sample))
		}
	}
	fmt.Fprintf(&b, "\n### The %d organisations never seen, together\n\n", len(unseen))
	table(&b, ablations, together)
	fmt.Fprintf(&b, "\n### However it is written (all %d weeks together)\n\n", len(dirs))
	sums := make([]verdict, len(paraphrases))
	for _, dir := range dirs {
		addEach(sums, readMatchWeek(t, dir).judged(t, paraphrases))
	}
	table(&b, paraphrases, sums)
	compareFigures(t, b.String())
}

func addEach(sums, more []verdict) {
	for n, v := range more {
		sums[n].add(v)
	}
}

func table(b *strings.Builder, list []altered, verdicts []verdict) {
	b.WriteString("| | precision | recall | recall@3 | false links | shown beside no incident |\n|---|---|---|---|---|---|\n")
	for n, v := range verdicts {
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s |\n", list[n].name,
			share(v.right, v.auto), share(v.right, v.positives), share(v.top3, v.positives), share(v.falseLink, v.negatives), share(v.noise, v.negatives))
	}
}

func compareFigures(t *testing.T, figures string) {
	t.Helper()
	const begin, end = "<!-- figures -->\n", "<!-- end of figures -->\n"
	doc, err := os.ReadFile(matchingDoc)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(doc), begin)
	was, tail, ended := strings.Cut(rest, end)
	if !ok || !ended {
		t.Fatalf("%s lacks the marks %q and %q", matchingDoc, begin, end)
	}
	if was == figures {
		return
	}
	if !*update {
		t.Errorf("%s says other figures; run go test ./cmd/headstart -run TestMatchingFigures -update and read the diff", matchingDoc)
		return
	}
	if err := os.WriteFile(matchingDoc, []byte(head+begin+figures+end+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}
