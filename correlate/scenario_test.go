package correlate

import (
	"flag"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"headstart"
	"headstart/correlate/scenario"
)

var update = flag.Bool("update", false, "rewrite the want sections of testdata/*.txtar")

// TestScenarios plays each testdata/*.txtar. A scenario reads as a story: a
// comment saying what happened, the catalog, the configuration, the events, and
// what was decided. docs/scenarios.md teaches the language.
func TestScenarios(t *testing.T) {
	for _, file := range scenarioFiles(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			x, err := readScenario(file)
			if err != nil {
				t.Fatal(err)
			}
			got := playScenario(t, x)
			if again := playScenario(t, x); again != got {
				t.Errorf("a second replay decided differently:\n%s", cmp.Diff(got, again))
			}
			if *update {
				x.Want = got
				if err := setWant(file, got); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(x.Want, got); diff != "" {
				t.Errorf("decisions differ (-want +got); run go test ./correlate -update to accept:\n%s", diff)
			}
		})
	}
}

// Every decision of the scenarios can be said in both languages, and no fact that
// the words need is missing.
func TestDecisionsHaveWords(t *testing.T) {
	said := map[string]bool{}
	for _, p := range playedScenarios(t) {
		for i := range p.all {
			c := &p.all[i]
			if c.Rule == "refused" {
				continue // the harness's own
			}
			said[c.Rule+" "+c.Outcome] = true
			for _, lang := range []string{"nl", "en"} {
				if text := c.Words(lang, time.UTC); strings.Contains(text, "{") || strings.HasPrefix(text, c.Outcome+" "+c.Subject) {
					t.Errorf("%s %s has no words in %s, or a fact is missing: %q", c.Rule, c.Outcome, lang, text)
				}
			}
		}
	}
	if len(said) < 30 {
		t.Errorf("only %d kinds of decision occur in the scenarios: %v", len(said), sortedNames(said))
	}
}

// playedScenarios plays every scenario, and gives its file and how it ended.
func playedScenarios(t *testing.T) iter.Seq2[string, *player] {
	t.Helper()
	files := scenarioFiles(t)
	return func(yield func(string, *player) bool) {
		for _, file := range files {
			x, err := readScenario(file)
			if err != nil {
				t.Fatal(err)
			}
			p := newPlayer(t, false)
			playInto(p, x)
			if !yield(file, p) {
				return
			}
		}
	}
}

func scenarioFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	return files
}

func sortedNames(m map[string]bool) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func playScenario(t *testing.T, x *scenario.Scenario) string {
	t.Helper()
	p := newPlayer(t, true)
	playInto(p, x)
	return scenario.Render(p.all, p.s, day)
}

func playInto(p *player, x *scenario.Scenario) {
	p.tb.Helper()
	p.apply(headstart.Event{At: day, Received: day, Line: headstart.Line{Config: x.Config}})
	for _, step := range x.Steps {
		play(p, step)
	}
}

func play(p *player, x scenario.Step) {
	p.tb.Helper()
	ev := headstart.Event{At: x.At, Received: x.At, Line: x.Line}
	switch {
	case x.Blind > 0:
		p.fireUntil(x.At.Add(-time.Millisecond)) // what was due then nobody saw
		p.s.Blind(time.Duration(x.Blind))
		p.unit(nil)
	case ev.Command != nil:
		if err := p.do(ev, x.Group, x.Into); err != nil {
			p.all = append(p.all, scenario.Refused(ev, err))
		}
	default:
		p.apply(ev)
	}
}

// day is midnight of every scenario's day.
var day = scenario.Day

func readScenario(file string) (*scenario.Scenario, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return scenario.Parse(file, b)
}

// setWant rewrites the part want of a file and leaves the rest as it is.
func setWant(file, text string) error {
	ar, err := txtar.ParseFile(file)
	if err != nil {
		return err
	}
	n := slices.IndexFunc(ar.Files, func(f txtar.File) bool { return f.Name == "want" })
	if n < 0 {
		n = len(ar.Files)
		ar.Files = append(ar.Files, txtar.File{Name: "want"})
	}
	ar.Files[n].Data = []byte(text)
	return os.WriteFile(file, txtar.Format(ar), 0o644)
}
