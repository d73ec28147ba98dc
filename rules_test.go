package headstart

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite docs/rules.md")

var ruleNumber = regexp.MustCompile(`"([A-Z]-\d\d)"`)

// TestRulesHaveNames: each number that the engine decides by is a rule with a sentence
// and words, and no rule is invented.
func TestRulesHaveNames(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, pattern := range []string{"correlate/*.go", "incidents/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range ruleNumber.FindAllStringSubmatch(string(text), -1) {
				used[m[1]] = true
			}
		}
	}
	if len(used) < 40 {
		t.Fatalf("%d rules found; does the pattern of this test still fit the code?", len(used))
	}
	for number := range used {
		if ruleNames[number] == [2]string{} {
			t.Errorf("no sentence says what rule %s decides; add it to ruleNames", number)
		}
	}
	for _, rule := range Rules("nl") {
		if !used[rule.Number] {
			t.Errorf("no code decides by rule %s; take its sentence out", rule.Number)
		}
		if len(rule.Outcomes) == 0 {
			t.Errorf("rule %s has no words", rule.Number)
		}
	}
	for _, words := range []map[string][2]string{decisionWords, promiseWords, dutyWords, reportWords, apartWords} {
		for key := range words {
			if number, _, both := strings.Cut(key, " "); both && ruleNames[number] == [2]string{} {
				t.Errorf("words of %q are of no rule", key)
			}
		}
	}
}

const rulePage = "docs/rules.md"

// TestPageOfRules: docs/rules.md says what the program would.
func TestPageOfRules(t *testing.T) {
	t.Parallel()
	page := rulesPage()
	if *update {
		if err := os.WriteFile(rulePage, []byte(page), 0o644); err != nil { //nolint:gosec // a page of the repository
			t.Fatal(err)
		}
	}
	was, err := os.ReadFile(rulePage)
	if err != nil {
		t.Fatal(err)
	}
	if string(was) != page {
		t.Errorf("%s is not what the program says; run go test . -run TestPageOfRules -update and read the diff", rulePage)
	}
}

func rulesPage() string {
	var b strings.Builder
	b.WriteString(`# Every rule of decisions

Each decision in a timeline carries the number of its rule: on the incident's page under *Why*, in ` + "`headstart explain HS-3`" + `, in
` + "`GET /api/v1/incidents/{id}/explain`" + ` and in ` + "`headstart_decisions_total{rule}`" + `. ` + "`headstart explain rule T-07`" + ` says of one rule what stands
here, in Dutch with ` + "`--lang nl`" + `. This page is written by a test (` + "`make golden`" + `) from the words the program shows; what is set in
italics is filled in. *Otherwise* is what would have made it turn out differently.

The numbers stay when words get better: a timeline of last year still means what it meant. Where rules changed, the log says under which
version of them it was decided ([ADR 4](adr/0004-configuration-enters-through-the-log.md)).
`)
	letter := ""
	for _, rule := range Rules("en") {
		if rule.Number[:1] != letter {
			letter = rule.Number[:1]
			fmt.Fprintf(&b, "\n## %s: %s\n", letter, ruleLetters[letter])
		}
		fmt.Fprintf(&b, "\n### %s\n\n%s\n\n| outcome | words | otherwise |\n|---|---|---|\n", rule.Number, rule.Decides)
		for _, o := range rule.Outcomes {
			name := "`" + o.Outcome + "`"
			if o.Apart {
				name += ", why two are not one"
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", name, inItalics(o.Text), inItalics(strings.Join(o.Why, " Or: ")))
		}
	}
	return b.String()
}

func inItalics(s string) string {
	return strings.ReplaceAll(braces.ReplaceAllString(s, "*$1*"), "|", `\|`)
}

// ruleLetters say what the rules of a letter are about.
var ruleLetters = map[string]string{
	"A": "announcements", "C": "causes and the catalog", "D": "what is heard, and what is not", "E": "tickets", "F": "what comes and goes",
	"G": "groups without a cause", "H": "people", "K": "what users report", "L": "links between incidents, and the lead", "M": "planned work",
	"O": "operators and duty", "P": "priority and paging", "Q": "quality of data", "R": "recovery, and reports", "S": "settling", "T": "topology",
	"U": "storms", "W": "ticket systems",
}
