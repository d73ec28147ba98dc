package figures

import (
	"os"
	"strings"
	"testing"
)

// docs/figures.md defines every figure that the API tells, and no other.
func TestDocsDefineEveryFigure(t *testing.T) {
	b, err := os.ReadFile("../../docs/figures.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(b), "## Each figure")
	text, _, _ = strings.Cut(text, "\n## ")
	defined := map[string]bool{}
	for line := range strings.Lines(text) {
		cells := strings.Split(line, "|")
		if len(cells) < 5 || !strings.Contains(cells[1], "`") {
			continue
		}
		for word := range strings.SplitSeq(cells[1], ",") {
			defined[strings.Trim(word, " `")] = true
		}
		for _, cell := range cells[2:5] {
			if strings.TrimSpace(cell) == "" {
				t.Errorf("%s has an empty cell", cells[1])
			}
		}
	}
	for _, key := range Keys() {
		if !defined[key] {
			t.Errorf("docs/figures.md does not define %s", key)
		}
		delete(defined, key)
	}
	for key := range defined {
		t.Errorf("docs/figures.md defines %s, which is no figure", key)
	}
}

// Every figure belongs to one definition on the page.
func TestEveryFigureHasItsFamily(t *testing.T) {
	for _, key := range Keys() {
		n := 0
		for k := range families {
			if families[k].has(key) {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%s is explained %d times, want once", key, n)
		}
	}
}
