package correlate

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
	"golang.org/x/tools/txtar"

	"headstart"
)

var update = flag.Bool("update", false, "rewrite the want sections of testdata/*.txtar")

// TestScenarios plays each testdata/*.txtar. A scenario reads as a story: a
// comment saying what happened, the catalog, the configuration, the events, and
// what was decided. The lines of events are explained at parseLine; those of want are
//
//	TIME #GROUP KIND RULE SUBJECT [-> #OTHER]
//
// and at the end each group: its state, cause, failing of all members, services,
// locations, people, points of evidence, and what else is remarkable.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := playScenario(t, ar)
			if again := playScenario(t, ar); again != got {
				t.Errorf("a second replay decided differently:\n%s", cmp.Diff(got, again))
			}
			if *update {
				setPart(ar, "want", got)
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(part(ar, "want"), got); diff != "" {
				t.Errorf("decisions differ (-want +got); run go test ./correlate -update to accept:\n%s", diff)
			}
		})
	}
}

// Every decision of the scenarios can be said in both languages, and no fact that
// the words need is missing.
func TestDecisionsHaveWords(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{}
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		p := newPlayer(t, false)
		playInto(t, p, ar)
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

func sortedNames(m map[string]bool) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func playScenario(t *testing.T, ar *txtar.Archive) string {
	t.Helper()
	p := newPlayer(t, true)
	playInto(t, p, ar)
	return render(p)
}

func playInto(t *testing.T, p *player, ar *txtar.Archive) {
	t.Helper()
	config, err := scenarioConfig(ar)
	if err != nil {
		t.Fatal(err)
	}
	p.apply(headstart.Event{At: day, Received: day, Line: headstart.Line{Config: config}})
	for line := range strings.Lines(part(ar, "events")) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		steps, err := parseLine(line)
		if err != nil {
			t.Fatalf("event %q: %v", line, err)
		}
		for _, x := range steps {
			x.play(p)
		}
	}
}

// day is midnight of every scenario's day.
var day = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

func scenarioConfig(ar *txtar.Archive) (*headstart.LogConfig, error) {
	catalog := &headstart.Catalog{}
	if err := yaml.Unmarshal([]byte(part(ar, "catalog")), catalog); err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	var parts struct{ Correlation, Alerts, Matching map[string]any }
	if err := yaml.Unmarshal([]byte(part(ar, "config")), &parts); err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	c := &headstart.LogConfig{Engine: headstart.EngineVersion, Catalog: catalog, Language: "nl"}
	for _, x := range []struct {
		from map[string]any
		to   *json.RawMessage
	}{{parts.Correlation, &c.Correlation}, {parts.Alerts, &c.Alerts}, {parts.Matching, &c.Matching}} {
		if x.from == nil {
			continue
		}
		b, err := json.Marshal(x.from)
		if err != nil {
			return nil, err
		}
		*x.to = b
	}
	return c, nil
}

func render(p *player) string {
	var b strings.Builder
	for _, c := range p.all {
		if c.Rule == "C-01" {
			continue
		}
		at := c.At.Format(time.TimeOnly)
		if n := int(c.At.Sub(day) / (24 * time.Hour)); n > 0 {
			at = fmt.Sprintf("%d+%s", n, at)
		}
		line := fmt.Sprintf("%s #%d %s %s %s", at, c.Group, c.Kind, c.Rule, c.Subject)
		if c.Group == 0 {
			line = fmt.Sprintf("%s %s %s %s", at, c.Kind, c.Rule, c.Subject)
		}
		if c.Kind == headstart.Noted {
			line += " " + c.Outcome
		}
		if c.Other != 0 {
			line += fmt.Sprintf(" -> #%d", c.Other)
		}
		fmt.Fprintln(&b, strings.Join(strings.Fields(line), " "))
	}
	for n := headstart.GroupID(1); n <= p.s.clock.Groups; n++ {
		fmt.Fprintln(&b, renderGroup(p.s.Group(n)))
	}
	keys := map[string]struct{}{}
	for k := range p.s.tickets {
		keys[k] = struct{}{}
	}
	for _, k := range sorted(keys) {
		for _, l := range p.s.Ticket(k).Links {
			fmt.Fprintf(&b, "%s #%d %.4f %s %s for: %s; against: %s\n", k, l.Group, l.Score, l.Band, l.Verdict, strings.Join(l.For, ", "), strings.Join(l.Against, ", "))
		}
	}
	return b.String()
}

func renderGroup(g *headstart.Group) string {
	line := fmt.Sprintf("#%d %s cause=%s kind=%s firing=%d/%d", g.ID, g.State, strings.Join(append([]string{g.Cause.Asset}, g.Cause.Also...), "+"), g.Cause.Kind, g.Firing, g.Total)
	if g.State == headstart.Merged {
		return fmt.Sprintf("%s merged_into=#%d", line, g.MergedInto)
	}
	line += fmt.Sprintf(" services=%s locations=%s people=%d points=%d", strings.Join(g.Services, ","), strings.Join(g.Locations, ","), g.People, g.Points)
	for _, x := range []struct {
		name string
		on   bool
	}{{"proved", g.Proved}, {"silenced", g.Silenced}, {"pinned", g.Pinned}, {"confidential", g.Confidential}} {
		if x.on {
			line += " " + x.name
		}
	}
	for _, x := range []struct {
		name string
		n    headstart.GroupID
	}{{"split_from", g.SplitFrom}, {"recurrence_of", g.RecurrenceOf}, {"reopens", headstart.GroupID(g.Reopens)}} {
		if x.n != 0 {
			line += fmt.Sprintf(" %s=%d", x.name, x.n)
		}
	}
	return line
}

func part(ar *txtar.Archive, name string) string {
	for _, f := range ar.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func setPart(ar *txtar.Archive, name, text string) {
	for i := range ar.Files {
		if ar.Files[i].Name == name {
			ar.Files[i].Data = []byte(text)
			return
		}
	}
	ar.Files = append(ar.Files, txtar.File{Name: name, Data: []byte(text)})
}
