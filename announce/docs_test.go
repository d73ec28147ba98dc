package announce

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

var updateDocs = flag.Bool("docs", false, "rewrite the table of docs/announcements.md")

const docs = "../docs/announcements.md"

// The table of variables in docs/announcements.md is that of templates.yaml, and
// every name a line may use is told there.
func TestDocsNameEveryVariable(t *testing.T) {
	raw, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	b := templates()
	var rows strings.Builder
	for _, name := range slices.Sorted(maps.Keys(b.Variables)) {
		v := b.Variables[name]
		fmt.Fprintf(&rows, "| `{{.%s}}` | %s | %s |\n", name, v.Meaning, v.NL)
	}
	const head, foot = "|---|---|---|\n", "| `{{if .Attended}}`"
	text := string(raw)
	from, to := strings.LastIndex(text, head)+len(head), strings.Index(text, foot)
	if from < len(head) || to < from {
		t.Fatal("docs/announcements.md has no table of variables")
	}
	if *updateDocs {
		if err := os.WriteFile(docs, []byte(text[:from]+rows.String()+text[to:]), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if text[from:to] != rows.String() {
		t.Errorf("the table differs from templates.yaml; run go test ./announce -run Docs -docs")
	}
	for _, name := range slices.Concat(b.Flags, kindWords) {
		if !strings.Contains(text, name) {
			t.Errorf("docs/announcements.md does not tell of %s", name)
		}
	}
	_, own, _ := strings.Cut(text, "# words/printing.yml\n")
	own, _, _ = strings.Cut(own, "```")
	lines, faults := ParseLines("printing.yml", []byte(own))
	if faults = append(faults, CheckLines(nil, "u", lines)...); len(faults) > 0 || len(lines) != 5 {
		t.Errorf("the example holds %d lines, want 5; faults %v", len(lines), faults)
	}
}
